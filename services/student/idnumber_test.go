package student

import (
	"strings"
	"testing"
)

func TestShapeOf(t *testing.T) {
	for _, tc := range []struct {
		in     IDNumber
		form   IDForm
		length int
		text   string
	}{
		{"", FormEmpty, 0, "empty"},
		{" \u00a0", FormEmpty, 0, "empty"},
		{"001205000123", FormPersonal, 12, "12 digits"},
		{" 001205000123 ", FormPersonal, 12, "12 digits"},
		{"151234567", FormCMND, 9, "9 digits"},
		{"01205000123", FormLeadingZero, 11, "11 digits"},
		{"79305000123", FormLeadingZero, 11, "11 digits"},
		{"03205000123", FormDigits, 11, "11 digits"}, // 003 is no province
		{"01405000123", FormDigits, 11, "11 digits"}, // nobody is born after 2100
		{"1205000123", FormDigits, 10, "10 digits"},
		{"0012050001234", FormDigits, 13, "13 digits"},
		{"1.23E+11", FormNumeric, 8, "a number in floating point"},
		{"1,23E+11", FormNumeric, 8, "a number in floating point"},
		{"2e+11", FormNumeric, 5, "a number in floating point"},
		{"79205012345.0", FormNumeric, 13, "a number in floating point"},
		{"B1234567", FormPassport, 8, "8 letters and digits"},
		{"b1234567", FormPassport, 8, "8 letters and digits"},
		{"12E345678", FormPassport, 9, "9 letters and digits"},
		{"001 205 000 123", FormOther, 15, "15 characters, not all letters and digits"},
		{"chưa có", FormOther, 7, "7 characters, not all letters and digits"},
		{"٠٠١٢٠٥٠٠٠١٢٣", FormOther, 12, "12 characters, not all letters and digits"},
	} {
		got := ShapeOf(tc.in)
		if got != (IDShape{tc.form, tc.length}) || got.String() != tc.text {
			t.Errorf("ShapeOf(%q) = %v %d %q, want %v %d %q", tc.in.Reveal(), got.Form, got.Length, got, tc.form, tc.length, tc.text)
		}
	}
}

// Decree 137/2015/NĐ-CP, art. 13.
func TestFacts(t *testing.T) {
	for in, want := range map[IDNumber]IDFacts{
		"001205000123": {Province: "01", Gender: Male, YearOfBirth: 2005},
		"079305000123": {Province: "79", Gender: Female, YearOfBirth: 2005},
		"096099000123": {Province: "96", Gender: Male, YearOfBirth: 1999},
		"038163000123": {Province: "38", Gender: Female, YearOfBirth: 1963},
		"003205000123": {Gender: Male, YearOfBirth: 2005},
		"000000000000": {Gender: Male, YearOfBirth: 1900},
		"123305000123": {Foreign: true, Gender: Female, YearOfBirth: 2005},
		"001999000123": {Province: "01", Gender: Female, YearOfBirth: 2399},
	} {
		got, ok := Facts(in)
		if !ok || got != want {
			t.Errorf("Facts(%q) = %+v, %v; want %+v", in.Reveal(), got, ok, want)
		}
	}
	for _, in := range []IDNumber{"", "151234567", "01205000123", "00120500012a", "0012050001234"} {
		if got, ok := Facts(in); ok {
			t.Errorf("Facts(%q) = %+v, want nothing", in.Reveal(), got)
		}
	}
}

func TestProvincePrefixes(t *testing.T) {
	if got := len(strings.Fields(provincePrefixes)); got != 63 {
		t.Errorf("%d provinces, want 63", got)
	}
}

func TestNormal(t *testing.T) {
	if got := IDNumber(" b1234567\u00a0").Normal().Reveal(); got != "B1234567" {
		t.Errorf("got %q", got)
	}
}

func FuzzIDNumber(f *testing.F) {
	for _, s := range []string{"", "001205000123", "1.23E+11", "79205012345.0", "B1234567", "E", ".", "1E", "151234567", "01205000123"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := IDNumber(s)
		shape := ShapeOf(n)
		facts, ok := Facts(n)
		if ok != (shape.Form == FormPersonal) {
			t.Errorf("%q: form %v, facts %v", s, shape.Form, ok)
		}
		if ok && (facts.YearOfBirth < 1900 || facts.YearOfBirth > 2399 || facts.Foreign && facts.Province != "") {
			t.Errorf("%q: %+v", s, facts)
		}
		if again := n.Normal().Normal(); again != n.Normal() {
			t.Errorf("%q: normal %q, again %q", s, n.Normal().Reveal(), again.Reveal())
		}
		if allDigits(s) && len(s) > 2 && strings.Contains(shape.String(), s) {
			t.Errorf("the shape of %q tells the number: %q", s, shape)
		}
	})
}
