package validation

import (
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
)

const ownRulesYAML = `severities: {NAME_CASE: warning, ID_ELSEWHERE: "off", EVEN_CLASS: info}
rules:
  - code: NO_RETAKE
    kind: results
    severity: warning
    field: year.rating
    when: results.part == "results/10"
    holds: results.year.average_tenths < 90
    message: {vi: "Điểm trung bình từ 9,0.", en: "An average of 9.0 or more."}
    remedy: {vi: "Xem lại.", en: "Look again."}
    source: Sở GD&ĐT
  - code: EVEN_CLASS
    version: 3
    kind: profile
    severity: error
    field: class
    holds: |
      profile.class != "12A9" &&
      profile.class.size() > 0
    message: {vi: "Lớp {field} không có.", en: "There is no such {field}."}
    remedy: {vi: "Sửa lớp.", en: "Correct the class."}
    source: Sở GD&ĐT
  - code: BROKEN_ONE
    kind: results
    severity: error
    when: results.part == "results/11"
    holds: results.subjects[100].code != ""
    message: {vi: "a", en: "b"}
    remedy: {vi: "a", en: "b"}
    source: c`

func TestRulesOfADrive(t *testing.T) {
	d := driveWith(t, "severities: {}", ownRulesYAML)
	if err := Fits(d); err != nil {
		t.Fatal(err)
	}
	if all := RulesIn(d); len(all) != len(Rules())+3 || !all[len(all)-1].OfDrive || all[len(all)-2].Version != 3 {
		t.Errorf("%d rules", len(all))
	}
	if BookDigest(d) == BookDigest(drive.Default()) {
		t.Error("the book of a drive with rules of its own is that of a drive without")
	}
	p := clean()
	p.profile.Class, p.profile.FullName = "12A9", "NGUYỄN VĂN HÙNG"
	number("079305012345")(p)
	*p.grade10.Year.Average = 95
	want := map[string]Severity{"EVEN_CLASS": Info, "NAME_CASE": Warning, "NO_RETAKE": Warning, "RULE_FAILED": Info, "AVERAGE": Error}
	for _, f := range check(d, p) {
		if severity, ok := want[f.Rule]; !ok || severity != f.Severity {
			t.Errorf("got %+v", f)
		}
		delete(want, f.Rule)
		if f.Rule == "NO_RETAKE" && (f.Field != "year.rating" || f.Message().Vi != "Điểm trung bình từ 9,0." || f.Values.Reveal() == "") {
			t.Errorf("got %+v, %v", f, f.Message())
		}
	}
	if len(want) > 0 {
		t.Errorf("not found: %v", want)
	}
	p = clean()
	p.grade10 = student.Results{Part: student.Results10, NotApplicable: "Học ở nước ngoài"}
	for _, f := range loud(check(d, p), "") {
		t.Errorf("nothing applies: %+v", f)
	}
}

func TestADriveThatDoesNotFit(t *testing.T) {
	bad := strings.Replace(ownRulesYAML, "code: BROKEN_ONE", "code: YEAR_MARK", 1)
	bad = strings.Replace(bad, "NAME_CASE: warning", "NAME_CAES: warning", 1)
	err := Fits(driveWith(t, "severities: {}", bad))
	if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "does not fit") {
		t.Errorf("got %v", err)
	}
}
