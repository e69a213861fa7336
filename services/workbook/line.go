package workbook

import (
	"slices"
	"strings"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/validation"
)

// reader turns rows into records.
type reader struct {
	book     *Book
	counting *rowCount // nil in the pass that yields
}

// line is one row while it is read.
type line struct {
	*reader
	sheet    *sheet
	number   int
	cells    []string
	problems []Problem
	refused  int // how many of the problems refuse a record
}

// row reads one row; false for a row that is not a pupil's: a footer, a total, a signature.
func (r *reader) row(s *sheet, number int, cells []string) (Row, bool) {
	l := &line{reader: r, sheet: s, number: number, cells: cells}
	if l.text(fCode) == "" && l.refused == 0 {
		if !l.named() {
			return Row{}, false
		}
		l.refuse(RuleNoCode, fCode)
		return l.done(), true
	}
	code := l.code()
	if l.refused > 0 {
		return l.done(), true
	}
	if s.kind == Results {
		return l.done(l.results(code)...), true
	}
	return l.done(l.profile(code)...), true
}

// advise gives each warning the remedy of the rule that will judge the same cell: reading, a check at home and the service
// then say one thing about it.
func (l *line) advise(records []student.Record) {
	warned := func(p Problem) bool { return !p.Refused }
	if !slices.ContainsFunc(l.problems, warned) {
		return
	}
	place := Place{sheet: l.sheet, Number: l.number}
	for _, rec := range records {
		for _, f := range validation.Check(l.book.drive, rec) {
			cell := place.Locate(rec.Part.FieldPath(f.Field))
			for i, p := range l.problems {
				if warned(p) && p.Path == cell && f.Severity != validation.Info {
					l.problems[i].Remedy = f.Remedy()
				}
			}
		}
	}
}

// named tells a pupil without a code from a footer: a name in its column and a row number or several values.
func (l *line) named() bool {
	if l.text(fName) == "" {
		return false
	}
	values := 0
	for _, text := range l.cells {
		if text != "" {
			values++
		}
	}
	return values >= 4
}

func (l *line) done(records ...student.Record) Row {
	if l.counting == nil {
		l.advise(records)
	}
	return Row{Place: Place{sheet: l.sheet, Number: l.number}, Records: records, Problems: l.problems, Pupil: true}
}

// text returns the cell of a field; "" when the sheet has no such column. A failed formula refuses.
func (l *line) text(f field) string {
	col, ok := l.sheet.simple[f]
	if !ok {
		return ""
	}
	return l.at(col)
}

func (l *line) at(col int) string {
	if col < 0 || col >= len(l.cells) {
		return ""
	}
	text := l.cells[col]
	if text != "" && text[0] == '#' && (strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") || text == "#N/A") {
		l.add(RuleFormula, col, true)
		l.cells[col] = "" // said once
		return ""
	}
	return text
}

// limited returns the cell of a field that the contract limits to so many characters.
func (l *line) limited(f field, limit int) string {
	text := l.text(f)
	if len(text) > limit && len([]rune(text)) > limit {
		l.refuse(RuleTooLong, f)
		return ""
	}
	return text
}

func (l *line) refuse(rule string, f field) { l.add(rule, l.sheet.simple[f], true) }
func (l *line) warn(rule string, f field)   { l.add(rule, l.sheet.simple[f], false) }

func (l *line) add(rule string, col int, refused bool) {
	if refused {
		l.refused++
	}
	l.problems = append(l.problems, about(rule, cellName(l.sheet.name, col, l.number), refused))
}

// code reads the pupil code: an opaque string, but one that was a number has lost digits.
func (l *line) code() student.Code {
	text := strings.TrimLeft(l.limited(fCode, 32), "'")
	if student.ShapeOf(student.IDNumber(text)).Form == student.FormNumeric {
		whole, ok := exactInteger(text)
		if !ok {
			l.refuse(RuleCode, fCode)
		}
		text = whole
	}
	return student.Code(text)
}

// widths are the digits of the codes of the levels of administrative units.
var widths = [...]int{drive.LevelProvince: 2, drive.LevelDistrict: 3, drive.LevelCommune: 5}

// unit reads an administrative unit by its name, or by its code; what nobody knows is unread, not blank.
func (l *line) unit(f field, level int, parent string) string {
	text := l.text(f)
	if text == "" {
		return ""
	}
	if allDigits(text) && len(text) <= widths[level] && f == fProvince || allDigits(text) && len(text) > 2 && len(text) <= widths[level] {
		return strings.Repeat("0", widths[level]-len(text)) + text
	}
	if level == drive.LevelProvince || parent != "" {
		if u, ok := l.book.drive.Catalogue.UnitByName(level, parent, text); ok {
			return u.Code
		}
	}
	l.warn(RuleUnit, f)
	return student.Unread
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// exactInteger returns the digits of a whole number that a workbook keeps in floating point, as
// "3.6205001234E10": all of its digits are there. Of "1.23E+11", which is what a narrow column shows, they
// are not.
func exactInteger(s string) (string, bool) {
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(strings.Replace(s, ",", ".", 1)), "E")
	exponent = strings.TrimPrefix(exponent, "+")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if !ok || len(whole) != 1 || !allDigits(whole) || !allDigits(fraction) || !allDigits(exponent) || len(exponent) > 2 {
		return "", false
	}
	power := 0
	for i := range len(exponent) {
		power = 10*power + int(exponent[i]-'0')
	}
	// A double holds 15 digits for certain; a column shows at most 6 of a number that is too wide for it.
	if len(fraction) > power || power > 14 || len(fraction) < 8 {
		return "", false
	}
	return whole + fraction + strings.Repeat("0", power-len(fraction)), true
}
