package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/portal"
	"github.com/rasoat/rasoat/services/standalone/actors"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/node"
	"github.com/rasoat/rasoat/services/student/wire"
	"golang.org/x/time/rate"
)

// The sample of the kill test: large enough that submitting it outlasts ten kills.
const (
	killSeed   = 21
	killPupils = 1000
	killFaults = 50
	kills      = 10
)

// clientEnv makes the test binary the client: a process of its own that submits the sample: "<address> <data folder>".
const clientEnv = "RASOAT_E2E_CLIENT"

// TestKill kills the standalone process with SIGKILL at ten random moments while another process submits, starts it again
// each time, and finds the same records as when nothing was disturbed; nothing is lost and nothing is there twice.
func TestKill(t *testing.T) {
	if !inProcess(t) {
		return
	}
	binary := build(t)
	quiet := runKilled(t, binary, 0)
	disturbed := runKilled(t, binary, kills)
	if quiet != disturbed {
		t.Errorf("after %d kills: %+v\nundisturbed:    %+v", kills, disturbed, quiet)
	}
	t.Logf("%+v", disturbed)
}

// ended is what a run leaves behind.
type ended struct {
	Digest      string
	Records     int
	Submissions int // in the log
	Distinct    int // different submission ids among them
}

// build builds the standalone binary as this test was built, so that what is compiled already is used.
func build(t *testing.T) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "standalone")
	args := []string{"build", "-o", out}
	if raceEnabled {
		args = append(args, "-race")
	}
	cmd := exec.Command("go", append(args, "..")...)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, text)
	}
	return out
}

func runKilled(t *testing.T, binary string, kills int) ended {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	ports := freePorts(t, 4)
	dir := t.TempDir()
	up := func() *exec.Cmd {
		return startUp(ctx, t, binary, dir, ports, sampleOf{killSeed, killPupils, killFaults, false})
	}
	process := up()
	defer func() { _ = process.Process.Kill() }()

	client := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestKillClient$", "-test.timeout=10m")
	client.Env = append(os.Environ(), clientEnv+"=127.0.0.1:"+ports[0]+" "+dir)
	var said strings.Builder
	client.Stdout, client.Stderr = &said, &said
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- client.Wait() }()

	var clientErr error
	running := true
	during := 0
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	for range kills {
		moment := time.NewTimer(time.Duration(50+r.IntN(700)) * time.Millisecond)
		select {
		case <-moment.C:
		case clientErr = <-done:
			running = false
			<-moment.C
		}
		if running {
			during++
		}
		_ = process.Process.Kill()
		_ = process.Wait()
		process = up()
	}
	if running {
		clientErr = <-done
	}
	if clientErr != nil {
		t.Fatalf("the client: %v\n%s", clientErr, said.String())
	}
	if kills > 0 && during < kills/2 {
		t.Errorf("only %d of %d kills came while the client was submitting: make the sample larger", during, kills)
	}
	return lookAt(ctx, t, "nats://127.0.0.1:"+ports[2], demo.NewSample(killSeed, killPupils, killFaults).Drive)
}

// sampleOf is which sample a process serves.
type sampleOf struct {
	seed           uint64
	pupils, faults int
	approval       bool
}

// startUp starts the process and waits until it is ready.
func startUp(ctx context.Context, t *testing.T, binary, dir string, ports []string, sample sampleOf) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(binary, "up", "--data", dir, "--grpc-listen", "127.0.0.1:"+ports[0], "--http-listen", "127.0.0.1:"+ports[1],
		"--nats-port", ports[2], "--registry-listen", "127.0.0.1:"+ports[3],
		"--seed", fmt.Sprint(sample.seed), "--pupils", fmt.Sprint(sample.pupils), "--faults", fmt.Sprint(sample.faults), fmt.Sprint("--approval=", sample.approval))
	var said syncBuffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	wait(ctx, t, "the standalone process to be ready", func() bool {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+ports[1]+"/readyz", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			if cmd.ProcessState != nil {
				t.Fatalf("the standalone process ended:\n%s", said.String())
			}
			return false
		}
		_ = resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	return cmd
}

// freePorts finds ports that are free; another process may take one meanwhile, which fails loudly.
func freePorts(t *testing.T, n int) []string {
	t.Helper()
	var out []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		out = append(out, strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	}
	return out
}

// lookAt waits until the system is quiet and reads what it holds, from outside.
func lookAt(ctx context.Context, t *testing.T, url string, d *drive.Drive) ended {
	t.Helper()
	nc, err := eventlog.Connect(url, "e2e")
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	log, err := eventlog.Open(ctx, nc, eventlog.Config{Service: "e2e"})
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Settle(ctx, log, d); err != nil {
		t.Fatal(err)
	}
	exam, err := demo.Subscribe(ctx, nc)
	if err != nil {
		t.Fatal(err)
	}
	defer exam.Stop()
	if err := exam.CatchUp(ctx); err != nil {
		t.Fatal(err)
	}
	count := exam.Count()
	out := ended{Digest: count.Content, Records: count.Distinct}
	ids := map[string]bool{}
	for seq := uint64(1); ; seq++ {
		m, err := log.Read(ctx, eventlog.Submissions, seq)
		if err != nil {
			break
		}
		ev, err := wire.Submission(m.Data)
		if err != nil {
			t.Fatal(err)
		}
		out.Submissions++
		ids[ev.GetSubmissionId()] = true
	}
	out.Distinct = len(ids)
	if out.Submissions == 0 || out.Records == 0 || out.Submissions != out.Distinct {
		t.Errorf("lost or twice: %+v", out)
	}
	return out
}

// TestKillClient is the client of TestKill; in a process of its own it retries until everything has its receipt.
func TestKillClient(t *testing.T) {
	addr, dir, _ := strings.Cut(os.Getenv(clientEnv), " ")
	if addr == "" {
		return // not a test of its own: TestKill runs it
	}
	portals, err := actors.In(dir)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := portals.Dial(addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	sample := demo.NewSample(killSeed, killPupils, killFaults)
	client := portal.Client{
		Intake: intakepb.NewIntakeServiceClient(conn), InFlight: 2,
		MinBackoff: 20 * time.Millisecond, MaxBackoff: 200 * time.Millisecond, AnswerTimeout: 5 * time.Second,
	}
	summary := &portal.Summary{}
	line := rate.NewLimiter(rate.Every(150*time.Millisecond), 1) // a slow line, so that the kills find it at work
	for i, school := range sample.Nation.Schools() {
		sender := portal.Sender{Drive: sample.Drive.ID, Province: school.Province, School: school.Code}
		if err := client.Submit(context.Background(), portal.Batches(schoolSource(sample, i, line), sender, summary.Note), summary); err != nil {
			t.Fatal(err)
		}
	}
	if summary.Refused > 0 || summary.Conflicts > 0 {
		t.Errorf("%d refused, %d conflicts: %v", summary.Refused, summary.Conflicts, summary.Problems)
	}
}

// schoolSource gives what a school reports, class by class as the line lets it.
func schoolSource(s *demo.Sample, i int, line *rate.Limiter) portal.Source {
	return func(yield func(portal.Entry, error) bool) {
		for c, class := range s.Nation.Classes(i) {
			if err := line.Wait(context.Background()); err != nil {
				yield(portal.Entry{}, err)
				return
			}
			e := portal.Entry{Origin: portal.Place(class.Name)}
			for _, r := range s.Nation.ClassRecords(i, c) {
				e.Records = append(e.Records, wire.ToRecord(r))
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}
