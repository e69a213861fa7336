package workbook

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"
)

// profileCells is a good row of the template by its headers.
func profileCells() map[string]any {
	return map[string]any{
		"Mã lớp": "12A1", "Mã định danh Bộ GD&ĐT": "0123456789", "Họ và tên": "Nguyễn Văn An", "Ngày sinh": "04/03/2005", "Giới tính": "Nam",
		"Dân tộc": "Kinh", "Quốc tịch": "Việt Nam", "Tỉnh": "Tỉnh Hòa Bình", "Huyện": "Thành phố Hòa Bình", "Xã": "", "Số ĐDCN": "017205000123",
	}
}

// profileSheet makes a sheet of one header and the rows; each row is the good one with the changes.
func profileSheet(changes ...map[string]any) [][]any {
	header := append([]string(nil), templateColumns...)
	for _, change := range changes {
		for text := range change {
			if !slices.Contains(header, text) {
				header = append(header, text)
			}
		}
	}
	var rows [][]any
	first := make([]any, len(header))
	for i, text := range header {
		first[i] = text
	}
	rows = append(rows, first)
	for n, change := range changes {
		cells := profileCells()
		cells["Mã định danh Bộ GD&ĐT"] = fmt.Sprintf("012345678%d", n)
		for text, v := range change {
			cells[text] = v
		}
		row := make([]any, len(header))
		for i, text := range header {
			row[i] = cells[text]
		}
		rows = append(rows, row)
	}
	return rows
}

func profilesOf(c *Contents) []student.Profile {
	var out []student.Profile
	for _, r := range c.Records {
		if r.Record.Profile != nil {
			out = append(out, *r.Record.Profile)
		}
	}
	return out
}

func TestProfileCells(t *testing.T) {
	tests := []struct {
		name    string
		change  map[string]any
		rule    string // of the problem; "" for none
		refused bool
		cell    string
		check   func(student.Profile) any
		want    any
	}{
		{"good", nil, "", false, "", func(p student.Profile) any { return p.BirthDate }, student.Date{Year: 2005, Month: 3, Day: 4}},
		{"number", nil, "", false, "", func(p student.Profile) any { return p.Identity }, student.Identity{Kind: student.PersonalID, Number: "017205000123"}},
		{"province", nil, "", false, "", func(p student.Profile) any { return p.Residence.Province }, "17"},
		{"date cell", map[string]any{"Ngày sinh": time.Date(2005, 3, 4, 0, 0, 0, 0, time.UTC)}, "", false, "", func(p student.Profile) any { return p.BirthDate }, student.Date{Year: 2005, Month: 3, Day: 4}},
		{"serial number", map[string]any{"Ngày sinh": 38415}, "", false, "", func(p student.Profile) any { return p.BirthDate }, student.Date{Year: 2005, Month: 3, Day: 4}},
		{"year only", map[string]any{"Ngày sinh": 2005}, "", false, "", func(p student.Profile) any { return p.BirthDate }, student.Date{Year: 2005}},
		{"no such date", map[string]any{"Ngày sinh": "31/02/2005"}, RuleDate, true, "E2", nil, nil},
		{"month and day swapped", map[string]any{"Ngày sinh": "03/14/2005"}, RuleDate, true, "E2", nil, nil},
		{"year of two digits", map[string]any{"Ngày sinh": "4/3/05"}, RuleDate, true, "E2", nil, nil},
		{"no date", map[string]any{"Ngày sinh": ""}, "", false, "", func(p student.Profile) any { return p.BirthDate }, student.Date{}},
		{"capitals", map[string]any{"Giới tính": "NỮ"}, "", false, "", func(p student.Profile) any { return p.Gender }, student.Female},
		{"unknown gender", map[string]any{"Giới tính": "khác"}, RuleGender, true, "F2", nil, nil},
		{"unknown ethnic group", map[string]any{"Dân tộc": "Người sao Hỏa"}, RuleEthnicity, false, "G2", func(p student.Profile) any { return p.Ethnicity }, "Người sa"},
		{"unknown nationality", map[string]any{"Quốc tịch": "Atlantis"}, RuleNationality, false, "H2", func(p student.Profile) any { return p.Nationality }, "??"},
		{"unknown province", map[string]any{"Tỉnh": "Tỉnh Hà Bắc", "Huyện": "", "Xã": ""}, RuleUnit, false, "I2", func(p student.Profile) any { return p.Residence.Province }, student.Unread},
		{"number as a float", map[string]any{"Số ĐDCN": "1.23E+11"}, RulePrecision, false, "P2", func(p student.Profile) any { return p.Identity.Number.Reveal() }, "1.23E+11"},
		{"number with .0", map[string]any{"Số ĐDCN": "17205000123.0"}, RulePrecision, false, "P2", func(p student.Profile) any { return p.Identity.Number.Reveal() }, "17205000123.0"},
		{"number in a number cell", map[string]any{"Số ĐDCN": 17205000123}, RuleShortNumber, false, "P2", func(p student.Profile) any { return p.Identity.Number.Reveal() }, "17205000123"},
		{"all digits of a float", map[string]any{"Số ĐDCN": "1.7205000123E10"}, RuleShortNumber, false, "P2", func(p student.Profile) any { return p.Identity.Number.Reveal() }, "17205000123"},
		{"with an apostrophe", map[string]any{"Số ĐDCN": "'017205000123"}, "", false, "", func(p student.Profile) any { return p.Identity.Number.Reveal() }, "017205000123"},
		{"nine digits", map[string]any{"Số ĐDCN": "113456789"}, "", false, "", func(p student.Profile) any { return p.Identity.Kind }, student.CMND},
		{"eight digits", map[string]any{"Số ĐDCN": 13456789}, RuleShortNumber, false, "P2", func(p student.Profile) any { return p.Identity.Kind }, student.PersonalID},
		{"passport", map[string]any{"Quốc tịch": "Lào", "Số ĐDCN": "p1234567"}, "", false, "", func(p student.Profile) any { return p.Identity }, student.Identity{Kind: student.Passport, Number: "p1234567"}},
		{"passport of digits", map[string]any{"Quốc tịch": "Hàn Quốc", "Số ĐDCN": "12345678"}, "", false, "", func(p student.Profile) any { return p.Identity.Kind }, student.Passport},
		{"passport in its own column", map[string]any{"Số ĐDCN": "", "Số hộ chiếu": "C1234567"}, "", false, "", func(p student.Profile) any { return p.Identity }, student.Identity{Kind: student.Passport, Number: "C1234567"}},
		{"no number and a reason", map[string]any{"Số ĐDCN": "", "Lý do chưa có số ĐDCN": "Mất giấy khai sinh"}, "", false, "", func(p student.Profile) any { return p.Identity }, student.Identity{Kind: student.NoNumber, Reason: "Mất giấy khai sinh"}},
		{"no number", map[string]any{"Số ĐDCN": ""}, "", false, "", func(p student.Profile) any { return p.Identity }, student.Identity{}},
		{"formula error", map[string]any{"Giới tính": "#N/A"}, RuleFormula, true, "F2", nil, nil},
		{"a name that is too long", map[string]any{"Họ và tên": strings.Repeat("Nguyễn ", 30)}, RuleTooLong, true, "D2", nil, nil},
		{"no code", map[string]any{"Mã định danh Bộ GD&ĐT": ""}, RuleNoCode, true, "C2", nil, nil},
		{"code as a float", map[string]any{"Mã định danh Bộ GD&ĐT": "1.23E+19"}, RuleCode, true, "C2", nil, nil},
	}
	d := drive.Default()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			// The row in question comes first: the good row behind it must not suffer.
			got := mustRead(t, mustBook(t, map[string][][]any{"DANH MUC": profileSheet(tt.change, nil)}), d, Options{})
			profiles := profilesOf(got)
			if want := 2 - map[bool]int{true: 1}[tt.refused]; len(profiles) != want {
				t.Fatalf("got %d profiles and %v, want %d", len(profiles), got.Problems, want)
			}
			if tt.rule == "" {
				if len(got.Problems) > 0 {
					t.Errorf("got the problem %+v", got.Problems[0])
				}
			} else if len(got.Problems) != 1 || got.Problems[0].Rule != tt.rule || got.Problems[0].Refused != tt.refused || got.Problems[0].Path != "DANH MUC!"+tt.cell {
				t.Errorf("got %+v, want %s at %s", got.Problems, tt.rule, tt.cell)
			}
			if tt.check != nil {
				if v := tt.check(profiles[0]); fmt.Sprintf("%#v", v) != fmt.Sprintf("%#v", tt.want) || v != tt.want {
					t.Errorf("got %#v, want %#v", v, tt.want)
				}
			}
		})
	}
}

// A pupil whose birth date nobody can read is still expected at the school.
func TestBadProfileKeepsTheRosterEntry(t *testing.T) {
	got := mustRead(t, mustBook(t, map[string][][]any{"DANH MUC": profileSheet(map[string]any{"Ngày sinh": "mai"})}), drive.Default(), Options{})
	if len(got.Records) != 1 || got.Records[0].Record.Part != student.Enrolment {
		t.Errorf("got %d records, want the roster entry alone", len(got.Records))
	}
}

// A row of a code and a class puts a pupil on the roster and leaves the profile alone.
func TestRosterRow(t *testing.T) {
	g := newGenerator(1)
	e := student.Enrolled{Code: "1", Class: "12A1", State: student.Joined, Since: student.Date{Year: 2023, Month: 1, Day: 9}}
	p := g.pupil("12A1")
	p.Enrolled = student.Enrolled{Code: p.Profile.Code, Class: "12A1", State: student.Joined, Since: student.Date{Year: 2022, Month: 9, Day: 5}}
	got := mustRead(t, mustProfiles(t, g.d, []Pupil{{Profile: student.Profile{Code: "1", Class: "12A1"}, Enrolled: e}, p}), g.d, Options{})
	compare(t, got, []student.Record{{Part: student.Enrolment, Enrolled: &e}, {Part: student.Enrolment, Enrolled: &p.Enrolled}, {Part: student.ProfilePart, Profile: &p.Profile}})
}

func TestEnrolmentCells(t *testing.T) {
	got := mustRead(t, mustBook(t, map[string][][]any{"DANH MUC": profileSheet(
		map[string]any{"Trạng thái HS": "Đang học", "Ngày nhập trạng thái": ""},
		map[string]any{"Trạng thái HS": "Chuyển đi", "Ngày nhập trạng thái": "01/02/2023"},
		map[string]any{"Trạng thái HS": "Đi chơi"},
	)}), drive.Default(), Options{})
	var states []student.Enrolled
	for _, r := range got.Records {
		if r.Record.Enrolled != nil {
			states = append(states, *r.Record.Enrolled)
		}
	}
	want := []student.Enrolled{
		{Code: "0123456780", Class: "12A1", State: student.Joined, Since: student.Date{Year: 2022, Month: 9, Day: 5}},
		{Code: "0123456781", Class: "12A1", State: student.Transferred, Since: student.Date{Year: 2023, Month: 2, Day: 1}, Reason: "Chuyển đi"},
	}
	if !slices.Equal(states, want) {
		t.Errorf("got %+v, want %+v", states, want)
	}
	if len(profilesOf(got)) != 3 || len(got.Problems) != 1 || got.Problems[0].Rule != RuleState {
		t.Errorf("got %d profiles and %+v, want 3 and one problem", len(profilesOf(got)), got.Problems)
	}
}

func TestPupilTwice(t *testing.T) {
	same := map[string]any{"Mã định danh Bộ GD&ĐT": "1"}
	got := mustRead(t, mustBook(t, map[string][][]any{"DANH MUC": profileSheet(same, nil, same)}), drive.Default(), Options{})
	if len(profilesOf(got)) != 1 || len(got.Records) != 2 || len(got.Problems) != 2 {
		t.Fatalf("got %d profiles and %+v", len(profilesOf(got)), got.Problems)
	}
	for i, cell := range []string{"DANH MUC!C2", "DANH MUC!C4"} {
		if p := got.Problems[i]; p.Rule != RuleRowTwice || !p.Refused || p.Path != cell || !strings.HasSuffix(p.Text.Vi, ": DANH MUC!C2, DANH MUC!C4.") {
			t.Errorf("got %+v at %s", p, cell)
		}
	}
}

// Of two rows of results of one pupil neither is taken, also where a mark of one cannot be read, and on whatever sheets they stand; a row
// without results is none.
func TestResultsTwice(t *testing.T) {
	header := [][]any{{"Mã học sinh", "Toán", "", "Lý do không có kết quả"}, {"", "HK1", "CN"}}
	got := mustRead(t, mustBook(t, map[string][][]any{
		"12A1 L10": append(header[:2:2], []any{"1", 5, 5}, []any{"2", 5, 5}, []any{"3", 5, 5}, []any{"3", "giỏi", 5}, []any{"4", 5, 5}),
		"12A2 L10": append(header[:2:2], []any{"2", 6, 6}, []any{"4", "", ""}),
		"12A1 L11": append(header[:2:2], []any{"1", 5, 5}),
	}), drive.Default(), Options{})
	var taken []string
	for _, r := range resultsOf(got) {
		taken = append(taken, r.Code.Reveal()+" "+string(r.Part))
	}
	slices.Sort(taken)
	if want := []string{"1 results/10", "1 results/11", "4 results/10"}; !slices.Equal(taken, want) {
		t.Errorf("got %v, want %v", taken, want)
	}
	twice := 0
	for _, p := range got.Problems {
		if p.Rule == RuleRowTwice {
			twice++
		}
	}
	if twice != 4 {
		t.Errorf("%d rows are said to be twice, want 4: %+v", twice, got.Problems)
	}
}

// Headers are found by their text: decomposed, broken over lines, in capitals, in another order, below titles,
// and grouped under "Nơi thường trú".
func TestHeadersByText(t *testing.T) {
	rows := [][]any{
		{"SỞ GIÁO DỤC VÀ ĐÀO TẠO"}, {}, {"DANH SÁCH HỌC SINH LỚP 12 NĂM HỌC 2022-2023"},
		{"Số định danh\ncá nhân (*)", "NƠI THƯỜNG TRÚ", "", "", "Nơi sinh", "Họ và tên", "NGÀY SINH\n(dd/mm/yyyy)", "Giới\u00a0tính", "Quốc tịch", "dân tộc", "Mã\r\nđịnh danh Bộ GD&ĐT", "Lớp", "TT", "Loại khuyết tật"},
		{"", "Tỉnh/Thành phố", "Quận/Huyện", "Phường/Xã", "Tỉnh", "", "", "", "", "", "", "", "", ""},
		{"(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)", "(9)", "(10)", "(11)", "(12)", "(13)", "(14)"},
		{"017205000123", "Tỉnh Hòa Bình", "TP Hòa Bình", "", "Hà Nội", norm.NFD.String("Nguyễn  Văn An"), "4/3/2005", "nam", "VN", "kinh", "0123456789", "12A1", 1, ""},
		{"", "", "", "", "", "Tổng cộng: 1 học sinh"},
		{"", "", "", "", "", "Người lập biểu", "Hiệu trưởng"},
	}
	for _, form := range []norm.Form{norm.NFC, norm.NFD} {
		sheet := make([][]any, len(rows))
		for i, row := range rows {
			for _, v := range row {
				if text, ok := v.(string); ok {
					v = form.String(text)
				}
				sheet[i] = append(sheet[i], v)
			}
		}
		data := mustBook(t, map[string][][]any{"Sheet1": sheet, "TINH": {{"Tỉnh", "Mã tỉnh"}, {"Tỉnh Hòa Bình", "17"}}}, func(f *excelize.File) {
			if err := f.MergeCell("Sheet1", "B4", "D4"); err != nil {
				t.Fatal(err)
			}
		})
		got := mustRead(t, data, drive.Default(), Options{})
		if len(got.Problems) > 0 || len(got.Records) != 2 {
			t.Fatalf("got %d records and %+v", len(got.Records), got.Problems)
		}
		want := student.Profile{
			Code: "0123456789", Class: "12A1", FullName: "Nguyễn Văn An", BirthDate: student.Date{Year: 2005, Month: 3, Day: 4}, Gender: student.Male,
			Ethnicity: "01", Nationality: "VN", Identity: student.Identity{Kind: student.PersonalID, Number: "017205000123"},
			Residence: student.Residence{Province: "17", District: "148", CatalogueDate: drive.Default().Catalogue.Date},
		}
		if p := *got.Records[1].Record.Profile; p != want {
			t.Errorf("got %s\nwant %s", reveal(got.Records[1].Record), reveal(student.Record{Profile: &want}))
		}
		if at := got.Records[1].Place.Locate("profile.identity.number"); at != "Sheet1!A7" {
			t.Errorf("the number is at %s", at)
		}
	}
}
