package matching

import (
	"testing"

	"github.com/rasoat/rasoat/services/student"
)

func TestCompareNumbers(t *testing.T) {
	tests := []struct {
		a, b student.IDNumber
		want NumberLevel
	}{
		{"001305000123", "001305000123", NumberEqual},
		{"1305000123", "001305000123", NumberLeadingZero},
		{"001305000128", "001305000123", NumberOneDigit},
		{"001305000132", "001305000123", NumberTransposed},
		{"079305000123", "001305000123", NumberSameTail},
		{"001305987654", "001305000123", NumberSameHead},
		{"079205111111", "001305000123", NumberDifferent},
		{"", "001305000123", NumberMissing},
		{"012345678", "001305000123", NumberMissing},
	}
	for _, tt := range tests {
		if got := CompareNumbers(tt.a, tt.b); got != tt.want {
			t.Errorf("%d and %d digits: got %s, want %s", len(tt.a), len(tt.b), got, tt.want)
		}
	}
}

func TestCompareNames(t *testing.T) {
	tests := []struct {
		a, b student.Name
		want NameLevel
	}{
		{"Nguyễn Văn An", "NGUYỄN VĂN AN", 3},
		{"Lý Thị Mỹ", "Lí Thị Mĩ", NameSoftIY},
		{"Nguyen Van An", "Nguyễn Văn Ân", NameNoDiacritics},
		{"Trần Xuân Sơn", "Trần Suân Xơn", NameSound},
		{"Lê Giang Nam", "Lê Rang Lam", NameSound},
		{"Lê Gì", "Lê Dì", NameSound},
		{"Nguyễn An", "Nguyễn Thị An", NameWordMissing},
		{"Nguyễn Thị An", "Nguyễn An", NameWordAdded},
		{"Nguyễn Văn Thanhh", "Nguyễn Văn Thanh", NameNear},
		{"Phạm Hà", "Phạm Hòa", NameNear},
		{"Nguyễn Văn An", "Nguyễn Minh An", NamePartly},
		{"An Văn Nguyễn", "Nguyễn Văn An", NamePartly},
		{"Moong Văn Nam", "Cụt Thị Hoa", NameDifferent},
		{"H' Hen Niê", "H’ Hen Niê", 2},
		{"Dơ", "Dơ", NameRaw},
		{"", "Dơ", NameMissing},
	}
	for _, tt := range tests {
		if got := CompareNames(tt.a, tt.b); got != tt.want {
			t.Errorf("%q and %q: got %s, want %s", tt.a.Reveal(), tt.b.Reveal(), got, tt.want)
		}
	}
}

func TestCompareDates(t *testing.T) {
	d := func(y, m, d int) student.Date { return student.Date{Year: y, Month: m, Day: d} }
	tests := []struct {
		a, b student.Date
		want DateLevel
	}{
		{d(2005, 3, 5), d(2005, 3, 5), DateEqual},
		{d(2005, 3, 5), d(2005, 0, 0), DateYearOnly},
		{d(2004, 3, 5), d(2005, 0, 0), DateDifferent},
		{d(2005, 3, 5), d(2005, 5, 3), DateSwapped},
		{d(2005, 1, 31), d(2005, 2, 1), DateDayOff},
		{d(2004, 12, 31), d(2005, 1, 1), DateDayOff},
		{d(2004, 3, 5), d(2005, 3, 5), DateYearOff},
		{d(2005, 1, 1), d(2005, 8, 17), DateJanuaryFirst},
		{d(2005, 8, 17), d(2005, 8, 19), DateOneDigit},
		{d(2005, 8, 17), d(2005, 8, 7), DateOneDigit},
		{d(1995, 8, 17), d(2005, 8, 17), DateDifferent},
		{d(2005, 8, 17), d(2005, 3, 2), DateSameYear},
		{d(2005, 8, 17), student.Date{}, DateMissing},
	}
	for _, tt := range tests {
		if got := CompareDates(tt.a, tt.b); got != tt.want {
			t.Errorf("%s and %s: got %s, want %s", tt.a.Reveal(), tt.b.Reveal(), got, tt.want)
		}
	}
}

func TestComparePlaces(t *testing.T) {
	tests := []struct {
		a, b Place
		want PlaceLevel
	}{
		{Place{"79", "760", "26734"}, Place{"79", "760", "26734"}, PlaceSame},
		{Place{"79", "760", "26734"}, Place{"79", "760", ""}, PlaceDistrict},
		{Place{"79", "760", "26734"}, Place{"79", "761", "26740"}, PlaceProvince},
		{Place{"79", "760", "26734"}, Place{"01", "001", "00001"}, PlaceDifferent},
		{Place{"2023-04:79"}, Place{"2025-07:79"}, PlaceMissing},
		{Place{}, Place{"79"}, PlaceMissing},
		{Place{"79"}, Place{"79"}, PlaceSame},
	}
	for _, tt := range tests {
		if got := ComparePlaces(tt.a, tt.b); got != tt.want {
			t.Errorf("%v and %v: got %s, want %s", tt.a, tt.b, got, tt.want)
		}
	}
}

// TestARareNameSaysMore holds the waterfall to the frequency of names.
func TestARareNameSaysMore(t *testing.T) {
	bits := func(n student.Name) float64 {
		p := Prepare(Particulars{FullName: n})
		return DefaultWeights().Bits(&p, Levels{NumberMissing, NameRaw, DateMissing, GenderMissing, PlaceMissing})
	}
	if common, rare := bits("Nguyễn Thị Linh"), bits("Moong Thị Linh"); rare < common+4 {
		t.Errorf("a common name is worth %.1f bits, a rare one %.1f", common, rare)
	}
}

// Every level of every field is said in plain words of both languages, and none shows its stable name.
func TestLevelWords(t *testing.T) {
	levels := map[Field][]string{}
	for l := range numberLevels {
		levels[IDNumber] = append(levels[IDNumber], l.String())
	}
	for l := range nameLevels {
		levels[FullName] = append(levels[FullName], l.String())
	}
	for l := range dateLevels {
		levels[DateOfBirth] = append(levels[DateOfBirth], l.String())
	}
	for l := range genderLevels {
		levels[Gender] = append(levels[Gender], l.String())
	}
	for l := range placeLevels {
		levels[Residence] = append(levels[Residence], l.String())
	}
	for f, names := range levels {
		if f.Words().Vi == "" || f.Words().En == "" {
			t.Errorf("%s has no words", f)
		}
		for _, name := range names {
			if _, ok := levelWords[f][name]; !ok {
				t.Errorf("%s, level %s has no words", f, name)
			}
		}
	}
	if got := LevelWords(FullName, "newer"); got.Vi != "newer" {
		t.Errorf("an unknown level is %q", got)
	}
	w := DefaultWeights()
	for bits, want := range map[float64]string{w.Link: "one person", w.Link - 0.01: "a person has to look", w.Review: "a person has to look", w.Review - 0.01: "two persons"} {
		if got := w.Verdict(bits); got.En != want {
			t.Errorf("%.2f bits: got %q, want %q", bits, got.En, want)
		}
	}
}
