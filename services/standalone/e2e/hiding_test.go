package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	registrypb "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
	"github.com/rasoat/rasoat/services/internal/telemetry"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/sandbox/registry"
	"github.com/rasoat/rasoat/services/standalone/actors"
	"github.com/rasoat/rasoat/services/standalone/node"
	"google.golang.org/protobuf/proto"
)

// The sample of the tests over a database that hides documents, and what is sent of it: everything, then changes of pupils, good and bad.
const (
	hidingSeed    = 41
	hidingFaults  = 100
	hidingChanges = 40
	hidingKills   = 4
	hidingPupils  = 60
)

// hides puts a database that hides documents around each store that it is given, each with a seed of its own. hidden returns how often
// a document was hidden.
func hides(seed uint64) (wrap func(store.DB) store.DB, hidden func() int) {
	var all []*storetest.Hiding // made before any of them is read
	wrap = func(db store.DB) store.DB {
		h := &storetest.Hiding{DB: db, Seed: seed + uint64(len(all)), PerMille: 500, Reads: 1, Spread: 39, Every: 40, NoOlder: true}
		all = append(all, h)
		return h
	}
	return wrap, func() int {
		sum := 0
		for _, h := range all {
			sum += h.Hidden()
		}
		return sum
	}
}

// hidingSubmissions is what is sent, in order. It is the same in every run.
func hidingSubmissions() (*system, []*submission) {
	s := &system{nation: sandbox.New(sandbox.Config{Seed: hidingSeed, Pupils: hidingPupils, Faults: hidingFaults})}
	s.drive = drive.Sample(s.nation.Directory())
	var out []*submission
	s.eachSubmission("first-", func(sub *submission) { out = append(out, sub) })
	r := rand.New(rand.NewPCG(hidingSeed, 1))
	for i := range hidingChanges {
		out = append(out, s.disturbance(r, id("change", i)))
	}
	return s, out
}

// outcome is what a run leaves behind, with what was learned of each pupil in the end: who is forgotten waits for ever.
type outcome struct {
	ended
	identities map[string]string // by pupil
}

func (o outcome) equal(other outcome) bool {
	return o.ended == other.ended && maps.Equal(o.identities, other.identities)
}

// outcomeAt waits until a system is quiet and reads what it came to.
func outcomeAt(ctx context.Context, t *testing.T, url string, s *system) outcome {
	t.Helper()
	out := outcome{lookAt(ctx, t, url, s.drive), map[string]string{}}
	nc, err := eventlog.Connect(url, "e2e")
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	log, err := eventlog.Open(ctx, nc, eventlog.Config{Service: "e2e"})
	if err != nil {
		t.Fatal(err)
	}
	last := map[string]*matchingpb.Judgement{}
	err = log.Replay(ctx, eventlog.Identities, []string{"identity.*.*"}, 1, math.MaxUint64, func(m eventlog.Message) error {
		ev := new(matchingpb.IdentitiesJudged)
		if err := proto.Unmarshal(m.Data, ev); err != nil {
			return err
		}
		for _, j := range ev.GetJudgements() {
			before := last[j.GetPupil()]
			if j.GetRevision() > before.GetRevision() || j.GetRevision() == before.GetRevision() && j.GetOutcome() != matchingpb.Outcome_OUTCOME_WAITING {
				last[j.GetPupil()] = j
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pupil, j := range last {
		out.identities[pupil] = j.GetOutcome().String() + " " + causesOf(j)
	}
	return out
}

// runOver runs a system of this process over stores as change makes them, and returns what it came to.
func runOver(t *testing.T, change func(*node.Config)) outcome {
	t.Helper()
	ctx := t.Context()
	_, all := hidingSubmissions()
	s := start(t, options{seed: hidingSeed, pupils: hidingPupils, faults: hidingFaults, change: change})
	for _, sub := range all {
		s.send(ctx, t, sub)
	}
	s.settle(ctx, t)
	s.compareWithLog(ctx, t)
	return outcomeAt(ctx, t, s.NATSURL(), s)
}

// TestCopiesOverAHidingStore: copies of every service share the work over databases of which each hides other documents. What they come to
// is what one copy comes to over a database that hides none.
func TestCopiesOverAHidingStore(t *testing.T) {
	t.Parallel()
	quiet := runOver(t, nil)
	wrap, hidden := hides(0)
	late := runOver(t, func(c *node.Config) { c.Copies, c.WrapStore = 4, wrap })
	if !quiet.equal(late) {
		t.Errorf("over databases that hide documents: %+v\nover one that hides none:            %+v", late, quiet)
	}
	if hidden() == 0 {
		t.Error("nothing was hidden")
	}
	t.Logf("%+v, %d times a document was hidden", late.ended, hidden())
}

// TestKillOverAHidingStore kills every service at once, again and again, over a database that hides documents: each time that so many
// submissions were acknowledged, while the next one is sent. The end is that of a run without kills over a database that hides none.
func TestKillOverAHidingStore(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s, all := hidingSubmissions()
	quiet := runOver(t, nil)
	ports := freePorts(t, 2)
	reg := serveRegistryAt(t, registry.New(s.nation, registry.Config{}))
	n := &killable{Dir: t.TempDir(), GRPC: "127.0.0.1:" + ports[0], NATSPort: ports[1], Registry: reg}
	if err := n.start(ctx); err != nil {
		t.Fatal(err)
	}
	defer func() { n.kill() }()
	portals, err := actors.In(n.Dir)
	if err != nil {
		t.Fatal(err)
	}
	client := intakepb.NewIntakeServiceClient(closing(t)(portals.Dial(n.GRPC)))
	restarted := make(chan error, 1)
	restarted <- nil
	for i, sub := range all {
		if i%(len(all)/hidingKills) == len(all)/hidingKills/2 {
			if err := <-restarted; err != nil {
				t.Fatal(err)
			}
			go func() {
				n.kill()
				restarted <- n.start(ctx)
			}()
		}
		if err := sendUntilTaken(ctx, client, sub); err != nil {
			t.Fatalf("submit %s: %v", sub.GetId(), err)
		}
	}
	if err := <-restarted; err != nil {
		t.Fatal(err)
	}
	late := outcomeAt(ctx, t, "nats://127.0.0.1:"+n.NATSPort, s)
	if !quiet.equal(late) {
		t.Errorf("after %d kills over a database that hides documents: %+v\nundisturbed: %+v", n.kills, late, quiet)
	}
	said, err := n.end()
	if err != nil || n.kills < hidingKills || said == "0" {
		t.Errorf("%d kills, %s documents hidden after the last: %v", n.kills, said, err)
	}
	t.Logf("%+v after %d kills; after the last of them %s times a document was hidden", late.ended, n.kills, said)
}

// sendUntilTaken submits as a portal does, for as long as the service is away.
func sendUntilTaken(ctx context.Context, client intakepb.IntakeServiceClient, sub *submission) error {
	for {
		err := rpc.Again(ctx, rpc.Patience, func(ctx context.Context) error {
			_, err := client.Submit(ctx, &submitRequest{Submission: sub})
			return err
		})
		if err == nil || ctx.Err() != nil || !fault.Is(rpc.FromStatus(err), fault.Unavailable) {
			return err
		}
	}
}

// hidingEnv makes the test binary a node over a database that hides documents: the value is a killable.
const hidingEnv = "RASOAT_E2E_HIDING"

// killable is a node in a process of its own. The fields that are exported tell the process what to run.
type killable struct {
	Dir, GRPC, NATSPort, Registry string
	Starts                        uint64 // each start hides other documents

	kills int
	cmd   *exec.Cmd
	stdin io.Closer
	out   *bufio.Reader
	errs  *syncBuffer
}

// start starts the process and waits until it says that it is up.
func (k *killable) start(ctx context.Context) error {
	k.Starts++
	value, err := json.Marshal(k)
	if err != nil {
		return err
	}
	k.cmd = child(ctx, "TestHidingNode", hidingEnv, string(value))
	k.errs = &syncBuffer{}
	k.cmd.Stderr = k.errs
	stdin, err := k.cmd.StdinPipe()
	if err != nil {
		return err
	}
	stdout, err := k.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	k.stdin, k.out = stdin, bufio.NewReader(stdout)
	if err := k.cmd.Start(); err != nil {
		return err
	}
	if line, err := k.out.ReadString('\n'); err != nil || line != "up\n" {
		return fmt.Errorf("the node did not start: %q, %w\n%s", line, err, tail(k.errs.String(), 4000))
	}
	return nil
}

// kill ends the process at once.
func (k *killable) kill() {
	if k.cmd.ProcessState == nil {
		k.kills++
		_ = k.cmd.Process.Kill()
		_ = k.cmd.Wait()
	}
}

// end has the process drain and stop, and returns how many times it hid a document.
func (k *killable) end() (string, error) {
	_ = k.stdin.Close()
	line, err := k.out.ReadString('\n')
	return strings.TrimSpace(line), errors.Join(err, k.cmd.Wait())
}

// TestHidingNode is the node of TestKillOverAHidingStore, which ends when its standard input does.
func TestHidingNode(t *testing.T) {
	value := os.Getenv(hidingEnv)
	if value == "" {
		return // not a test of its own
	}
	k := new(killable)
	if err := json.Unmarshal([]byte(value), k); err != nil {
		t.Fatal(err)
	}
	port, err := net.LookupPort("tcp", k.NATSPort)
	if err != nil {
		t.Fatal(err)
	}
	who, err := actors.In(k.Dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	tele, err := telemetry.Start(ctx, telemetry.Config{LogWriter: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	s, _ := hidingSubmissions()
	wrap, hidden := hides(1000 * k.Starts)
	n, err := node.Start(ctx, node.Config{
		Dir: k.Dir, GRPCListen: k.GRPC, HTTPListen: "127.0.0.1:0", NATSHost: "127.0.0.1", NATSPort: port, Drive: s.drive, Key: key,
		Registry: registrypb.NewRegistryServiceClient(closing(t)(rpc.Dial(k.Registry))), Telemetry: tele, Access: who.Verifier, Token: who.Service(),
		WrapStore: wrap, Waits: waits,
	})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("up")
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := n.Stop(); err != nil {
		t.Error(err)
	}
	fmt.Println(hidden())
}
