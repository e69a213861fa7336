package server

import (
	"context"
	"slices"
	"strings"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
)

// TestListEvents: what was asked of the registry about a pupil, what it answered, what officers decided; and of nobody else.
func TestListEvents(t *testing.T) {
	w := newWorld(t)
	w.people.know(binh)
	w.send(schoolA, an, binh)
	w.ask(w.asking())
	w.settle(schoolA, "an", "officer1", "officer2")
	if _, err := w.Recheck(acting("officer3"), &pb.RecheckRequest{Scope: schoolA, Pupils: []string{"an"}}); err != nil {
		t.Fatal(err)
	}
	w.project()
	told := func(pupil, submission string) []string {
		resp, err := w.ListEvents(context.Background(), &pb.ListEventsRequest{Scope: schoolA, Pupil: pupil, SubmissionId: submission})
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, e := range resp.GetEvents() {
			out = append(out, e.GetPupil()+" "+e.GetKind()+" "+e.GetOfficer())
			if e.GetMessageVi() == "" || e.GetMessageEn() == "" || strings.Contains(e.GetMessageVi()+e.GetMessageEn(), an.Identity.Number.Reveal()) {
				t.Errorf("got %v", e)
			}
		}
		return out
	}
	want := []string{"an asked ", "an answered ", "an decided officer1", "an decided officer2", "an decided ", "an decided ", "an asked officer3", "an asked "}
	got := told("an", "")
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := told("binh", ""); !slices.Equal(got, []string{"binh asked ", "binh answered "}) {
		t.Errorf("got %q", got)
	}
	if got := len(told("", "s1")); got != len(want)+2 {
		t.Errorf("%d steps of the submission, want %d", got, len(want)+2)
	}
}
