package main

import (
	"fmt"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
)

// A file of at least guardedPupils pupils is stopped where under knownPercent of them are on the roster of the school.
const (
	guardedPupils = 10
	knownPercent  = 70
)

// ofAnotherSchool returns why a file seems to be another school's than the one that it is submitted
// for; nil where it does not. It is looked at in two ways. Of those whom the file puts into classes
// that the school has, or of whom it has results only, most are known. And a roster does not
// outgrow the number that the directory declares by half; 0 where that is not known. A school
// without a roster has nothing else.
func ofAnotherSchool(school, name string, declared int, file, held holding) error {
	roster := held.roster()
	looked, strangers, joining, after := 0, 0, 0, 0
	for _, n := range roster {
		after += n
	}
	for code, p := range file {
		class := p.joined()
		if class != "" && held[code].joined() == "" {
			joining++
			after++
		}
		if len(roster) == 0 || class != "" && roster[class] == 0 {
			continue // a class that comes for the first time
		}
		looked++
		if held.part(code, student.Enrolment) == nil {
			strangers++
		}
	}
	switch {
	case looked >= guardedPupils && (looked-strangers)*100 < knownPercent*looked:
		return notOurs(name, fault.Text{
			Vi: fmt.Sprintf("%d trong %d học sinh của tệp không có trong danh sách của trường %s", strangers, looked, school),
			En: fmt.Sprintf("%d of %d pupils of the file are not on the roster of the school %s", strangers, looked, school),
		})
	case declared > 0 && joining >= guardedPupils && after > declared+declared/2+guardedPupils:
		return notOurs(name, fault.Text{
			Vi: fmt.Sprintf("với tệp này trường %s sẽ có %d học sinh, danh mục ghi %d", school, after, declared),
			En: fmt.Sprintf("with this file the school %s would have %d pupils, the directory says %d", school, after, declared),
		})
	}
	return nil
}

// notOurs refuses a file that seems to be another school's.
func notOurs(name string, why fault.Text) error {
	return fault.New(fault.Denied, "rasoat.submit",
		name+": "+why.Vi+", nên chưa gửi gì. Kiểm tra --school; có thể là tệp của trường khác, năm khác, hoặc cột mã bị lệch. "+
			"Nếu đúng là học sinh mới của trường thì thêm --allow-new-pupils.",
		name+": "+why.En+", so nothing was sent. Look at --school: the file may be another school's or another year's, "+
			"or its column of codes has slipped. "+
			"If they are new pupils of the school, add --allow-new-pupils.")
}

// shownAbsent is how many absent pupils are named unless the file is shown cell by cell.
const shownAbsent = 10

// tellAbsent says of whom the file says nothing though they are on the roster, and how a pupil leaves the roster. Codes and
// names are personal data: without --show-values there are classes and numbers.
func (a *app) tellAbsent(p preview, s submission) {
	if len(p.Absent) == 0 {
		return
	}
	a.errorf("  %s: %d\n", a.text("Có trong danh sách của hệ thống mà không có trong tệp, vẫn ở trong danh sách",
		"On the system's roster and not in the file, and still on the roster"), len(p.Absent))
	if s.showValues {
		a.nameAbsent(p.Absent, s.diff)
	} else {
		for _, group := range byClass(p.Absent) {
			a.errorf("    %s  %d\n", group[0].Class, len(group))
		}
		a.errorf("    %s\n", a.text("--show-values: mã và họ tên", "--show-values: their codes and names"))
	}
	a.errorf("    → %s\n", a.text(
		"Ai đã rời trường: tải mẫu của lớp bằng rasoat template --class "+p.Absent[0].Class+" --school "+s.school+" --out FILE, "+
			"ghi cột \"Trạng thái HS\" rồi gửi.",
		"Who has left the school: write the form of the class with "+
			"rasoat template --class "+p.Absent[0].Class+" --school "+s.school+
			" --out FILE, fill in its column \"Trạng thái HS\" and submit it."))
}

// nameAbsent prints the code and the name of absent pupils, of some of them or of all.
func (a *app) nameAbsent(who []absent, all bool) {
	shown := who
	if !all && len(shown) > shownAbsent {
		shown = shown[:shownAbsent]
	}
	for _, x := range shown {
		a.errorf("    %s  %s  %s\n", x.Class, x.code.Reveal(), x.name)
	}
	if more := len(who) - len(shown); more > 0 {
		a.errorf("    +%d (--diff)\n", more)
	}
}

// byClass groups absent pupils, who come in the order of their classes.
func byClass(who []absent) [][]absent {
	var out [][]absent
	for i, x := range who {
		if i == 0 || x.Class != who[i-1].Class {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], x)
	}
	return out
}
