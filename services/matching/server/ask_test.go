package server

import (
	"context"
	"slices"
	"testing"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	registrypb "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// causes gives the causes of a judgement by their stable names.
func causes(j *pb.Judgement) []string {
	var out []string
	for _, c := range j.GetCauses() {
		out = append(out, c.GetField().String()[len("FIELD_"):]+"/"+c.GetKind())
	}
	return out
}

// TestLookup has one pupil of each kind of answer.
func TestLookup(t *testing.T) {
	cancelled := girl("cancelled", "001305000105", "Vũ Thị Em", "2005-05-05")
	tests := []struct {
		child
		want   pb.Outcome
		causes []string
		yes    bool
	}{
		{an, confirmed, nil, true},
		{binh.with(func(c *child) { c.FullName = "TRẦN  THỊ BÌNH" }), confirmed, nil, true},
		{chi.with(func(c *child) { c.BirthDate = student.Date{Year: 2005, Month: 7, Day: 5} }), mismatched, []string{"DATE_OF_BIRTH/swapped"}, true},
		{dung.with(func(c *child) { c.Gender = student.Male }), mismatched, []string{"GENDER/differs"}, true},
		{girl("unknown", "001305000199", "Vũ Thị Giang", "2005-08-09"), notFound, []string{"ID_NUMBER/unknown"}, false},
		{cancelled, superseded, []string{"ID_NUMBER/cancelled"}, false},
		{girl("strange", "001305000198", "Vũ Thị Hoa", "2005-08-10"), mismatched, []string{"ID_NUMBER/other_person"}, true},
		{girl("iy", "001305000197", "Vũ Thị Quí", "2005-08-11"), needsPerson, []string{"FULL_NAME/soft_iy"}, true},
	}
	w := newWorld(t)
	w.people.know(an, binh, chi, dung, girl("", "001305000198", "Đinh Văn Kiên", "1971-01-30"), girl("", "001305000197", "Vũ Thị Quý", "2005-08-11"))
	w.people.cancelled[cancelled.Identity.Number] = true
	var all []child
	for _, tt := range tests {
		all = append(all, tt.child)
	}
	sequence := w.send(schoolA, all...)
	w.ask(w.asking())
	for _, tt := range tests {
		got := w.judged(tt.ref)
		if got.GetOutcome() != tt.want || !slices.Equal(causes(got), tt.causes) {
			t.Errorf("%s: got %v %v, want %v %v", tt.ref, got.GetOutcome(), causes(got), tt.want, tt.causes)
		}
		if asked := got.GetAsked(); len(asked) != 1 || asked[0].GetWay() != pb.Way_WAY_LOOKUP || asked[0].GetYes() != tt.yes {
			t.Errorf("%s: asked %v", tt.ref, asked)
		}
		if got.GetRevision() != sequence || len(got.GetOthers()) != 0 || got.GetMessageVi() == "" || got.GetMessageEn() == "" || (len(got.GetSteps()) > 0) != tt.yes {
			t.Errorf("%s: revision %d, others %v, %d steps", tt.ref, got.GetRevision(), got.GetOthers(), len(got.GetSteps()))
		}
	}
	if p := w.judged("chi").GetProposal(); p.GetPersonal().GetProposed() != "2005-05-07" {
		t.Errorf("the swapped date has the proposal %q", p.GetKind())
	}
	req := w.people.lookups[0]
	if len(w.people.lookups) != 1 || req.GetPurpose() == "" || req.GetRequestId() == "" {
		t.Errorf("asked in %d calls, the first for %q", len(w.people.lookups), req.GetPurpose())
	}
}

// TestOneNumberOnce: two pupils with one number in a call are asked about once, and a call has no more pupils than were agreed on.
func TestOneNumberOnce(t *testing.T) {
	w := newWorld(t, func(d *drive.Drive) { d.Asking = drive.Asking{PerCall: 3} })
	w.people.know(an, binh, chi, dung)
	w.send(schoolA, an, numbered(binh, an), chi)
	w.send(schoolB, dung)
	w.ask(w.asking())
	for _, req := range w.people.lookups {
		if n := len(req.GetIdNumbers()); n > 3 {
			t.Errorf("%d numbers in a call of at most 3", n)
		}
	}
	if got := slices.Compact(slices.Sorted(slices.Values(w.people.asked()))); len(got) != 3 || len(w.people.lookups) != 2 {
		t.Errorf("%d numbers in %d calls, want 3 in 2", len(got), len(w.people.lookups))
	}
	if w.judged("an").GetOutcome() != confirmed || w.judged("binh").GetOutcome() != mismatched || w.judged("dung").GetSchool() != "01000702" {
		t.Errorf("got %v, %v", w.judged("an").GetOutcome(), w.judged("binh").GetOutcome())
	}
}

// TestADayOfLessThanACall: where the day's budget is smaller than a call, calls are as small, and the rest is asked on the next day.
func TestADayOfLessThanACall(t *testing.T) {
	w := newWorld(t, func(d *drive.Drive) { d.Asking = drive.Asking{PerCall: 10, PerDay: 3} })
	w.people.know(an, binh, chi, dung)
	a := w.asking()
	sign := func() {
		a.gate.sign()
		a.gate.stored()
	}
	sign()
	w.send(schoolA, an, binh, chi, dung)
	w.project()
	c := a.consumer("01", false)
	batch := w.all(c.Filter[0], 0)
	ended := make(chan error)
	go func() { ended <- c.Handle(context.Background(), batch) }()
	eventually.True(t, "one of the two calls is made", func() bool { return w.people.calls() == 1 })
	w.clock.add(24 * time.Hour)
	sign()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	w.project()
	if got := w.judged("dung").GetOutcome(); got != confirmed || len(w.people.asked()) != 4 {
		t.Errorf("got %v, want confirmed", got)
	}
}

// TestWhatIsRemembered confirms and never accuses, and is forgotten.
func TestWhatIsRemembered(t *testing.T) {
	w := newWorld(t, func(d *drive.Drive) { d.Asking.Remember = 15 * time.Minute })
	w.people.know(an, binh)
	a := w.asking()
	w.send(schoolA, an.with(func(c *child) { c.Gender = student.Male }))
	w.ask(a)
	if got := w.judged("an").GetOutcome(); got != mismatched {
		t.Fatalf("got %v, want mismatched", got)
	}
	w.send(schoolA, an) // as remembered
	w.ask(a)
	if got := w.judged("an"); got.GetOutcome() != confirmed || len(got.GetAsked()) != 0 || w.people.calls() != 1 {
		t.Errorf("got %v after %d calls, want confirmed from memory", got.GetOutcome(), w.people.calls())
	}
	w.people.know(an.with(func(c *child) { c.FullName = "Nguyễn Thị Ân" })) // mended at the registry
	w.send(schoolA, an.with(func(c *child) { c.FullName = "Nguyễn Thị Ân" }))
	w.ask(a)
	if got := w.judged("an").GetOutcome(); got != confirmed || w.people.calls() != 2 {
		t.Errorf("got %v after %d calls, want to be asked again", got, w.people.calls())
	}
	w.clock.add(15 * time.Minute)
	w.send(schoolA, an)
	w.ask(a)
	w.send(schoolA, an.with(func(c *child) { c.FullName = "Nguyễn Thị Ân" }))
	w.clock.add(15 * time.Minute)
	w.ask(a)
	if got := w.people.calls(); got != 4 {
		t.Errorf("%d calls, want one each time that what was remembered is too old", got)
	}
	if _, err := w.Recheck(context.Background(), &pb.RecheckRequest{}); err != nil {
		t.Fatal(err)
	}
	w.ask(a)
	if got := w.people.calls(); got != 5 {
		t.Errorf("%d calls, want one more: a re-check remembers nothing", got)
	}
}

// TestAway: while the registry is away the questions stay in hand and nobody is judged; the same call has the same id when it is made again.
func TestAway(t *testing.T) {
	w := newWorld(t)
	w.people.know(an, binh)
	w.people.away = status.Error(codes.Unavailable, "away")
	a := w.asking()
	w.send(schoolA, an, binh)
	w.project()
	c := a.consumer("01", false)
	batch := w.all(c.Filter[0], 0)
	for _, code := range []codes.Code{codes.Unavailable, codes.DeadlineExceeded, codes.Internal, codes.PermissionDenied, codes.InvalidArgument} {
		w.people.away = status.Error(code, "away")
		if err := c.Handle(context.Background(), slices.Clone(batch)); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%v: got %v, want unavailable", code, err)
		}
	}
	w.project()
	if got := w.judged("an").GetOutcome(); got != waiting || len(w.all("identity.*.*", 0)) != 1 {
		t.Errorf("got %v, want to wait", got)
	}
	w.people.away = nil
	if err := c.Handle(context.Background(), slices.Clone(batch)); err != nil {
		t.Fatal(err)
	}
	w.project()
	if got := w.judged("an").GetOutcome(); got != confirmed {
		t.Errorf("got %v, want confirmed", got)
	}
	if got := slices.Compact(w.people.ids()); len(got) != 1 {
		t.Errorf("%d ids for the same call, want 1", len(got))
	}
	w.clock.add(time.Hour)
	w.people.know(an)
	if _, err := a.lookup(context.Background(), anywhere, 0, []student.IDNumber{an.Identity.Number, binh.Identity.Number}); err != nil {
		t.Fatal(err)
	}
	if got := slices.Compact(w.people.ids()); len(got) != 2 {
		t.Errorf("%d ids, want another after an hour", len(got))
	}
}

var _ registrypb.RegistryServiceClient = (*people)(nil)
