package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	operatorpb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/generation"
	"github.com/rasoat/rasoat/services/portal"
	"github.com/rasoat/rasoat/services/standalone/actors"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/embed"
	"github.com/rasoat/rasoat/services/standalone/node"
	"golang.org/x/sync/errgroup"
)

// rebuilt are the services that can be rebuilt while they serve.
var rebuilt = []string{"reporting", "validation", "matching"}

// rebuild rebuilds a service through its door and gives the last word. seen is told of each word.
func rebuild(ctx context.Context, client operatorpb.OperatorServiceClient, service string, force bool, seen func(*operatorpb.RebuildResponse)) (*operatorpb.RebuildResponse, error) {
	stream, err := client.Rebuild(ctx, &operatorpb.RebuildRequest{Service: service, Force: force})
	if err != nil {
		return nil, err
	}
	for {
		r, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil, io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, err
		}
		seen(r)
		if r.GetDone() {
			return r, nil
		}
	}
}

func unseen(*operatorpb.RebuildResponse) {}

// mustRebuild finds nothing that differs.
func (s *system) mustRebuild(ctx context.Context, t *testing.T, service string) {
	t.Helper()
	r, err := rebuild(ctx, operatorpb.NewOperatorServiceClient(dial(t, s.GRPCAddr())), service, false, unseen)
	if err != nil {
		t.Fatalf("rebuild of %s: %v", service, err)
	}
	if r.GetDiffering() != 0 || !r.GetSwitched() {
		t.Errorf("rebuild of %s: %d documents differ, switched %v: %v", service, r.GetDiffering(), r.GetSwitched(), r.GetDifferences())
	}
}

// TestRebuildWhileItServes rebuilds one service after the other, twice, with two copies of each, while pupils change between good and bad: nothing
// differs, no call fails, and the records are what a fresh derivation from the log says. When it is quiet, a rebuild publishes nothing.
func TestRebuildWhileItServes(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := start(t, options{seed: 14, pupils: 60, change: func(c *node.Config) { c.Copies = 2 }})
	s.eachSubmission("first-", func(sub *submission) { s.send(ctx, t, sub) })

	var over atomic.Bool
	g, gctx := errgroup.WithContext(ctx)
	for client := range 3 {
		g.Go(func() error {
			r := rand.New(rand.NewPCG(uint64(client), 14))
			for round := 0; !over.Load(); round++ {
				if _, err := s.intake.Submit(gctx, &submitRequest{Submission: s.disturbance(r, id("c", client, round))}); err != nil {
					return fmt.Errorf("submit: %w", err)
				}
				school := s.nation.Schools()[0]
				if _, err := s.reporting.ListPupils(gctx, &reportingpb.ListPupilsRequest{Scope: school.Province + "/" + school.Code}); err != nil {
					return fmt.Errorf("list: %w", err)
				}
			}
			return nil
		})
	}
	for range 2 {
		for _, service := range rebuilt {
			s.mustRebuild(ctx, t, service)
		}
	}
	over.Store(true)
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	s.settle(ctx, t)
	s.compareWithLog(ctx, t)

	ends := func() (out []uint64) {
		for _, stream := range []string{eventlog.Records, eventlog.Verdicts, eventlog.Identities, eventlog.Questions, eventlog.Decisions} {
			out = append(out, s.lastSequence(ctx, t, stream))
		}
		return out
	}
	before := ends()
	for _, service := range rebuilt {
		s.mustRebuild(ctx, t, service)
	}
	s.settle(ctx, t)
	if after := ends(); !slices.Equal(after, before) {
		t.Errorf("a rebuild published: the streams ended at %v and end at %v", before, after)
	}
	s.compareWithLog(ctx, t)
}

// TestRebuildFindsWhatWasChanged changes facets behind the back of reporting: they are told, and nothing is switched unless forced.
func TestRebuildFindsWhatWasChanged(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	dir := t.TempDir()
	s := start(t, options{seed: 15, pupils: 30, dir: dir})
	s.eachSubmission("a-", func(sub *submission) { s.send(ctx, t, sub) })
	s.settle(ctx, t)

	db, err := embed.OpenSQLite(filepath.Join(dir, "reporting.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	pupils := generation.New(db, "pupils").Collection("pupils")
	known, stranger := s.drive.ID+"/"+s.ref(3), s.drive.ID+"/"+s.ref(4)+"x"
	err = errors.Join(pupils.Merge(ctx, []store.Patch{
		{ID: known, Facet: "planted", Rev: store.Revision{Major: 1}, Value: []byte("x")}, {ID: stranger, Facet: "planted", Rev: store.Revision{Major: 1}},
	}), db.Close())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"pupils " + known + " planted surplus", "pupils " + stranger + " planted surplus"}
	slices.Sort(want)
	client := operatorpb.NewOperatorServiceClient(dial(t, s.GRPCAddr()))
	for _, force := range []bool{false, true} {
		r, err := rebuild(ctx, client, "reporting", force, unseen)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range r.GetDifferences() {
			got = append(got, fmt.Sprintf("%s %s %s %s", d.GetCollection(), d.GetId(), d.GetFacet(), d.GetKind()))
		}
		if !slices.Equal(got, want) || r.GetDiffering() != 2 || r.GetSwitched() != force {
			t.Errorf("force %v: got %v, %d differing, switched %v, want %v", force, got, r.GetDiffering(), r.GetSwitched(), want)
		}
	}
	s.mustRebuild(ctx, t, "reporting")
}

// TestRebuildKilled kills the process in the midst of a rebuild: the old serves after the restart as before it, and the next rebuild finds nothing that
// differs.
func TestRebuildKilled(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	p := newProcess(t, sampleOf{killSeed, killPupils, killFaults, false})
	p.up(ctx)
	people, err := actors.In(p.dir)
	if err != nil {
		t.Fatal(err)
	}
	conn := closing(t)(people.Dial(p.grpc()))
	sample := demo.NewSample(killSeed, killPupils, killFaults)
	if err := submitSample(ctx, portal.Client{Intake: intakepb.NewIntakeServiceClient(conn), InFlight: 4}, sample, &portal.Summary{}); err != nil {
		t.Fatal(err)
	}
	quiet := lookAt(ctx, t, p.nats(), sample.Drive)

	operators := operatorpb.NewOperatorServiceClient(conn)
	switched := false
	_, err = rebuild(ctx, operators, "reporting", false, func(r *operatorpb.RebuildResponse) {
		if r.GetStep() == "gathering" {
			p.kill()
		}
		switched = switched || r.GetSwitched()
	})
	if err == nil || switched {
		t.Fatalf("the rebuild ended before it was killed: %v, switched %v", err, switched)
	}
	p.up(ctx)
	if got := lookAt(ctx, t, p.nats(), sample.Drive); got != quiet {
		t.Errorf("after the kill: got %+v, want %+v", got, quiet)
	}
	operators = operatorpb.NewOperatorServiceClient(closing(t)(people.Dial(p.grpc())))
	for _, service := range rebuilt {
		r, err := rebuild(ctx, operators, service, false, unseen)
		if err != nil || r.GetDiffering() != 0 || !r.GetSwitched() {
			t.Errorf("the rebuild of %s after the kill: %v, %v", service, r, err)
		}
	}
	if got := lookAt(ctx, t, p.nats(), sample.Drive); got != quiet {
		t.Errorf("after the rebuild: got %+v, want %+v", got, quiet)
	}
}
