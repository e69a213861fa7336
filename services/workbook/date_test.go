package workbook

import (
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
	"github.com/xuri/excelize/v2"
)

func TestParseDate(t *testing.T) {
	day := student.Date{Year: 2005, Month: 3, Day: 4}
	tests := []struct {
		text     string
		date1904 bool
		want     student.Date
		ok       bool
	}{
		{"", false, student.Date{}, true},
		{"04/03/2005", false, day, true},
		{"4/3/2005", false, day, true},
		{"04-03-2005", false, day, true},
		{"4.3.2005", false, day, true},
		{"2005-03-04", false, day, true},
		{"2005-03-04T00:00:00", false, day, true},
		{"2005-03-04 00:00:00", false, day, true},
		{"04/03/2005 00:00", false, day, true},
		{"'04/03/2005", false, day, true},
		{"38415", false, day, true},
		{"38415.5", false, day, true},
		{"36953", true, day, true},
		{"2005", false, student.Date{Year: 2005}, true},
		{"2005.0", false, student.Date{Year: 2005}, true},
		{"29/02/2004", false, student.Date{Year: 2004, Month: 2, Day: 29}, true},
		{"1", false, student.Date{Year: 1900, Month: 1, Day: 1}, true},
		{"61", false, student.Date{Year: 1900, Month: 3, Day: 1}, true},
		{"60", false, student.Date{}, false},
		{"29/02/2005", false, student.Date{}, false},
		{"00/00/2005", false, student.Date{}, false},
		{"13/13/2005", false, student.Date{}, false},
		{"4/3/05", false, student.Date{}, false},
		{"04/03", false, student.Date{}, false},
		{"04032005", false, student.Date{}, false},
		{"-1", false, student.Date{}, false},
		{"NaN", false, student.Date{}, false},
		{"Inf", false, student.Date{}, false},
		{"1e300", false, student.Date{}, false},
		{"hôm qua", false, student.Date{}, false},
	}
	for _, tt := range tests {
		got, ok := parseDate(tt.text, tt.date1904)
		if ok != tt.ok || ok && got != tt.want {
			t.Errorf("%q: got %s, %v; want %s, %v", tt.text, got.Reveal(), ok, tt.want.Reveal(), tt.ok)
		}
	}
}

func TestDate1904(t *testing.T) {
	yes := true
	data := mustBook(t, map[string][][]any{"DANH MUC": profileSheet(map[string]any{"Ngày sinh": 36953})}, func(f *excelize.File) {
		if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
			t.Fatal(err)
		}
	})
	got := profilesOf(mustRead(t, data, drive.Default(), Options{}))
	if len(got) != 1 || got[0].BirthDate != (student.Date{Year: 2005, Month: 3, Day: 4}) {
		t.Errorf("got %d profiles", len(got))
	}
}

func TestExactInteger(t *testing.T) {
	for text, want := range map[string]string{
		"3.6205001234E10": "36205001234", "1.23456789012E11": "123456789012", "1.2345678901E+11": "123456789010",
		"1.23E+11": "", "1.23457E+11": "", "1.234567890123456E15": "", "1E11": "", "12.5E10": "", "1.5": "", "": "", "E": "", "1.23456789E99999": "",
	} {
		if got, _ := exactInteger(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"04/03/2005", "38415", "2005", "4.3.2005", "2005-03-04T00:00:00", "1e5", "", "'1/1/2000"} {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, text string, date1904 bool) {
		d, ok := parseDate(text, date1904)
		if !ok || d.IsZero() {
			return
		}
		if !d.Valid() {
			t.Fatalf("%q gives a date that is not in the calendar", text)
		}
		if again, ok := parseDate(formatDate(d), date1904); !ok || again != d {
			t.Fatalf("%q: what is written for the date is read as another", text)
		}
	})
}
