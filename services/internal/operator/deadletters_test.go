package operator

import (
	"context"
	"crypto/sha256"
	"errors"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
)

// runner is a service that cannot process "bad" until it is mended.
type runner struct {
	name   string
	log    *eventlog.Log
	mended atomic.Bool
	ill    error
}

func (r *runner) Name() string                { return r.name }
func (r *runner) Ready(context.Context) error { return r.ill }
func (r *runner) Runs() Runs                  { return Runs{Log: r.log, DriveID: "d", DriveDigest: "abc"} }

func (r *runner) handle(_ context.Context, batch []eventlog.Message) error {
	for _, m := range batch {
		if string(m.Data) == "bad" && !r.mended.Load() {
			return fault.Wrap(fault.Invalid, "toy.handle", fault.New(fault.Invalid, "toy.decode", "không đọc được", "cannot be decoded"))
		}
	}
	return nil
}

// serve gives a client of the door of a process with these services.
func serve(t *testing.T, runners ...*runner) *grpc.ClientConn {
	t.Helper()
	server := grpc.NewServer()
	New(runners...).On(t.TempDir()).Register(server)
	door := bufconn.Listen(1 << 16)
	go func() { _ = server.Serve(door) }()
	t.Cleanup(server.Stop)
	conn, err := grpc.NewClient("passthrough:///x", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return door.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func lettersOf(t *testing.T, client pb.DeadLetterServiceClient, all bool) []*pb.Letter {
	t.Helper()
	stream, err := client.ListLetters(t.Context(), &pb.ListLettersRequest{All: all})
	if err != nil {
		t.Fatal(err)
	}
	var out []*pb.Letter
	for {
		part, err := stream.Recv()
		if err != nil {
			return out
		}
		out = append(out, part.GetLetters()...)
	}
}

// TestDeadLetters: any process lists; the one with the consumer replays, once; what a sender wrote is in nothing but the payload.
func TestDeadLetters(t *testing.T) {
	broker := eventlogtest.Start(t)
	here := &runner{name: "toy", log: broker.Log(t, eventlog.Config{Service: "toy"})}
	elsewhere := &runner{name: "other", log: broker.Log(t, eventlog.Config{Service: "other"})}
	for _, id := range []string{"Nguyen-Van-A", "b", "Tran-C"} {
		data := "bad"
		if id == "b" {
			data = "good"
		}
		if _, err := here.log.Append(t.Context(), eventlog.Event{Subject: "submission.roster.01.01000701." + id, Type: toyType, Data: []byte(data)}); err != nil {
			t.Fatal(err)
		}
	}
	eventlogtest.Run(t, here.log, eventlog.Consumer{Stream: eventlog.Submissions, Durable: "toy-submissions", Handle: here.handle})
	eventlogtest.Settled(t, here.log, eventlog.Submissions, "toy-submissions")
	mine, others := pb.NewDeadLetterServiceClient(serve(t, here)), pb.NewDeadLetterServiceClient(serve(t, elsewhere))

	letters := lettersOf(t, others, false)
	if len(letters) != 2 {
		t.Fatalf("got %d letters, want 2: %v", len(letters), letters)
	}
	for _, l := range letters {
		if l.GetService() != "toy" || l.GetSubject() != "submission.roster.01.01000701.*" || l.GetReason() != "invalid: toy.handle: cannot be decoded" || l.GetSettlement() != nil {
			t.Errorf("got %v", l)
		}
	}
	digest := sha256.Sum256([]byte("bad"))
	one, err := others.GetLetter(t.Context(), &pb.GetLetterRequest{Sequence: 1})
	if err != nil || one.GetSize() != 3 || !slices.Equal(one.GetDigest(), digest[:]) || one.GetHere() || one.GetId() != "" || strings.Contains(one.String(), "Nguyen") {
		t.Errorf("got %v, %v", one, err)
	}
	if p, err := mine.GetPayload(t.Context(), &pb.GetPayloadRequest{Sequence: 1}); err != nil || string(p.GetPayload()) != "bad" {
		t.Errorf("payload: got %v, %v", p, err)
	}
	if _, err := mine.GetLetter(t.Context(), &pb.GetLetterRequest{Sequence: 7}); err == nil {
		t.Error("a letter that is none was found")
	}

	for _, step := range []struct {
		client  pb.DeadLetterServiceClient
		mend    bool
		outcome string
	}{{others, false, "elsewhere"}, {mine, false, "failed"}, {mine, true, "replayed"}, {mine, true, "already"}, {others, true, "already"}} {
		here.mended.Store(step.mend)
		r, err := step.client.Replay(t.Context(), &pb.ReplayRequest{Sequence: 1, Reason: "why"})
		if err != nil || r.GetOutcome() != step.outcome || (r.GetMessageVi() == "không đọc được" && r.GetMessageEn() == "cannot be decoded") != (step.outcome == "failed") {
			t.Errorf("got %v, %v, want %s", r, err, step.outcome)
		}
		if settled := r.GetLetter().GetSettlement(); (settled != nil) != step.mend || settled != nil && (settled.GetReason() != "why" || settled.GetOutcome() != "replayed") {
			t.Errorf("%s: got the settlement %v", step.outcome, settled)
		}
	}
	for _, outcome := range []string{"dropped", "already"} {
		if r, err := others.Drop(t.Context(), &pb.DropRequest{Sequence: 2, Reason: "a trial"}); err != nil || r.GetOutcome() != outcome || r.GetLetter().GetSettlement().GetReason() != "a trial" {
			t.Errorf("got %v, %v, want %s", r, err, outcome)
		}
	}
	if open, all := lettersOf(t, mine, false), lettersOf(t, mine, true); len(open) != 0 || len(all) != 2 {
		t.Errorf("got %d open and %d in all", len(open), len(all))
	}
}

// TestDiagnose: a process tells how it is, also while its store is away.
func TestDiagnose(t *testing.T) {
	broker := eventlogtest.Start(t)
	good := &runner{name: "toy", log: broker.Log(t, eventlog.Config{Service: "toy"})}
	ill := &runner{name: "other", log: good.log, ill: fault.New(fault.Unavailable, "store.ping", "kho vắng", "the store is away")}
	eventlogtest.Run(t, good.log, eventlog.Consumer{Stream: eventlog.Submissions, Durable: "toy-submissions", Handle: good.handle})
	client := pb.NewDiagnosisServiceClient(serve(t, good, ill))
	var got *pb.DiagnoseResponse
	eventually.True(t, "the consumer runs", func() bool {
		var err error
		got, err = client.Diagnose(t.Context(), &pb.DiagnoseRequest{})
		return err == nil && len(got.GetConsumers()) > 0
	})
	if c := got.GetConsumers()[0]; c.GetService() != "toy" || c.GetStream() != eventlog.Submissions || c.GetDurable() != "toy-submissions" || c.GetPausedSince() != nil {
		t.Errorf("consumer: got %v", c)
	}
	if s := got.GetServices(); len(s) != 2 || !s[0].GetReady() || s[1].GetReady() || s[1].GetWhyEn() != "the store is away" || s[1].GetWhyVi() != "kho vắng" || s[0].GetDriveDigest() != "abc" {
		t.Errorf("services: got %v", s)
	}
	if b := got.GetBroker(); !b.GetConnected() || b.GetServer() != "test" || b.GetWhyEn() != "" || b.GetRoundTrip().AsDuration() <= 0 {
		t.Errorf("broker: got %v", b)
	}
	if got.GetPid() == 0 || got.GetVersion() == "" || got.GetClock() == nil || got.GetMemoryHeap() <= 0 || got.GetDisk().GetSize() < got.GetDisk().GetFree() {
		t.Errorf("got %v", got)
	}
	broker.Stop()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if b := diagnoseBroker(ctx, good.log); b.GetWhyEn() == "" || b.GetWhyVi() == "" || b.GetClockAhead() != nil {
		t.Errorf("without a broker: got %v", b)
	}
	if vi, en := words(errors.New("mongodb://user:secret@host")); strings.Contains(vi+en, "secret") {
		t.Errorf("an error tells a secret: %s, %s", vi, en)
	}
	// A process without services has no letters to tell of.
	if _, err := pb.NewDeadLetterServiceClient(serve(t)).GetLetter(t.Context(), &pb.GetLetterRequest{Sequence: 1}); status.Code(err) != codes.Unimplemented {
		t.Errorf("without services: got %v", err)
	}
}
