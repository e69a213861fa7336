package drive_test

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

func mustBuiltin(tb testing.TB) *drive.Catalogue {
	tb.Helper()
	c, err := drive.Builtin("2023-04")
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func TestUnitsOfApril2023(t *testing.T) {
	c := mustBuiltin(t)
	types, codes := map[string]int{}, map[string]bool{}
	check := func(u drive.Unit, parent string) {
		if codes[u.Code] || u.Parent != parent {
			t.Errorf("%+v: a code twice, or not under %q", u, parent)
		}
		codes[u.Code] = true
		checkName(t, u.Code, u.Name)
		checkName(t, u.Code, u.Full())
		types[u.Type+strings.Repeat("'", len(u.Code)/2-1)]++
	}
	var withoutCommunes []string
	var districts, communes int
	for _, p := range c.Provinces() {
		check(p, "")
		for _, d := range c.DistrictsOf(p.Code) {
			check(d, p.Code)
			districts++
			if !c.DistrictHasCommunes(d.Code) {
				withoutCommunes = append(withoutCommunes, d.Name)
			}
			for _, m := range c.CommunesOf(d.Code) {
				check(m, d.Code)
				communes++
			}
		}
	}
	if p := len(c.Provinces()); p != 63 || districts != 705 || communes != 10599 {
		t.Errorf("%d provinces, %d districts, %d communes, want 63, 705, 10599", p, districts, communes)
	}
	if got, want := strings.Join(withoutCommunes, ", "), "Bạch Long Vĩ, Cồn Cỏ, Hoàng Sa, Lý Sơn, Côn Đảo"; got != want {
		t.Errorf("districts without communes: %s, want %s", got, want)
	}
	for kind, want := range map[string]int{
		"tinh": 58, "thanh_pho": 5 + 83, "quan": 46, "huyen": 524, "thi_xa": 52, "phuong'": 1737, "xa'": 8248, "thi_tran'": 614,
	} {
		if types[kind] != want {
			t.Errorf("%d of type %s, want %d", types[kind], kind, want)
		}
	}
	if c.DistrictsOf("001") != nil || c.CommunesOf("01") != nil || c.DistrictHasCommunes("999") {
		t.Error("a code of another level, or of nothing, has units below")
	}
}

func TestProvinces(t *testing.T) {
	c := mustBuiltin(t)
	boards, total := map[string]bool{}, 0
	for _, p := range c.Provinces() {
		if got := c.ProvinceIDPrefix(p.Code); got != "0"+p.Code {
			t.Errorf("the ID prefix of %s is %q", p.Full(), got)
		}
		if q, ok := c.ProvinceByIDPrefix("0" + p.Code); !ok || q != p {
			t.Errorf("ProvinceByIDPrefix(0%s) = %+v, %v", p.Code, q, ok)
		}
		board := c.ExamCode(p.Code)
		if len(board) != 2 || boards[board] || c.Region(p.Code) == "" {
			t.Errorf("%s: exam board %q, region %q", p.Full(), board, c.Region(p.Code))
		}
		boards[board] = true
		total += c.Candidates(p.Code)
	}
	if total < 1_020_000 || total > 1_024_000 {
		t.Errorf("%d candidates in the nation, want about 1,022,000", total)
	}
	if got := c.ExamCode("79"); got != "02" {
		t.Errorf("the exam board of Hồ Chí Minh is %q, want 02", got)
	}
	if u, ok := c.ProvinceByIDPrefix("003"); ok || c.ExamCode("03") != "" {
		t.Errorf("ProvinceByIDPrefix(003) = %+v, want none", u)
	}
}

func TestEthnicities(t *testing.T) {
	c := mustBuiltin(t)
	groups, codes2008 := c.Ethnicities(), map[string]bool{}
	if len(groups) != 56 { // 54 groups, foreigners, and unknown
		t.Errorf("%d ethnic groups, want 56", len(groups))
	}
	for _, e := range groups {
		checkName(t, e.Code, e.Name)
		if e.Code2008 != "" && codes2008[e.Code2008] {
			t.Errorf("%s: code of 2008 twice", e.Name)
		}
		codes2008[e.Code2008] = true
		if got, ok := c.Ethnicity(e.Code); !ok || got.Name != e.Name {
			t.Errorf("Ethnicity(%s) = %+v, %v", e.Code, got, ok)
		}
	}
	if e, _ := c.Ethnicity("04"); e.Name != "Hoa" || e.Code2008 != "06" {
		t.Errorf("Ethnicity(04) = %+v, want Hoa, 06 since 2008", e)
	}
}

func TestCountries(t *testing.T) {
	c := mustBuiltin(t)
	if got := len(c.Countries()); got != 249 { // ISO 3166-1
		t.Errorf("%d countries, want 249", got)
	}
	for _, country := range c.Countries() {
		checkName(t, country.Code, country.Name)
		checkName(t, country.Code, country.NameEn)
	}
	if u, ok := c.Country("VN"); !ok || u.Name != "Việt Nam" || u.NameEn != "Vietnam" {
		t.Errorf("Country(VN) = %+v, %v", u, ok)
	}
}

func TestSubjects(t *testing.T) {
	c := mustBuiltin(t)
	required := map[student.Programme]int{}
	core := 0
	for _, s := range c.Subjects() {
		checkName(t, s.Code, s.Name)
		if s.Core {
			core++
		}
		for _, p := range []student.Programme{student.Upper2006, student.Upper2018, student.Continuing} {
			if s.RequiredBy(p) {
				required[p]++
			}
			if s.RequiredBy(p) && !s.In(p) {
				t.Errorf("%s is required in a programme that does not have it", s.Code)
			}
		}
		if s.Required != (len(s.RequiredIn) > 0) {
			t.Errorf("%s: Required = %v, RequiredIn = %v", s.Code, s.Required, s.RequiredIn)
		}
	}
	// 2006: 13 subjects, one of them by comment. 2018: 8 for everybody. Continuing education: 7.
	if core != 3 || required[student.Upper2006] != 13 || required[student.Upper2018] != 8 || required[student.Continuing] != 7 {
		t.Errorf("%d core subjects, required %v", core, required)
	}
	if s, ok := c.Subject("THEDUC"); !ok || s.Assessment != drive.AssessedByComment || s.In(student.Upper2018) {
		t.Errorf("Subject(THEDUC) = %+v, %v", s, ok)
	}
}

func TestBuiltinUnknown(t *testing.T) {
	for _, name := range []string{"", ".", "..", "2025-07", "2023-04/", "../catalogues/2023-04"} {
		if c, err := drive.Builtin(name); err == nil {
			t.Errorf("Builtin(%q) = catalogue of %s, want an error", name, c.Date)
		}
	}
}

func checkName(tb testing.TB, code, name string) {
	tb.Helper()
	if name == "" || !norm.NFC.IsNormalString(name) || strings.Join(strings.Fields(name), " ") != name {
		tb.Errorf("%s: the name %q is empty, not NFC, or not single-spaced", code, name)
	}
}
