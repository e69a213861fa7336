package validation

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rasoat/rasoat/services/drive"
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
func (r Rule) Advice(c *drive.Catalogue, field string) fault.Text {
	return Finding{Field: field, catalogue: c}.fill(r.Remedy)
}

// InGeneral returns the sentences of the rule with words where a finding puts its place and values.
func (r Rule) InGeneral() (message, remedy fault.Text) {
	vi := strings.NewReplacer("{field}", "(ô)", "{reported}", "(giá trị đã gửi)", "{expected}", "(giá trị đúng)")
	en := strings.NewReplacer("{field}", "(field)", "{reported}", "(value sent)", "{expected}", "(right value)")
	general := func(t fault.Text) fault.Text { return text(vi.Replace(t.Vi), en.Replace(t.En)) }
	return general(r.Text), general(r.Remedy)
}

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
	field, reported, expected := FieldText(f.catalogue, f.Field), valueText(f.catalogue, f.Reported), valueText(f.catalogue, f.Expected)
	vi := strings.NewReplacer("{field}", field.Vi, "{reported}", reported.Vi, "{expected}", expected.Vi)
	en := strings.NewReplacer("{field}", field.En, "{reported}", reported.En, "{expected}", expected.En)
	return text(capital(vi.Replace(t.Vi)), capital(en.Replace(t.En)))
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
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

// valueText tells a value in words; a subject has its name of the catalogue. A rating may be followed by its reason
// after ": ".
func valueText(c *drive.Catalogue, value string) fault.Text {
	if t, ok := values[value]; ok {
		return t
	}
	if name := subjectName(c, value); name != value {
		return text(name, name)
	}
	if value == "a number in floating point" {
		return text("một số thực", value)
	}
	if level, why, ok := strings.Cut(value, ": "); ok {
		l, w := valueText(c, level), reasonText(c, why)
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
