package e2e

import (
	"strings"
	"testing"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/telemetry"
	"github.com/rasoat/rasoat/services/student"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/proto"
)

// TestOneTrace follows one trace from the portal's call to the record that exam registration receives.
func TestOneTrace(t *testing.T) {
	ctx := t.Context()
	spans := tracetest.NewSpanRecorder()
	s := start(t, options{seed: 7, telemetry: telemetry.Config{SpanProcessors: []sdktrace.SpanProcessor{spans}}})
	school, class := s.nation.Schools()[0], s.nation.Classes(0)[0]
	subs := s.classSubmissions(school, class, "")
	for _, sub := range subs[:len(subs)-1] {
		s.send(ctx, t, sub)
	}
	s.settle(ctx, t)

	// The last batch completes the pupils: what it causes belongs to the call that brought it.
	call, root := otel.Tracer("portal").Start(ctx, "portal")
	s.send(call, t, subs[len(subs)-1])
	root.End()
	s.settle(ctx, t)

	want := root.SpanContext().TraceID()
	var subjects []string
	for _, m := range s.messages(ctx, t, eventlog.Records) {
		carrier := propagation.HeaderCarrier(m.Header)
		remote := trace.SpanContextFromContext(propagation.TraceContext{}.Extract(ctx, lower{carrier}))
		if remote.TraceID() == want {
			subjects = append(subjects, m.Subject)
		}
	}
	if len(subjects) == 0 {
		t.Fatal("no record carries the trace of the call that completed it")
	}
	names := map[string]bool{}
	parents := map[trace.SpanID]bool{root.SpanContext().SpanID(): true}
	tree := spans.Ended()
	for _, span := range tree {
		if span.SpanContext().TraceID() == want {
			parents[span.SpanContext().SpanID()] = true
		}
	}
	for _, span := range tree {
		if span.SpanContext().TraceID() != want {
			continue
		}
		names[span.Name()] = true
		if p := span.Parent(); p.IsValid() && !parents[p.SpanID()] {
			t.Errorf("span %q hangs on a parent outside the trace", span.Name())
		}
	}
	for _, name := range []string{"rasoat.intake.v1.IntakeService/Submit", "process SUBMISSIONS", "process VERDICTS"} {
		if !names[name] {
			t.Errorf("the trace has no span %q; it has %v", name, names)
		}
	}
}

// lower reads headers whose keys are as the broker keeps them, in lower case.
type lower struct{ propagation.HeaderCarrier }

func (l lower) Get(key string) string {
	for k, v := range l.HeaderCarrier {
		if strings.EqualFold(k, key) && len(v) > 0 {
			return v[0]
		}
	}
	return ""
}

// TestNothingPersonal runs a sample with faults of every kind and looks for every name, birth date and number of it in logs,
// spans, metrics and the headers of every stream.
func TestNothingPersonal(t *testing.T) {
	ctx := t.Context()
	spans := tracetest.NewSpanRecorder()
	s := start(t, options{seed: 8, pupils: 180, faults: 300, telemetry: telemetry.Config{SpanProcessors: []sdktrace.SpanProcessor{spans}}})
	s.eachSubmission("", func(sub *submission) { s.send(ctx, t, sub) })
	bad := s.submission(s.nation.Schools()[0], "bad", student.KindProfile, profileRecord(s.nation.Pupil(0).Profile))
	bad.Records[0].GetProfile().FullName += strings.Repeat("x", 200)
	_, err := s.intake.Submit(ctx, &submitRequest{Submission: bad})
	if err == nil {
		t.Error("a name of 200 characters was taken")
	}
	s.settle(ctx, t)

	var out strings.Builder
	out.WriteString(s.logs.String())
	out.WriteString(err.Error())
	out.WriteString(get(ctx, t, "http://"+s.HTTPAddr()+"/metrics"))
	for _, span := range spans.Ended() {
		out.WriteString(span.Name() + span.Status().Description + "\n")
		for _, a := range span.Attributes() {
			out.WriteString(a.Value.String() + "\n")
		}
		for _, e := range span.Events() {
			out.WriteString(e.Name + "\n")
			for _, a := range e.Attributes {
				out.WriteString(a.Value.String() + "\n")
			}
		}
	}
	for _, stream := range []string{eventlog.Submissions, eventlog.Verdicts, eventlog.Identities, eventlog.Records} {
		for _, m := range s.messages(ctx, t, stream) {
			out.WriteString(m.Subject + "\n")
			for k, v := range m.Header {
				out.WriteString(k + strings.Join(v, " ") + "\n")
			}
		}
	}
	text := out.String()
	for i := range s.nation.Pupils() {
		r := s.nation.Reported(i)
		secrets := []string{r.Profile.FullName.Reveal(), r.Profile.Code.Reveal(), r.Profile.Identity.Number.Reveal(), s.nation.Pupil(i).Profile.Identity.Number.Reveal()}
		if d := r.Profile.BirthDate; !d.YearOnly() {
			secrets = append(secrets, d.Reveal())
		}
		for _, secret := range secrets {
			if len(secret) > 5 && strings.Contains(text, secret) {
				t.Errorf("something personal of pupil %d is in a log, a span, a metric, a header or an error", i)
			}
		}
	}
}

// TestRecordsKeepPersonalApart holds the contract's promise: what is personal travels in one sub-message.
func TestRecordsKeepPersonalApart(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := start(t, options{seed: 9})
	s.eachSubmission("", func(sub *submission) { s.send(ctx, t, sub) })
	s.settle(ctx, t)
	for i := range s.nation.Pupils() {
		r := proto.CloneOf(s.records(ctx, t)[s.ref(i)])
		if r.GetVerified() == nil {
			continue
		}
		r.State.(*reportingpb.RecordState_Verified).Verified.Personal = nil
		data, err := proto.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		p := s.nation.Pupil(i).Profile
		for _, secret := range []string{p.FullName.Reveal(), p.Code.Reveal(), p.Identity.Number.Reveal()} {
			if secret != "" && strings.Contains(string(data), secret) {
				t.Errorf("record %s holds something personal outside its sub-message", s.ref(i))
			}
		}
		return
	}
	t.Error("no verified record")
}
