package regulation

import "github.com/rasoat/rasoat/services/student"

// ThreeCoresFrom is the first calendar year of the first school year in which the core condition of art. 13
// is "one of Toán, Ngữ văn, Ngoại ngữ" (Circular 26/2020, in force 11/10/2020). Before it the condition was
// "one of Toán, Ngữ văn": hand in the foreign language without Core.
const ThreeCoresFrom = 2020

// level58 is one level of art. 13(1)–(4). Below the last one is Kém (art. 13(5)).
type level58 struct {
	rating      student.Rating
	average     student.Mark // the overall average, at least
	core        student.Mark // one core subject, and the specialised one, at least; 0 for no condition
	floor       student.Mark // every scored subject, at least
	allComments bool         // every commented subject is Đ
}

var levels58 = [...]level58{
	{student.Excellent, 80, 80, 65, true}, // 13(1)
	{student.Good, 65, 65, 50, true},      // 13(2)
	{student.Average, 50, 50, 35, true},   // 13(3)
	{student.Weak, 35, 0, 20, false},      // 13(4)
}

// raised58 is art. 13(6): by the level that the average reaches and the level to which one subject alone
// brought the result down, the rating that the pupil is given.
var raised58 = [...]struct {
	reached, fallen, given student.Rating
}{
	{student.Excellent, student.Average, student.Good}, // a
	{student.Excellent, student.Weak, student.Average}, // b
	{student.Good, student.Weak, student.Average},      // c
	{student.Good, student.Poor, student.Weak},         // d
}

// Outcome58 is a rating under Circular 58/2011, art. 13, with its reasons.
type Outcome58 struct {
	Rating student.Rating // "" when there is no scored subject
	Strict student.Rating // by paragraphs 1–5 alone
	Raised string         // code of the one subject for whose sake paragraph 6 raised the rating; "" if it did not
	// Unlisted says that the average reaches Giỏi and one subject alone brought the result down to Kém.
	// Paragraph 6 does not name that case; the rating is given by its letter d, as the average reaches Khá
	// as well.
	Unlisted bool
	Short    Shortfall // why Strict is not one level higher
}

// Condition names a condition of art. 13.
type Condition string

// The conditions, in the order in which they are looked at.
const (
	OverallAverage    Condition = "average"
	CoreSubject       Condition = "core"
	SpecialisedMark   Condition = "specialised"
	EverySubject      Condition = "floor"
	CommentedSubjects Condition = "comment"
)

// Shortfall is the first condition that a level asks for and the results do not meet; zero for none.
type Shortfall struct {
	Condition Condition
	Subject   string       // code, for specialised, floor and comment
	Mark      student.Mark // what there is: tenths; for core the best of the core marks
	Needed    student.Mark // what the level asks for
}

// Rate58 rates the academic performance (học lực) of a semester or a year (art. 13). The average is the one
// in the school's books; exempt and absent subjects are as if they were not there.
//
// Paragraph 6 is applied at every level that the average reaches, and the best result is taken: otherwise a
// higher mark could lower a rating. That the fall is due to one subject alone is asked as: without that
// subject's shortfalls, would the level be reached?
func Rate58(average student.Mark, subjects []Subject) Outcome58 {
	if !anyScored(subjects) {
		return Outcome58{}
	}
	strict := len(levels58)
	var short Shortfall
	for i := range levels58 {
		s := shortfall(&levels58[i], average, subjects, -1)
		if s.Condition == "" {
			strict = i
			break
		}
		short = s
	}
	out := Outcome58{Rating: ratingAt(strict), Strict: ratingAt(strict), Short: short}
	best := strict
	for top := range strict {
		one := oneSubject(&levels58[top], average, subjects)
		if one < 0 {
			continue
		}
		if levels58[top].rating == student.Excellent && out.Strict == student.Poor {
			out.Unlisted = true
		}
		if given := raise(levels58[top].rating, out.Strict); given < best {
			best = given
			out.Rating, out.Raised = ratingAt(given), subjects[one].Code
		}
	}
	return out
}

func anyScored(subjects []Subject) bool {
	for i := range subjects {
		if subjects[i].Value.Kind == Scored {
			return true
		}
	}
	return false
}

// ratingAt returns the rating of the i-th level; past the last one it is Kém.
func ratingAt(i int) student.Rating {
	if i >= len(levels58) {
		return student.Poor
	}
	return levels58[i].rating
}

// raise returns the index of the level of art. 13(6); that of Kém when the paragraph says nothing.
func raise(reached, fallen student.Rating) int {
	for _, r := range raised58 {
		if r.reached == reached && r.fallen == fallen {
			for i := range levels58 {
				if levels58[i].rating == r.given {
					return i
				}
			}
		}
	}
	return len(levels58)
}

// oneSubject returns the index of a subject without whose shortfalls the level is reached, and −1 if there is
// none. It is asked only where the level is not reached.
func oneSubject(level *level58, average student.Mark, subjects []Subject) int {
	if average < level.average {
		return -1
	}
	for i := range subjects {
		if shortfall(level, average, subjects, i).Condition == "" {
			return i
		}
	}
	return -1
}

// shortfall returns the first condition of a level that is not met when the subject at index spared is taken
// to meet all of its own; −1 spares none.
func shortfall(level *level58, average student.Mark, subjects []Subject, spared int) Shortfall {
	if average < level.average {
		return Shortfall{Condition: OverallAverage, Mark: average, Needed: level.average}
	}
	var first Shortfall // of a single subject; the core condition goes before it
	note := func(c Condition, s *Subject, needed student.Mark) {
		if first.Condition == "" || c == SpecialisedMark && first.Condition != SpecialisedMark {
			first = Shortfall{Condition: c, Subject: s.Code, Mark: s.Value.Mark, Needed: needed}
		}
	}
	bestCore := student.Mark(-1)
	for i := range subjects {
		s := &subjects[i]
		mark := s.Value.Mark
		switch {
		case i == spared:
			mark = student.MaxMark
		case s.Value.Kind == Commented && level.allComments && s.Value.Comment == student.NotPassed:
			note(CommentedSubjects, s, 0)
		case s.Value.Kind == Scored && s.Specialised && mark < level.core:
			note(SpecialisedMark, s, level.core)
		case s.Value.Kind == Scored && mark < level.floor:
			note(EverySubject, s, level.floor)
		}
		if s.Core && s.Value.Kind == Scored {
			bestCore = max(bestCore, mark)
		}
	}
	if bestCore >= 0 && bestCore < level.core {
		return Shortfall{Condition: CoreSubject, Mark: bestCore, Needed: level.core}
	}
	return first
}
