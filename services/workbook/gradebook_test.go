package workbook

import (
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

func resultsOf(c *Contents) []student.Results {
	var out []student.Results
	for _, r := range c.Records {
		if r.Record.Results != nil {
			out = append(out, *r.Record.Results)
		}
	}
	return out
}

func marks(s student.Subject) [3]int {
	var out [3]int
	for i, t := range allTerms[:3] {
		out[i] = -1
		if m := scoreOf(&s, t).Mark; m != nil {
			out[i] = int(*m)
		}
	}
	return out
}

// A gradebook of grade 12 with the whole year gives two parts, and nothing of the second while it is empty.
func TestGradebookOfTheWholeYear(t *testing.T) {
	got := mustRead(t, mustBook(t, map[string][][]any{"12A1": {
		{"BẢNG ĐIỂM TỔNG HỢP LỚP 12 NĂM HỌC 2022 – 2023"}, {"Lớp: 12A1"},
		{"STT", "Mã học sinh", "Số định danh cá nhân", "Họ và tên", "Ngày sinh", "Toán", "", "", "Tiếng Anh", "", "", "GDTC", "", "", "Kết quả học tập", "", "Rèn luyện", ""},
		{"", "", "", "", "", "HKI", "HKII", "CN", "HKI", "HKII", "CN", "HKI", "HKII", "CN", "Học kỳ I", "Cả năm", "Học kỳ I", "Cả năm"},
		{1, "1", "", "A", "", 8.3, "", "", 8.3000000000000007, "", "", "Đ", "", "", "Giỏi", "", "T", ""},
		{2, "2", "", "B", "", "8,0", 9, 8.7, 10, 10, 10, "Miễn", "m", "Miễn", "K", "Kha", "Tốt", "Kxl"},
	}}), drive.Default(), Options{})
	r := resultsOf(got)
	if len(got.Problems) > 0 || len(r) != 3 {
		t.Fatalf("got %d results and %+v", len(r), got.Problems)
	}
	if r[0].Part != student.Results121 || r[1].Part != student.Results121 || r[2].Part != student.Results122 {
		t.Errorf("got the parts %s, %s, %s", r[0].Part, r[1].Part, r[2].Part)
	}
	for i, want := range []struct {
		toan, anh [3]int
		td        student.Score
	}{
		{[3]int{83, -1, -1}, [3]int{83, -1, -1}, student.Score{Comment: student.Passed}},
		{[3]int{80, -1, -1}, [3]int{100, -1, -1}, student.Score{Exempt: true}},
		{[3]int{-1, 90, 87}, [3]int{-1, 100, 100}, student.Score{}},
	} {
		toan, _ := r[i].Subject("TOAN")
		anh, _ := r[i].Subject("NGOAINGU")
		td, ok := r[i].Subject("THEDUC")
		if marks(toan) != want.toan || marks(anh) != want.anh || !ok || td.Semester1 != want.td {
			t.Errorf("result %d: got %v, %v, %+v", i, marks(toan), marks(anh), td)
		}
		if r[i].ForeignLanguage != "N1" || r[i].Class != "12A1" || r[i].SchoolYear != "2022-2023" || r[i].Programme != student.Upper2006 {
			t.Errorf("result %d: got %s, %s, %s, %s", i, r[i].ForeignLanguage, r[i].Class, r[i].SchoolYear, r[i].Programme)
		}
	}
	if r[1].Semester1 != (student.Term{Rating: student.Good, Conduct: student.ConductGood}) ||
		r[2].Year != (student.Term{Rating: student.Good, ConductAbsent: student.NotRated}) {
		t.Errorf("got the terms %+v and %+v", r[1].Semester1, r[2].Year)
	}
}

// The two rows of a header may stand the other way round, and a header of one row may say both.
func TestOtherHeaders(t *testing.T) {
	for name, rows := range map[string][][]any{
		"terms above subjects": {
			{"", "", "HỌC KỲ 1", "", "", "HỌC KỲ 2", "", "CẢ NĂM", ""},
			{"Lớp", "Mã HS", "Toán", "CN", "TB", "Toán", "CN", "Toán", "CN"},
			{"10A", "1", 1, 2, 5, 3, 4, 5, 6},
		},
		"one row": {
			{"Lớp", "Mã HS", "Toán HK1", "Toán HK2", "Toán CN", "CN_HK1", "CN_HK2", "CN_CN", "ĐTB HK1"},
			{"10A", "1", 1, 3, 5, 2, 4, 6, 5},
		},
		"three rows": {
			{"Thông tin", "", "Môn học", "", "", "", "", "", "Kết quả"},
			{"Lớp", "Mã HS", "Toán", "", "", "Công nghệ", "", "", "Điểm TB"},
			{"", "", "HK1", "HK2", "CN", "HK1", "HK2", "CN", "HK1"},
			{"10A", "1", 1, 3, 5, 2, 4, 6, 5},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := mustRead(t, mustBook(t, map[string][][]any{"10A L10": rows}), drive.Default(), Options{})
			r := resultsOf(got)
			if len(r) != 1 || len(got.Problems) > 0 {
				t.Fatalf("got %d results and %+v", len(r), got.Problems)
			}
			toan, _ := r[0].Subject("TOAN")
			cn, _ := r[0].Subject("CONGNGHE")
			if marks(toan) != [3]int{10, 30, 50} || marks(cn) != [3]int{20, 40, 60} || r[0].Semester1.Average == nil || *r[0].Semester1.Average != 50 {
				t.Errorf("got %v, %v and %+v", marks(toan), marks(cn), r[0].Semester1)
			}
		})
	}
}

func TestResultCells(t *testing.T) {
	header := [][]any{
		{"Mã lớp", "Mã học sinh", "Toán", "", "", "Học lực", "Hạnh kiểm", "Năm học", "Chương trình", "Môn chuyên", "Mã ngoại ngữ", "Rèn luyện hè", "Lý do không có kết quả"},
		{"", "", "HK1", "HK2", "CN", "CN", "CN"},
	}
	good := []any{"12A1", "", 5, 5, 5, "Khá", "Tốt", "2020-2021", "", "", "", "", ""}
	tests := []struct {
		name  string
		col   int
		value any
		rule  string // "" for none
		cell  string
		kept  bool
	}{
		{"good", 2, "7.5", "", "", true},
		{"mark above ten", 2, 11, RuleMarkRange, "C3", true},
		{"two decimals", 2, "8.25", RuleMark, "C3", false},
		{"not a mark", 3, "giỏi", RuleMark, "D3", false},
		{"dash", 4, "-", "", "", true},
		{"failed formula", 4, "#DIV/0!", RuleFormula, "E3", false},
		{"rating", 5, "Xuất sắc", RuleRating, "F3", false},
		{"conduct", 6, "Giỏi", RuleConduct, "G3", false},
		{"programme", 8, "2000", RuleProgramme, "I3", false},
		{"specialised", 9, "Nấu ăn", RuleSubject, "J3", true},
		{"language", 10, "Tiếng Lào", RuleSubject, "K3", true},
		{"language by name", 10, "Tiếng Pháp", "", "", true},
		{"summer", 11, "có lẽ", RuleYesNo, "L3", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bad := append([]any(nil), good...)
			bad[1], bad[tt.col] = "1", tt.value
			other := append([]any(nil), good...)
			other[1] = "2"
			got := mustRead(t, mustBook(t, map[string][][]any{"12A1 L10": append(header[:2:2], bad, other)}), drive.Default(), Options{})
			want := 1
			if tt.kept {
				want = 2
			}
			if r := resultsOf(got); len(r) != want {
				t.Errorf("got %d results, want %d", len(r), want)
			}
			switch {
			case tt.rule == "" && len(got.Problems) > 0:
				t.Errorf("got %+v", got.Problems)
			case tt.rule != "" && (len(got.Problems) != 1 || got.Problems[0].Rule != tt.rule || got.Problems[0].Path != "12A1 L10!"+tt.cell || got.Problems[0].Refused == tt.kept):
				t.Errorf("got %+v, want %s at %s", got.Problems, tt.rule, tt.cell)
			}
		})
	}
}

// An empty row must not replace the results that a pupil already has.
func TestEmptyRowSendsNothing(t *testing.T) {
	got := mustRead(t, mustBook(t, map[string][][]any{"12A1 L10": {
		{"Mã học sinh", "Toán", "", "Lý do không có kết quả"}, {"", "HK1", "CN"},
		{"1", "", ""}, {"2", "", "", "Học ở nước ngoài"},
	}}), drive.Default(), Options{})
	r := resultsOf(got)
	if len(r) != 1 || r[0].NotApplicable == "" || r[0].Class != "12A1" || len(got.Problems) != 1 || got.Problems[0].Rule != RuleNoResults {
		t.Errorf("got %+v and %+v", r, got.Problems)
	}
}

// Columns that nobody can place are told, and the others are read.
func TestOddColumns(t *testing.T) {
	got := mustRead(t, mustBook(t, map[string][][]any{"12A1 L10": {
		{"Mã học sinh", "Toán", "", "Chăn nuôi", "Vật lí"}, {"", "HK1", "CN", "HK1"},
		{"1", 5, 6, 7, 8},
	}}), drive.Default(), Options{})
	if r := resultsOf(got); len(r) != 1 || len(r[0].Subjects) != 1 {
		t.Errorf("got %+v", r)
	}
	if len(got.Problems) != 2 || got.Problems[0].Rule != RuleOddColumn || got.Problems[1].Rule != RuleNoTerm || got.Problems[0].Refused {
		t.Errorf("got %+v", got.Problems)
	}
}

// Without a column for it, the programme is the one that the drive has for the school and the year.
func TestProgrammeBySchool(t *testing.T) {
	d := drive.Sample([]drive.School{{Province: "01", Code: "01000801", Name: "TT GDNN-GDTX", Kind: drive.GDTX, Expected: 1}})
	data := mustBook(t, map[string][][]any{"12A1 L12HK1": {{"Mã học sinh", "Toán", "Văn"}, {"", "HK1", "HK1"}, {"1", 5, 5}}})
	for school, want := range map[string]student.Programme{"01000801": student.Continuing, "": student.Upper2006} {
		if r := resultsOf(mustRead(t, data, d, Options{School: school})); len(r) != 1 || r[0].Programme != want {
			t.Errorf("school %q: got %+v, want %s", school, r, want)
		}
	}
}

func TestScope(t *testing.T) {
	tests := []struct {
		name   string
		titles []string
		parts  []student.Part
		class  string
	}{
		{"12A1 L10", nil, []student.Part{student.Results10}, "12A1"},
		{"12A1 l12hk2", nil, []student.Part{student.Results122}, "12A1"},
		{"12A1 L12", nil, []student.Part{student.Results121, student.Results122}, "12A1"},
		{"L11", nil, []student.Part{student.Results11}, ""},
		{"Sheet1", []string{"KẾT QUẢ HỌC TẬP LỚP 12 - HỌC KÌ I", "Lớp: 12C3"}, []student.Part{student.Results121}, "12C3"},
		{"Sheet1", []string{"Bảng điểm khối 12 cả năm"}, []student.Part{student.Results122}, ""},
		{"12A1 L10", []string{"Lớp 12 Chuyên Toán"}, []student.Part{student.Results10}, "12A1"},
		{"12A1 L12HK1", []string{"Kết quả lớp 12 học kỳ 2"}, nil, "12A1"},
		{"12A1 L11", []string{"Kết quả lớp 10 năm học 2020-2021"}, nil, "12A1"},
		{"Sheet1", []string{"Danh sách lớp 12A1"}, nil, "12A1"},
	}
	for _, tt := range tests {
		got := scopeOf(tt.name, tt.titles)
		if len(got.parts) != len(tt.parts) || len(got.parts) > 0 && got.parts[0] != tt.parts[0] || got.class != tt.class {
			t.Errorf("%q, %q: got %v of class %q, want %v of %q", tt.name, tt.titles, got.parts, got.class, tt.parts, tt.class)
		}
	}
}
