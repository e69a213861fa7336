package drive_test

import (
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

func TestUnitByName(t *testing.T) {
	c := mustBuiltin(t)
	for _, tt := range []struct {
		level        int
		parent, name string
		want         string // code; "" is not found
	}{
		{drive.LevelProvince, "", "Tỉnh Hòa Bình", "17"},
		{drive.LevelProvince, "", "Hoà Bình", "17"},
		{drive.LevelProvince, "", norm.NFD.String("Tỉnh Hoà Bình"), "17"},
		{drive.LevelProvince, "", "TỈNH\u00a0HÒA  BÌNH ", "17"},
		{drive.LevelProvince, "", "T. Hòa Bình", "17"},
		{drive.LevelProvince, "", "tỉnh thanh hoá", "38"},
		{drive.LevelProvince, "", "Thành phố Hồ Chí Minh", "79"},
		{drive.LevelProvince, "", "TP. Hồ Chí Minh", "79"},
		{drive.LevelProvince, "", "TP.Hồ Chí Minh", "79"},
		{drive.LevelProvince, "", "T.P Hồ Chí Minh", "79"},
		{drive.LevelProvince, "", "TP HCM", "79"},
		{drive.LevelProvince, "", "TP.HCM", "79"},
		{drive.LevelProvince, "", "TPHCM", "79"},
		{drive.LevelProvince, "", "Bà Rịa-Vũng Tàu", "77"},
		{drive.LevelProvince, "", "Bà Rịa – Vũng Tàu", "77"},
		{drive.LevelProvince, "", "Đắc Lắc", "66"},
		{drive.LevelProvince, "", "Ðắk Lắk", "66"}, // U+00D0 looks like Đ
		{drive.LevelProvince, "", "Thừa Thiên - Huế", "46"},
		{drive.LevelProvince, "", "Tỉnh Hà Nội", ""},
		{drive.LevelProvince, "", "Hà Tây", ""},
		{drive.LevelProvince, "", "", ""},
		{drive.LevelDistrict, "79", "Quận 1", "760"},
		{drive.LevelDistrict, "79", "Quận 01", "760"},
		{drive.LevelDistrict, "79", "Q.1", "760"},
		{drive.LevelDistrict, "79", "Q1", "760"},
		{drive.LevelDistrict, "79", "1", "760"},
		{drive.LevelDistrict, "79", "Q. 11", "772"},
		{drive.LevelDistrict, "79", "Q. Gò Vấp", "764"},
		{drive.LevelDistrict, "79", "H. Củ Chi", "783"},
		{drive.LevelDistrict, "79", "TP Thủ Đức", "769"},
		{drive.LevelDistrict, "01", "Quận 1", ""},
		{drive.LevelDistrict, "01", "TX. Sơn Tây", "269"},
		{drive.LevelDistrict, "87", "Cao Lãnh", ""}, // a city and a district
		{drive.LevelDistrict, "87", "TP. Cao Lãnh", "866"},
		{drive.LevelDistrict, "87", "H. Cao Lãnh", "873"},
		{drive.LevelCommune, "001", "P. Phúc Xá", "00001"},
		{drive.LevelCommune, "001", norm.NFD.String("Phường\u00a0Phúc Xá"), "00001"},
		{drive.LevelCommune, "474", "Phường Phường Đúc", "19780"},
		{drive.LevelCommune, "474", "Phường Đúc", "19780"},
		{drive.LevelCommune, "474", "P. Phường Đúc", "19780"},
		{drive.LevelCommune, "018", "TT Yên Viên", "00526"},
		{drive.LevelCommune, "018", "X. Yên Viên", "00532"},
		{drive.LevelCommune, "018", "Yên Viên", ""},
		{0, "", "Hà Nội", ""},
		{4, "", "Hà Nội", ""},
	} {
		got, ok := c.UnitByName(tt.level, tt.parent, tt.name)
		if got.Code != tt.want || ok != (tt.want != "") {
			t.Errorf("UnitByName(%d, %q, %q) = %+v, %v, want %q", tt.level, tt.parent, tt.name, got, ok, tt.want)
		}
	}
}

// Every unit is found under its full name, whatever its Unicode form.
func TestEveryUnitHasItsName(t *testing.T) {
	c := mustBuiltin(t)
	find := func(level int, u drive.Unit) {
		t.Helper()
		for _, name := range []string{u.Full(), norm.NFD.String(u.Full())} {
			if got, ok := c.UnitByName(level, u.Parent, name); !ok || got != u {
				t.Errorf("UnitByName(%d, %q, %q) = %+v, %v, want %+v", level, u.Parent, name, got, ok, u)
			}
		}
	}
	for _, p := range c.Provinces() {
		find(drive.LevelProvince, p)
		for _, d := range c.DistrictsOf(p.Code) {
			find(drive.LevelDistrict, d)
			for _, m := range c.CommunesOf(d.Code) {
				find(drive.LevelCommune, m)
			}
		}
	}
}

func TestEthnicityByName(t *testing.T) {
	c := mustBuiltin(t)
	for name, want := range map[string]string{
		"Kinh": "01", "KINH": "01", "Việt": "01", "Kinh (Việt)": "01", "Ê-đê": "12", "Êđê": "12", norm.NFD.String("Ê Đê"): "12",
		"H’Mông": "08", "H'mông": "08", "H Mông": "08", "Mèo": "08", "Khơ\u00a0me": "05", "Bru - Vân Kiều": "23", "Bru-Vân Kiều": "23",
		"Gia-rai": "10", "K'Ho": "16", "Giẻ-Triêng": "27", "Xtiêng": "22", "Tây": "", "": "",
	} {
		if got, ok := c.EthnicityByName(name); got.Code != want || ok != (want != "") {
			t.Errorf("EthnicityByName(%q) = %+v, %v, want %q", name, got, ok, want)
		}
	}
}

func TestCountryByName(t *testing.T) {
	c := mustBuiltin(t)
	for name, want := range map[string]string{
		"Việt Nam": "VN", "VIỆT NAM": "VN", "Viet Nam": "VN", "vietnam": "VN", "vn": "VN", "Lào": "LA", "Mỹ": "US", "Hoa Kỳ": "US",
		"Hàn Quốc": "KR", "Cộng hoà Séc": "CZ", "Côte d'Ivoire": "CI", "Malaysia": "MY", "South Korea": "KR", "Congo": "", "Kosovo": "", "": "",
	} {
		if got, ok := c.CountryByName(name); got.Code != want || ok != (want != "") {
			t.Errorf("CountryByName(%q) = %+v, %v, want %q", name, got, ok, want)
		}
	}
}

func TestSubjectByName(t *testing.T) {
	c := mustBuiltin(t)
	for _, tt := range []struct {
		header    string
		programme student.Programme
		want      string
	}{
		{"Toán", student.Upper2006, "TOAN"},
		{"TOÁN HỌC", student.Continuing, "TOAN"},
		{"Vật lý", student.Upper2006, "VATLI"},
		{"Vật\nlí", student.Upper2006, "VATLI"},
		{"Hoá", student.Upper2006, "HOAHOC"},
		{"Hoá học", student.Upper2018, "HOAHOC"},
		{norm.NFD.String("Ngữ văn"), student.Upper2006, "NGUVAN"},
		{"Tiếng Anh", student.Upper2006, "NGOAINGU"},
		{"NN2", student.Upper2006, "NGOAINGU2"},
		{"Ngoại ngữ 2", student.Upper2006, "NGOAINGU2"},
		{"Ngoại ngữ", student.Upper2006, "NGOAINGU"},
		{"GDQP - AN", student.Upper2006, "GDQPAN"},
		{"GDTC", student.Upper2006, "THEDUC"},
		{"GDTC", student.Upper2018, "GDTC"},
		{"Thể dục", student.Upper2018, "GDTC"},
		{"Thể dục", student.Continuing, ""}, // two subjects of other programmes
		{"GDCD", student.Continuing, "GDCD"},
		{"Âm nhạc", student.Upper2006, "AMNHAC"},
		{"GDKT&PL", student.Upper2018, "GDKTPL"},
		{"GDTC", "", ""},
		{"TOAN", "", "TOAN"},
		{"Toán nâng cao", student.Upper2006, ""},
		{"", student.Upper2006, ""},
	} {
		got, ok := c.SubjectByName(tt.header, tt.programme)
		if got.Code != tt.want || ok != (tt.want != "") {
			t.Errorf("SubjectByName(%q, %s) = %q, %v, want %q", tt.header, tt.programme, got.Code, ok, tt.want)
		}
	}
}

// FuzzNames: no text makes a lookup panic, and what is found is found again under its own name.
func FuzzNames(f *testing.F) {
	c := mustBuiltin(f)
	f.Add("TP. Hồ Chí Minh")
	f.Add("q.")
	f.Add("\u0301|00.")
	f.Fuzz(func(t *testing.T, s string) {
		if u, ok := c.UnitByName(drive.LevelProvince, "", s); ok {
			if again, ok := c.UnitByName(drive.LevelProvince, "", u.Full()); !ok || again != u {
				t.Errorf("%q is %+v, and its full name is not", s, u)
			}
		}
		c.UnitByName(drive.LevelDistrict, "79", s)
		c.UnitByName(drive.LevelCommune, "760", s)
		c.EthnicityByName(s)
		c.CountryByName(s)
		c.SubjectByName(s, student.Upper2006)
	})
}
