package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/node"
)

// TestPoison puts a message that nobody can decode into every stream while a nation is handed in: each reader sets it aside once, with its origin, and
// nothing else is lost.
func TestPoison(t *testing.T) {
	ctx := eventually.Context(t)
	sample := demo.NewSample(seed, 60, faults)
	quiet, err := quietly(ctx, sample, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	n, err := startNode(ctx, sample, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := n.stop(ctx); err != nil {
			t.Error(err)
		}
	}()
	all := poisons(sample.Nation.Schools()[0])
	var want []string
	client, book := intakepb.NewIntakeServiceClient(n.client), newLedger()
	for i, b := range shareOut(sample, 1)[0].batches {
		resp, err := client.Submit(ctx, &intakepb.SubmitRequest{Submission: b})
		if err != nil {
			t.Fatal(err)
		}
		book.receipt(b.GetId(), resp.GetReceipt().GetSequence())
		if i < 3*len(all) {
			if err := all[i%len(all)].post(ctx, n.Conn()); err != nil {
				t.Fatal(err)
			}
			for _, reader := range all[i%len(all)].readers {
				want = append(want, fmt.Sprint(all[i%len(all)].stream, " ", reader))
			}
		}
	}
	if err := node.Settle(ctx, n.Log(), sample.Drive); err != nil {
		t.Fatal(err)
	}
	got, err := look(ctx, n.Log(), n.client, book.entries())
	if err != nil {
		t.Fatal(err)
	}
	r := row{found: got}
	if r.judge(quiet, len(want), true); len(r.Problems) > 0 {
		t.Errorf("with poison: %s", strings.Join(r.Problems, "; "))
	}
	school := sample.Nation.Schools()[0]
	list, err := client.ListSubmissions(ctx, &intakepb.ListSubmissionsRequest{Province: school.Province, School: school.Code})
	if err != nil || len(list.GetReceipts()) == 0 {
		t.Errorf("the submissions of the school that poison came for: %d, %v", len(list.GetReceipts()), err)
	}
	if letters := setAside(ctx, t, n.Log()); !slices.Equal(letters, slices.Sorted(slices.Values(want))) {
		t.Errorf("set aside:\n%s\nwant:\n%s", strings.Join(letters, "\n"), strings.Join(slices.Sorted(slices.Values(want)), "\n"))
	}
}

// setAside lists the dead letters: of which stream, by which reader.
func setAside(ctx context.Context, t *testing.T, log *eventlog.Log) []string {
	t.Helper()
	var out []string
	err := each(ctx, log, eventlog.DeadLetters, func(m eventlog.Message) error {
		if m.Type == eventlog.TypeDeadLetter {
			out = append(out, m.Header.Get(eventlog.HeaderDeadStream)+" "+m.Header.Get(eventlog.HeaderDeadDurable))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(slices.Values(out))
}

// TestLoadIsTheNation makes sure that the parts of the clients are the whole nation, and that what is corrected ends as it began.
func TestLoadIsTheNation(t *testing.T) {
	sample := demo.NewSample(seed, pupils, faults)
	ids := map[string]int{}
	records := 0
	for _, p := range shareOut(sample, callers+2) {
		if len(p.batches) == 0 || len(p.pupils) == 0 {
			t.Errorf("a client has %d batches and %d pupils", len(p.batches), len(p.pupils))
		}
		for _, b := range p.batches {
			ids[b.GetId()]++
			records += len(b.GetRecords())
		}
	}
	want := 0
	for i := range sample.Nation.Schools() {
		for c := range sample.Nation.Classes(i) {
			want += len(sample.Nation.ClassRecords(i, c))
		}
	}
	if records != want || len(ids) < want/recordsPerBatch || slices.Max(slices.Collect(maps.Values(ids))) != 1 {
		t.Errorf("%d records in %d submissions, want %d", records, len(ids), want)
	}
}
