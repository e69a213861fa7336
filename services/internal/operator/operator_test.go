package operator

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/generation"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"
)

// toy is a service that keeps the newest message of each school, and an index of the schools.
type toy struct {
	log *eventlog.Log
	db  *generation.DB
}

const (
	toyType    = "rasoat.test.v1"
	toyDurable = "toy-verdicts"
)

func newToy(t *testing.T, log *eventlog.Log, db store.DB) *toy {
	t.Helper()
	return &toy{log: log, db: generation.New(db, "newest", "index")}
}

func (s *toy) Name() string { return "toy" }

func (s *toy) Plan() Plan {
	return Plan{
		Service: "toy", Log: s.log, Store: s.db, Indexes: []string{"index"},
		Sources: func(context.Context) ([]Source, error) {
			return []Source{{Stream: eventlog.Verdicts, Durable: toyDurable, Filters: []string{"verdict.*.*.*"}, Read: s.read}}, nil
		},
		Finish: func(ctx context.Context, built func(string) store.Collection) error {
			docs, err := built("newest").Scan(ctx, "", "", 1000)
			if err != nil {
				return err
			}
			var out []store.Patch
			for _, d := range docs {
				out = append(out, store.Patch{ID: d.ID, Facet: "in", Rev: store.Revision{Major: 1}})
			}
			return built("index").Merge(ctx, out)
		},
	}
}

func (s *toy) read(m eventlog.Message) (Patches, error) {
	if string(m.Data) == "bad" {
		return nil, fault.New(fault.Invalid, "toy", "hỏng", "bad")
	}
	rev := store.Revision{Major: m.Sequence}
	return Patches{"newest": {{ID: m.Token(3), Facet: "last", Rev: rev, Value: m.Data}}}, nil
}

func (s *toy) handle(ctx context.Context, batch []eventlog.Message) error {
	for _, m := range batch {
		patches, err := s.read(m)
		if err != nil {
			return err
		}
		if err := s.db.Collection("newest").Merge(ctx, patches["newest"]); err != nil {
			return err
		}
		entry := store.Patch{ID: m.Token(3), Facet: "in", Rev: store.Revision{Major: m.Sequence}}
		if err := s.db.Collection("index").Merge(ctx, []store.Patch{entry}); err != nil {
			return err
		}
	}
	return nil
}

func (s *toy) append(t *testing.T, n int, data string) {
	t.Helper()
	var events []eventlog.Event
	for i := range n {
		events = append(events, eventlog.Event{Subject: fmt.Sprintf("verdict.roster.01.s%d", i%40), Type: toyType, Data: fmt.Append(nil, data, i)})
	}
	if err := s.log.AppendBatch(t.Context(), events); err != nil {
		t.Fatal(err)
	}
}

// told is what a rebuild said: its steps and its last word.
type told struct {
	steps []string
	last  *pb.RebuildResponse
}

func (s *toy) rebuild(t *testing.T, force bool) told {
	t.Helper()
	var out told
	err := s.Plan().Rebuild(t.Context(), force, func(r *pb.RebuildResponse) error {
		if n := len(out.steps); n == 0 || out.steps[n-1] != r.GetStep() {
			out.steps = append(out.steps, r.GetStep())
		}
		out.last = r
		return nil
	})
	if err != nil {
		t.Fatalf("Rebuild: %v", err)
	}
	return out
}

func (s *toy) plant(t *testing.T, collection, id, facet string, rev uint64) {
	t.Helper()
	p := store.Patch{ID: id, Facet: facet, Rev: store.Revision{Major: rev}, Value: []byte("planted")}
	if err := s.db.Collection(collection).Merge(t.Context(), []store.Patch{p}); err != nil {
		t.Fatal(err)
	}
}

// TestRebuild: while messages come, nothing differs and it switches; what was planted is told, and switched only by force; then nothing differs again.
func TestRebuild(t *testing.T) {
	log := eventlogtest.NewLog(t, "toy")
	s := newToy(t, log, storetest.NewMemory())
	s.append(t, 2500, "a")
	if _, err := log.Append(t.Context(), eventlog.Event{Subject: "verdict.roster.01.s1", Type: toyType, Data: []byte("bad")}); err != nil {
		t.Fatal(err)
	}
	eventlogtest.Run(t, log, eventlog.Consumer{Stream: eventlog.Verdicts, Durable: toyDurable, Handle: s.handle})

	var over atomic.Bool
	appended := make(chan struct{})
	go func() {
		defer close(appended)
		for i := 0; !over.Load(); i++ {
			s.append(t, 20, fmt.Sprint("live", i))
		}
	}()
	got := s.rebuild(t, false)
	over.Store(true)
	<-appended
	if got.last.GetDiffering() != 0 || !got.last.GetSwitched() || !got.last.GetDone() {
		t.Errorf("got %v, want nothing differing and a switch", got.last)
	}
	if steps := strings.Join(got.steps, " "); steps != "waiting gathering comparing switching done" {
		t.Errorf("got the steps %s", steps)
	}
	eventlogtest.Settled(t, log, eventlog.Verdicts, toyDurable)

	s.plant(t, "newest", "s3", "last", 1<<40)  // newer than anything
	s.plant(t, "newest", "s4", "extra", 1)     // a facet too many
	s.plant(t, "newest", "nobody", "last", 1)  // a document too many
	s.plant(t, "index", "nobody", "in", 1<<40) // no difference
	got = s.rebuild(t, false)
	var kinds []string
	for _, d := range got.last.GetDifferences() {
		kinds = append(kinds, d.GetCollection()+" "+d.GetId()+" "+d.GetFacet()+" "+d.GetKind())
	}
	if all := strings.Join(kinds, ", "); all != "newest nobody last surplus, newest s3 last newer, newest s4 extra surplus" {
		t.Errorf("got the differences %s", all)
	}
	if got.last.GetSwitched() || got.last.GetDiffering() != 3 {
		t.Errorf("got %v, want 3 differing and no switch", got.last)
	}
	docs, err := s.db.Collection("newest").Get(t.Context(), []string{"nobody"})
	if err != nil || len(docs[0].Facets) != 1 {
		t.Errorf("the old does not serve: %v, %v", docs, err)
	}
	if got = s.rebuild(t, true); !got.last.GetSwitched() || got.last.GetDiffering() != 3 {
		t.Errorf("by force: got %v, want 3 differing and a switch", got.last)
	}
	if got = s.rebuild(t, false); !got.last.GetSwitched() || got.last.GetDiffering() != 0 {
		t.Errorf("after that: got %v, want nothing differing and a switch", got.last)
	}
}

// TestRenewAndTidy: a lost store comes back before anything runs; a rebuild that was left is given up at the next start.
func TestRenewAndTidy(t *testing.T) {
	log := eventlogtest.NewLog(t, "toy")
	s := newToy(t, log, storetest.NewMemory())
	s.append(t, 100, "a")
	for range 2 {
		if err := s.Plan().Renew(t.Context()); err != nil {
			t.Fatal(err)
		}
		docs, err := s.db.Collection("newest").Scan(t.Context(), "", "", 100)
		if err != nil || len(docs) != 40 {
			t.Errorf("got %d documents, %v, want 40", len(docs), err)
		}
	}
	if _, err := s.db.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Plan().Tidy(t.Context(), slog.New(slog.DiscardHandler))
	if left, err := s.db.Left(t.Context()); err != nil || left {
		t.Errorf("left: got %v, %v, want nothing", left, err)
	}
}

// TestDoor: one rebuild at a time though two are asked for; a service that is not there is told; who goes away ends it.
func TestDoor(t *testing.T) {
	log := eventlogtest.NewLog(t, "toy")
	s := newToy(t, log, storetest.NewMemory())
	s.append(t, 100, "a")
	eventlogtest.Run(t, log, eventlog.Consumer{Stream: eventlog.Verdicts, Durable: toyDurable, Handle: s.handle})
	server := grpc.NewServer()
	New[any](s, "no rebuilder").Register(server)
	door := bufconn.Listen(1 << 16)
	go func() { _ = server.Serve(door) }()
	t.Cleanup(server.Stop)
	conn, err := grpc.NewClient("passthrough:///x", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return door.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	client := pb.NewOperatorServiceClient(conn)

	last := func(ctx context.Context, service string) (*pb.RebuildResponse, error) {
		stream, err := client.Rebuild(ctx, &pb.RebuildRequest{Service: service})
		if err != nil {
			return nil, err
		}
		for {
			r, err := stream.Recv()
			if err != nil || r.GetDone() {
				return r, err
			}
		}
	}
	results := make(chan error, 2)
	for range 2 {
		go func() {
			r, err := last(t.Context(), "toy")
			if err == nil && !r.GetSwitched() {
				err = fmt.Errorf("not switched: %v", r)
			}
			results <- err
		}()
	}
	for range 2 {
		if err := <-results; err != nil {
			t.Errorf("two at once: %v", err)
		}
	}
	if _, err := last(t.Context(), "other"); err == nil || !strings.Contains(err.Error(), "toy") {
		t.Errorf("an unknown service: got %v, want the name of the one there is", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Plan().Rebuild(ctx, false, func(*pb.RebuildResponse) error { return nil }); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a caller who went away: got %v, want Unavailable", err)
	}
}
