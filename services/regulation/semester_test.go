package regulation

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rasoat/rasoat/services/student"
)

// Circular 22/2021, art. 6(2)b.
func TestRegularMarks(t *testing.T) {
	for lessons, want := range map[int]int{34: 2, 35: 2, 36: 3, 69: 3, 70: 3, 71: 4, 105: 4} {
		if got := RegularMarks(lessons); got != want {
			t.Errorf("RegularMarks(%d) = %d, want %d", lessons, got, want)
		}
	}
}

// Circular 22/2021, art. 9(1)b.
func TestSemesterMark(t *testing.T) {
	for _, tc := range []struct {
		what           string
		regular        []student.Mark
		midterm, final student.Mark
		want           student.Mark
		ok             bool
	}{
		{"no regular mark", nil, 80, 80, 0, false},
		{"all alike", []student.Mark{80, 80}, 80, 80, 80, true},
		{"a regular mark weighs one", []student.Mark{70, 0}, 0, 0, 10, true},
		{"the mid-term mark weighs two", []student.Mark{0, 0}, 70, 0, 20, true},
		{"the final mark weighs three", []student.Mark{0, 0}, 0, 70, 30, true},
		{"three regular marks: by eight", []student.Mark{80, 0, 0}, 0, 0, 10, true},
		{"four regular marks: by nine", []student.Mark{90, 0, 0, 0}, 0, 0, 10, true},
		{"a half goes up", []student.Mark{72, 72, 72}, 72, 76, 74, true},              // 588 / 8 = 73.5
		{"below a half", []student.Mark{72, 72, 71}, 72, 76, 73, true},                // 587 / 8 = 73.375
		{"above a half", []student.Mark{75, 75}, 67, 75, 73, true},                    // 509 / 7 = 72.7
		{"one regular mark, where two are due", []student.Mark{60}, 60, 60, 60, true}, // 360 / 6
	} {
		if got, ok := SemesterMark(tc.regular, tc.midterm, tc.final); got != tc.want || ok != tc.ok {
			t.Errorf("%s: got %v, %v; want %v, %v", tc.what, got, ok, tc.want, tc.ok)
		}
	}
}

// The semester mark is the nearest tenth, lies between the marks, and does not fall when one of them rises.
func TestSemesterMarkEverywhere(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 9))
	for range 5_000 {
		marks := make([]student.Mark, 2+2+r.IntN(3)) // the mid-term mark, the final one, and two to four regular ones
		for i := range marks {
			marks[i] = student.Mark(r.IntN(101))
		}
		of := func(m []student.Mark) student.Mark {
			got, _ := SemesterMark(m[2:], m[0], m[1])
			return got
		}
		got := of(marks)
		if got < slices.Min(marks) || got > slices.Max(marks) {
			t.Fatalf("%v: %v is outside", marks, got)
		}
		higher := slices.Clone(marks)
		higher[r.IntN(len(marks))] = student.MaxMark
		if of(higher) < got {
			t.Fatalf("%v gives %v, %v gives %v", marks, got, higher, of(higher))
		}
	}
}
