package regulation

import "github.com/rasoat/rasoat/services/student"

// Kind says what stands in a subject's place.
type Kind uint8

// The kinds.
const (
	Absent    Kind = iota // nothing
	Scored                // a mark
	Commented             // Đ or CĐ
	Exempt                // miễn
)

// Value is the result of one subject in a term or a year.
type Value struct {
	Kind    Kind
	Mark    student.Mark    // of a scored one: tenths, 0–100
	Comment student.Comment // of a commented one
}

// ValueOf returns the value of a score of a record. An exemption goes before whatever stands beside it.
func ValueOf(s student.Score) Value {
	switch {
	case s.Exempt:
		return Value{Kind: Exempt}
	case s.Mark != nil:
		return Value{Kind: Scored, Mark: *s.Mark}
	case s.Comment != "":
		return Value{Kind: Commented, Comment: s.Comment}
	}
	return Value{}
}

// Subject is one subject's value together with what the law asks to know about the subject.
type Subject struct {
	Code        string
	Value       Value
	Core        bool // Toán, Ngữ văn or Ngoại ngữ
	Specialised bool // the specialised subject (môn chuyên) of a pupil in a specialised class
}

// YearMark returns the year mark of a scored subject (ĐTBmcn) from its two semesters: (I + 2 × II) / 3, to
// one decimal (Circular 58/2011, art. 10(1); Circular 22/2021, art. 9(1)b). A tie cannot occur.
func YearMark(first, second student.Mark) student.Mark {
	return student.Mark(student.RoundHalfUp(int(first)+2*int(second), 3))
}

// YearValue returns the year value of a subject from its two semesters; false when they do not tell it: one
// is absent, or they are of different kinds.
//
// A subject exempt all year stays exempt; one exempt for a semester has the other semester's result for the
// year (art. 12(3)). A commented subject has the second semester's result for the year (art. 10(2); Circular
// 22/2021, art. 9(1)a).
func YearValue(first, second Value) (Value, bool) {
	switch {
	case first.Kind == Absent || second.Kind == Absent:
		return Value{}, false
	case first.Kind == Exempt:
		return second, true
	case second.Kind == Exempt:
		return first, true
	case first.Kind != second.Kind:
		return Value{}, false
	case first.Kind == Commented:
		return second, true
	}
	return Value{Kind: Scored, Mark: YearMark(first.Mark, second.Mark)}, true
}

// BeforeRetake returns the year value that the semesters lead to: the one that a retake replaced, if there
// was a retake (art. 16), and the year value itself if not. The average and the rating of the year are
// computed again from the value after the retake.
func BeforeRetake(year, replaced Value) Value {
	if replaced.Kind != Absent {
		return replaced
	}
	return year
}

// Average returns the mean of marks to one decimal, a half upwards; false for no marks.
func Average(marks []student.Mark) (student.Mark, bool) {
	sum := 0
	for _, m := range marks {
		sum += int(m)
	}
	return mean(sum, len(marks))
}

// AverageOf returns the overall average of a semester or a year (ĐTBhk, ĐTBcn): the mean of the marks of all
// scored subjects, each counted once (art. 11). Commented and exempt subjects do not count. The average of
// the year is that of the year marks, not of the two semesters' averages.
func AverageOf(subjects []Subject) (student.Mark, bool) {
	sum, n := 0, 0
	for i := range subjects {
		if subjects[i].Value.Kind == Scored {
			sum += int(subjects[i].Value.Mark)
			n++
		}
	}
	return mean(sum, n)
}

func mean(sum, n int) (student.Mark, bool) {
	if n == 0 {
		return 0, false
	}
	return student.Mark(student.RoundHalfUp(sum, n)), true
}
