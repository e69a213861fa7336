package e2e

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/telemetry"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/sandbox/registry"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/node"
	"github.com/rasoat/rasoat/services/student"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// TestNothingPersonalIsTold runs the demo with a registry that fails now and then, provokes every kind of error, and searches all that the process
// logged, traced and measured, every error that a caller was given, and every dead letter's reason for every name, birth date and number of
// the nation, as reported and as it truly is.
func TestNothingPersonalIsTold(t *testing.T) {
	ctx := t.Context()
	spans := tracetest.NewSpanRecorder()
	sample := demo.NewSample(53, 250, 150).AskApproval()
	s := start(t, options{seed: 53, pupils: 250, faults: 150, telemetry: telemetry.Config{LogLevel: slog.LevelDebug, SpanProcessors: []sdktrace.SpanProcessor{spans}},
		change: func(c *node.Config) { c.Drive, c.Key = sample.Drive, sample.Key }})
	s.drive = sample.Drive
	s.registry.SetBehaviour(registry.Behaviour{FailingPerMille: 100, MalformedPerMille: 100, OtherPersonPerMille: 100})
	conn := dial(t, s.GRPCAddr())
	if _, err := sample.Run(ctx, demo.System{Doors: conn, Broker: s.Conn(), Log: s.Log()}, t.TempDir(), nil); err != nil {
		t.Fatal(err)
	}
	told := map[string]string{"log": s.logs.String(), "metrics": s.metrics(t), "errors": s.provoke(ctx, t)}
	told["log"] += s.logs.String()
	var traced strings.Builder
	for _, span := range spans.Ended() {
		fmt.Fprintln(&traced, span.Name(), span.Status().Description, span.Attributes(), span.SpanContext().TraceState().String())
		for _, e := range span.Events() {
			fmt.Fprintln(&traced, e.Name, e.Attributes)
		}
	}
	told["traces"] = traced.String()
	for _, m := range s.messages(ctx, t, eventlog.DeadLetters) {
		told["dead letters"] += m.Header.Get(eventlog.HeaderDeadReason) + "\n"
	}
	for what, text := range told {
		if what != "dead letters" && len(text) < 500 {
			t.Errorf("of %s only %d bytes were collected", what, len(text))
		}
	}
	secrets := secretsOf(s.nation)
	if len(secrets) < 3*s.nation.Pupils() {
		t.Errorf("only %d secrets", len(secrets))
	}
	some, _ := s.nation.ReportedProfile(0)
	if len(findSecrets("msg=\""+some.FullName.Reveal()+"\" born "+some.BirthDate.Reveal(), secrets)) == 0 {
		t.Error("a name that is told is not found")
	}
	for what, text := range told {
		for _, form := range []string{text, strings.ToLower(text), student.Unaccent(strings.ToLower(student.Clean(text)))} {
			for _, kind := range findSecrets(form, secrets) {
				t.Errorf("in the %s stands %s", what, kind)
			}
		}
	}
}

// secretsOf gives every name, birth date and number in every form in which it might slip out, each with what it is.
func secretsOf(n *sandbox.Nation) map[string]string {
	out := map[string]string{}
	add := func(s, what string) {
		if s != "" {
			out[s] = what
		}
	}
	for i := range n.Pupils() {
		reported, _ := n.ReportedProfile(i)
		for _, p := range []student.Profile{reported, n.TrueProfile(i)} {
			what := fmt.Sprintf("of pupil %d ", i)
			name := p.FullName.Reveal()
			add(name, what+"the name")
			add(strings.ToLower(student.Clean(name)), what+"the name")
			if plain := student.Unaccent(strings.ToLower(student.Clean(name))); strings.Contains(plain, " ") {
				add(plain, what+"the name without marks")
			}
			add(p.Identity.Number.Reveal(), what+"the number")
			add(strings.TrimLeft(p.Identity.Number.Reveal(), "0"), what+"the number without its zeros")
			if d := p.BirthDate; !d.YearOnly() {
				for _, form := range []string{"%04d-%02d-%02d", "%04d%02d%02d", "%04d/%02d/%02d", "year:%d month:%d day:%d", "year:%d  month:%d  day:%d"} {
					add(fmt.Sprintf(form, d.Year, d.Month, d.Day), what+"the birth date")
				}
				for _, form := range []string{"%02d/%02d/%04d", "%d/%d/%d", "%02d-%02d-%04d", "%02d.%02d.%04d"} {
					add(fmt.Sprintf(form, d.Day, d.Month, d.Year), what+"the birth date")
				}
			}
		}
	}
	return out
}

// findSecrets gives what stands in a text as words of its own. The text is gone through once: at each beginning of a word are looked up the secrets
// that begin with the same bytes.
func findSecrets(text string, secrets map[string]string) []string {
	const start = 4 // bytes
	byStart := map[string][]string{}
	for secret := range secrets {
		key := secret[:min(start, len(secret))]
		byStart[key] = append(byStart[key], secret)
	}
	var out []string
	found := map[string]bool{}
	before := utf8.RuneError
	for at, r := range text {
		if !inWord(before) {
			for n := 1; n <= start && at+n <= len(text); n++ {
				for _, secret := range byStart[text[at:at+n]] {
					if (n == start || n == len(secret)) && !found[secret] && strings.HasPrefix(text[at:], secret) {
						after, _ := utf8.DecodeRuneInString(text[at+len(secret):])
						if found[secret] = !inWord(after); found[secret] {
							out = append(out, secrets[secret])
						}
					}
				}
			}
		}
		before = r
	}
	return out
}

func inWord(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// provoke makes the system refuse things about real pupils in every way that it has, and gives all that it said.
func (s *system) provoke(ctx context.Context, t *testing.T) string {
	t.Helper()
	var said strings.Builder
	note := func(err error) {
		if err == nil {
			t.Error("what should be refused was not")
		}
		fmt.Fprintf(&said, "%v %+v\n", err, err)
	}
	school := s.nation.Schools()[0]
	scope := school.Province + "/" + school.Code
	p, _ := s.nation.ReportedProfile(school.First)
	other := p
	other.FullName, other.BirthDate = s.nation.TrueProfile(school.First+1).FullName, student.Date{Year: 2005, Month: 13, Day: 40}
	for i, bad := range []func(*intakepb.Submission){
		func(sub *intakepb.Submission) { sub.Id = p.FullName.Reveal() },
		func(sub *intakepb.Submission) { sub.School = p.Identity.Number.Reveal() },
		func(sub *intakepb.Submission) { sub.Drive = "no-such-drive" },
		func(sub *intakepb.Submission) { sub.Records = append(sub.Records, sub.Records[0]) },
		func(sub *intakepb.Submission) { sub.Records = nil },
	} {
		sub := s.submission(school, id("bad", i), student.KindProfile, profileRecord(p), profileRecord(other))
		bad(sub)
		resp, err := s.intake.Submit(ctx, &intakepb.SubmitRequest{Submission: sub})
		fmt.Fprintf(&said, "%v %v\n", err, resp.GetReceipt().GetRefusedRecords())
	}
	note2 := func(_ any, err error) { note(err) }
	note2(s.reporting.ListPupils(ctx, &reportingpb.ListPupilsRequest{Scope: p.FullName.Reveal()}))
	note2(s.matching.Settle(ctx, &matchingpb.SettleRequest{Scope: scope, Pupil: s.ref(school.First), Seen: make([]byte, 16), Evidence: 1, Officer: "a", Reason: p.FullName.Reveal()}))
	note2(s.matching.Settle(ctx, &matchingpb.SettleRequest{Scope: scope, Pupil: p.Identity.Number.Reveal() + "!", Seen: []byte(p.FullName), Evidence: 99, Officer: p.FullName.Reveal(), Reason: "x"}))
	note2(s.matching.ListReviews(ctx, &matchingpb.ListReviewsRequest{Scope: p.Identity.Number.Reveal(), Cause: strings.Repeat(p.FullName.Reveal(), 20)}))
	note2(s.matching.Recheck(ctx, &matchingpb.RecheckRequest{Pupils: []string{p.FullName.Reveal()}, IdNumbers: []string{strings.Repeat(p.Identity.Number.Reveal(), 9)}}))
	resp, err := s.matching.Recheck(ctx, &matchingpb.RecheckRequest{IdNumbers: []string{p.Identity.Number.Reveal()}})
	fmt.Fprintf(&said, "%v %v\n", resp, err)
	check, err := validationpb.NewValidationServiceClient(dial(t, s.GRPCAddr())).Check(ctx, &validationpb.CheckRequest{Province: p.FullName.Reveal()})
	fmt.Fprintf(&said, "%v %v\n", check, err)
	s.settle(ctx, t)
	return said.String()
}
