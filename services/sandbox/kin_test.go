package sandbox

import (
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/student"
)

// TestTwinsAndNamesakes holds pairs of pupils against what twins and namesakes have in common.
func TestTwinsAndNamesakes(t *testing.T) {
	n := New(Config{Seed: 3, Pupils: 100_000, Faults: -1})
	seen := map[relation]int{}
	sameMiddle, sameSex := 0, 0
	for i := 1; i < n.Pupils(); i++ {
		r := n.relation(i)
		if r == unrelated {
			continue
		}
		seen[r]++
		a, b := n.TrueProfile(i-1), n.TrueProfile(i)
		if a.Class != b.Class || n.classOf(i-1) != n.classOf(i) || n.relation(i-1) != unrelated {
			t.Fatalf("pupil %d belongs to one of another class, or to a third", i)
		}
		if a.BirthDate != b.BirthDate || a.Ethnicity != b.Ethnicity || a.Identity.Number == b.Identity.Number || b.Nationality != "VN" {
			t.Errorf("pupil %d, relation %d: birth date, ethnic group or number are not as they should be", i, r)
		}
		if r == namesake {
			if a.FullName != b.FullName || a.Gender != b.Gender {
				t.Errorf("pupil %d is no namesake", i)
			}
			continue
		}
		words, others := strings.Fields(a.FullName.Reveal()), strings.Fields(b.FullName.Reveal())
		if a.Residence != b.Residence || a.Identity.Number[:3] != b.Identity.Number[:3] {
			t.Errorf("pupil %d lives or was born elsewhere than the twin", i)
		}
		if sameName(a.FullName, b.FullName) {
			t.Errorf("pupil %d has the name of the twin", i)
		}
		if a.Ethnicity == kinh && words[0] != others[0] {
			t.Errorf("pupil %d has another surname than the twin", i)
		}
		if a.Gender == b.Gender {
			if sameSex++; len(words) > 2 && len(others) > 2 && words[1] == others[1] {
				sameMiddle++
			}
		}
		for _, pair := range [][2]int{{i, i - 1}, {i - 1, i}} {
			if j, ok := n.twinOf(pair[0]); !ok || j != pair[1] {
				t.Errorf("the twin of pupil %d is %d, want %d", pair[0], j, pair[1])
			}
		}
	}
	if k := seen[twin]; k < 700 || k > 880 {
		t.Errorf("%d twins of 100,000, want about 800", k)
	}
	if k := seen[namesake]; k < 20 || k > 65 {
		t.Errorf("%d namesakes of 100,000, want about 40", k)
	}
	if sameSex*100 < seen[twin]*55 || sameSex*100 > seen[twin]*75 || sameMiddle*100 < sameSex*70 {
		t.Errorf("of %d twins %d are of one sex, of whom %d have one middle word", seen[twin], sameSex, sameMiddle)
	}
}

// TestExchangedNumbersAreTwins looks at both sides of every exchange.
func TestExchangedNumbersAreTwins(t *testing.T) {
	n := New(Config{Seed: 5, Pupils: 20_000, Faults: 200})
	exchanged := 0
	for i := range n.Pupils() {
		p, f := n.ReportedProfile(i)
		if f == nil || f.Kind != NumbersExchanged {
			continue
		}
		exchanged++
		other, g := n.ReportedProfile(f.Victim)
		if g == nil || g.Kind != NumbersExchanged || g.Victim != i {
			t.Fatalf("the twin of pupil %d has fault %+v", i, g)
		}
		a, b := n.TrueProfile(i), n.TrueProfile(f.Victim)
		if p.Identity != b.Identity || other.Identity != a.Identity || a.Gender != b.Gender || a.BirthDate != b.BirthDate {
			t.Errorf("pupils %d and %d have not exchanged their numbers", i, f.Victim)
		}
		e := n.Expected(i)
		if e.Outcome != Mismatched || e.With != -1 || e.Cause != "id_number/exchanged" || e.Window1 != StatusMismatched || e.Rule != "" {
			t.Errorf("pupil %d: %+v", i, e)
		}
	}
	if exchanged < 8 || exchanged%2 != 0 {
		t.Errorf("%d pupils have exchanged numbers", exchanged)
	}
}

func TestProfilesWithoutResultsAreTheSame(t *testing.T) {
	n := New(Config{Seed: 4, Pupils: 2000, Faults: 300, Shifted: 50})
	for i := range n.Pupils() {
		r := n.Reported(i)
		p, f := n.ReportedProfile(i)
		if p != *r.Profile || (f == nil) != (r.Fault == nil) || f != nil && *f != *r.Fault {
			t.Errorf("pupil %d is reported otherwise without results", i)
		}
		if n.TrueProfile(i) != n.Pupil(i).Profile {
			t.Errorf("pupil %d is otherwise without results", i)
		}
	}
}

// TestCancelledNumbersAreThoseThatFaultsReport also looks at pupils beyond the first million, who share last digits.
func TestCancelledNumbersAreThoseThatFaultsReport(t *testing.T) {
	for _, pupils := range []int{20_000, 2_500_000} {
		n := New(Config{Seed: 6, Pupils: pupils, Faults: 300})
		reissued := 0
		for i := range Sized(4000) {
			at := (i * 331) % pupils
			b := n.birth(at)
			if b.foreign {
				continue
			}
			_, f := n.ReportedProfile(at)
			number := n.formerNumber(at, b)
			is := f != nil && f.Kind == IDReissued
			if n.Cancelled(number) != is {
				t.Errorf("pupil %d: cancelled %v, want %v", at, !is, is)
			}
			if _, taken := n.holder(number); taken && is {
				t.Errorf("pupil %d: the cancelled number is somebody's", at)
			}
			if n.Cancelled(n.number(at, b)) {
				t.Errorf("pupil %d: the number in force was cancelled", at)
			}
			if is {
				reissued++
			}
		}
		if reissued < Sized(10) {
			t.Errorf("%d pupils: only %d old numbers", pupils, reissued)
		}
	}
}

func TestAnotherIsSomebodyElse(t *testing.T) {
	n := New(Config{Seed: 1, Pupils: 200})
	for i := range n.Pupils() {
		p, ok := n.Person(i)
		if !ok {
			continue
		}
		if other, ok := n.Another(p.Number); !ok || other.Number == p.Number {
			t.Errorf("pupil %d: nobody else", i)
		}
	}
	if _, ok := n.Another("000000000000"); !ok {
		t.Error("nobody else than nobody")
	}
	if _, ok := New(Config{Seed: 1}).Another(student.IDNumber("1")); ok {
		t.Error("somebody in a nation of nobody")
	}
}
