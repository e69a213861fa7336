package validation

import (
	"strings"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// fields are the names that people give to the fields of the contract.
var fields = map[string]fault.Text{
	"full_name":                text("họ và tên", "full name"),
	"date_of_birth":            text("ngày sinh", "birth date"),
	"gender":                   text("giới tính", "gender"),
	"ethnicity":                text("dân tộc", "ethnic group"),
	"nationality":              text("quốc tịch", "nationality"),
	"class":                    text("lớp", "class"),
	"code":                     text("mã định danh Bộ GD&ĐT", "pupil code"),
	"identity":                 text("số định danh, số CMND hoặc số hộ chiếu", "ID number, identity card number or passport number"),
	"identity.number":          text("số của giấy tờ tùy thân", "number of the identity document"),
	"identity.kind":            text("loại giấy tờ tùy thân", "kind of identity document"),
	"identity.reason":          text("lý do chưa có số định danh", "reason why there is no ID number"),
	"residence":                text("tỉnh, huyện, xã", "province, district and commune"),
	"residence.province":       text("tỉnh", "province"),
	"residence.district":       text("huyện", "district"),
	"residence.commune":        text("xã", "commune"),
	"residence.catalogue_date": text("danh mục", "catalogue"),
	"programme":                text("chương trình học", "programme"),
	"subjects":                 text("các môn", "subjects"),
	"school_studied":           text("trường nơi học", "school"),
	"foreign_language":         text("ngoại ngữ", "foreign language"),
	"school_year":              text("năm học", "school year"),
	"specialised_subject":      text("môn chuyên", "specialised subject"),
	"summer_training":          text("rèn luyện hè", "summer training"),
	"not_applicable":           text("lý do không có kết quả", "reason for no results"),
	"state":                    text("trạng thái", "state"),
	"since":                    text("ngày đổi trạng thái", "date of the state"),
	"reason":                   text("lý do", "reason"),
	"province":                 text("tỉnh", "province"),
	"school":                   text("trường", "school"),
}

// terms are the parts of a line and of the summaries.
var terms = map[string]fault.Text{
	"semester1":          text("học kỳ 1", "semester 1"),
	"semester2":          text("học kỳ 2", "semester 2"),
	"year":               text("cả năm", "year"),
	"year_before_retake": text("cả năm trước khi thi lại", "year before the retake"),
}

var summaries = map[string]fault.Text{
	"average_tenths": text("điểm trung bình", "average"),
	"rating":         text("học lực", "academic rating"),
	"conduct":        text("hạnh kiểm", "conduct rating"),
	"conduct_absent": text("lý do không xếp hạnh kiểm", "reason for no conduct rating"),
}

// FieldText tells a field of the contract in words, and is the one place that does: "subjects[TOAN].year" and
// "results.subjects[TOAN].year" are "môn Toán, cả năm". Subjects have the names of the catalogue; a code that it does not
// have stays, and all do without a catalogue. "" is the zero text.
func FieldText(c *drive.Catalogue, field string) fault.Text {
	for _, kind := range []string{"enrolment.", "profile.", "results."} {
		field = strings.TrimPrefix(field, kind)
	}
	if t, ok := fields[field]; ok {
		return t
	}
	if rest, ok := strings.CutPrefix(field, "subjects["); ok {
		code, term, _ := strings.Cut(rest, "]")
		name := subjectName(c, code)
		words := text("môn "+name, name)
		if t, ok := namedTerm(strings.TrimPrefix(term, ".")); ok {
			words = text(words.Vi+", "+t.Vi, words.En+", "+t.En)
		}
		return words
	}
	term, part, _ := strings.Cut(field, ".")
	t, known := terms[term]
	s, summary := summaries[part]
	switch {
	case known && summary:
		return text(s.Vi+" "+t.Vi, s.En+" of "+t.En)
	case known:
		return t
	}
	if parent, _, ok := cutLast(field); ok {
		return FieldText(c, parent) // a part of a date, of a score
	}
	return text(field, field)
}

// namedTerm is the term of a score, whose own parts have no words.
func namedTerm(path string) (fault.Text, bool) {
	term, _, _ := strings.Cut(path, ".")
	t, ok := terms[term]
	return t, ok
}

func cutLast(path string) (before, after string, found bool) {
	i := strings.LastIndexByte(path, '.')
	if i < 0 {
		return path, "", false
	}
	return path[:i], path[i+1:], true
}

// subjectName is the name of a subject in the catalogue, or its code.
func subjectName(c *drive.Catalogue, code string) string {
	if c != nil {
		if s, ok := c.Subject(code); ok && s.Name != "" {
			return s.Name
		}
	}
	return code
}
