package e2e

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/installed"
	"github.com/rasoat/rasoat/services/standalone/node"
	"google.golang.org/protobuf/proto"
)

// TestOperatorMends: the operator's day, by the command line: a healthy system; a message that poisons a handler is listed, fails again, is replayed when
// the handler was mended, and is settled once; a reader that stands still and a stream of another configuration are told by the doctor.
func TestOperatorMends(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	var poisonous, ill atomic.Bool
	poisonous.Store(true)
	s := start(t, options{seed: 41, pupils: 30, change: func(c *node.Config) {
		c.WrapHandler = func(handle eventlog.Handler) eventlog.Handler {
			return func(ctx context.Context, batch []eventlog.Message) error {
				for _, m := range batch {
					if m.Stream == eventlog.Portal && poisonous.Load() {
						return fault.New(fault.Invalid, "test.portal", "không hiểu", "not understood")
					}
					if m.Stream == eventlog.Verdicts && ill.Load() {
						return fault.Wrap(fault.Unavailable, "test.store", errors.New("away"))
					}
				}
				return handle(ctx, batch)
			}
		}
	}})
	rasoat := s.commandLine(t)
	healthy := func(texts ...string) {
		t.Helper()
		if out := rasoat("doctor", 0, texts...); strings.Contains(out, "✗") {
			t.Errorf("something is not well:\n%s", out)
		}
	}

	submissions := s.classSubmissions(s.nation.Schools()[0], s.nation.Classes(0)[0], "o-")
	publish := func(sub *intakepb.Submission) {
		t.Helper()
		data, err := proto.Marshal(sub)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Conn().Publish("portal.submit."+sub.GetProvince()+"."+sub.GetSchool(), data); err != nil {
			t.Fatal(err)
		}
	}
	healthy("✓ broker", "✓ conservation")
	publish(submissions[0])
	wait(ctx, t, "the message is set aside", func() bool {
		n, err := s.Log().OpenLetters(ctx)
		return err == nil && n == 1
	})
	rasoat("dead list", 0, "intake", "PORTAL", "not understood", "portal.submit."+submissions[0].GetProvince()+".*")
	rasoat("doctor", 1, "✗ dead letters", "1 are open")
	rasoat("dead replay 1", 1, "stays open: not understood")
	poisonous.Store(false)
	rasoat("dead replay 1 --reason mended", 0, "✓ 1  replayed, operator", "mended")
	receipts := s.lastSequence(ctx, t, eventlog.Receipts)
	rasoat("dead replay 1", 0, "was settled before, nothing was done")
	if now := s.lastSequence(ctx, t, eventlog.Receipts); now != receipts || receipts == 0 {
		t.Errorf("RECEIPTS ended at %d after the replay, at %d after it was asked for again", receipts, now)
	}
	wait(ctx, t, "the submission that was replayed is stored", func() bool { return s.lastSequence(ctx, t, eventlog.Submissions) == 1 })
	healthy("✓ dead letters")

	ill.Store(true)
	for _, sub := range submissions[1:] {
		s.send(ctx, t, sub)
	}
	wait(ctx, t, "a reader pauses", func() bool { return strings.Contains(s.logs.String(), "consumer pauses") })
	rasoat("doctor --stuck 1ms", 1, "✗ reader", "reporting-verdicts has been waiting for", "unavailable: test.store")
	ill.Store(false)
	if err := node.Settle(ctx, s.Log(), s.drive); err != nil {
		t.Fatal(err)
	}
	healthy()

	js, err := jetstream.New(s.Conn())
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(ctx, eventlog.Questions)
	if err != nil {
		t.Fatal(err)
	}
	cfg := stream.CachedInfo().Config
	cfg.Discard = jetstream.DiscardOld
	if _, err := js.UpdateStream(ctx, cfg); err != nil {
		t.Fatal(err)
	}
	rasoat("doctor", 1, "✗ stream", "QUESTIONS", "discard is", "never delete the stream")
	rasoat("streams", 1, "✗ QUESTIONS: discard is")
}

// commandLine gives what runs one as the operator: it is to end with a code and to print some texts, and gives what it printed.
func (s *system) commandLine(t *testing.T) func(line string, code int, texts ...string) string {
	t.Helper()
	path := installed.Command(t, "rasoat")
	token, err := everybody().Issuer.Source(access.Caller{Subject: "operator", Role: access.Operator, Scopes: []string{access.Nation}})(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return func(line string, code int, texts ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), path, append(strings.Fields(line), "--lang", "en")...)
		cmd.Env = append(os.Environ(), "RASOAT_SERVER="+s.GRPCAddr(), "RASOAT_NATS="+s.NATSURL(), "RASOAT_TOKEN="+token)
		out, err := cmd.CombinedOutput()
		if got := cmd.ProcessState.ExitCode(); got != code {
			t.Errorf("rasoat %s: exit %d, want %d, %v\n%s", line, got, code, err, out)
		}
		for _, text := range texts {
			if !strings.Contains(string(out), text) {
				t.Errorf("rasoat %s: nothing says %q\n%s", line, text, out)
			}
		}
		return string(out)
	}
}
