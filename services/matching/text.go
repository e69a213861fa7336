package matching

import (
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
)

var sentences = map[Outcome]fault.Text{
	Waiting: {
		Vi: "Đang chờ đối chiếu với CSDL quốc gia về dân cư; nhà trường không phải làm gì.",
		En: "Waiting for the population database; the school has nothing to do.",
	},
	Confirmed: {
		Vi: "Khớp với CSDL quốc gia về dân cư.",
		En: "Agrees with the population database.",
	},
	NotFound: {
		Vi: "CSDL quốc gia về dân cư không có số định danh này. Nhà trường đối chiếu từng chữ số với giấy tờ; nếu đúng, gia đình hỏi công an nơi thường trú.",
		En: "The population database has no such number. The school compares each digit with the document; if it is right, the family asks the police of the place of residence.",
	},
	NotApplicable: {
		Vi: "Học sinh dùng hộ chiếu; không đối chiếu với CSDL quốc gia về dân cư.",
		En: "The pupil has a passport; the population database is not asked.",
	},
}

var (
	noNumber = fault.Text{
		Vi: "Học sinh chưa có số định danh. Gia đình đề nghị công an nơi thường trú cấp số; nhà trường cập nhật khi có.",
		En: "The pupil has no number yet. The family asks the police of the place of residence for it; the school enters it when it is there.",
	}
	malformed = fault.Text{
		Vi: "Số định danh không đúng dạng nên chưa thể đối chiếu. Nhà trường sửa số theo giấy tờ.",
		En: "The number is malformed, so it cannot be asked about. The school mends it from the document.",
	}
	saysNo = fault.Text{
		Vi: "CSDL quốc gia về dân cư trả lời không khớp, không cho biết trường nào. Nhà trường đối chiếu số, họ tên, ngày sinh với giấy tờ.",
		En: "The population database answers no, without saying which field. The school compares number, name and birth date with the document.",
	}
)

var fieldNames = map[Field]fault.Text{
	FullName:    {Vi: "họ và tên", En: "full name"},
	DateOfBirth: {Vi: "ngày sinh", En: "date of birth"},
	Gender:      {Vi: "giới tính", En: "gender"},
}

func text(o Outcome) fault.Text { return sentences[o] }

// differs names the fields that differ and the next step.
func differs(fields []Field) fault.Text {
	vi, en := make([]string, len(fields)), make([]string, len(fields))
	for i, f := range fields {
		vi[i], en[i] = fieldNames[f].Vi, fieldNames[f].En
	}
	return fault.Text{
		Vi: "Khác với CSDL quốc gia về dân cư ở: " + strings.Join(vi, ", ") + ". Nhà trường đối chiếu với giấy khai sinh hoặc căn cước rồi sửa; nếu giấy tờ đúng như nhà trường ghi, gia đình đề nghị công an chỉnh CSDL.",
		En: "Differs from the population database in: " + strings.Join(en, ", ") + ". The school compares with the birth certificate or identity card and mends it; if the document is as the school wrote, the family asks the police to correct the database.",
	}
}
