package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
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
	"google.golang.org/grpc"
)

// The sample of the kill test: its submissions are far more than the kills.
const (
	killSeed   = 21
	killPupils = 400
	killFaults = 50
	kills      = 6
)

// clientEnv makes the test binary the client: a process of its own that submits the sample: "<address> <data folder>".
const clientEnv = "RASOAT_E2E_CLIENT"

// TestKill kills the standalone process with SIGKILL six times while another process submits, each time when some submission, drawn at random, has just
// been acknowledged and the next are on their way. It is started again each time. In the end are the same records as when nothing was disturbed;
// nothing is lost and nothing is there twice.
func TestKill(t *testing.T) {
	t.Parallel()
	quiet, submitted := runKilled(t, nil)
	after := rand.Perm(submitted - 1)[:kills]
	for i := range after {
		after[i]++
	}
	disturbed, _ := runKilled(t, after)
	if quiet != disturbed {
		t.Errorf("killed after the acknowledgements %v: %+v\nundisturbed: %+v", after, disturbed, quiet)
	}
	t.Logf("killed after the acknowledgements %v of %d: %+v", after, submitted, disturbed)
}

// ended is what a run leaves behind.
type ended struct {
	Digest      string
	Records     int
	Submissions int // in the log
	Distinct    int // different submission ids among them
}

// runKilled has a client submit the sample, kills the process after some of the acknowledgements, and returns what is there in the end and how many
// acknowledgements there were.
func runKilled(t *testing.T, after []int) (end ended, acknowledged int) {
	t.Helper()
	ctx := t.Context()
	p := newProcess(t, sampleOf{killSeed, killPupils, killFaults, false})
	p.up(ctx)
	said, err := acks(t, child(ctx, "TestKillClient", clientEnv, p.grpc()+" "+p.dir), func(n int) {
		acknowledged = n
		if slices.Contains(after, n) {
			p.kill()
			p.up(ctx)
		}
	})
	if err != nil {
		t.Fatalf("the client: %v\n%s", err, said)
	}
	if acknowledged <= 2*kills {
		t.Fatalf("only %d submissions: make the sample larger", acknowledged)
	}
	return lookAt(ctx, t, p.nats(), demo.NewSample(killSeed, killPupils, killFaults).Drive), acknowledged
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
	summary := &portal.Summary{}
	client := portal.Client{Intake: acknowledging{intakepb.NewIntakeServiceClient(conn)}, InFlight: 4, MinBackoff: 20 * time.Millisecond, MaxBackoff: 200 * time.Millisecond}
	if err := submitSample(t.Context(), client, sample, summary); err != nil {
		t.Fatal(err)
	}
	if summary.Refused > 0 || summary.Conflicts > 0 {
		t.Errorf("%d refused, %d conflicts: %v", summary.Refused, summary.Conflicts, summary.Problems)
	}
}

// acknowledging says each acknowledgement.
type acknowledging struct{ intakepb.IntakeServiceClient }

func (c acknowledging) SubmitStream(ctx context.Context, opts ...grpc.CallOption) (submitStream, error) {
	s, err := c.IntakeServiceClient.SubmitStream(ctx, opts...)
	return acknowledged{s}, err
}

type submitStream = grpc.BidiStreamingClient[intakepb.SubmitStreamRequest, intakepb.SubmitStreamResponse]

type acknowledged struct{ submitStream }

func (s acknowledged) Recv() (*intakepb.SubmitStreamResponse, error) {
	answer, err := s.submitStream.Recv()
	if answer.GetReceipt() != nil {
		fmt.Println(ack)
	}
	return answer, err
}

// submitSample submits everything that the schools of a sample report. No submission holds two classes, so that there are many.
func submitSample(ctx context.Context, client portal.Client, sample *demo.Sample, summary *portal.Summary) error {
	for i, school := range sample.Nation.Schools() {
		sender := portal.Sender{Drive: sample.Drive.ID, Province: school.Province, School: school.Code}
		batches := func(yield func(portal.Batch, error) bool) {
			for c, class := range sample.Nation.Classes(i) {
				entry := portal.Entry{Origin: portal.Place(class.Name)}
				for _, r := range sample.Nation.ClassRecords(i, c) {
					entry.Records = append(entry.Records, wire.ToRecord(r))
				}
				one := func(yield func(portal.Entry, error) bool) { yield(entry, nil) }
				for b, err := range portal.Batches(one, sender, summary.Note) {
					if !yield(b, err) {
						return
					}
				}
			}
		}
		if err := client.Submit(ctx, batches, summary); err != nil {
			return err
		}
	}
	return nil
}
