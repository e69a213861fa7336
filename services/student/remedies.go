package student

import "github.com/rasoat/rasoat/services/internal/fault"

// What to do next where more than one reader knows a fault: the reader of workbooks, intake, the rules. Each has one text, so
// that a check at home and a submission never give two remedies for one value.
var (
	RemedyBirthDate = fault.Text{
		Vi: "Sửa ngày sinh theo giấy khai sinh; xem ngày và tháng có bị đổi chỗ không; chỉ biết năm thì để trống ngày và tháng.",
		En: "Correct the birth date from the birth certificate; see whether day and month are swapped; if only the year is known, leave day and month empty.",
	}
	RemedyTwice = fault.Text{
		Vi: "Giữ một dòng đúng; nếu là hai học sinh thì sửa mã định danh của một em.",
		En: "Keep the right row; if they are two pupils, correct the code of one.",
	}
	RemedyOtherTerm = fault.Text{
		Vi: "Gửi học kỳ 1 lớp 12 và học kỳ 2, cả năm lớp 12 ở đúng phần của chúng.",
		En: "Submit the first semester of grade 12, and the second with the year, each in its own part.",
	}
)

// FieldPath is the path in the contract's Record of a field of the part: "gender" of a profile is "profile.gender". "" is the
// record as a whole.
func (p Part) FieldPath(field string) string {
	kind := map[Kind]string{KindRoster: "enrolment.", KindProfile: "profile.", KindResults: "results."}[p.Kind()]
	if field == "" {
		return ""
	}
	return kind + field
}
