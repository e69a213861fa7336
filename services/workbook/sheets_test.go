package workbook

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/xuri/excelize/v2"
)

func hide(tb testing.TB, name string) func(*excelize.File) {
	return func(f *excelize.File) {
		if i, err := f.GetSheetIndex(name); err != nil {
			tb.Fatal(err)
		} else { // of two sheets: the active one cannot be hidden
			f.SetActiveSheet(1 - i)
		}
		if err := f.SetSheetVisible(name, false); err != nil {
			tb.Fatal(err)
		}
	}
}

func TestHiddenSheets(t *testing.T) {
	pupils := profileSheet(nil)
	old := profileSheet(map[string]any{"Mã định danh Bộ GD&ĐT": "9"})
	tests := []struct {
		name     string
		sheets   map[string][][]any
		hidden   string
		profiles int
		warned   bool
	}{
		{"of last year", map[string][][]any{"DANH MUC": pupils, "Cũ": old}, "Cũ", 1, true},
		{"of a catalogue", map[string][][]any{"DANH MUC": pupils, "TINH": {{"Tỉnh", "Mã tỉnh"}, {"Tỉnh Hòa Bình", "17"}}}, "TINH", 1, false},
		{"the only one of pupils", map[string][][]any{"Ghi chú": {{"Xin chào"}}, "DANH MUC": pupils}, "DANH MUC", 1, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := mustRead(t, mustBook(t, tt.sheets, hide(t, tt.hidden)), drive.Default(), Options{})
			if n := len(profilesOf(got)); n != tt.profiles {
				t.Errorf("got %d profiles, want %d", n, tt.profiles)
			}
			if !tt.warned {
				if len(got.Problems) > 0 {
					t.Errorf("got %+v", got.Problems)
				}
				return
			}
			if len(got.Problems) != 1 {
				t.Fatalf("got %+v, want one warning", got.Problems)
			}
			p := got.Problems[0]
			if p.Rule != RuleHidden || p.Refused || p.Path != tt.hidden || !strings.Contains(p.Text.Vi, tt.hidden) || !strings.Contains(p.Text.En, tt.hidden) || p.Remedy.Vi == "" || p.Remedy.En == "" {
				t.Errorf("got %+v", p)
			}
		})
	}
	// The warning does not stand in for pupils: a visible sheet without any is still an empty workbook.
	data := mustBook(t, map[string][][]any{"DANH MUC": pupils[:1], "Cũ": old}, hide(t, "Cũ"))
	_, err := Read(bytes.NewReader(data), int64(len(data)), drive.Default(), Options{})
	var e *fault.Error
	if !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Rule != RuleEmpty {
		t.Errorf("got %v, want %s", err, RuleEmpty)
	}
}

// Excel turns "8.5" into the eighth of May.
func TestMarkThatBecameADate(t *testing.T) {
	for _, tt := range []struct {
		value any
		rule  string
	}{
		{45054, RuleMarkDate}, {31000, RuleMarkDate}, {74000, RuleMarkDate}, {"08/05/2023", RuleMarkDate}, {"2023-05-08T00:00:00", RuleMarkDate},
		{30999, RuleMark}, {74001, RuleMark}, {"8.5.3", RuleMark}, {85, RuleMarkRange},
	} {
		for col, cell := range map[int]string{2: "C3", 3: "D3"} {
			bad := []any{"12A1", "1", 5, 6}
			bad[col] = tt.value
			got := mustRead(t, mustBook(t, map[string][][]any{"12A1 L10": {
				{"Mã lớp", "Mã học sinh", "Toán", "TB"}, {"", "", "HK1", "HK1"}, bad, {"12A1", "2", 5, 6},
			}}), drive.Default(), Options{})
			if len(got.Problems) != 1 || got.Problems[0].Rule != tt.rule || got.Problems[0].Path != "12A1 L10!"+cell {
				t.Errorf("%v: got %+v, want %s at %s", tt.value, got.Problems, tt.rule, cell)
			}
			if want := 1 + map[bool]int{true: 1}[tt.rule == RuleMarkRange]; len(resultsOf(got)) != want {
				t.Errorf("%v: got %d results, want %d", tt.value, len(resultsOf(got)), want)
			}
		}
	}
}

func TestTooManyMergedCells(t *testing.T) {
	data := mustReplace(t, mustBook(t, map[string][][]any{"DANH MUC": profileSheet(nil)}), "xl/worksheets/sheet1.xml", func(s string) string {
		return strings.Replace(s, "</sheetData>", "</sheetData><mergeCells>"+strings.Repeat(`<mergeCell ref="B2:B3"/>`, maxMerges+1)+"</mergeCells>", 1)
	})
	_, err := New(bytes.NewReader(data), int64(len(data)), drive.Default(), Options{})
	var e *fault.Error
	if !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Rule != RuleTooLarge {
		t.Errorf("got %v, want %s", err, RuleTooLarge)
	}
}

// A class that stands once beside its pupils, in a merged cell, is the class of each; a merged code or name is of
// its own row alone.
func TestMergedClass(t *testing.T) {
	merge := func(refs ...string) func(*excelize.File) {
		return func(f *excelize.File) {
			for _, ref := range refs {
				from, to, _ := strings.Cut(ref, ":")
				if err := f.MergeCell("12 L10", from, to); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	data := mustBook(t, map[string][][]any{"12 L10": {
		{"Mã học sinh", "Họ và tên", "Toán", "Lớp", "Năm học"}, {"", "", "HK1"},
		{"1", "A", 5, "12A1", "2020-2021"}, {"2", "", 6}, {}, {"3", "C", 7, "12A2"}, {"4", "D", 8}, {"", "D", 8}, {"5", "E", 9},
	}, "Khác": {{"x"}}}, merge("D1:D2", "D3:D5", "E3:E4", "B3:B4", "D6:D8", "A7:A8"))
	b, err := New(bytes.NewReader(data), int64(len(data)), drive.Default(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second walk is as the first
		var classes, years, rules []string
		for row, err := range b.Rows() {
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range row.Records {
				classes = append(classes, r.Results.Class)
				years = append(years, r.Results.SchoolYear)
			}
			for _, p := range row.Problems {
				rules = append(rules, p.Rule)
			}
		}
		if got, want := strings.Join(classes, "|"), "12A1|12A1|12A2|12A2|"; got != want {
			t.Errorf("got the classes %s, want %s", got, want)
		}
		if len(years) < 2 || years[1] != "2020-2021" {
			t.Errorf("got the school years %v", years)
		}
		if len(rules) > 0 {
			t.Errorf("got %v", rules)
		}
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}
