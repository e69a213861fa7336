package server

import (
	"context"
	"fmt"
	"slices"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/student"
)

// TestReviews pages through reviews of every kind, with pages of every size, and filters them.
func TestReviews(t *testing.T) {
	w := newWorld(t)
	e := girl("e", "001305000105", "Vũ Thị Em", "2005-05-05")
	w.people.know(an, binh, chi, e)
	w.send(schoolA, an, binh.with(func(c *child) { c.Gender = student.Male }), dung)
	w.send(schoolB, chi.with(func(c *child) { c.BirthDate = student.Date{Year: 2005, Month: 7, Day: 5} }))
	w.send(schoolC, girl("f", "001305000106", "Vũ Thị Gấm", "2005-05-06"), e, numbered(girl("g", "", "Vũ Thị Hà", "2005-05-07"), e))
	w.ask(w.asking())
	w.settle(schoolA, "dung", "officer1", "officer2")
	w.settle(schoolC, "f", "officer1")
	const gender, number, born = pb.Field_FIELD_GENDER, pb.Field_FIELD_ID_NUMBER, pb.Field_FIELD_DATE_OF_BIRTH
	tests := []struct {
		name string
		req  *pb.ListReviewsRequest
		want []string
	}{
		{"all that wait", &pb.ListReviewsRequest{}, []string{"binh MISMATCHED", "chi MISMATCHED", "e DUPLICATE", "f NOT_FOUND", "g DUPLICATE"}},
		{"a province", &pb.ListReviewsRequest{Scope: "79"}, []string{"e DUPLICATE", "f NOT_FOUND", "g DUPLICATE"}},
		{"a school", &pb.ListReviewsRequest{Scope: schoolA}, []string{"binh MISMATCHED"}},
		{"the start of a code", &pb.ListReviewsRequest{Scope: "01/0100070"}, nil},
		{"settled", &pb.ListReviewsRequest{Outcomes: []pb.Outcome{decidedOn}}, []string{"dung SETTLED"}},
		{"two outcomes", &pb.ListReviewsRequest{Outcomes: []pb.Outcome{duplicate, decidedOn}}, []string{"dung SETTLED", "e DUPLICATE", "g DUPLICATE"}},
		{"a field", &pb.ListReviewsRequest{Fields: []pb.Field{gender}}, []string{"binh MISMATCHED"}},
		{"two fields", &pb.ListReviewsRequest{Fields: []pb.Field{gender, born}}, []string{"binh MISMATCHED", "chi MISMATCHED"}},
		{"a cause", &pb.ListReviewsRequest{Cause: "swapped"}, []string{"chi MISMATCHED"}},
		{"a cause of another field", &pb.ListReviewsRequest{Cause: "swapped", Fields: []pb.Field{number}}, nil},
		{"a cause of a province", &pb.ListReviewsRequest{Cause: "unknown", Scope: "79"}, []string{"f NOT_FOUND"}},
	}
	for _, tt := range tests {
		for _, size := range []int32{0, 1, 2, 3, 5} {
			tt.req.PageSize = size
			if got := listed(w.reviews(tt.req)); !slices.Equal(got, tt.want) {
				t.Errorf("%s, %d a page: got %v, want %v", tt.name, size, got, tt.want)
			}
		}
		tt.req.PageSize = 1
		resp, err := w.ListReviews(context.Background(), tt.req)
		if err != nil || len(resp.GetReviews()) > 1 || (resp.GetNextPageToken() != "") != (len(tt.want) > 1) {
			t.Errorf("%s: a page of %d, next %q, %v", tt.name, len(resp.GetReviews()), resp.GetNextPageToken(), err)
		}
	}
	if got := w.reviews(&pb.ListReviewsRequest{Scope: schoolA})[0]; got.GetPersonal().GetProfile().GetFullName() != binh.FullName.Reveal() || got.GetOfficersNeeded() != 2 {
		t.Errorf("the review of a pupil lacks what was reported")
	}
	if got := w.reviews(&pb.ListReviewsRequest{Cause: "unknown"})[0]; len(got.GetSettlements()) != 1 || got.GetOfficersNeeded() != 2 {
		t.Errorf("%d settlements, want the one of two", len(got.GetSettlements()))
	}
}

// TestManyReviews: more pages than one scan holds, of whom few are wanted.
func TestManyReviews(t *testing.T) {
	w := newWorld(t)
	var all []child
	for i := range 60 {
		all = append(all, girl(fmt.Sprintf("p%02d", i), student.IDNumber(fmt.Sprintf("0013050003%02d", i)), "Nguyễn Thị An", "2005-03-05"))
	}
	w.send(schoolA, all...)
	w.people.know(all[7], all[33])
	w.ask(w.asking())
	odd := all[40].with(func(c *child) { c.Identity.Kind, c.Identity.Number = student.NoNumber, "" })
	w.send(schoolA, odd, all[7].with(func(c *child) { c.Gender = student.Male }))
	w.ask(w.asking())
	if got := w.reviews(&pb.ListReviewsRequest{PageSize: 10}); len(got) != 59 {
		t.Errorf("%d wait, want 59", len(got))
	}
	if got := listed(w.reviews(&pb.ListReviewsRequest{PageSize: 1, Outcomes: []pb.Outcome{mismatched, needsPerson}})); !slices.Equal(got, []string{"p07 MISMATCHED", "p40 NEEDS_PERSON"}) {
		t.Errorf("got %v, want two", got)
	}
}

// TestWhoWaitsNoLonger stays in the index and is not listed.
func TestWhoWaitsNoLonger(t *testing.T) {
	w := newWorld(t)
	a := w.asking()
	w.send(schoolA, an)
	w.ask(a)
	if got := listed(w.reviews(&pb.ListReviewsRequest{})); !slices.Equal(got, []string{"an NOT_FOUND"}) {
		t.Errorf("got %v, want one", got)
	}
	w.people.know(an)
	w.send(schoolA, an.with(func(c *child) { c.FullName = "Nguyễn Thị Ân" }))
	w.ask(a)
	w.send(schoolB, an)
	w.ask(a)
	if got := listed(w.reviews(&pb.ListReviewsRequest{})); len(got) != 0 {
		t.Errorf("got %v, want nobody", got)
	}
}

// TestAPupilMovesWithWhatIsKnown has another school send a pupil as the first one did: nobody is asked again, and its officers have the review.
func TestAPupilMovesWithWhatIsKnown(t *testing.T) {
	w := newWorld(t)
	w.people.know(binh)
	wrong := binh.with(func(c *child) { c.Gender = student.Male })
	w.send(schoolA, wrong)
	w.ask(w.asking())
	asked := len(w.people.ids())
	w.send(schoolB, wrong)
	w.ask(w.asking())
	if got := listed(w.reviews(&pb.ListReviewsRequest{Scope: schoolA})); len(got) != 0 {
		t.Errorf("the school before has %v", got)
	}
	if got := listed(w.reviews(&pb.ListReviewsRequest{Scope: schoolB})); !slices.Equal(got, []string{"binh MISMATCHED"}) {
		t.Errorf("the school now has %v", got)
	}
	if got := len(w.people.ids()); got != asked {
		t.Errorf("the registry was asked %d times more", got-asked)
	}
}

// TestAPupilMovesWhileWaiting has another school send a pupil before the registry was asked: the answer is that school's, and there is one.
func TestAPupilMovesWhileWaiting(t *testing.T) {
	w := newWorld(t)
	w.people.know(binh)
	wrong := binh.with(func(c *child) { c.Gender = student.Male })
	w.send(schoolA, wrong)
	w.project()
	w.send(schoolC, wrong)
	w.ask(w.asking())
	if got := listed(w.reviews(&pb.ListReviewsRequest{Scope: schoolA})); len(got) != 0 {
		t.Errorf("the school before has %v", got)
	}
	if got := listed(w.reviews(&pb.ListReviewsRequest{Scope: schoolC})); !slices.Equal(got, []string{"binh MISMATCHED"}) {
		t.Errorf("the school now has %v", got)
	}
	if got := len(w.people.ids()); got != 1 {
		t.Errorf("the registry was asked %d times", got)
	}
}
