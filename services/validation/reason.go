package validation

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/regulation"
	"github.com/rasoat/rasoat/services/student"
)

// ratings58 are the ratings from the lowest to the highest.
var ratings58 = []student.Rating{student.Poor, student.Weak, student.Average, student.Good, student.Excellent}

// explained writes an expected rating with its reason, as far as it answers the reported one: "average:
// floor HOAHOC 4.8 < 5.0" says why it is not higher, "good: raised VATLI" why it is not lower.
func explained(reported student.Rating, out regulation.Outcome58) string {
	expected := string(out.Rating)
	higher := slices.Index(ratings58, reported) > slices.Index(ratings58, out.Rating)
	return withReason(expected, higher, "raised", out.Raised, out.Short)
}

// levelExplained does the same for a level of Circular 22/2021.
func levelExplained(reported student.Rating, out regulation.Outcome22) string {
	higher := slices.Index(ratings22, reported) < slices.Index(ratings22, out.Rating)
	return withReason(string(out.Rating), higher, "lifted", out.Raised, out.Short)
}

func withReason(expected string, higher bool, how, raised string, s regulation.Shortfall) string {
	if !higher && raised != "" {
		return expected + ": " + how + " " + raised
	}
	if !higher || s.Condition == "" {
		return expected
	}
	if s.Condition == regulation.ManySubjects {
		return expected + ": many " + strconv.Itoa(int(s.Mark)) + " ≥ " + s.Needed.String()
	}
	why := expected + ": " + string(s.Condition)
	if s.Subject != "" {
		why += " " + s.Subject
	}
	if s.Condition != regulation.CommentedSubjects {
		why += " " + s.Mark.String() + " < " + s.Needed.String()
	}
	return why
}

// reasons are the words for a condition; {} is the subject.
var reasons = map[string]fault.Text{
	string(regulation.OverallAverage):    text("điểm trung bình", "average"),
	string(regulation.CoreSubject):       text("môn cao nhất trong Toán, Ngữ văn, Ngoại ngữ", "best of Toán, Ngữ văn, Ngoại ngữ"),
	string(regulation.SpecialisedMark):   text("môn chuyên {}", "specialised subject {}"),
	string(regulation.EverySubject):      text("môn {}", "{}"),
	string(regulation.CommentedSubjects): text("môn {} chưa đạt", "{} is not passed"),
	string(regulation.ManySubjects):      text("số môn đạt", "subjects at"),
	"raised":                             text("theo khoản 6, vì chỉ do môn {}", "by paragraph 6, as only {} is short"),
	"lifted":                             text("theo khoản 3, vì chỉ do môn {}", "by paragraph 3, as only {} is short"),
}

// reasonText tells in words what explained writes after the rating.
func reasonText(c *drive.Catalogue, why string) fault.Text {
	condition, rest, _ := strings.Cut(why, " ")
	t, ok := reasons[condition]
	if !ok {
		return text(why, why)
	}
	if strings.Contains(t.Vi, "{}") {
		var subject string
		subject, rest, _ = strings.Cut(rest, " ")
		subject = subjectName(c, subject)
		t = text(strings.ReplaceAll(t.Vi, "{}", subject), strings.ReplaceAll(t.En, "{}", subject))
	}
	if rest != "" {
		t = text(t.Vi+" "+strings.ReplaceAll(rest, ".", ","), t.En+" "+rest)
	}
	return t
}
