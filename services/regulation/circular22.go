package regulation

import "github.com/rasoat/rasoat/services/student"

// Variant22 is what distinguishes the circulars that rate by four levels.
type Variant22 struct {
	Subjects int  // how many scored subjects must be at the level's mark
	Comments bool // commented subjects count
}

// The variants.
var (
	Circular22 = Variant22{Subjects: 6, Comments: true} // 22/2021/TT-BGDĐT, art. 9: general education
	Circular43 = Variant22{Subjects: 5}                 // 43/2021/TT-BGDĐT, art. 9: continuing education
)

// level22 is one level of art. 9(2). Below the last one is Chưa đạt.
type level22 struct {
	rating student.Rating
	many   student.Mark // so many subjects as the variant says, at least
	floor  student.Mark // every scored subject, at least
	failed int          // commented subjects that may be Chưa đạt
}

var levels22 = [...]level22{
	{student.VeryGood, 80, 65, 0},     // 9(2)a
	{student.Good, 65, 50, 0},         // 9(2)b
	{student.RatingPassed, 50, 35, 1}, // 9(2)c
}

// Outcome22 is a level of learning (kết quả học tập) with its reasons.
type Outcome22 struct {
	Rating student.Rating // "" when there is no scored subject
	Strict student.Rating // by paragraph 2 alone
	Raised string         // code of the one subject for whose sake paragraph 3 raised the level; "" if it did not
	Short  Shortfall      // why Strict is not one level higher
}

// ManySubjects is the condition of art. 9(2) that so many subjects reach a mark; Shortfall.Mark is then how many do.
const ManySubjects Condition = "many"

// Rate22 rates the learning of a semester or a year (Circular 22/2021, art. 9). There is no overall average; exempt and absent
// subjects are as if they were not there.
//
// Paragraph 3: where one subject alone keeps the result two levels or more below Tốt or Khá, it is raised to the next level above
// what it is. That it is due to one subject alone is asked as in Rate58: without that subject's shortfalls, would the level be
// reached?
func Rate22(v Variant22, subjects []Subject) Outcome22 {
	if !anyScored(subjects) {
		return Outcome22{}
	}
	strict := len(levels22)
	var short Shortfall
	for i := range levels22 {
		s := shortfall22(&levels22[i], v, subjects, -1)
		if s.Condition == "" {
			strict = i
			break
		}
		short = s
	}
	out := Outcome22{Rating: level22At(strict), Strict: level22At(strict), Short: short}
	for top := 0; top+2 <= strict; top++ { // two levels below Đạt there is none
		for i := range subjects {
			if shortfall22(&levels22[top], v, subjects, i).Condition == "" {
				out.Rating, out.Raised = level22At(strict-1), subjects[i].Code
				return out
			}
		}
	}
	return out
}

// level22At returns the rating of the i-th level; past the last one it is Chưa đạt.
func level22At(i int) student.Rating {
	if i >= len(levels22) {
		return student.RatingNotPassed
	}
	return levels22[i].rating
}

// shortfall22 returns the first condition of a level that is not met when the subject at index spared is taken to meet all of its own;
// −1 spares none.
func shortfall22(level *level22, v Variant22, subjects []Subject, spared int) Shortfall {
	var first Shortfall
	failed, many := 0, 0
	for i := range subjects {
		s := &subjects[i]
		switch {
		case i == spared:
			if s.Value.Kind == Scored {
				many++
			}
		case s.Value.Kind == Commented && v.Comments && s.Value.Comment == student.NotPassed:
			if failed++; failed > level.failed && first.Condition == "" {
				first = Shortfall{Condition: CommentedSubjects, Subject: s.Code}
			}
		case s.Value.Kind == Scored:
			if s.Value.Mark < level.floor && first.Condition == "" {
				first = Shortfall{Condition: EverySubject, Subject: s.Code, Mark: s.Value.Mark, Needed: level.floor}
			}
			if s.Value.Mark >= level.many {
				many++
			}
		}
	}
	if first.Condition == "" && many < v.Subjects {
		return Shortfall{Condition: ManySubjects, Mark: student.Mark(many), Needed: level.many}
	}
	return first
}

// Title is what a pupil is called at the end of a year (danh hiệu; Circular 22/2021, art. 15(1)a).
type Title string

// The titles.
const (
	NoTitle        Title = ""
	ExcellentPupil Title = "excellent" // Học sinh Xuất sắc
	GoodPupil      Title = "good"      // Học sinh Giỏi
)

// excellentMark is the year mark that six scored subjects of an excellent pupil reach.
const excellentMark student.Mark = 90

// Title22 returns the title of a year: learning and training Tốt, and of an excellent pupil six scored subjects at 9.0 (Circular
// 22/2021, art. 15(1)).
func Title22(learning student.Rating, training student.Conduct, subjects []Subject) Title {
	if learning != student.VeryGood || training != student.ConductGood {
		return NoTitle
	}
	many := 0
	for i := range subjects {
		if subjects[i].Value.Kind == Scored && subjects[i].Value.Mark >= excellentMark {
			many++
		}
	}
	if many >= Circular22.Subjects {
		return ExcellentPupil
	}
	return GoodPupil
}

// Training22 returns the level of training (kết quả rèn luyện) of a year from its two semesters (Circular 22/2021, art. 8(2)b); false
// for what is no level.
func Training22(first, second student.Conduct) (student.Conduct, bool) {
	of := map[student.Conduct]int{student.ConductGood: 3, student.ConductFair: 2, student.ConductPassed: 1, student.ConductNotPassed: 0}
	one, ok1 := of[first]
	two, ok2 := of[second]
	switch {
	case !ok1 || !ok2:
		return "", false
	case two == 3 && one >= 2:
		return student.ConductGood, true
	case two == 2 && one >= 1, two == 1 && one == 3, two == 3:
		return student.ConductFair, true
	case two == 1, two == 2:
		return student.ConductPassed, true
	}
	return student.ConductNotPassed, true
}
