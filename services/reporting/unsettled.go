package reporting

import (
	"fmt"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Unsettled is why an identity needs a person.
type Unsettled int

// The reasons.
const (
	NoNumber       Unsettled = iota // there is no number yet
	NumberMangled                   // the number is not one that the registry can be asked about
	NameAlike                       // the name differs only in i and y
	OtherUnsettled                  // the service that matches identities says why
	unsettledKinds
)

// unsettledTexts say how many are unsettled for a reason, and what is to be done.
var unsettledTexts = [unsettledKinds]struct{ text, remedy fault.Text }{
	NoNumber: {fault.Text{Vi: "%d em chưa có số định danh", En: "%d without a number"},
		fault.Text{Vi: "bổ sung số, hoặc giải quyết danh tính dựa trên giấy tờ", En: "add the number, or settle the identity on papers"}},
	NumberMangled: {fault.Text{Vi: "%d em có số định danh không đúng dạng nên chưa hỏi được", En: "%d with a number of a wrong form, about which the registry cannot be asked"},
		fault.Text{Vi: "trường ghi lại số đúng như thẻ", En: "the school writes the number again as on the card"}},
	NameAlike: {fault.Text{Vi: "%d em có họ tên chỉ khác cách viết i và y", En: "%d with a name that differs only in i and y"},
		fault.Text{Vi: "trường sửa theo giấy khai sinh, hoặc Sở xem bản chụp và kết luận", En: "the school corrects it from the birth certificate, or the province looks at a copy and settles it"}},
	OtherUnsettled: {fault.Text{Vi: "%d em vì lý do khác", En: "%d for another reason"},
		fault.Text{Vi: "xem từng em bằng lệnh rasoat reviews", En: "look at each with rasoat reviews"}},
}

// unsettledHindrance says how many identities need a person, and for which reasons.
func (s School) unsettledHindrance() Hindrance {
	total := s.Counts.By[NeedsPerson]
	by, known := s.Unsettled, int64(0)
	for _, n := range by {
		known += n
	}
	by[OtherUnsettled] += total - known
	var textVi, textEn, remedyVi, remedyEn []string
	for reason, n := range by {
		if n <= 0 {
			continue
		}
		say := unsettledTexts[reason]
		textVi, textEn = append(textVi, fmt.Sprintf(say.text.Vi, n)), append(textEn, fmt.Sprintf(say.text.En, n))
		remedyVi, remedyEn = append(remedyVi, say.remedy.Vi), append(remedyEn, say.remedy.En)
	}
	return Hindrance{Rule: "APPROVE_NEEDS_PERSON",
		Text: fault.Text{
			Vi: fmt.Sprintf("%d học sinh cần người xử lý danh tính: %s.", total, strings.Join(textVi, "; ")),
			En: fmt.Sprintf("%s an identity that needs a person: %s.", fault.Number(total, "pupil has", "pupils have"), strings.Join(textEn, "; ")),
		},
		Remedy: fault.Text{Vi: sentence(strings.Join(remedyVi, "; ")), En: sentence(strings.Join(remedyEn, "; "))},
	}
}

// sentence begins a text with a capital and ends it with a full stop.
func sentence(s string) string {
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:]) + "."
}
