package regulation

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rasoat/rasoat/services/student"
)

// edges are marks at and beside every threshold of art. 13.
var edges = []student.Mark{0, 19, 20, 34, 35, 49, 50, 64, 65, 79, 80, 90, 100}

var order = []student.Rating{student.Poor, student.Weak, student.Average, student.Good, student.Excellent}

func rank(r student.Rating) int { return slices.Index(order, r) }

// pupil draws 2–13 subjects, mostly good ones with marks at the edges, so that paragraph 6 comes up often.
func pupil(r *rand.Rand) []Subject {
	n := 2 + r.IntN(12)
	level := student.Mark(40 + r.IntN(60))
	subjects := make([]Subject, 0, n+1)
	for i := range n {
		m := level + student.Mark(r.IntN(10))
		if r.IntN(4) == 0 {
			m = edges[r.IntN(len(edges))]
		}
		subjects = append(subjects, Subject{Code: string(rune('A' + i)), Value: scored(min(m, 100)), Core: i < 3, Specialised: i == 4 && r.IntN(2) == 0})
	}
	switch r.IntN(3) {
	case 0:
		subjects = append(subjects, line("TD", commented(student.Passed)))
	case 1:
		subjects = append(subjects, line("TD", commented(student.NotPassed)))
	}
	return subjects
}

func rated(subjects []Subject) Outcome58 {
	average, _ := AverageOf(subjects)
	return Rate58(average, subjects)
}

func TestRaisingAMarkNeverLowersARating(t *testing.T) {
	r := rand.New(rand.NewPCG(58, 26))
	raisedSeen := map[student.Rating]int{}
	for range 20_000 {
		subjects := pupil(r)
		before := rated(subjects)
		if before.Raised != "" {
			raisedSeen[before.Rating]++
		}
		i := r.IntN(len(subjects))
		higher := slices.Clone(subjects)
		if v := &higher[i].Value; v.Kind == Commented {
			v.Comment = student.Passed
		} else {
			v.Mark += student.Mark(r.IntN(int(101 - v.Mark)))
		}
		if after := rated(higher); rank(after.Rating) < rank(before.Rating) {
			t.Fatalf("%+v gives %v; raised to %+v it gives %v", subjects, before, higher, after)
		}
	}
	for _, rating := range []student.Rating{student.Good, student.Average, student.Weak} {
		if raisedSeen[rating] < 100 {
			t.Errorf("paragraph 6 gave %v only %d times: the draw does not test it", rating, raisedSeen[rating])
		}
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(58, 13))
	for range 5_000 {
		subjects := pupil(r)
		before := rated(subjects)
		r.Shuffle(len(subjects), func(i, j int) { subjects[i], subjects[j] = subjects[j], subjects[i] })
		after := rated(subjects)
		if before.Rating != after.Rating || before.Strict != after.Strict || before.Unlisted != after.Unlisted || before.Raised != after.Raised {
			t.Fatalf("%+v: %+v in one order, %+v in another", subjects, before, after)
		}
	}
}

func TestExemptIsAsIfAbsent(t *testing.T) {
	r := rand.New(rand.NewPCG(58, 12))
	for range 5_000 {
		subjects := pupil(r)
		with := slices.Insert(slices.Clone(subjects), r.IntN(len(subjects)), Subject{Code: "X", Value: exempt, Core: r.IntN(2) == 0, Specialised: r.IntN(2) == 0})
		if before, after := rated(subjects), rated(with); before != after {
			t.Fatalf("%+v: %+v; with an exempt subject %+v", subjects, before, after)
		}
	}
}

var order22 = []student.Rating{chuaDat, dat, kha, tot}

// A higher mark never lowers a level, the order of the subjects does not matter, and an exempt subject is as if absent.
func TestLevelsEverywhere(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 2021))
	raised := 0
	for range 20_000 {
		v := Circular22
		if r.IntN(3) == 0 {
			v = Circular43
		}
		subjects := pupil(r)
		before := Rate22(v, subjects)
		if before.Raised != "" {
			raised++
		}
		lift := slices.Index(order22, before.Rating) - slices.Index(order22, before.Strict)
		if lift < 0 || lift > 1 || (lift == 1) != (before.Raised != "") || lift == 1 && before.Rating == tot {
			t.Fatalf("%+v: %+v is no lift to the next level, below Tốt", subjects, before)
		}
		higher := slices.Clone(subjects)
		i := r.IntN(len(subjects))
		if s := &higher[i].Value; s.Kind == Commented {
			s.Comment = student.Passed
		} else {
			s.Mark += student.Mark(r.IntN(int(101 - s.Mark)))
		}
		if after := Rate22(v, higher); slices.Index(order22, after.Rating) < slices.Index(order22, before.Rating) {
			t.Fatalf("%+v gives %v; raised to %+v it gives %v", subjects, before.Rating, higher, after.Rating)
		}
		shuffled := slices.Clone(subjects)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if after := Rate22(v, shuffled); after.Rating != before.Rating || after.Strict != before.Strict || after.Raised != before.Raised {
			t.Fatalf("%+v: %v in one order, %v in another", subjects, before, after)
		}
		more := slices.Insert(slices.Clone(subjects), r.IntN(len(subjects)), line("X", exempt))
		if after := Rate22(v, more); after != before {
			t.Fatalf("%+v: %+v; with an exempt subject %+v", subjects, before, after)
		}
	}
	if raised < 200 {
		t.Errorf("paragraph 3 came up %d times: the draw does not test it", raised)
	}
}

// The year mark lies between the semesters' marks and grows with each.
func TestYearMarkEverywhere(t *testing.T) {
	for first := student.Mark(0); first <= 100; first++ {
		for second := student.Mark(0); second <= 100; second++ {
			y := YearMark(first, second)
			if y < min(first, second) || y > max(first, second) {
				t.Fatalf("YearMark(%v, %v) = %v", first, second, y)
			}
			if off := 3*int(y) - int(first) - 2*int(second); off < -1 || off > 1 {
				t.Fatalf("YearMark(%v, %v) = %v is not the nearest", first, second, y)
			}
			if second > 0 && YearMark(first, second-1) > y || first > 0 && YearMark(first-1, second) > y {
				t.Fatalf("YearMark(%v, %v) = %v falls", first, second, y)
			}
		}
	}
}

func BenchmarkRate58(b *testing.B) {
	subjects := set(85, 85, 85, 49, 80, 80, 80, 80)
	for b.Loop() {
		Rate58(80, subjects)
	}
}
