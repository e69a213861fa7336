package linkage

import (
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/student"
)

func TestNumberCells(t *testing.T) {
	tests := []struct {
		cell, want string
		ok         bool
	}{
		{"", "", true}, {"  ", "", true}, {"001305000123", "001305000123", true}, {" 001 305 000 123\u00a0", "001305000123", true},
		{"'001305000123", "001305000123", true}, {"1305000123", "1305000123", true}, {"1305000123.0", "1305000123", true},
		{"1.2E+11", "", false}, {"7,9205E+10", "", false}, {"B1234567", "B1234567", true}, {"không có", "", false}, {"12.5", "", false},
	}
	for _, tt := range tests {
		if got, ok := numberOf(tt.cell); got.Reveal() != tt.want || ok != tt.ok {
			t.Errorf("%q: got %q, %v; want %q, %v", tt.cell, got.Reveal(), ok, tt.want, tt.ok)
		}
	}
}

func TestDateCells(t *testing.T) {
	day := student.Date{Year: 2005, Month: 3, Day: 9}
	tests := []struct {
		cell string
		want student.Date
		ok   bool
	}{
		{"", student.Date{}, true}, {"2005-03-09", day, true}, {"09/03/2005", day, true}, {"9/3/2005", day, true}, {" 20050309 ", day, true},
		{"9-3-2005", day, true}, {"09.03.2005", day, true}, {"2005", student.Date{Year: 2005}, true}, {"2005/03/09", day, true},
		{"2005-13-09", student.Date{}, false}, {"31/02/2005", student.Date{}, false}, {"20050000", student.Date{}, false}, {"38420", student.Date{}, false},
		{"9/3", student.Date{}, false}, {"9/3/2005/1", student.Date{}, false}, {"9-3/2005", student.Date{}, false}, {"0/0/2005", student.Date{}, false},
		{"tháng ba", student.Date{}, false}, {"99999999999999999999", student.Date{}, false},
	}
	for _, tt := range tests {
		if got, ok := dateOf(tt.cell); got != tt.want || ok != tt.ok {
			t.Errorf("%q: got %s, %v; want %s, %v", tt.cell, got.Reveal(), ok, tt.want.Reveal(), tt.ok)
		}
	}
}

func TestGenderCells(t *testing.T) {
	for cell, want := range map[string]student.Gender{"": "", "male": student.Male, "NAM": student.Male, "1": student.Male, " m ": student.Male,
		"Nữ": student.Female, "nu": student.Female, "0": student.Female, "F": student.Female, "female": student.Female, "nư\u0303": student.Female} {
		if got, ok := genderOf(cell); got != want || !ok {
			t.Errorf("%q: got %q, %v", cell, got, ok)
		}
	}
	if got, ok := genderOf("khác"); got != "" || ok {
		t.Errorf("another word: got %q, %v", got, ok)
	}
}

func TestPlaceCells(t *testing.T) {
	tests := []struct {
		cell string
		want matching.Place
		ok   bool
	}{
		{"", matching.Place{}, true}, {"79/760/26734", matching.Place{"79", "760", "26734"}, true}, {"79", matching.Place{"79"}, true}, {"79/760", matching.Place{"79", "760"}, true},
		{"79/760/26734/1", matching.Place{}, false}, {"/760", matching.Place{}, false}, {",,", matching.Place{}, false},
		{"xã Tân Tiến, huyện An Dương, tỉnh X", matching.Place{"name:x", "an duong", "tan tien"}, true},
		{"Phường 1, Q. Y, TP. HỒ CHÍ MINH", matching.Place{"name:ho chi minh", "q. y", "phuong 1"}, true},
		{"Số 5, ngõ 2, xã A, huyện B, tỉnh C", matching.Place{"name:c", "b", "a"}, true},
	}
	for _, tt := range tests {
		if got, ok := placeOf(tt.cell); got != tt.want || ok != tt.ok {
			t.Errorf("%q: got %v, %v; want %v, %v", tt.cell, got, ok, tt.want, tt.ok)
		}
	}
	d := newDecoder(Input{Catalogue: drive.Default().Catalogue})
	for range 2 { // the second time it is remembered
		for cell, want := range map[string]matching.Place{
			"Phường Phúc Xá, Quận Ba Đình, Thành phố Hà Nội": {"01", "001", "00001"}, "phuc xa, ba đình, HÀ NỘI": {"01", "001"},
			"Ba Đình, Hà Nội": {"01", "001"}, "Xã nào đó, Nước ngoài": {"name:nuoc ngoai", "nao do"}, "01/001": {"01", "001"},
		} {
			if got, ok := d.place(cell); got != want || !ok {
				t.Errorf("%q by the catalogue: got %v, want %v", cell, got, want)
			}
		}
	}
}
