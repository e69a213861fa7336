package server

import (
	"slices"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/student"
)

// TestWhoseNumber: exchanged twins, a column of numbers that slipped by a row, and a number of somebody else of the school tell their cause and
// whose number it is; a namesake born on the same day, whose own number is well, is not named.
func TestWhoseNumber(t *testing.T) {
	twin1, twin2 := girl("twin1", "001305000111", "Hồ Thị Mai", "2005-02-02"), girl("twin2", "001305000112", "Hồ Thị Lan", "2005-02-02")
	namesake := girl("namesake", "001305000113", "Nguyễn Thị An", "2005-03-05")
	stranger := girl("", "001305000120", "Cao Văn Tùng", "1980-12-12")
	type want struct {
		outcome pb.Outcome
		cause   string
		others  []string
	}
	tests := []struct {
		name string
		sent []child
		want map[string]want
	}{
		{"twins", []child{an, numbered(twin1, twin2), numbered(twin2, twin1), binh}, map[string]want{
			"twin1": {mismatched, "ID_NUMBER/exchanged", []string{"twin2"}}, "twin2": {mismatched, "ID_NUMBER/exchanged", []string{"twin1"}}, "an": {outcome: confirmed},
		}},
		{"a column that slipped", []child{numbered(an, stranger), numbered(binh, an), numbered(chi, binh), numbered(dung, chi)}, map[string]want{
			"binh": {mismatched, "ID_NUMBER/shifted", []string{"an"}}, "chi": {mismatched, "ID_NUMBER/shifted", []string{"binh"}},
			"dung": {mismatched, "ID_NUMBER/shifted", []string{"chi"}},
		}},
		{"somebody else's of the school", []child{an.with(func(c *child) { c.Identity.Number = "001305000177" }), binh, chi, numbered(dung, an)}, map[string]want{
			"dung": {mismatched, "ID_NUMBER/other_pupil", []string{"an"}}, "an": {outcome: notFound, cause: "ID_NUMBER/unknown"},
		}},
		{"a namesake", []child{an, numbered(chi, namesake)}, map[string]want{
			"an": {outcome: confirmed}, "chi": {outcome: mismatched, cause: "ID_NUMBER/other_person"},
		}},
	}
	for _, tt := range tests {
		w := newWorld(t)
		w.people.know(an, binh, chi, dung, twin1, twin2, namesake, stranger)
		w.send(schoolA, tt.sent...)
		w.ask(w.asking())
		for ref, want := range tt.want {
			got := w.judged(ref)
			cause := ""
			if all := causes(got); len(all) == 1 {
				cause = all[0]
			}
			if got.GetOutcome() != want.outcome || cause != want.cause || !slices.Equal(got.GetOthers(), want.others) {
				t.Errorf("%s, %s: got %v %v %v, want %+v", tt.name, ref, got.GetOutcome(), causes(got), got.GetOthers(), want)
			}
		}
	}
}

// TestWhoseNumberIsAsked: the numbers of those who may have it are asked about where nobody did, as of a pupil who is alone in the call.
func TestWhoseNumberIsAsked(t *testing.T) {
	w := newWorld(t)
	w.people.know(an, binh)
	a := w.asking()
	w.send(schoolA, numbered(an, binh), numbered(binh, an))
	w.project()
	first := w.all("question.first.01.*", 0)
	w.line(a, false, first[0])
	w.project()
	if got := w.judged("an"); !slices.Equal(causes(got), []string{"ID_NUMBER/exchanged"}) || !slices.Equal(got.GetOthers(), []string{"binh"}) {
		t.Errorf("got %v %v, want exchanged with the other", causes(got), got.GetOthers())
	}
	if got := w.people.asked(); len(got) != 2 || got[0] == got[1] {
		t.Errorf("asked about %d numbers, want both", len(got))
	}
}

// TestWhoComesLater: the pupil to whom a number belongs is sent by the same school after the one who has it was judged; that one is asked about
// again. A pupil of another school, or of the other gender, is not named, and nobody is asked about for ever.
func TestWhoComesLater(t *testing.T) {
	for _, tt := range []struct {
		name   string
		school string
		gender student.Gender
		cause  string
		calls  int
	}{
		{"of the school", schoolA, student.Female, "ID_NUMBER/other_pupil", 3},
		{"of another school", schoolB, student.Female, "ID_NUMBER/other_person", 2},
		{"of the other gender", schoolA, student.Male, "ID_NUMBER/other_person", 2},
	} {
		w := newWorld(t)
		w.people.know(an)
		a := w.asking()
		w.send(schoolA, numbered(dung, an))
		w.ask(a)
		w.send(tt.school, an.with(func(c *child) { c.Gender = tt.gender }))
		w.project()
		for range 3 {
			w.line(a, false, w.all("question.first.01.*", 0)...)
			w.project()
			if again := w.all("question.again.01.*", 0); len(again) > 0 {
				w.line(a, true, again...)
				w.project()
			}
		}
		if got := w.judged("dung"); !slices.Equal(causes(got), []string{tt.cause}) || w.people.calls() != tt.calls {
			t.Errorf("%s: got %v after %d calls, want %s after %d", tt.name, causes(got), w.people.calls(), tt.cause, tt.calls)
		}
	}
}
