package recordfeed

import (
	"testing"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
)

func TestContent(t *testing.T) {
	verified := func(pupil, class string, basis uint64) *reportingpb.RecordState {
		return &reportingpb.RecordState{Pupil: pupil, Basis: &reportingpb.Basis{Revisions: basis}, State: &reportingpb.RecordState_Verified{Verified: &reportingpb.VerifiedRecord{Class: class}}}
	}
	withdrawn := &reportingpb.RecordState{Pupil: "c", State: &reportingpb.RecordState_Withdrawn{Withdrawn: &reportingpb.WithdrawnRecord{}}}
	type put struct {
		state    *reportingpb.RecordState
		sequence uint64
	}
	sum := func(puts ...put) string {
		var d Content
		for _, p := range puts {
			if err := d.Put(p.state, p.sequence); err != nil {
				t.Fatal(err)
			}
		}
		return d.Sum()
	}
	want := sum(put{verified("a", "1", 1), 1}, put{verified("b", "2", 2), 2})
	for name, got := range map[string]string{
		"another order":     sum(put{verified("b", "2", 2), 2}, put{verified("a", "1", 1), 1}),
		"another basis":     sum(put{verified("a", "1", 9), 1}, put{verified("b", "2", 8), 2}),
		"twice and stale":   sum(put{verified("a", "1", 1), 5}, put{verified("a", "0", 1), 4}, put{verified("b", "2", 2), 2}, put{verified("b", "2", 2), 2}),
		"another withdrawn": sum(put{verified("a", "1", 1), 1}, put{verified("c", "1", 1), 2}, put{verified("b", "2", 2), 3}, put{withdrawn, 4}),
	} {
		if got != want {
			t.Errorf("%s gives another digest", name)
		}
	}
	if sum(put{verified("a", "2", 1), 1}, put{verified("b", "2", 2), 2}) == want {
		t.Error("another class gives the same digest")
	}
	var d Content
	if err := d.Put(withdrawn, 1); err != nil || d.Len() != 0 || len(d.records) != 1 {
		t.Errorf("got %v, %d records of %d pupils", err, d.Len(), len(d.records))
	}
}
