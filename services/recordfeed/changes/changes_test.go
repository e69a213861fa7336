package changes_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/recordfeed/changes"
	"google.golang.org/protobuf/proto"
)

func record(t *testing.T, pupil string, version uint64, class string) recordfeed.Record {
	t.Helper()
	r := recordfeed.Record{Pupil: pupil, Version: version, StoredAt: time.Unix(0, 0)}
	r.Outline = &reportingpb.RecordState{Pupil: pupil, State: &reportingpb.RecordState_Withdrawn{Withdrawn: &reportingpb.WithdrawnRecord{Province: "01", School: "01000701"}}}
	if class != "" {
		r.Outline.State = &reportingpb.RecordState_Verified{Verified: &reportingpb.VerifiedRecord{Province: "01", School: "01000701", Class: class}}
	}
	var err error
	if r.Payload, err = proto.Marshal(r.Outline); err != nil {
		t.Fatal(err)
	}
	return r
}

func mustOpen(t *testing.T, path string, format changes.Format) *changes.Table {
	t.Helper()
	table, err := changes.Open(path, format)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func held(t *testing.T, table *changes.Table) map[string]uint64 {
	t.Helper()
	out := map[string]uint64{}
	if err := table.Each(context.Background(), func(h recordfeed.Held) error {
		out[h.Pupil] = h.Version
		if !h.Verified {
			out[h.Pupil+" withdrawn"] = h.Version
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestKilled: what was handled is there after a kill, half a line is not, and the file holds the newest of each pupil after the next start.
func TestKilled(t *testing.T) {
	for _, format := range []changes.Format{changes.CSV, changes.NDJSON} {
		path := filepath.Join(t.TempDir(), "exam")
		table := mustOpen(t, path, format)
		if empty, err := table.Empty(t.Context()); err != nil || !empty {
			t.Errorf("%s: a new one is empty: %v, %v", format, empty, err)
		}
		if err := table.Handle(t.Context(), []recordfeed.Record{record(t, "a", 1, `12A1, "chuyên"`), record(t, "b", 2, "12A1"), record(t, "a", 3, "12A2")}); err != nil {
			t.Fatal(err)
		}
		if err := table.Handle(t.Context(), []recordfeed.Record{record(t, "a", 1, "12A1"), record(t, "b", 4, "")}); err != nil {
			t.Fatal(err)
		}
		want := map[string]uint64{"a": 3, "b": 4, "b withdrawn": 4}
		if got := held(t, table); !maps.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", format, got, want)
		}
		file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.WriteString("5,a,ver"); err != nil { // not closed: the process is gone
			t.Fatal(err)
		}
		again := mustOpen(t, path, format)
		if got := held(t, again); !maps.Equal(got, want) {
			t.Errorf("%s, again: got %v, want %v", format, got, want)
		}
		data, err := os.ReadFile(path)
		lines := strings.Count(string(data), "\n")
		if format == changes.CSV {
			lines--
		}
		if err != nil || lines != 2 || !strings.HasSuffix(string(data), "\n") {
			t.Errorf("%s: %d lines, %v:\n%s", format, lines, err, data)
		}
		if err := again.Handle(t.Context(), []recordfeed.Record{record(t, "c", 6, "12A1")}); err != nil {
			t.Fatal(err)
		}
		if err := again.Close(); err != nil {
			t.Error(err)
		}
		want["c"] = 6
		if got := held(t, mustOpen(t, path, format)); !maps.Equal(got, want) {
			t.Errorf("%s, once more: got %v, want %v", format, got, want)
		}
	}
}

func TestForeignFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "exam")
	if err := os.WriteFile(path, []byte("something\nelse\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, format := range []changes.Format{changes.CSV, changes.NDJSON, "xml"} {
		if _, err := changes.Open(path, format); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: got %v", format, err)
		}
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "something\nelse\n" {
		t.Errorf("the file was changed: %q, %v", data, err)
	}
}
