package e2e

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/backup"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/recordfeed/rows"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/examtable"
	"github.com/rasoat/rasoat/services/standalone/node"
	"google.golang.org/grpc"
)

func untold(string, string, int64, int64) {}

// operated is the system as an operator reaches it.
func (s *system) operated(t *testing.T) backup.System {
	t.Helper()
	return backup.System{Conn: s.Conn(), Processes: []grpc.ClientConnInterface{dial(t, s.GRPCAddr())}}
}

// asking has the provinces approve.
func asking(c *node.Config) { c.Drive.ApprovalRequired = true }

func holding(c *node.Config) { asking(c); c.Hold = true }

// digestOf is what exam registration would hold, apart from the versions, which a system that was put back may give anew.
func (s *system) digestOf(ctx context.Context, t *testing.T) demo.Records {
	t.Helper()
	exam, err := demo.Subscribe(ctx, s.Conn())
	if err != nil {
		t.Fatal(err)
	}
	defer exam.Stop()
	if err := exam.CatchUp(ctx); err != nil {
		t.Fatal(err)
	}
	out := exam.Count()
	out.Received, out.Digest = 0, ""
	return out
}

const backupSeed, backupPupils = 41, 60

// busy is a system in mid-drive: half of the nation was handed in and settled, the rest is being handed in and officers declare and approve.
type busy struct {
	*system
	mu     sync.Mutex
	taken  []string // acknowledged, "province/school/id"
	others sync.WaitGroup
	stop   context.CancelFunc
}

func newBusy(ctx context.Context, t *testing.T, dir string) *busy {
	t.Helper()
	b := &busy{system: start(t, options{dir: dir, seed: backupSeed, pupils: backupPupils, change: asking})}
	var all []*intakepb.Submission
	b.eachSubmission("a-", func(sub *intakepb.Submission) { all = append(all, sub) })
	for _, sub := range all[:len(all)/2] {
		b.hand(ctx, t, sub)
	}
	ctx, b.stop = context.WithCancel(ctx)
	b.others.Go(func() {
		for round := 0; ctx.Err() == nil; round++ {
			for i, sub := range all[len(all)/2:] {
				if round > 0 { // the same content under another id
					sub.Id = fmt.Sprintf("again-%d-%d", round, i)
				}
				if resp, err := b.intake.Submit(ctx, &intakepb.SubmitRequest{Submission: sub}); err == nil {
					b.note(sub, resp)
				} else if ctx.Err() == nil {
					t.Errorf("submit: %v", err)
				}
			}
		}
	})
	approvals := reportingpb.NewApprovalServiceClient(dial(t, b.GRPCAddr()))
	b.others.Go(func() {
		for ctx.Err() == nil {
			for _, w := range b.drive.Windows {
				for _, school := range b.nation.Schools() { // what cannot be approved yet is refused
					_, _ = approvals.Declare(ctx, &reportingpb.DeclareRequest{Scope: school.Province + "/" + school.Code, Window: w.ID})
					_, _ = approvals.Approve(ctx, &reportingpb.ApproveRequest{Scope: school.Province, Window: w.ID})
				}
			}
		}
	})
	return b
}

func (b *busy) hand(ctx context.Context, t *testing.T, sub *intakepb.Submission) {
	t.Helper()
	resp, err := b.intake.Submit(ctx, &intakepb.SubmitRequest{Submission: sub})
	if err != nil {
		t.Fatal(err)
	}
	b.note(sub, resp)
}

func (b *busy) note(sub *intakepb.Submission, _ *intakepb.SubmitResponse) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.taken = append(b.taken, sub.GetProvince()+"/"+sub.GetSchool()+"/"+sub.GetId())
}

// acknowledged gives what was acknowledged up to now.
func (b *busy) acknowledged() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.taken)
}

// end stops who works with the system, and the system.
func (b *busy) end(t *testing.T) {
	t.Helper()
	b.stop()
	b.others.Wait()
	if err := b.Stop(); err != nil {
		t.Fatal(err)
	}
}

// finish hands in everything, approves everything and gives what exam registration holds.
func (s *system) finish(ctx context.Context, t *testing.T) demo.Records {
	t.Helper()
	s.eachSubmission("a-", func(sub *intakepb.Submission) { s.send(ctx, t, sub) })
	s.settle(ctx, t)
	s.approve(ctx, t)
	return s.digestOf(ctx, t)
}

// TestBackupInMidDrive saves a system while schools hand in and officers decide, and puts it back elsewhere: nothing is missing that was acknowledged
// before the streams were taken, a subscriber goes on, and in the end the records are those of a system that was never disturbed.
func TestBackupInMidDrive(t *testing.T) {
	t.Parallel()
	ctx, dir := t.Context(), filepath.Join(t.TempDir(), "saved")
	quiet := start(t, options{seed: backupSeed, pupils: backupPupils, change: asking}).finish(ctx, t)

	b := newBusy(ctx, t, t.TempDir())
	table, err := examtable.Open(filepath.Join(t.TempDir(), "exam"), rows.Default())
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	wait(ctx, t, "some records", func() bool { return b.lastSequence(ctx, t, eventlog.Records) > 0 })
	subscribe := func(s *system, name string, h recordfeed.Handler) {
		t.Helper()
		if err := recordfeed.Subscribe(ctx, recordfeed.Config{URL: s.NATSURL(), Name: name, Handler: h, Once: true}); err != nil {
			t.Fatal(err)
		}
	}
	subscribe(b.system, "exam", table)
	var before []string
	m, err := backup.Take(ctx, b.operated(t), dir, func(step, what string, _, _ int64) {
		if step == backup.Taking && what == "" {
			before = b.acknowledged()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	b.end(t)

	fresh := t.TempDir()
	held := start(t, options{dir: fresh, seed: backupSeed, pupils: backupPupils, change: holding})
	if _, err := held.intake.Submit(ctx, &intakepb.SubmitRequest{}); err == nil {
		t.Error("a system that is held takes submissions")
	}
	if _, err := backup.Give(ctx, held.operated(t), dir, backup.Options{}, untold); err != nil {
		t.Fatal(err)
	}
	if err := held.Stop(); err != nil {
		t.Fatal(err)
	}
	s := start(t, options{dir: fresh, seed: backupSeed, pupils: backupPupils, change: asking})
	s.settle(ctx, t)
	if got, err := s.Log().Restored(ctx, eventlog.Records); err != nil || !strings.HasSuffix(got, " "+m.ID) {
		t.Errorf("the stream of records says that it was put back as %q, %v, want from %s", got, err, m.ID)
	}
	for _, id := range before {
		part := strings.SplitN(id, "/", 3)
		if _, err := s.intake.GetSubmission(ctx, &intakepb.GetSubmissionRequest{Province: part[0], School: part[1], SubmissionId: part[2]}); err != nil {
			t.Errorf("%s was acknowledged before the streams were taken: %v", id, err)
		}
	}
	if got := s.finish(ctx, t); got != quiet {
		t.Errorf("got %+v, of a quiet run %+v", got, quiet)
	}
	late, err := examtable.Open(filepath.Join(t.TempDir(), "late"), rows.Default())
	if err != nil {
		t.Fatal(err)
	}
	defer late.Close()
	subscribe(s, "exam", table)
	subscribe(s, "late", late)
	went, err := recordfeed.KeptIn(ctx, table)
	if err != nil {
		t.Fatal(err)
	}
	anew, err := recordfeed.KeptIn(ctx, late)
	if err != nil || went != anew {
		t.Errorf("the subscriber who went on holds %v, a new one %v, %v", went, anew, err)
	}
	t.Logf("%d submissions of %d were acknowledged before the streams were taken; %d floors; %+v", len(before), len(b.taken), len(m.Floors), went)
}

// TestLogOlderThanCollections: the broker comes back from a backup and the stores from later. Every service refuses to start, each alone; made anew from
// the older log, all of them start, and a new submission is judged and published.
func TestLogOlderThanCollections(t *testing.T) {
	t.Parallel()
	ctx, dir, data := t.Context(), filepath.Join(t.TempDir(), "saved"), t.TempDir()
	o := options{dir: data, seed: 43, pupils: 30, faults: 150}
	s := start(t, o)
	var all []*intakepb.Submission
	s.eachSubmission("a-", func(sub *intakepb.Submission) { all = append(all, sub) })
	for _, sub := range all[:len(all)/2] {
		s.send(ctx, t, sub)
	}
	s.settle(ctx, t)
	if _, err := backup.Take(ctx, s.operated(t), dir, untold); err != nil {
		t.Fatal(err)
	}
	for _, sub := range all[len(all)/2:] {
		s.send(ctx, t, sub)
	}
	s.settle(ctx, t)
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}

	older := o
	older.dir = t.TempDir()
	older.change = func(c *node.Config) { c.Hold = true }
	held := start(t, older)
	if _, err := backup.Give(ctx, held.operated(t), dir, backup.Options{}, untold); err != nil {
		t.Fatal(err)
	}
	if err := held.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(data, "nats")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(older.dir, "nats"), filepath.Join(data, "nats")); err != nil {
		t.Fatal(err)
	}
	for _, name := range backup.Services {
		_, err := node.Start(ctx, node.Config{
			Dir: data, NATSHost: "127.0.0.1", NATSPort: -1, Drive: s.drive, Key: key, Telemetry: s.telemetry, Access: everybody().Verifier,
			Token: everybody().Service(), Elsewhere: slices.DeleteFunc(slices.Clone(backup.Services), func(n string) bool { return n == name }),
		})
		if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "--rebuild") || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v, want Conflict with the way out", name, err)
		}
	}
	rebuilt := o
	rebuilt.change = func(c *node.Config) { c.Rebuild = backup.Services }
	again := start(t, rebuilt)
	for _, sub := range all[len(all)/2:] { // new ones, under sequences that the stores had seen
		sub.Id = "new-" + sub.GetId()
		again.send(ctx, t, sub)
	}
	again.settle(ctx, t)
	again.compareWithLog(ctx, t)
	if err := again.Stop(); err != nil {
		t.Fatal(err)
	}
	start(t, o).compareWithLog(ctx, t)
}

// backupEnv makes the test binary an operator, a process of its own: "<take or give> <address> <broker> <folder> <step> <what>". It stops at a word of
// that step about that stream or service, says so, and waits to be killed.
const backupEnv = "RASOAT_E2E_BACKUP"

// TestBackupKilled kills a backup and a restore in their midst: of the backup nothing has its name, and after the restore no service starts until it was
// run again; then everything is there.
func TestBackupKilled(t *testing.T) {
	t.Parallel()
	ctx, dir := t.Context(), filepath.Join(t.TempDir(), "saved")
	o := options{dir: t.TempDir(), seed: 44, pupils: 30, faults: 150}
	s := start(t, o)
	s.eachSubmission("a-", func(sub *intakepb.Submission) { s.send(ctx, t, sub) })
	s.settle(ctx, t)
	want := s.digestOf(ctx, t)
	s.killed(t, "take", dir, backup.Taking, eventlog.Identities)
	if _, err := os.Lstat(dir); err == nil || len(backup.Leftovers(dir)) != 1 {
		t.Errorf("after a backup that was killed: %v, left over %v", err, backup.Leftovers(dir))
	}
	if _, err := backup.Read(backup.Leftovers(dir)[0]); !fault.Is(err, fault.NotFound) {
		t.Errorf("what is left over: got %v, want NotFound", err)
	}
	if _, err := backup.Take(ctx, s.operated(t), dir, untold); err != nil {
		t.Fatal(err)
	}

	fresh := o
	fresh.dir = t.TempDir()
	hold := fresh
	hold.change = func(c *node.Config) { c.Hold = true }
	for _, at := range [][2]string{{backup.Giving, eventlog.Submissions}, {backup.Loading, "matching"}} {
		held := start(t, hold)
		held.killed(t, "give", dir, at[0], at[1])
		if err := held.Stop(); err != nil {
			t.Fatal(err)
		}
		_, err := node.Start(ctx, node.Config{Dir: fresh.dir, NATSHost: "127.0.0.1", NATSPort: -1, Drive: s.drive, Key: key, Telemetry: s.telemetry,
			Access: everybody().Verifier, Token: everybody().Service()})
		if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "rasoat restore") {
			t.Errorf("after a restore that was killed: got %v, want Conflict with the way out", err)
		}
	}
	held := start(t, hold)
	if _, err := backup.Give(ctx, held.operated(t), dir, backup.Options{}, untold); err != nil {
		t.Fatal(err)
	}
	if err := held.Stop(); err != nil {
		t.Fatal(err)
	}
	restored := start(t, fresh)
	restored.settle(ctx, t)
	if got := restored.digestOf(ctx, t); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	restored.compareWithLog(ctx, t)
}

// killed runs an operator in a process of its own and kills it at a word that it says.
func (s *system) killed(t *testing.T, what, dir, step, of string) {
	t.Helper()
	token, err := everybody().Issuer.Issue(access.Caller{Subject: "op", Role: access.Operator, Scopes: []string{"*"}}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	cmd := child(context.Background(), "TestBackupProcess", backupEnv, strings.Join([]string{what, s.GRPCAddr(), s.NATSURL(), dir, step, of}, " "))
	cmd.Env = append(cmd.Env, "RASOAT_TOKEN="+token)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said, _ := io.ReadAll(io.LimitReader(out, int64(len(backupStands)))) // what it says is looked at
	if string(said) != backupStands {
		rest, _ := io.ReadAll(out) // until it ends
		t.Errorf("the operator said %q", string(said)+string(rest))
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

const backupStands = "it stands\n"

// TestBackupProcess is the operator of TestBackupKilled.
func TestBackupProcess(t *testing.T) {
	words := strings.Split(os.Getenv(backupEnv), " ")
	if len(words) != 6 {
		return // not a test of its own: TestBackupKilled runs it
	}
	nc, err := eventlog.Connect(words[2], "e2e")
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	conn := closing(t)(rpc.Dial(words[1], rpc.WithToken(access.Fixed(os.Getenv("RASOAT_TOKEN")))))
	sys := backup.System{Conn: nc, Processes: []grpc.ClientConnInterface{conn}}
	var stands atomic.Bool
	tell := func(step, what string, _, _ int64) {
		if step == words[4] && what == words[5] && stands.CompareAndSwap(false, true) {
			fmt.Print(backupStands)
			select {} // until it is killed
		}
	}
	if words[0] == "take" {
		_, err = backup.Take(context.Background(), sys, words[3], tell)
	} else {
		_, err = backup.Give(context.Background(), sys, words[3], backup.Options{}, tell)
	}
	t.Fatalf("it ended: %v", err)
}
