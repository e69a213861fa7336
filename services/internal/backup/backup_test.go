package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/operator"
	"github.com/rasoat/rasoat/services/internal/seen"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/generation"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
)

// toy is a service that keeps something and does nothing.
type toy struct {
	name string
	db   *generation.DB
}

func (s toy) Name() string { return s.name }

func (s toy) Keeps() operator.Keeps {
	return operator.Keeps{Store: s.db, Collections: []string{"pupils", "plain"}, DriveID: "d", DriveDigest: "x"}
}

// world is a broker with four toys beside it.
type world struct {
	System
	js   jetstream.JetStream
	log  *eventlog.Log
	toys map[string]toy
}

func newWorld(t *testing.T, held bool) *world {
	t.Helper()
	broker := eventlogtest.Start(t)
	w := &world{toys: map[string]toy{}, log: broker.Log(t, eventlog.Config{Service: "test"})}
	w.Conn = broker.Conn(t)
	var err error
	if w.js, err = jetstream.New(w.Conn); err != nil {
		t.Fatal(err)
	}
	var toys []toy
	for _, name := range Services {
		w.toys[name] = toy{name, generation.New(storetest.NewMemory(), "pupils")}
		toys = append(toys, w.toys[name])
	}
	door := operator.New(toys...)
	if held {
		door.Held()
	}
	l, server := bufconn.Listen(1<<20), grpc.NewServer()
	door.Register(server)
	go func() { _ = server.Serve(l) }()
	t.Cleanup(server.Stop)
	conn, err := grpc.NewClient("passthrough:///test", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	w.Processes = []grpc.ClientConnInterface{conn}
	return w
}

// fill puts something everywhere: messages of which one was erased, a durable that answered for some, a lease, documents of two generations.
func (w *world) fill(t *testing.T) {
	t.Helper()
	ctx := testContext(t)
	for i := range 40 {
		events := []eventlog.Event{
			{Subject: fmt.Sprintf("submission.roster.01.s1.id%d", i), Type: "rasoat.test.v1", Data: []byte(strings.Repeat("x", 3000)), ExpectLast: &eventlog.Expect{}},
			{Subject: fmt.Sprintf("record.p%d", i%7), Type: "rasoat.test.v1", Data: fmt.Append(nil, i), Header: nats.Header{"mine": {"kept"}}},
			{Subject: "verdict.roster.01.s1", Type: "rasoat.test.v1"},
		}
		if err := w.log.AppendBatch(ctx, events); err != nil {
			t.Fatal(err)
		}
	}
	s, err := w.js.Stream(ctx, eventlog.Submissions)
	if err != nil {
		t.Fatal(err)
	}
	for _, sequence := range []uint64{5, 40} { // in the midst, and the last
		if err := s.DeleteMsg(ctx, sequence); err != nil {
			t.Fatal(err)
		}
	}
	c, err := s.CreateConsumer(ctx, jetstream.ConsumerConfig{Durable: "reader", AckPolicy: jetstream.AckExplicitPolicy, Metadata: map[string]string{"k": "v"}})
	if err != nil {
		t.Fatal(err)
	}
	batch, err := c.Fetch(20)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for m := range batch.Messages() {
		if n++; n != 11 { // one stays in hand
			if err := m.DoubleAck(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	holding, stop := context.WithCancel(ctx)
	err = w.log.Hold(holding, eventlog.Lease{Name: "l", Term: 200 * time.Millisecond, Hold: func(context.Context, eventlog.Held) error { stop(); return nil }})
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range w.toys {
		for i := range 1200 {
			merge(t, s.db.Collection("pupils"), store.Patch{ID: fmt.Sprintf("old%d", i), Facet: "f", Rev: store.Revision{Major: 1}})
		}
		if name == "reporting" { // what a rebuild left behind is not saved
			b, err := s.db.Begin(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if err := b.Switch(ctx); err != nil {
				t.Fatal(err)
			}
		}
		for i := range 30 {
			merge(t, s.db.Collection("pupils"), store.Patch{ID: fmt.Sprintf("d%d", i), Facet: "a/b", Rev: store.Revision{Major: 7, Minor: uint64(i)}, Value: make([]byte, 100<<10)},
				store.Patch{ID: fmt.Sprintf("d%d", i), Facet: "c", Rev: store.Revision{Major: 1 << 63}, Schema: 1})
		}
		merge(t, s.db.Collection("plain"), store.Patch{ID: "p", Facet: "f", Rev: store.Revision{Major: 1}, Value: []byte(name)})
		if err := seen.In(s.db).See(ctx, eventlog.Submissions, eventlog.Mark{Sequence: 39, Stored: time.Unix(1, 2)}); err != nil {
			t.Fatal(err)
		}
	}
}

func merge(t *testing.T, c store.Collection, patches ...store.Patch) {
	t.Helper()
	if err := c.Merge(t.Context(), patches); err != nil {
		t.Fatal(err)
	}
}

func testContext(t *testing.T) context.Context {
	t.Helper()
	ctx := eventually.Context(t)
	return ctx
}

func untold(string, string, int64, int64) {}

// held is everything that a world holds.
type held struct {
	Streams map[string]jetstream.StreamState
	Message map[string]string
	Floors  map[string]uint64
	Docs    map[string][]store.Doc
}

func (w *world) held(t *testing.T) held {
	t.Helper()
	ctx := testContext(t)
	out := held{map[string]jetstream.StreamState{}, map[string]string{}, map[string]uint64{}, map[string][]store.Doc{}}
	for _, name := range order {
		s, err := w.js.Stream(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		state := s.CachedInfo().State
		state.Consumers, state.Bytes = 0, 0
		if state.NumDeleted > 0 { // the time of a last message that was erased is lost
			state.LastTime = time.Time{}
		}
		if state.Msgs == 0 {
			state.FirstSeq = 0 // 0 or 1
		}
		out.Streams[name] = state
		for sequence := state.FirstSeq; sequence <= state.LastSeq; sequence++ {
			if m, err := s.GetMsg(ctx, sequence); err == nil {
				out.Message[fmt.Sprint(name, sequence)] = fmt.Sprint(m.Subject, m.Time.UnixNano(), m.Header, len(m.Data))
			}
		}
		floors, err := eventlog.Floors(ctx, w.js, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range floors {
			out.Floors[f.Durable+string(f.Config)] = f.Floor
		}
	}
	for name, s := range w.toys {
		for _, collection := range []string{"pupils", "plain", seen.Collection} {
			docs, err := s.db.Collection(collection).Scan(ctx, "", "", 10_000)
			if err != nil {
				t.Fatal(err)
			}
			out.Docs[name+"/"+collection] = docs
		}
	}
	return out
}

// differ fails when two worlds do not hold the same.
func differ(t *testing.T, got, want held) {
	t.Helper()
	differing(t, got.Streams, want.Streams)
	differing(t, got.Message, want.Message)
	differing(t, got.Floors, want.Floors)
	differing(t, got.Docs, want.Docs)
}

func differing[V any](t *testing.T, got, want map[string]V) {
	t.Helper()
	for key := range want {
		if !reflect.DeepEqual(got[key], want[key]) {
			t.Errorf("%s: got %.500s\nwant %.500s", key, fmt.Sprintf("%+v", got[key]), fmt.Sprintf("%+v", want[key]))
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %d entries, want %d", len(got), len(want))
	}
}

// TestThereAndBack: everything comes back as it was; the folder is for its owner alone; and what is restored is restored once.
func TestThereAndBack(t *testing.T) {
	ctx, dir := testContext(t), filepath.Join(t.TempDir(), "new", "b")
	from := newWorld(t, false)
	from.fill(t)
	m, err := Take(ctx, from.System, dir, untold)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Streams) != len(order) || len(m.Services) != 4 || m.Services[3].Documents != 30+1+1 || m.Services[0].Documents != 1200+30+1+1 {
		t.Errorf("got %+v", m.Services)
	}
	if got := m.Floors; len(got) != 1 || got[0].Floor != 11 { // 10 messages before the one in hand, and one that was erased
		t.Errorf("floors: got %+v", got)
	}
	err = filepath.WalkDir(filepath.Dir(dir), func(path string, d fs.DirEntry, _ error) error {
		info, err := d.Info()
		if err == nil && (d.IsDir() && info.Mode().Perm() != 0o700 || !d.IsDir() && info.Mode().Perm() != 0o600) {
			t.Errorf("%s: mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Take(ctx, from.System, dir, untold); !fault.Is(err, fault.Conflict) {
		t.Errorf("into the same folder: got %v, want Conflict", err)
	}
	if _, err := Give(ctx, from.System, dir, Options{}, untold); !fault.Is(err, fault.Conflict) {
		t.Errorf("into services that run: got %v, want Conflict", err)
	}
	to := newWorld(t, true)
	r, err := Give(ctx, to.System, dir, Options{}, untold)
	if err != nil || len(r.Streams) != len(order) || r.Durables != 1 {
		t.Fatalf("got %+v, %v", r, err)
	}
	want := from.held(t)
	differ(t, to.held(t), want)
	for name, s := range to.toys {
		if k, err := seen.In(s.db).Known(ctx); err != nil || k.Restoring || k.Restored[eventlog.Submissions] != 40 {
			t.Errorf("%s: got %+v, %v", name, k, err)
		}
	}
	if r, err := Give(ctx, to.System, dir, Options{}, untold); err != nil || len(r.There) != 4 { // the others are empty
		t.Errorf("again: got %+v, %v", r, err)
	}
	differ(t, to.held(t), want)
}

// TestBrokenOff ends a restore after each word that it says, and runs it again: in the end everything is there, and meanwhile no service would start.
func TestBrokenOff(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "b")
	from := newWorld(t, false)
	from.fill(t)
	if _, err := Take(testContext(t), from.System, dir, untold); err != nil {
		t.Fatal(err)
	}
	to := newWorld(t, true)
	ended := false
	for n := 1; !ended; n += 1 + n/3 {
		ctx, cancel := context.WithCancel(testContext(t))
		said, begun := 0, false
		_, err := Give(ctx, to.System, dir, Options{}, func(step, _ string, _, _ int64) {
			begun = begun || step == Giving
			if said++; said == n {
				cancel()
			}
		})
		cancel()
		if ended = err == nil; !ended && begun {
			for name, s := range to.toys {
				if k, err := seen.In(s.db).Known(t.Context()); err != nil || !k.Restoring && len(k.Restored) == 0 {
					t.Errorf("broken off at word %d, %s would start: %+v, %v (it ended with %v)", n, name, k, err, errors.Unwrap(err))
				}
			}
		}
	}
	differ(t, to.held(t), from.held(t))
}

// TestRefused: what is there already, and what is not as the manifest says, is refused before anything is touched.
func TestRefused(t *testing.T) {
	ctx, dir := testContext(t), filepath.Join(t.TempDir(), "b")
	from := newWorld(t, false)
	from.fill(t)
	if _, err := Take(ctx, from.System, dir, untold); err != nil {
		t.Fatal(err)
	}
	to := newWorld(t, true)
	merge(t, to.toys["matching"].db.Collection("pupils"), store.Patch{ID: "mine", Facet: "f", Rev: store.Revision{Major: 1}})
	refused := func(what string, kind fault.Kind, o Options) {
		t.Helper()
		_, err := Give(ctx, to.System, dir, o, untold)
		if !fault.Is(err, kind) {
			t.Errorf("%s: got %v, want %s", what, err, kind)
		}
		for name, s := range to.toys {
			if r, err := seen.In(s.db).Restore(ctx); err != nil || r.Backup != "" {
				t.Errorf("%s: %s was touched: %+v, %v", what, name, r, err)
			}
		}
	}
	refused("a store that is not empty", fault.Conflict, Options{})
	if _, err := to.log.Append(ctx, eventlog.Event{Subject: "decision.note.01.s", Type: "rasoat.test.v1"}); err != nil {
		t.Fatal(err)
	}
	refused("a stream with a message", fault.Conflict, Options{Replace: []string{"matching"}})
	if err := to.js.DeleteStream(ctx, eventlog.Decisions); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, streamsDir, eventlog.Portal+".snapshot")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"cut": string(whole[:len(whole)-1]), "longer": string(whole) + "x"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		refused(what, fault.Invalid, Options{Replace: []string{"matching"}})
	}
	if err := os.WriteFile(file, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Give(ctx, to.System, dir, Options{Replace: []string{"matching"}}, untold); err != nil {
		t.Fatal(err)
	}
	differ(t, to.held(t), from.held(t))
}

// TestTakingBrokenOff: of a backup that ended in the midst nothing has its name.
func TestTakingBrokenOff(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "b")
	from := newWorld(t, false)
	from.fill(t)
	for _, at := range []string{Flooring, Saving, Taking} {
		ctx, cancel := context.WithCancel(testContext(t))
		_, err := Take(ctx, from.System, dir, func(step, what string, done, _ int64) {
			if step == at && (done > 0 || at == Flooring) {
				cancel()
			}
		})
		cancel()
		if _, there := os.Lstat(dir); err == nil || there == nil {
			t.Errorf("broken off at %s: got %v, there %v", at, err, there)
		}
		if _, err := Read(dir); err == nil {
			t.Errorf("broken off at %s: it is taken for a backup", at)
		}
	}
}

// TestCutOffMeanwhile: a cut-off that is taken between RECORDS and DECISIONS would be beyond the records; the streams are taken anew.
func TestCutOffMeanwhile(t *testing.T) {
	ctx, dir := testContext(t), filepath.Join(t.TempDir(), "b")
	from := newWorld(t, false)
	from.fill(t)
	cut := false
	m, err := Take(ctx, from.System, dir, func(step, what string, done, _ int64) {
		if step != Taking || what != eventlog.Verdicts || cut {
			return
		}
		cut = true
		for _, subject := range []string{"record.p1", "decision.cutoff.c"} {
			if _, err := from.log.Append(ctx, eventlog.Event{Subject: subject, Type: "rasoat.test.v1"}); err != nil {
				t.Error(err)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := m.ends(); got[eventlog.Records] != 41 || got[eventlog.Decisions] != 1 {
		t.Errorf("RECORDS ends at %d and DECISIONS at %d, want 41 and 1", got[eventlog.Records], got[eventlog.Decisions])
	}
}
