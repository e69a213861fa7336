package validation

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Message says in both languages what is wrong.
func (f Finding) Message() fault.Text {
	if r := f.of(); r != nil {
		return f.fill(r.Text)
	}
	return text(f.Rule, f.Rule)
}

// Remedy says in both languages what to do next.
func (f Finding) Remedy() fault.Text {
	if r := f.of(); r != nil {
		return f.fill(r.Remedy)
	}
	return fault.Text{}
}

// Advice says what to do by the rule about a field before anything stands in it, for whoever explains a column.
func (r Rule) Advice(field string) fault.Text { return Finding{Field: field}.fill(r.Remedy) }

// of returns the finding's rule.
func (f Finding) of() *Rule {
	if f.rule != nil {
		return f.rule
	}
	return ruleOf[f.Rule]
}

// fill puts the finding's place and values into a template.
func (f Finding) fill(t fault.Text) fault.Text {
	if strings.IndexByte(t.Vi, '{') < 0 && strings.IndexByte(t.En, '{') < 0 {
		return t
	}
	field, reported, expected := fieldWords(f.Field), valueWords(f.Reported), valueWords(f.Expected)
	vi := strings.NewReplacer("{field}", field.Vi, "{reported}", reported.Vi, "{expected}", expected.Vi)
	en := strings.NewReplacer("{field}", field.En, "{reported}", reported.En, "{expected}", expected.En)
	return text(capital(vi.Replace(t.Vi)), capital(en.Replace(t.En)))
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

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

// fieldWords tells a field in words: "subjects[TOAN].year" is "môn TOAN, cả năm".
func fieldWords(field string) fault.Text {
	if t, ok := fields[field]; ok {
		return t
	}
	if rest, ok := strings.CutPrefix(field, "subjects["); ok {
		code, term, _ := strings.Cut(rest, "]")
		words := text("môn "+code, code)
		if t, ok := terms[strings.TrimPrefix(term, ".")]; ok {
			words = text(words.Vi+", "+t.Vi, words.En+", "+t.En)
		}
		return words
	}
	term, part, _ := strings.Cut(field, ".")
	t, known := terms[term]
	s, summary := summaries[part]
	if known && summary {
		return text(s.Vi+" "+t.Vi, s.En+" of "+t.En)
	}
	return text(field, field)
}

// values are the words for what a finding reports and expects.
var values = map[string]fault.Text{
	"":             text("trống", "nothing"),
	"excellent":    text("Giỏi", "excellent (Giỏi)"),
	"good":         text("Khá", "good (Khá)"),
	"average":      text("Trung bình", "average (Trung bình)"),
	"weak":         text("Yếu", "weak (Yếu)"),
	"poor":         text("Kém", "poor (Kém)"),
	"very_good":    text("Tốt", "very good (Tốt)"),
	"thpt2006":     text("2006", "of 2006"),
	"thpt2018":     text("2018", "of 2018"),
	"gdtx":         text("giáo dục thường xuyên", "of continuing education"),
	"passed":       text("Đ", "passed (Đ)"),
	"not_passed":   text("CĐ", "not passed (CĐ)"),
	"exempt":       text("miễn", "exempt"),
	"male":         text("nam", "male"),
	"female":       text("nữ", "female"),
	"score":        text("điểm", "a mark"),
	"comment":      text("nhận xét", "a comment"),
	"personal_id":  text("số định danh cá nhân", "personal number"),
	"cmnd":         text("chứng minh nhân dân", "9-digit identity card"),
	"passport":     text("hộ chiếu", "passport"),
	"digit":        text("chữ số", "a digit"),
	"symbol":       text("ký hiệu", "a symbol"),
	"other script": text("chữ của bảng chữ khác", "letters of another script"),
	"none":         text("chưa có số", "no number yet"),
	"above":        text("trên", "above"),
	"below":        text("dưới", "below"),
}

// programmes are the values that a school year may follow.
var programmes = map[string]bool{"thpt2006": true, "thpt2018": true, "gdtx": true}

// shapes are the words that follow a count; the longer of two endings first.
var shapes = []struct{ en, vi string }{
	{" characters, not all letters and digits", " ký tự, không chỉ có chữ cái và chữ số"},
	{" letters and digits", " chữ cái và chữ số"},
	{" characters", " ký tự"},
	{" digits", " chữ số"},
}

// valueWords tells a value in words. A rating may be followed by its reason after ": ".
func valueWords(value string) fault.Text {
	if t, ok := values[value]; ok {
		return t
	}
	if value == "a number in floating point" {
		return text("một số thực", value)
	}
	if level, why, ok := strings.Cut(value, ": "); ok {
		l, w := valueWords(level), reasonWords(why)
		return text(l.Vi+" ("+w.Vi+")", l.En+", "+w.En)
	}
	for _, shape := range shapes {
		if count, ok := strings.CutSuffix(value, shape.en); ok {
			return text(count+shape.vi, value)
		}
	}
	if programme, year, ok := strings.Cut(value, " "); ok && programmes[programme] {
		p := values[programme]
		return text(p.Vi+", "+year, p.En+", "+year)
	}
	if isMark(value) {
		return text(strings.Replace(value, ".", ",", 1), value)
	}
	return text(value, value)
}

// isMark reports what Mark.String writes: one point, one digit after it.
func isMark(s string) bool {
	whole, decimal, ok := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	digits := func(t string) bool {
		return t != "" && strings.Trim(t, "0123456789") == ""
	}
	return ok && len(decimal) == 1 && digits(whole) && digits(decimal)
}
