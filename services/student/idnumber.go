package student

import (
	"strconv"
	"strings"
)

// provincePrefixes are the 63 values of digits 2–3 of a personal identification number whose birth was
// registered in Vietnam; digit 1 is 0 (Circular 07/2016/TT-BCA and Circular 59/2021/TT-BCA, annex). They
// are the codes of the General Statistics Office before the mergers of 2025.
const provincePrefixes = "01 02 04 06 08 10 11 12 14 15 17 19 20 22 24 25 26 27 30 31 33 34 35 36 37 38 40 42 44 45 46 48 " +
	"49 51 52 54 56 58 60 62 64 66 67 68 70 72 74 75 77 79 80 82 83 84 86 87 89 91 92 93 94 95 96"

var isProvince = func() (known [100]bool) {
	for code := range strings.FieldsSeq(provincePrefixes) {
		n, _ := strconv.Atoi(code)
		known[n] = true
	}
	return known
}()

// IDForm is what an identity number looks like, whatever kind of document it is said to be of.
type IDForm string

// The forms.
const (
	FormEmpty       IDForm = "empty"
	FormPersonal    IDForm = "personal"     // 12 digits
	FormCMND        IDForm = "cmnd"         // 9 digits
	FormLeadingZero IDForm = "leading_zero" // 11 digits; with a 0 before them, a well-formed personal ID
	FormNumeric     IDForm = "numeric"      // 1.23E+11, or digits with .0 behind: a workbook made it a number
	FormDigits      IDForm = "digits"       // digits of another length
	FormPassport    IDForm = "passport"     // 6–12 capital letters and digits, with a letter
	FormOther       IDForm = "other"
)

// IDShape is the form of an identity number and its length in characters: it may be shown where the number
// itself may not.
type IDShape struct {
	Form   IDForm
	Length int
}

// String returns the shape in words, "11 digits", never a part of the number.
func (s IDShape) String() string {
	switch s.Form {
	case FormEmpty:
		return "empty"
	case FormNumeric:
		return "a number in floating point"
	case FormPersonal, FormCMND, FormLeadingZero, FormDigits:
		return strconv.Itoa(s.Length) + " digits"
	case FormPassport:
		return strconv.Itoa(s.Length) + " letters and digits"
	}
	return strconv.Itoa(s.Length) + " characters, not all letters and digits"
}

// Normal returns the number under which two writings of it are equal: cleaned, letters as capitals.
func (n IDNumber) Normal() IDNumber { return IDNumber(strings.ToUpper(Clean(string(n)))) }

// ShapeOf returns the shape of a number as it was written; only blanks at its ends are passed over.
func ShapeOf(n IDNumber) IDShape {
	s := Clean(string(n))
	shape := IDShape{Form: FormOther, Length: len([]rune(s))}
	switch {
	case s == "":
		shape.Form = FormEmpty
	case allDigits(s):
		shape.Form = digitForm(s)
	case isFloat(s):
		shape.Form = FormNumeric
	case IsPassport(n):
		shape.Form = FormPassport
	}
	return shape
}

func digitForm(s string) IDForm {
	switch len(s) {
	case 12:
		return FormPersonal
	case 9:
		return FormCMND
	case 11:
		if facts, ok := Facts(IDNumber("0" + s)); ok && facts.Province != "" && facts.YearOfBirth < 2100 {
			return FormLeadingZero
		}
	}
	return FormDigits
}

// isFloat reports digits and one separator with an exponent or only zeros behind it: "1.23E+11",
// "1,23E+11", "79205012345.0".
func isFloat(s string) bool {
	mantissa, exponent, scientific := strings.Cut(strings.ToUpper(s), "E")
	if scientific && !allDigits(strings.TrimLeft(exponent, "+-")) {
		return false
	}
	i := strings.IndexAny(mantissa, ".,")
	if i < 0 {
		return scientific && allDigits(mantissa) && strings.ContainsAny(exponent, "+-") // "12E345678" may be a passport
	}
	whole, fraction := mantissa[:i], mantissa[i+1:]
	if !allDigits(whole) || !allDigits(fraction) {
		return false
	}
	return scientific || strings.Trim(fraction, "0") == ""
}

// IsPassport reports whether the number can be one of a passport: 6–12 letters and digits.
func IsPassport(n IDNumber) bool {
	s := string(n.Normal())
	if len(s) < 6 || len(s) > 12 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// IDFacts is what the first six digits of a personal identification number say (Decree 137/2015/NĐ-CP, art.
// 13).
type IDFacts struct {
	Province    string // GSO code, two digits, of where the birth was registered; "" if abroad or no such code
	Foreign     bool   // digits 1–3 are a country's code, 100 and above
	Gender      Gender
	YearOfBirth int // 1900–2399
}

// Facts reads a personal identification number of 12 digits; false for anything else.
func Facts(n IDNumber) (IDFacts, bool) {
	s := Clean(string(n))
	if len(s) != 12 || !allDigits(s) {
		return IDFacts{}, false
	}
	facts := IDFacts{Foreign: s[0] != '0', Gender: Male}
	if place := 10*int(s[1]-'0') + int(s[2]-'0'); !facts.Foreign && isProvince[place] {
		facts.Province = s[1:3]
	}
	century := int(s[3] - '0')
	if century%2 == 1 {
		facts.Gender = Female
	}
	facts.YearOfBirth = 1900 + 100*(century/2) + 10*int(s[4]-'0') + int(s[5]-'0')
	return facts, true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
