package e2e

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	registrypb "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/matching/server"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/sandbox/registry"
	"github.com/rasoat/rasoat/services/standalone/embed"
	"github.com/rasoat/rasoat/services/standalone/node"
	"github.com/rasoat/rasoat/services/student"
	"google.golang.org/grpc"
	"google.golang.org/grpc/stats"
)

// copyEnv makes the test binary a copy of matching: "<broker> <registry> <store>".
const copyEnv = "RASOAT_E2E_MATCHING"

const (
	budgetSeed   = 41
	budgetPupils = 800
	budgetQuota  = 150
	budgetCall   = 10
	budgetTerm   = 2 * time.Second
	budgetKills  = 3
)

func budgetDrive(n *sandbox.Nation) *drive.Drive {
	d := drive.Sample(n.Directory())
	d.Asking.PerSecond, d.Asking.PerCall, d.Asking.Remember = budgetQuota, budgetCall, 0
	return d
}

// TestMatchingCopy is no test: it is the copy of matching that TestTwoCopiesKeepOneBudget starts and kills.
func TestMatchingCopy(t *testing.T) {
	at := strings.Fields(os.Getenv(copyEnv))
	if len(at) != 3 {
		return
	}
	ctx := context.Background()
	nc, err := eventlog.Connect(at[0], "copy")
	if err != nil {
		t.Fatal(err)
	}
	logger := slog.New(slog.NewTextHandler(os.Stdout, nil))
	log, err := eventlog.Open(ctx, nc, eventlog.Config{Service: "matching", Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	db, err := embed.OpenSQLite(at[2])
	if err != nil {
		t.Fatal(err)
	}
	conn, err := rpc.Dial(at[1])
	if err != nil {
		t.Fatal(err)
	}
	n := sandbox.New(sandbox.Config{Seed: budgetSeed, Pupils: budgetPupils, Faults: -1})
	s := server.New(server.Config{Drive: budgetDrive(n), Key: key, LeaseTerm: budgetTerm}, server.Deps{
		Log: log, Store: db, Registry: registrypb.NewRegistryServiceClient(conn), Logger: logger,
	})
	if err := s.Run(ctx); err != nil {
		t.Fatal(err)
	}
}

// TestTwoCopiesKeepOneBudget runs matching as two processes, kills the one that asks, and the one that asked in its place, with SIGKILL and starts
// them again. No more is asked than the budget; everybody is answered; and no question is asked again but those of
// which the answer was on its way.
func TestTwoCopiesKeepOneBudget(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := start(t, options{seed: budgetSeed, pupils: budgetPupils, change: func(c *node.Config) { c.Elsewhere = []string{"matching"} }})
	s.registry.SetBehaviour(registry.Behaviour{QuestionsPerSecond: budgetQuota, Delay: 300 * time.Millisecond})
	within := s.budget(budgetQuota, budgetCall*(1+budgetKills))
	store := filepath.Join(t.TempDir(), "matching.sqlite")
	lost := 0 // leases, by copies that were too slow to keep them
	begin := func() *copied { return s.beginCopy(ctx, t, store) }
	copies := []*copied{begin(), begin()}

	want := 0
	for i, school := range s.nation.Schools() {
		for _, class := range s.nation.Classes(i) {
			var records []student.Record
			for k := class.First; k < class.End; k++ {
				p := s.nation.TrueProfile(k)
				records = append(records, profileRecord(p))
				if p.Identity.Kind == student.PersonalID {
					want++
				}
			}
			s.send(ctx, t, s.submission(school, id("budget", class.Name), student.KindProfile, records...))
		}
	}
	a := s.watchAnswers(ctx, t)
	repeats := int64(0)
	for round := range budgetKills {
		wait(ctx, t, "the next kill is due", func() bool { return a.answered() > (round+1)*want/5 })
		var asking *copied
		wait(ctx, t, "one of them asks", func() bool {
			for _, c := range copies {
				if c.holds() && c.callers.asked() {
					asking = c
				}
			}
			return asking != nil
		})
		asking.kill()
		lost += asking.lost()
		// The questions whose answers died with it may be asked again, and no others.
		wait(ctx, t, "its calls have ended", func() bool {
			return asking.callers.ended()
		})
		repeats += s.counters().Questions - s.counters().Repeated - int64(a.answered())
		for i, c := range copies {
			if c == asking {
				copies[i] = begin()
			}
		}
	}
	wait(ctx, t, "everybody is answered", func() bool { return a.answered() == want })
	within(t)
	for _, c := range copies {
		lost += c.lost()
	}
	// A lease that is lost ends the calls that are under way, as a kill does.
	if n := s.counters(); n.Repeated > repeats+int64(lost*drillCalls*budgetCall) {
		t.Errorf("%d questions asked again where %d answers were on their way and %d leases were lost", n.Repeated, repeats, lost)
	}
	if n := s.counters(); n.Calls-n.Refused > int64(want)/budgetCall*2 {
		t.Errorf("%d calls for %d pupils", n.Calls, want)
	}
	t.Logf("%d pupils answered across three kills in %d calls, of which %d died with their caller; %d questions were answered again, where %d answers were on their way",
		want, s.counters().Calls, s.counters().Refused, s.counters().Repeated, repeats)
	for i := range s.nation.Pupils() {
		if got, want := a.of(s.ref(i)), s.nation.Expected(i).Outcome; got.GetOutcome() != outcomeOf(want) {
			t.Errorf("pupil %d: got %s, want %s", i, got.GetOutcome(), want)
		}
	}
}

// answered counts those of whom the registry said something.
func (a *answers) answered() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for _, j := range a.got {
		if len(j.GetAsked()) > 0 {
			n++
		}
	}
	return n
}

// copied is a process that is a copy of matching, with a door to the registry of its own.
type copied struct {
	cmd     *exec.Cmd
	said    *syncBuffer
	callers *callers
}

func (s *system) beginCopy(ctx context.Context, t *testing.T, store string) *copied {
	t.Helper()
	c := &copied{said: &syncBuffer{}, callers: &callers{}}
	registry := serveRegistryAt(t, s.registry, grpc.StatsHandler(c.callers))
	c.cmd = child(ctx, "TestMatchingCopy", copyEnv, s.NATSURL()+" "+registry+" "+store)
	c.cmd.Stdout, c.cmd.Stderr = c.said, c.said
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.kill()
		if t.Failed() {
			t.Logf("a copy said:\n%s", tail(c.said.String(), 2000))
		}
	})
	return c
}

const leaseLost = "a lease was lost"

// holds reports whether the copy took the lease, and did not lose it since.
func (c *copied) holds() bool {
	said := c.said.String()
	return strings.LastIndex(said, "lease taken") > strings.LastIndex(said, leaseLost)
}

// lost returns how often the copy lost the lease.
func (c *copied) lost() int { return strings.Count(c.said.String(), leaseLost) }

func (c *copied) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// callers counts the connections to a server, and the calls.
type callers struct {
	mu                    sync.Mutex
	open, underWay, begun int
}

func (c *callers) count(open, underWay, begun int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open, c.underWay, c.begun = c.open+open, c.underWay+underWay, c.begun+begun
}

func (c *callers) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }
func (c *callers) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context   { return ctx }

func (c *callers) HandleConn(_ context.Context, s stats.ConnStats) {
	switch s.(type) {
	case *stats.ConnBegin:
		c.count(1, 0, 0)
	case *stats.ConnEnd:
		c.count(-1, 0, 0)
	}
}

func (c *callers) HandleRPC(_ context.Context, s stats.RPCStats) {
	switch s.(type) {
	case *stats.Begin:
		c.count(0, 1, 1)
	case *stats.End:
		c.count(0, -1, 0)
	}
}

// asked reports whether there was a call.
func (c *callers) asked() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.begun > 0
}

// ended reports whether no connection is open and no call under way.
func (c *callers) ended() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open == 0 && c.underWay == 0
}
