// Package e2e runs the whole system as its users meet it: real servers on real addresses, an embedded broker that syncs
// every write, SQLite on disk. What is disturbed here (kills, copies, an absent registry) must end in the same state
// as what is not.
package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	registrypb "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/internal/telemetry"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/sandbox/registry"
	"github.com/rasoat/rasoat/services/standalone/actors"
	"github.com/rasoat/rasoat/services/standalone/node"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

var key = sampleKey("e2e")

func sampleKey(s string) student.Key {
	sum := sha256.Sum256([]byte(s))
	return sum[:]
}

// system is a running node with its clients, a nation to send, and the registry in which the nation's truth lives.
type system struct {
	*node.Node
	nation    *sandbox.Nation
	drive     *drive.Drive
	registry  *registry.Server
	intake    intakepb.IntakeServiceClient
	reporting reportingpb.ReportingServiceClient
	matching  matchingpb.MatchingServiceClient
	logs      *syncBuffer
	telemetry *telemetry.Telemetry
	round     int // of grades that were entered, for their ids
}

// syncBuffer collects what the process logs.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// options of a system; the zero value is a quiet one of 90 pupils.
type options struct {
	dir       string
	seed      uint64
	pupils    int
	faults    int // per mille; 0 means none
	change    func(*node.Config)
	telemetry telemetry.Config
}

// starting is held while a system is made: what measures its services is that of the process, for as long.
var starting sync.Mutex

func start(t *testing.T, o options) *system {
	t.Helper()
	if o.dir == "" {
		o.dir = t.TempDir()
	}
	if o.pupils == 0 {
		o.pupils = 90
	}
	if o.faults == 0 {
		o.faults = -1
	}
	s := &system{logs: &syncBuffer{}}
	s.nation = sandbox.New(sandbox.Config{Seed: o.seed, Pupils: o.pupils, Faults: o.faults})
	s.drive = drive.Sample(s.nation.Directory())
	ctx := context.Background()
	o.telemetry.LogWriter = s.logs
	starting.Lock()
	defer starting.Unlock()
	tele, err := telemetry.Start(ctx, o.telemetry)
	if err != nil {
		t.Fatal(err)
	}
	s.telemetry = tele
	t.Cleanup(func() { _ = tele.Shutdown(context.Background()) })

	s.registry = registry.New(s.nation, registry.Config{})
	conn := serveRegistry(t, s.registry)
	cfg := node.Config{
		Dir: o.dir, GRPCListen: "127.0.0.1:0", HTTPListen: "127.0.0.1:0", NATSHost: "127.0.0.1", NATSPort: -1,
		Drive: s.drive, Key: key, Registry: registrypb.NewRegistryServiceClient(conn), Telemetry: tele,
		Access: everybody().Verifier, Token: everybody().Service(), Waits: waits,
	}
	if o.change != nil {
		o.change(&cfg)
	}
	if s.Node, err = node.Start(ctx, cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
		if t.Failed() {
			t.Logf("log of the process:\n%s", tail(s.logs.String(), 4000))
		}
	})
	client := dial(t, s.GRPCAddr())
	s.intake, s.reporting = intakepb.NewIntakeServiceClient(client), reportingpb.NewReportingServiceClient(client)
	s.matching = matchingpb.NewMatchingServiceClient(client)
	return s
}

func tail(s string, n int) string {
	if len(s) > n {
		return s[len(s)-n:]
	}
	return s
}

// everybody plays the people and systems of every node; their key is that of a folder which is gone.
var everybody = sync.OnceValue(func() *actors.Actors {
	dir, err := os.MkdirTemp("", "rasoat-e2e-")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	a, err := actors.In(dir)
	if err != nil {
		panic(err)
	}
	return a
})

// dial makes each call as the first role that may make it, everywhere.
func dial(t *testing.T, addr string) *grpc.ClientConn {
	t.Helper()
	return closing(t)(everybody().Dial(addr))
}

// dialAs makes each call as one caller.
func dialAs(t *testing.T, addr string, c access.Caller) *grpc.ClientConn {
	t.Helper()
	return closing(t)(everybody().DialAs(addr, c))
}

// closing closes a connection at the end of the test.
func closing(t *testing.T) func(*grpc.ClientConn, error) *grpc.ClientConn {
	return func(conn *grpc.ClientConn, err error) *grpc.ClientConn {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		return conn
	}
}

// serveRegistry puts the registry on a real address.
func serveRegistry(t *testing.T, r *registry.Server) *grpc.ClientConn {
	t.Helper()
	return closing(t)(rpc.Dial(serveRegistryAt(t, r)))
}

func serveRegistryAt(t *testing.T, r *registry.Server, options ...grpc.ServerOption) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(options...)
	r.Register(server)
	go func() { _ = server.Serve(l) }()
	t.Cleanup(server.Stop)
	return l.Addr().String()
}

// submission makes one batch of a school out of records.
func (s *system) submission(school sandbox.SchoolRange, id string, kind student.Kind, records ...student.Record) *intakepb.Submission {
	sub := &intakepb.Submission{Id: id, Drive: s.drive.ID, Province: school.Province, School: school.Code, Kind: wire.ToKind(kind)}
	for _, r := range records {
		sub.Records = append(sub.Records, wire.ToRecord(r))
	}
	return sub
}

// send hands in batches that must be taken whole.
func (s *system) send(ctx context.Context, t *testing.T, sub *intakepb.Submission) *intakepb.Receipt {
	t.Helper()
	var resp *intakepb.SubmitResponse
	err := rpc.Again(ctx, rpc.Patience, func(ctx context.Context) (err error) { // as a portal does
		resp, err = s.intake.Submit(ctx, &intakepb.SubmitRequest{Submission: sub})
		return err
	})
	if err != nil {
		t.Fatalf("submit %s: %v", sub.GetId(), err)
	}
	if len(resp.GetReceipt().GetRefusedRecords()) > 0 {
		t.Fatalf("submit %s: refused %v", sub.GetId(), resp.GetReceipt().GetRefusedRecords())
	}
	return resp.GetReceipt()
}

// classSubmissions is what a school sends of one class: roster, profiles, results.
func (s *system) classSubmissions(school sandbox.SchoolRange, class sandbox.ClassRange, prefix string) []*intakepb.Submission {
	records := map[student.Kind][]student.Record{}
	for i := class.First; i < class.End; i++ {
		r := s.nation.Reported(i)
		for _, e := range r.Enrolments {
			if e.School == school.Code {
				entry := e.Enrolled
				records[student.KindRoster] = append(records[student.KindRoster], student.Record{Part: student.Enrolment, Enrolled: &entry})
			}
		}
		if r.Profile != nil {
			records[student.KindProfile] = append(records[student.KindProfile], student.Record{Part: student.ProfilePart, Profile: r.Profile})
		}
		for _, v := range r.Results {
			records[student.KindResults] = append(records[student.KindResults], student.Record{Part: v.Part, Results: &v})
		}
	}
	var out []*intakepb.Submission
	for _, kind := range []student.Kind{student.KindRoster, student.KindProfile, student.KindResults} {
		all := records[kind]
		for n := 0; len(all) > 0; n++ {
			size := min(len(all), 200)
			out = append(out, s.submission(school, fmt.Sprintf("%s%s-%s-%d", prefix, class.Name, kind, n), kind, all[:size]...))
			all = all[size:]
		}
	}
	return out
}

// eachSubmission visits everything that the nation sends.
func (s *system) eachSubmission(prefix string, visit func(*intakepb.Submission)) {
	for i, school := range s.nation.Schools() {
		for _, class := range s.nation.Classes(i) {
			for _, sub := range s.classSubmissions(school, class, prefix) {
				visit(sub)
			}
		}
	}
}

// settle waits until nothing is under way; nothing may have been set aside on the way.
func (s *system) settle(ctx context.Context, t *testing.T) {
	t.Helper()
	if err := node.Settle(ctx, s.Log(), s.drive); err != nil {
		t.Fatalf("settle: %v", err)
	}
	for _, m := range s.messages(ctx, t, eventlog.DeadLetters) {
		t.Errorf("a dead letter on %s: %s", m.Subject, m.Header.Get(eventlog.HeaderDeadReason))
	}
}

// records reads the table that exam registration would have, by pupil.
func (s *system) records(ctx context.Context, t *testing.T) map[string]*reportingpb.RecordState {
	t.Helper()
	out := map[string]*reportingpb.RecordState{}
	for i := range s.nation.Pupils() {
		ref := s.ref(i)
		m, err := s.Log().Last(ctx, "record."+ref)
		if err != nil {
			continue
		}
		out[ref] = decodeRecord(t, m)
	}
	return out
}

func decodeRecord(t *testing.T, m eventlog.Message) *reportingpb.RecordState {
	t.Helper()
	r := new(reportingpb.RecordState)
	if err := proto.Unmarshal(m.Data, r); err != nil {
		t.Fatal(err)
	}
	return r
}

// ref is the reference of pupil i.
func (s *system) ref(i int) string {
	return string(key.Ref(s.drive.ID, s.nation.Pupil(i).Profile.Code))
}

// lastSequence is the sequence of the newest message of a stream.
func (s *system) lastSequence(ctx context.Context, t *testing.T, stream string) uint64 {
	t.Helper()
	js, err := jetstream.New(s.Conn())
	if err != nil {
		t.Fatal(err)
	}
	st, err := js.Stream(ctx, stream)
	if err != nil {
		t.Fatal(err)
	}
	return st.CachedInfo().State.LastSeq
}

// messages reads a stream from its start.
func (s *system) messages(ctx context.Context, t *testing.T, stream string) []eventlog.Message {
	t.Helper()
	var out []eventlog.Message
	for seq := uint64(1); seq <= s.lastSequence(ctx, t, stream); seq++ {
		m, err := s.Log().Read(ctx, stream, seq)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, m)
	}
	return out
}

func profileRecord(p student.Profile) student.Record {
	return student.Record{Part: student.ProfilePart, Profile: &p}
}

func id(parts ...any) string {
	out := ""
	for _, p := range parts {
		switch v := p.(type) {
		case int:
			out += strconv.Itoa(v) + "-"
		case string:
			out += v + "-"
		}
	}
	return out[:len(out)-1]
}
