package regulation

import (
	"testing"

	"github.com/rasoat/rasoat/services/student"
)

func scored(m student.Mark) Value       { return Value{Kind: Scored, Mark: m} }
func commented(c student.Comment) Value { return Value{Kind: Commented, Comment: c} }
func line(code string, v Value) Subject { return Subject{Code: code, Value: v} }
func core(code string, v Value) Subject { return Subject{Code: code, Value: v, Core: true} }
func expert(v Value) Subject            { return Subject{Code: "TINHOC", Value: v, Specialised: true} }

var (
	exempt = Value{Kind: Exempt}
	absent = Value{}
)

// Circular 58/2011, art. 10(1).
func TestYearMark(t *testing.T) {
	for _, tc := range []struct{ first, second, want student.Mark }{
		{0, 0, 0}, {100, 100, 100}, {80, 80, 80},
		{70, 75, 73}, // 7.333
		{75, 70, 72}, // 7.166
		{80, 81, 81}, // 8.066
		{81, 80, 80}, // 8.033
		{0, 100, 67}, // 6.666
		{100, 0, 33}, // 3.333
		{79, 80, 80}, // 7.966
		{64, 65, 65}, // 6.466
	} {
		if got := YearMark(tc.first, tc.second); got != tc.want {
			t.Errorf("YearMark(%v, %v) = %v, want %v", tc.first, tc.second, got, tc.want)
		}
	}
}

func TestYearValue(t *testing.T) {
	passed, not := commented(student.Passed), commented(student.NotPassed)
	for _, tc := range []struct {
		article       string
		first, second Value
		want          Value
		ok            bool
	}{
		{"10(1) two marks", scored(70), scored(75), scored(73), true},
		{"10(2) both passed", passed, passed, passed, true},
		{"10(2) passed at last", not, passed, passed, true},
		{"10(2) failed at last", passed, not, not, true},
		{"10(2) never passed", not, not, not, true},
		{"12(3) exempt all year", exempt, exempt, exempt, true},
		{"12(3) exempt in the first semester", exempt, scored(65), scored(65), true},
		{"12(3) exempt in the second semester", scored(65), exempt, scored(65), true},
		{"12(3) a commented one", exempt, not, not, true},
		{"a semester is missing", scored(65), absent, absent, false},
		{"a semester is missing beside an exempt one", absent, exempt, absent, false},
		{"nothing", absent, absent, absent, false},
		{"two kinds", scored(65), passed, absent, false},
	} {
		got, ok := YearValue(tc.first, tc.second)
		if got != tc.want || ok != tc.ok {
			t.Errorf("%s: got %+v, %v; want %+v, %v", tc.article, got, ok, tc.want, tc.ok)
		}
	}
}

// Circular 58/2011, art. 16.
func TestBeforeRetake(t *testing.T) {
	if got := BeforeRetake(scored(60), scored(45)); got != scored(45) {
		t.Errorf("after a retake: got %+v", got)
	}
	if got := BeforeRetake(scored(60), absent); got != scored(60) {
		t.Errorf("without a retake: got %+v", got)
	}
}

// Circular 58/2011, art. 11.
func TestAverage(t *testing.T) {
	for _, tc := range []struct {
		what     string
		subjects []Subject
		want     student.Mark
		ok       bool
	}{
		{"nothing", nil, 0, false},
		{"comments only", []Subject{line("TD", commented(student.Passed))}, 0, false},
		{"one", []Subject{line("A", scored(73))}, 73, true},
		{"a half goes up", []Subject{line("A", scored(79)), line("B", scored(80))}, 80, true},
		{"below a half", []Subject{line("A", scored(79)), line("B", scored(79)), line("C", scored(80))}, 79, true},
		{"7.949 is not 8.0", []Subject{line("A", scored(70)), line("B", scored(84)), line("C", scored(84))}, 79, true},
		{"exempt, absent and commented do not count", []Subject{line("A", scored(60)), line("B", exempt), line("C", absent), line("D", commented(student.NotPassed))}, 60, true},
	} {
		got, ok := AverageOf(tc.subjects)
		if got != tc.want || ok != tc.ok {
			t.Errorf("%s: got %v, %v; want %v, %v", tc.what, got, ok, tc.want, tc.ok)
		}
		var marks []student.Mark
		for _, s := range tc.subjects {
			if s.Value.Kind == Scored {
				marks = append(marks, s.Value.Mark)
			}
		}
		if got, ok := Average(marks); got != tc.want || ok != tc.ok {
			t.Errorf("%s: Average = %v, %v; want %v, %v", tc.what, got, ok, tc.want, tc.ok)
		}
	}
}

func TestValueOf(t *testing.T) {
	m := student.Mark(85)
	for _, tc := range []struct {
		in   student.Score
		want Value
	}{
		{student.Score{}, absent},
		{student.Score{Mark: &m}, scored(85)},
		{student.Score{Comment: student.Passed}, commented(student.Passed)},
		{student.Score{Exempt: true}, exempt},
		{student.Score{Exempt: true, Mark: &m}, exempt},
	} {
		if got := ValueOf(tc.in); got != tc.want {
			t.Errorf("got %+v, want %+v", got, tc.want)
		}
	}
}
