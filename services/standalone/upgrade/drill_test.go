//go:build drills

package upgrade

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/internal/screen"
	"github.com/rasoat/rasoat/services/standalone/cluster"
	"github.com/rasoat/rasoat/services/standalone/demo"
)

// The nation that is handed in, and the copies of each service.
const (
	seed   = 11
	pupils = 120 // the stand-in of the database is slow
	faults = 40
	copies = 2
)

// within bounds the drill, without what is built.
const within = 12 * time.Minute

// commit is the earlier one: RASOAT_UPGRADE_FROM, or the one before this.
func commit() string {
	if c := os.Getenv("RASOAT_UPGRADE_FROM"); c != "" {
		return c
	}
	return "HEAD~1"
}

// TestUpgradeUnderLoad: an upgrade, a rollback and an upgrade again, a process at a time, while the schools hand in. The records at the end are
// those of a quiet run, of the earlier version and of this one.
func TestUpgradeUnderLoad(t *testing.T) {
	earlier, name, err := BuildPrevious(t.Context(), commit(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the earlier version is %.12s", name)
	bin := t.TempDir()
	if err := cluster.Build(t.Context(), bin); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	quiet := quietDigest(ctx, t, filepath.Join(earlier, "standalone"))

	dir := t.TempDir()
	versions, err := NewVersions(earlier, bin, "--key-file", filepath.Join(dir, "reference.key"))
	if err != nil {
		t.Fatal(err)
	}
	all := processes(copies)
	for _, p := range all {
		versions.Set(p, true)
	}
	sample := demo.NewSample(seed, pupils, faults)
	sample.AskApproval()
	c, err := cluster.Start(ctx, cluster.Config{Dir: dir, Bin: bin, Sample: sample, Copies: copies, MongoURI: os.Getenv("MONGODB_URI"), Wrap: versions.Wrap})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Stop(); err != nil {
			t.Errorf("the end of the cluster: %v", err)
		}
	}()
	if err := c.Ready(ctx); err != nil {
		t.Fatal(err)
	}

	r := newRolling(c, versions, t.Logf)
	backwards := slices.Clone(all)
	slices.Reverse(backwards)
	exchanges := 3 * len(all)
	rolled := make(chan error, 1)
	playing, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	go func() {
		rolled <- func() error {
			for i, names := range [][]string{all, backwards, all} {
				for _, name := range names {
					if err := r.exchange(playing, name, i == 1); err != nil {
						fail(err)
						return err
					}
				}
			}
			return nil
		}()
	}()
	report, err := c.Play(playing, sample, dir, func(step screen.Step, done, total int) {
		if step == demo.Submitting && total > 0 { // the schools hand in all the while
			_ = r.reached(playing, exchanges*done/total) // Play fails by itself then
		}
	})
	if err := <-rolled; err != nil {
		t.Fatalf("the exchange of versions: %v", err)
	}
	if err != nil {
		t.Fatalf("handing in: %v", err)
	}
	if err := c.Err(); err != nil {
		t.Error(err)
	}
	if report.Records.Content != quiet || report.Records.Distinct == 0 {
		t.Errorf("content digest of %d records: got %s, want %s as in a quiet run", report.Records.Distinct, report.Records.Content, quiet)
	}
	if !report.Conserved {
		t.Error("the report does not add up")
	}
	log, err := c.Log(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if m, err := log.Last(ctx, "dead.*.*"); err == nil {
		t.Errorf("a dead letter on %s", m.Subject)
	}
	t.Logf("%d records, content digest %.16s…, in %.0f s with %d exchanges", report.Records.Distinct, report.Records.Content, report.Seconds, exchanges)
}

// quietDigest plays the same nation in one process of the earlier version and one of this, and gives the content digest that both have.
func quietDigest(ctx context.Context, t *testing.T, earlier string) string {
	t.Helper()
	now := filepath.Join(t.TempDir(), "standalone")
	if _, err := output(ctx, ".", "go", "build", "-o", now, ".."); err != nil {
		t.Fatal(err)
	}
	var digests []string
	for _, program := range []string{earlier, now} {
		report := filepath.Join(t.TempDir(), "report.json")
		out, err := exec.CommandContext(ctx, program, "demo", "--data", t.TempDir(), "--seed", fmt.Sprint(seed), "--pupils", fmt.Sprint(pupils), "--faults", fmt.Sprint(faults),
			"--approval", "--exit", "--report", report, "--nats-port=-1", "--grpc-listen=127.0.0.1:0", "--http-listen=127.0.0.1:0", "--registry-listen=127.0.0.1:0",
		).CombinedOutput()
		if err != nil {
			t.Fatalf("a quiet run: %v\n%s", err, out)
		}
		text, err := os.ReadFile(report)
		if err != nil {
			t.Fatal(err)
		}
		var r demo.Report
		if err := json.Unmarshal(text, &r); err != nil {
			t.Fatal(err)
		}
		// A program that knows no content digest calls it the digest.
		digests = append(digests, cmp.Or(r.Records.Content, r.Records.Digest))
	}
	if digests[0] != digests[1] || digests[0] == "" {
		t.Fatalf("the quiet runs of both versions: got digests %q, want equal ones", digests)
	}
	return digests[0]
}
