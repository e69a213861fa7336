package drive

import (
	"strings"

	"github.com/rasoat/rasoat/services/student"
)

// Catalogue is the tables that a record's codes are of, as they stood on one date. It is read-only and
// safe for concurrent use; a lookup by code allocates nothing.
type Catalogue struct {
	Name   string // "2023-04" of one that the program carries, "./units" of a folder of the drive
	Date   string // yyyy-mm-dd: the administrative units are those in force on this day
	Digest string // SHA-256 of its tables, in hex

	units        [levels][]Unit // by parent, then code
	unitOf       [levels]map[string]int
	children     map[string]span // of a province among districts, of a district among communes
	unitNames    map[unitName]int
	provinces    map[string]province
	idPrefixes   map[string]string
	ethnicities  list[Ethnicity]
	countries    list[Country]
	subjects     list[Subject]
	subjectNames map[subjectName]int

	files map[string][]byte // of a folder of the drive, to write it again; nil for a built-in one
}

// Levels of administrative units, as UnitByName takes them.
const (
	LevelProvince = 1 // tỉnh, thành phố trực thuộc trung ương
	LevelDistrict = 2 // quận, huyện, thị xã, thành phố thuộc tỉnh
	LevelCommune  = 3 // xã, phường, thị trấn
	levels        = 3
)

// Unit is an administrative unit by the code of the General Statistics Office.
type Unit struct {
	Code   string // two digits for a province, three for a district, five for a commune
	Name   string // without its type: "Hòa Bình", "1"
	Type   string // "tinh", "thanh_pho", "quan", "huyen", "thi_xa", "phuong", "xa", "thi_tran"
	Parent string // code of the unit above; "" for a province
}

// Full returns the name with its type, as the ministry's workbooks have it: "Tỉnh Hòa Bình", "Quận 1".
func (u Unit) Full() string { return typeNames[u.Type] + " " + u.Name }

var typeNames = map[string]string{
	"tinh": "Tỉnh", "thanh_pho": "Thành phố",
	"quan": "Quận", "huyen": "Huyện", "thi_xa": "Thị xã",
	"phuong": "Phường", "xa": "Xã", "thi_tran": "Thị trấn",
}

// province is what the catalogue says of a province beside its Unit.
type province struct {
	idPrefix, examCode, region string
	candidates                 int
}

// span is a range of units under one parent.
type span struct{ from, to int }

// Province returns the province of a code.
func (c *Catalogue) Province(code string) (Unit, bool) { return c.unit(LevelProvince, code) }

// District returns the district of a code.
func (c *Catalogue) District(code string) (Unit, bool) { return c.unit(LevelDistrict, code) }

// Commune returns the commune of a code.
func (c *Catalogue) Commune(code string) (Unit, bool) { return c.unit(LevelCommune, code) }

func (c *Catalogue) unit(level int, code string) (Unit, bool) {
	i, ok := c.unitOf[level-1][code]
	if !ok {
		return Unit{}, false
	}
	return c.units[level-1][i], true
}

// DistrictHasCommunes reports whether a district is divided into communes: five island districts are not,
// so a residence there has no commune.
func (c *Catalogue) DistrictHasCommunes(code string) bool {
	_, ok := c.unitOf[LevelDistrict-1][code]
	return ok && len(c.CommunesOf(code)) > 0
}

// Provinces returns every province by code.
func (c *Catalogue) Provinces() []Unit { return c.units[LevelProvince-1] }

// DistrictsOf returns the districts of a province by code; nil for a code that is none.
func (c *Catalogue) DistrictsOf(province string) []Unit {
	if _, ok := c.unitOf[LevelProvince-1][province]; !ok {
		return nil
	}
	return c.childrenOf(LevelDistrict, province)
}

// CommunesOf returns the communes of a district by code; nil for a code that is none or has none.
func (c *Catalogue) CommunesOf(district string) []Unit {
	if _, ok := c.unitOf[LevelDistrict-1][district]; !ok {
		return nil
	}
	return c.childrenOf(LevelCommune, district)
}

func (c *Catalogue) childrenOf(level int, parent string) []Unit {
	s, ok := c.children[parent]
	if !ok {
		return nil
	}
	return c.units[level-1][s.from:s.to:s.to]
}

// ExamCode returns the number of a province's exam board (hội đồng thi), which is not its GSO code: "02" for
// Hồ Chí Minh, "79"; "" for a code that is no province.
func (c *Catalogue) ExamCode(province string) string { return c.provinces[province].examCode }

// ProvinceIDPrefix returns the first three digits of a personal identification number registered in the
// province: "001" for Hà Nội. It stays the prefix of a number whatever becomes of the province.
func (c *Catalogue) ProvinceIDPrefix(province string) string {
	return c.provinces[province].idPrefix
}

// ProvinceByIDPrefix returns the province of the first three digits of a personal identification number.
func (c *Catalogue) ProvinceByIDPrefix(prefix string) (Unit, bool) {
	return c.Province(c.idPrefixes[prefix])
}

// Region returns the socio-economic region of a province: "Đồng bằng sông Hồng".
func (c *Catalogue) Region(province string) string { return c.provinces[province].region }

// Candidates returns about how many candidates the province had at the graduation exam of 2023: the measure
// by which a synthetic nation is sized, not a figure to report.
func (c *Catalogue) Candidates(province string) int { return c.provinces[province].candidates }

// Ethnicity is one of the ethnic groups (dân tộc).
type Ethnicity struct {
	Code     string // of the list of 1979 (QĐ 121-TCTK/PPCĐ), which the sector uses: "01" Kinh
	Code2008 string // of the list of 2008 (QĐ 1019, QCVN 109:2017), which the registry uses; "" when not known
	Name     string
	Aliases  []string // other names of the group and of its local groups
}

// Ethnicity returns the group of a code of 1979.
func (c *Catalogue) Ethnicity(code string) (Ethnicity, bool) { return c.ethnicities.get(code) }

// EthnicityByName returns the group of a name or alias, whatever its case, spaces, hyphens and apostrophes.
func (c *Catalogue) EthnicityByName(s string) (Ethnicity, bool) { return c.ethnicities.named(s) }

// Ethnicities returns every group by code.
func (c *Catalogue) Ethnicities() []Ethnicity { return c.ethnicities.all }

// Country is a country of ISO 3166.
type Country struct {
	Code    string // alpha-2: "VN"
	Name    string // in Vietnamese
	NameEn  string
	Aliases []string
}

// Country returns the country of an alpha-2 code.
func (c *Catalogue) Country(code string) (Country, bool) { return c.countries.get(code) }

// CountryByName returns the country of a Vietnamese or English name, an alias, or a code.
func (c *Catalogue) CountryByName(s string) (Country, bool) { return c.countries.named(s) }

// Countries returns every country by code.
func (c *Catalogue) Countries() []Country { return c.countries.all }

// How a subject is assessed.
const (
	AssessedByScore   = "score"          // marks, which count in the averages
	AssessedByComment = "comment"        // Đ or CĐ
	NotInAverage      = "not_in_average" // marks that no average counts
)

// Subject is a school subject (môn học).
type Subject struct {
	Code       string // "TOAN"
	Name       string
	Programmes []string // those that have it: values of student.Programme
	Levels     []string // "THPT", "GDTX"
	Assessment string   // AssessedByScore, AssessedByComment or NotInAverage
	Core       bool     // Toán, Ngữ văn or Ngoại ngữ: Circular 58/2011, art. 13
	Required   bool     // compulsory in a programme at least; RequiredIn says which
	RequiredIn []string // the programmes in which every pupil takes it who is not exempt
	Aliases    []string // headers seen in workbooks
}

// In reports whether a programme has the subject.
func (s Subject) In(p student.Programme) bool { return has(s.Programmes, p) }

// RequiredBy reports whether the subject is compulsory in a programme.
func (s Subject) RequiredBy(p student.Programme) bool { return has(s.RequiredIn, p) }

func has(list []string, p student.Programme) bool {
	for _, q := range list {
		if q == string(p) {
			return true
		}
	}
	return false
}

// Subject returns the subject of a code.
func (c *Catalogue) Subject(code string) (Subject, bool) { return c.subjects.get(code) }

// Subjects returns every subject in the order of a report card.
func (c *Catalogue) Subjects() []Subject { return c.subjects.all }

// IsOf reports whether codes that are said to be of the catalogue of a date are of this one; a month stands for every day
// of it, and no date for this one.
func (c *Catalogue) IsOf(date string) bool {
	return date == "" || strings.HasPrefix(c.Date, date) || c.Date != "" && strings.HasPrefix(date, c.Date)
}
