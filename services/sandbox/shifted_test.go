package sandbox

import (
	"testing"

	"github.com/rasoat/rasoat/services/student"
)

func TestShiftedClassesReportTheRowAbove(t *testing.T) {
	n := New(Config{Seed: 7, Pupils: 20_000, Faults: 100, Shifted: 100})
	shifted := 0
	for at := range n.classes {
		c := &n.classes[at]
		if !n.hasShifted(c) {
			for i := c.first; i < c.end; i++ {
				if e := n.Expected(i); e.Fault == RowShifted {
					t.Errorf("pupil %d: %+v", i, e)
				}
			}
			continue
		}
		shifted++
		above := n.TrueProfile(c.end - 1)
		for i := c.first; i < c.end; i++ {
			truth := n.TrueProfile(i)
			p, f := n.ReportedProfile(i)
			if f == nil || f.Kind != RowShifted || p.Identity != above.Identity {
				t.Fatalf("pupil %d does not report the number of the row above", i)
			}
			want := Expected{Fault: RowShifted, Outcome: Mismatched, Fields: []Field{FieldIDNumber}, Cause: "id_number/shifted", With: -1}
			facts, _ := student.Facts(p.Identity.Number)
			switch {
			case facts.Gender != truth.Gender:
				want.Rule = RuleIDGender
			case facts.YearOfBirth != truth.BirthDate.Year:
				want.Rule = RuleIDBirthYear
			}
			if want.Window1 = StatusMismatched; want.Rule != "" {
				want.Window1 = StatusRejected
			}
			want.Window2 = want.Window1
			e := n.Expected(i)
			if e.Fault != want.Fault || e.Outcome != want.Outcome || len(e.Fields) != 1 || e.Fields[0] != FieldIDNumber || e.Cause != want.Cause ||
				e.With != want.With || e.Rule != want.Rule || e.Window1 != want.Window1 || e.Window2 != want.Window2 {
				t.Errorf("pupil %d: expected %+v, want %+v", i, e, want)
			}
			if n.Cancelled(n.formerNumber(i, n.birth(i))) {
				t.Errorf("pupil %d of a shifted class has a cancelled number", i)
			}
			above = truth
		}
	}
	if classes := len(n.classes); shifted*100 < classes*5 || shifted*100 > classes*15 {
		t.Errorf("%d of %d classes are shifted, want about 1 in 10", shifted, classes)
	}
}

func TestNoClassIsShiftedUnlessAsked(t *testing.T) {
	n := New(Config{Seed: 7, Pupils: 5000})
	for i := range n.classes {
		if n.hasShifted(&n.classes[i]) {
			t.Errorf("class %d is shifted", i)
		}
	}
}
