package validation

import (
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

func TestCheckYear12(t *testing.T) {
	for what, tc := range map[string]struct {
		bend  func(*pupil)
		rule  string // "" for none
		field string
	}{
		"clean":                {func(*pupil) {}, "", ""},
		"no first semester":    {func(p *pupil) { subject(&p.first12, "TOAN").Semester1 = student.Score{} }, "TERM_MISSING", "subjects[TOAN].semester1"},
		"no line":              {func(p *pupil) { without(&p.first12, "TOAN") }, "TERM_MISSING", "subjects[TOAN].semester1"},
		"no first part at all": {func(p *pupil) { p.first12.NotApplicable = "Học ở nước ngoài" }, "", ""},
		"an optional subject begun late": {func(p *pupil) {
			add("NGOAINGU2", 80, 80)(&p.second12)
			subject(&p.second12, "NGOAINGU2").Year = mark(80)
		}, "", ""},
		"exempt in the second semester, no year value": {func(p *pupil) {
			subject(&p.second12, "TOAN").Semester2 = exempted()
			subject(&p.second12, "TOAN").Year = student.Score{}
		}, "RESULTS_REQUIRED", "subjects[TOAN].year"},
		"exempt in the second semester": {func(p *pupil) {
			subject(&p.second12, "TOAN").Semester2 = exempted()
			subject(&p.second12, "TOAN").Year = mark(82)
		}, "", ""},
		"a retake": {func(p *pupil) {
			s := subject(&p.second12, "TOAN")
			s.YearBeforeRetake, s.Year = s.Year, mark(95)
		}, "", ""},
		"a retake of another mark": {func(p *pupil) {
			s := subject(&p.second12, "TOAN")
			s.YearBeforeRetake, s.Year = mark(30), mark(95)
		}, "YEAR_MARK", "subjects[TOAN].year"},
		"a first semester out of range is told by its part": {func(p *pupil) { subject(&p.first12, "TOAN").Semester1 = mark(820) }, "", ""},
		"Thể dục": {func(p *pupil) { subject(&p.second12, "THEDUC").Year = notPassed() }, "YEAR_COMMENT", "subjects[THEDUC].year"},
	} {
		p := clean()
		tc.bend(p)
		found := CheckYear12(drive.Default(), p.first12, p.second12)
		switch {
		case tc.rule == "" && len(found) != 0:
			t.Errorf("%s: got %+v", what, found)
		case tc.rule != "" && (len(found) != 1 || found[0].Rule != tc.rule || found[0].Field != tc.field):
			t.Errorf("%s: got %+v, want one %s at %q", what, found, tc.rule, tc.field)
		}
	}
}
