package e2e

import (
	"bufio"
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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
)

// copyEnv makes the test binary a copy of matching: "<broker> <registry> <store>".
const copyEnv = "RASOAT_E2E_MATCHING"

const (
	budgetSeed   = 41
	budgetPupils = 1500
	budgetQuota  = 150
	budgetCall   = 10
	budgetTerm   = 2 * time.Second
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
// them again. The registry, which grants exactly the budget, refuses no call; everybody is answered; and no question is asked again but those of
// which the answer was on its way.
func TestTwoCopiesKeepOneBudget(t *testing.T) {
	if !inProcess(t) {
		return
	}
	ctx := testContext(t)
	s := start(t, options{seed: budgetSeed, pupils: budgetPupils, change: func(c *node.Config) { c.Elsewhere = []string{"matching"} }})
	s.registry.SetBehaviour(registry.Behaviour{QuestionsPerSecond: budgetQuota, Delay: 300 * time.Millisecond})
	address := serveRegistryAt(t, s.registry)
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
	for round := range 3 {
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
		asking.kill()
		// The questions whose answers died with it may be asked again, and no others.
		wait(ctx, t, "its calls have ended", func() bool {
			before := s.counters().Questions
			waited := time.NewTimer(100 * time.Millisecond)
			<-waited.C
			return s.counters().Questions == before
		})
		repeats += s.counters().Questions - s.counters().Repeated - int64(a.answered())
		for i, c := range copies {
			if c == asking {
				copies[i] = begin()
			}
		}
	}
	wait(ctx, t, "everybody is answered", func() bool { return a.answered() == want })
	if n := s.counters(); n.OverLimit != 0 || n.Repeated > repeats {
		t.Errorf("%d calls over the budget; %d questions asked again where %d answers were on their way", n.OverLimit, n.Repeated, repeats)
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
	c := &copied{cmd: exec.CommandContext(ctx, os.Args[0], "-test.run=^TestMatchingCopy$", "-test.timeout=10m"), said: &syncBuffer{}}
	c.cmd.Env = append(os.Environ(), copyEnv+"="+at)
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
