package e2e

import (
	"bufio"
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
	callers := &callers{}
	address := serveRegistryAt(t, s.registry, grpc.StatsHandler(callers))
	within := s.budget(budgetQuota, budgetCall*(1+budgetKills))
	store := filepath.Join(t.TempDir(), "matching.sqlite")
	begin := func() *copied { return beginCopy(ctx, t, s.NATSURL()+" "+address+" "+store) }
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
				if c.holds() {
					asking = c
				}
			}
			return asking != nil
		})
		ends := callers.ended()
		asking.kill()
		// The questions whose answers died with it may be asked again, and no others.
		wait(ctx, t, "its calls have ended", func() bool {
			return callers.ended() > ends && callers.quiet()
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
	if n := s.counters(); n.Repeated > repeats {
		t.Errorf("%d questions asked again where %d answers were on their way", n.Repeated, repeats)
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

// copied is a process that is a copy of matching.
type copied struct {
	cmd  *exec.Cmd
	said *syncBuffer
}

func beginCopy(ctx context.Context, t *testing.T, at string) *copied {
	t.Helper()
	c := &copied{cmd: child(ctx, "TestMatchingCopy", copyEnv, at), said: &syncBuffer{}}
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

// holds reports whether the copy took the lease.
func (c *copied) holds() bool {
	for lines := bufio.NewScanner(strings.NewReader(c.said.String())); lines.Scan(); {
		if strings.Contains(lines.Text(), "lease taken") {
			return true
		}
	}
	return false
}

func (c *copied) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// callers counts the connections to a server and the calls on each.
type callers struct {
	mu    sync.Mutex
	conns []*caller
}

type caller struct {
	ended    bool
	underWay int
}

type callerKey struct{}

func (c *callers) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	one := &caller{}
	c.conns = append(c.conns, one)
	return context.WithValue(ctx, callerKey{}, one)
}

func (c *callers) HandleConn(ctx context.Context, s stats.ConnStats) {
	if _, ok := s.(*stats.ConnEnd); ok {
		c.mu.Lock()
		defer c.mu.Unlock()
		ctx.Value(callerKey{}).(*caller).ended = true
	}
}

func (c *callers) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }

func (c *callers) HandleRPC(ctx context.Context, s stats.RPCStats) {
	one := ctx.Value(callerKey{}).(*caller)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch s.(type) {
	case *stats.Begin:
		one.underWay++
	case *stats.End:
		one.underWay--
	}
}

// ended returns how many connections have ended.
func (c *callers) ended() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, one := range c.conns {
		if one.ended {
			n++
		}
	}
	return n
}

// quiet reports whether no call is under way on a connection that has ended.
func (c *callers) quiet() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !slices.ContainsFunc(c.conns, func(one *caller) bool { return one.ended && one.underWay > 0 })
}
