package examtable_test

import (
	"path/filepath"
	"testing"
	"time"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/standalone/examtable"
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

// TestVersionGuard: a version that comes twice, or late, or twice in one batch, changes nothing; a record that was taken back keeps its row; and the
// digests of what is kept are those of what was given.
func TestVersionGuard(t *testing.T) {
	path := filepath.Join(t.TempDir(), "exam.sqlite")
	table, err := examtable.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if empty, err := table.Empty(t.Context()); err != nil || !empty {
		t.Errorf("a new one is empty: %v, %v", empty, err)
	}
	newest := map[string]recordfeed.Record{"a": record(t, "a", 9, "12A3"), "b": record(t, "b", 4, "")}
	var many []recordfeed.Record // more than one statement
	for i := range 250 {
		r := record(t, "p"+string(rune('A'+i%26))+string(rune('a'+i/26)), uint64(100+i), "12A1")
		many, newest[r.Pupil] = append(many, r), r
	}
	for _, batch := range [][]recordfeed.Record{
		{record(t, "a", 1, "12A1"), record(t, "b", 2, "12A1"), newest["a"]},
		many, {newest["b"]}, {record(t, "a", 3, "12A2"), record(t, "b", 2, "12A1"), newest["b"]}, many[:40],
	} {
		if err := table.Handle(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	if table, err = examtable.Open(path); err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	kept := 0
	if err := table.Each(t.Context(), func(h recordfeed.Held) error {
		kept++
		if want := newest[h.Pupil].Held(); h != want {
			t.Errorf("%s: got %+v, want %+v", h.Pupil, h, want)
		}
		return nil
	}); err != nil || kept != len(newest) {
		t.Errorf("%d kept, want %d; %v", kept, len(newest), err)
	}
	if empty, err := table.Empty(t.Context()); err != nil || empty {
		t.Errorf("it is empty: %v, %v", empty, err)
	}
}
