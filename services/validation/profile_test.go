package validation

import (
	"slices"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
	"golang.org/x/text/unicode/norm"
)

// fault is one way to spoil a clean pupil, and the one finding that it gives.
type spoil struct {
	what     string
	rule     string
	severity Severity
	field    string
	bend     func(*pupil)
}

func number(n student.IDNumber) func(*pupil) { return func(p *pupil) { p.profile.Identity.Number = n } }
func name(n student.Name) func(*pupil)       { return func(p *pupil) { p.profile.FullName = n } }

func born(year, month, day int, number student.IDNumber) func(*pupil) {
	return func(p *pupil) {
		p.profile.BirthDate = student.Date{Year: year, Month: month, Day: day}
		p.profile.Identity.Number = number
	}
}

func identity(kind student.IdentityKind, number student.IDNumber, reason string) func(*pupil) {
	return func(p *pupil) {
		p.profile.Identity = student.Identity{Kind: kind, Number: number, Reason: reason}
	}
}

func foreign(nationality string, kind student.IdentityKind, number student.IDNumber) func(*pupil) {
	return func(p *pupil) {
		p.profile.Nationality = nationality
		p.profile.Identity = student.Identity{Kind: kind, Number: number}
	}
}

func residence(province, district, commune string) func(*pupil) {
	return func(p *pupil) {
		p.profile.Residence = student.Residence{Province: province, District: district, Commune: commune}
	}
}

var profileFaults = []spoil{
	{"no name", "PROFILE_REQUIRED", Error, "full_name", name(" \u00a0")},
	{"no birth date", "PROFILE_REQUIRED", Error, "date_of_birth", func(p *pupil) { p.profile.BirthDate = student.Date{} }},
	{"no gender", "PROFILE_REQUIRED", Error, "gender", func(p *pupil) { p.profile.Gender = "" }},
	{"no ethnic group", "PROFILE_REQUIRED", Error, "ethnicity", func(p *pupil) { p.profile.Ethnicity = "" }},
	{"no document", "PROFILE_REQUIRED", Error, "identity", identity("", "", "")},
	{"no number", "PROFILE_REQUIRED", Error, "identity.number", number(" ")},
	{"a digit in the name", "NAME_CHARS", Error, "full_name", name("Nguyễn Văn An 2")},
	{"a wide digit", "NAME_CHARS", Error, "full_name", name("Nguyễn Văn An２")},
	{"a symbol", "NAME_CHARS", Error, "full_name", name("Nguyễn Văn_An")},
	{"a dot", "NAME_CHARS", Error, "full_name", name("Nguyễn Văn An.")},
	{"not text", "NAME_CHARS", Error, "full_name", name("Nguyễn \xff An")},
	{"another script", "NAME_CHARS", Error, "full_name", name("李小龍")},
	{"an apostrophe left by a workbook", "NAME_CHARS", Error, "full_name", name("'Nguyễn Văn An")},
	{"Ð", "NAME_LOOKALIKE", Warning, "full_name", name("Ðỗ Thị Lan")},
	{"Cyrillic", "NAME_LOOKALIKE", Warning, "full_name", name("Nguyễn Міnh Аn")},
	{"TCVN3", "NAME_LETTERS", Warning, "full_name", name("NguyÔn V¨n Hïng")},
	{"TCVN3, one sign", "NAME_LETTERS", Warning, "full_name", name("Lª Quang")},
	{"VNI", "NAME_LETTERS", Warning, "full_name", name("Nguyeãn Vaên Huøng")},
	{"VNI, capitals", "NAME_LETTERS", Warning, "full_name", name("TRAÀN THÒ LAN")},
	{"VIQR", "NAME_LETTERS", Warning, "full_name", name("Nguye^~n Va(n An")},
	{"one consonant", "NAME_SHORT", Warning, "full_name", name("Nguyễn Văn B")},
	{"31 June", "BIRTH_DATE_INVALID", Error, "date_of_birth", born(2005, 6, 31, "079305012345")},
	{"29 February of no leap year", "BIRTH_DATE_INVALID", Error, "date_of_birth", born(2005, 2, 29, "079305012345")},
	{"a month of 13", "BIRTH_DATE_INVALID", Error, "date_of_birth", born(2005, 13, 1, "079305012345")},
	{"a day without a month", "BIRTH_DATE_INVALID", Error, "date_of_birth", born(2005, 0, 1, "079305012345")},
	{"born in 1959", "BIRTH_DATE_IMPLAUSIBLE", Error, "date_of_birth", born(1959, 1, 1, "079159012345")},
	{"born in 2008", "BIRTH_DATE_IMPLAUSIBLE", Error, "date_of_birth", born(2008, 1, 1, "079308012345")},
	{"born in 2001", "BIRTH_DATE_UNUSUAL", Info, "date_of_birth", born(2001, 1, 1, "079301012345")},
	{"born in 2007", "BIRTH_DATE_UNUSUAL", Info, "date_of_birth", born(2007, 1, 1, "079307012345")},
	{"born in 1960", "BIRTH_DATE_UNUSUAL", Info, "date_of_birth", born(1960, 1, 1, "079160012345")},
	{"ethnic group 99", "ETHNICITY_UNKNOWN", Error, "ethnicity", func(p *pupil) { p.profile.Ethnicity = "99" }},
	{"an ID number for an ethnic group", "ETHNICITY_UNKNOWN", Error, "ethnicity", func(p *pupil) { p.profile.Ethnicity = "079305012345" }},
	{"an ID number for a commune", "RESIDENCE_UNKNOWN", Error, "residence.commune", residence("01", "001", "079305012345")},
	{"nationality ZZ", "NATIONALITY_UNKNOWN", Error, "nationality", func(p *pupil) { p.profile.Nationality = "ZZ" }},
	{"10 digits", "ID_SHAPE", Error, "identity.number", number("9305012345")},
	{"11 digits that no 0 mends", "ID_SHAPE", Error, "identity.number", number("97305012345")},
	{"9 digits as a personal number", "ID_SHAPE", Error, "identity.number", number("123456789")},
	{"spaces inside", "ID_SHAPE", Error, "identity.number", number("079 305 012 345")},
	{"words", "ID_SHAPE", Error, "identity.number", number("chưa có")},
	{"8 digits of a CMND", "ID_SHAPE", Error, "identity.number", identity(student.CMND, "12345678", "")},
	{"the leading 0 is lost", "ID_LEADING_ZERO", Error, "identity.number", number("79305012345")},
	{"scientific", "ID_PRECISION_LOST", Error, "identity.number", number("7.93E+10")},
	{"floating point", "ID_PRECISION_LOST", Error, "identity.number", number("79305012345.0")},
	{"prefix 003", "ID_PROVINCE", Error, "identity.number", number("003305012345")},
	{"the other gender", "ID_GENDER", Error, "identity.number", func(p *pupil) { p.profile.Gender = student.Male }},
	{"another year", "ID_BIRTH_YEAR", Error, "identity.number", number("079304012345")},
	{"another century", "ID_BIRTH_YEAR", Error, "identity.number", number("079105012345")},
	{"9 digits", "ID_CMND", Warning, "identity.number", identity(student.CMND, "123456789", "")},
	{"a passport of 4 characters", "ID_PASSPORT", Error, "identity.number", foreign("LA", student.Passport, "P123")},
	{"a passport with a space", "ID_PASSPORT", Error, "identity.number", foreign("LA", student.Passport, "P 1234567")},
	{"a citizen's passport", "ID_NATIONALITY", Error, "identity.kind", identity(student.Passport, "C1234567", "")},
	{"a foreigner's personal number", "ID_NATIONALITY", Error, "identity.kind", foreign("LA", student.PersonalID, "079305012345")},
	{"no number, no reason", "ID_NONE_REASON", Error, "identity.reason", identity(student.NoNumber, "", "-")},
	{"no number, and a number", "ID_NONE_REASON", Error, "identity.number", identity(student.NoNumber, "079305012345", "Chưa được cấp")},
	{"no residence", "RESIDENCE_REQUIRED", Error, "residence", residence("", "", "")},
	{"no province", "RESIDENCE_REQUIRED", Error, "residence.province", residence("", "001", "00001")},
	{"no district", "RESIDENCE_REQUIRED", Error, "residence.district", residence("01", "", "")},
	{"a commune without a district", "RESIDENCE_TWO_TIERS", Error, "residence.district", residence("01", "", "00001")},
	{"spaces too many", "NAME_FORM", Info, "full_name", name("Nguyễn  Văn\u00a0An")},
	{"decomposed accents", "NAME_FORM", Info, "full_name", name(student.Name(norm.NFD.String("Nguyễn Hoàng Thuỳ Dương")))},
	{"capitals", "NAME_CASE", Info, "full_name", name("NGUYỄN HOÀNG THÙY DƯƠNG")},
	{"small letters", "NAME_CASE", Info, "full_name", name("Nguyễn hoàng Dương")},
	{"one word", "NAME_ONE_WORD", Warning, "full_name", name("Moong")},
	{"one word, of a group that has such names", "NAME_ONE_WORD", Info, "full_name", then(name("Moong"), func(p *pupil) { p.profile.Ethnicity = "05" })},
	{"only the year of birth", "BIRTH_YEAR_ONLY", Info, "date_of_birth", born(2005, 0, 0, "001305012345")},
	{"a code without its 0", "ETHNICITY_UNKNOWN", Error, "ethnicity", func(p *pupil) { p.profile.Ethnicity = "1" }},
	{"a number registered elsewhere", "ID_ELSEWHERE", Info, "identity.number", number("079305012345")},
	{"a number of a birth abroad", "ID_ABROAD", Info, "identity.number", number("120305012345")},
	{"no commune", "RESIDENCE_REQUIRED", Error, "residence.commune", residence("01", "001", "")},
	{"a province that is none", "RESIDENCE_UNKNOWN", Error, "residence.province", residence("03", "001", "00001")},
	{"a district that is none", "RESIDENCE_UNKNOWN", Error, "residence.district", residence("01", "999", "00001")},
	{"a commune that is none", "RESIDENCE_UNKNOWN", Error, "residence.commune", residence("01", "001", "99999")},
	{"a district of another province", "RESIDENCE_HIERARCHY", Error, "residence.district", residence("79", "001", "00001")},
	{"a commune of another district", "RESIDENCE_HIERARCHY", Error, "residence.commune", residence("01", "002", "00001")},
	{"codes of 2025", "RESIDENCE_CATALOGUE", Error, "residence.catalogue_date", func(p *pupil) { p.profile.Residence.CatalogueDate = "2025-07-01" }},
}

func TestProfileFaults(t *testing.T) { spoilEach(t, profileFaults) }

// loud leaves out what is information, but for the findings of one rule.
func loud(found []Finding, rule string) []Finding {
	return slices.DeleteFunc(found, func(f Finding) bool { return f.Severity == Info && f.Rule != rule })
}

// spoilEach spoils a clean pupil in each way and expects the one finding, told without a person's data.
func spoilEach(t *testing.T, faults []spoil) {
	t.Helper()
	for _, tc := range faults {
		p := clean()
		tc.bend(p)
		found := loud(check(drive.Default(), p), tc.rule)
		if len(found) != 1 || found[0].Rule != tc.rule || found[0].Severity != tc.severity || found[0].Field != tc.field {
			t.Errorf("%s: got %+v; want one %s, %s at %q", tc.what, found, tc.rule, tc.severity, tc.field)
			continue
		}
		if rule, ok := RuleByCode(tc.rule); !ok || found[0].Version != rule.Version {
			t.Errorf("%s: version %d, rule %+v", tc.what, found[0].Version, rule)
		}
		told := strings.Join([]string{
			found[0].Field, found[0].Reported, found[0].Expected,
			found[0].Message().Vi, found[0].Message().En, found[0].Remedy().Vi, found[0].Remedy().En,
		}, "\n")
		if found[0].Message().Vi == "" || found[0].Message().En == "" || found[0].Remedy().Vi == "" || found[0].Remedy().En == "" {
			t.Errorf("%s: a sentence is missing: %q", tc.what, told)
		}
		if strings.ContainsAny(told, "{}") || strings.Contains(told, "%!") {
			t.Errorf("%s: a template shows: %q", tc.what, told)
		}
		for _, secret := range []string{p.profile.FullName.Reveal(), p.profile.Identity.Number.Reveal(), p.profile.BirthDate.Reveal(), p.profile.Code.Reveal()} {
			if len(strings.TrimSpace(secret)) > 3 && strings.Contains(told, secret) {
				t.Errorf("%s: tells a person's data: %q", tc.what, told)
			}
		}
	}
}

// Lawful profiles that a hasty rule would complain of.
func TestLawfulProfiles(t *testing.T) {
	island := ""
	for _, province := range drive.Default().Catalogue.Provinces() {
		for _, district := range drive.Default().Catalogue.DistrictsOf(province.Code) {
			if !drive.Default().Catalogue.DistrictHasCommunes(district.Code) {
				island = province.Code + district.Code
			}
		}
	}
	if island == "" {
		t.Fatal("the catalogue has no district without communes")
	}
	for what, bend := range map[string]func(*pupil){
		"an island district":                 residence(island[:2], island[2:], ""),
		"codes of the day":                   func(p *pupil) { p.profile.Residence.CatalogueDate = drive.Default().Catalogue.Date },
		"no date of the catalogue":           func(p *pupil) { p.profile.Residence.CatalogueDate = "" },
		"another birthplace":                 number("096305012345"),
		"born abroad":                        number("120305012345"),
		"only the year of birth":             born(2005, 0, 0, "079305012345"),
		"born in 2002":                       born(2002, 12, 31, "079302012345"),
		"born in 2006":                       born(2006, 1, 1, "079306012345"),
		"a leap day":                         born(2004, 2, 29, "079304012345"),
		"no nationality given":               func(p *pupil) { p.profile.Nationality = "" },
		"no number yet":                      identity(student.NoNumber, "", "Công an chưa cấp"),
		"a first CMND of 12 digits":          identity(student.CMND, "079305012345", ""),
		"blanks around the number":           number(" 079305012345\u00a0"),
		"ethnic group not known":             func(p *pupil) { p.profile.Ethnicity = "56" },
		"decomposed accents":                 name(student.Name(norm.NFD.String("Nguyễn Hoàng Thuỳ Dương"))),
		"capitals":                           name("NGUYỄN HOÀNG THÙY DƯƠNG"),
		"one word":                           then(name("Moong"), func(p *pupil) { p.profile.Ethnicity = "05" }),
		"H' prefix":                          name("H’ Hen Niê"),
		"H with an apostrophe at its end":    name("Niê H'"),
		"Y prefix":                           name("Y Moan Êñuôl"),
		"K' prefix":                          name("K'Brể"),
		"Gia Rai letters":                    name("Rơ Châm H’Ƀlŭt Kpă"),
		"a given name of one vowel":          name("Lê Như Ý"),
		"Mông names":                         name("Giàng A Lử"),
		"two family names":                   name("Nguyễn Lê-Trần An"),
		"oa, oe and uy with marks":           name("Hoà Khoẻ Thuý Hoã Ngoè"),
		"a family name from abroad":          name("Nguyễn Müller"),
		"foreign: passport and no residence": func(p *pupil) { foreign("LA", student.Passport, "p1234567")(p); residence("", "", "")(p) },
		"foreign: no ethnic group":           func(p *pupil) { foreign("KR", student.Passport, "M12345678")(p); p.profile.Ethnicity = "" },
		"foreign: a residence in part":       func(p *pupil) { foreign("KR", student.Passport, "M12345678")(p); residence("01", "001", "")(p) },
		"foreign: a name with a dot":         func(p *pupil) { foreign("US", student.Passport, "123456789")(p); name("John F. Ström-Åsén Jr.")(p) },
		"foreign: a passport of 12 digits":   foreign("CN", student.Passport, "123456789012"),
		"foreign: no passport yet": func(p *pupil) {
			foreign("LA", student.NoNumber, "")(p)
			p.profile.Identity.Reason = "Đang cấp lại"
		},
	} {
		p := clean()
		bend(p)
		if found := loud(check(drive.Default(), p), ""); len(found) != 0 {
			t.Errorf("%s: got %+v", what, found)
		}
	}
}

// Ages follow the drive's school year.
func TestBirthYearsFollowTheDrive(t *testing.T) {
	next := *drive.Default()
	next.SchoolYear = "2023-2024"
	p := clean()
	born(2008, 1, 1, "079308012345")(p)
	found := Check(&next, student.Record{Part: student.ProfilePart, Profile: &p.profile})
	found = slices.DeleteFunc(found, func(f Finding) bool { return f.Rule == "ID_ELSEWHERE" })
	if len(found) != 1 || found[0].Rule != "BIRTH_DATE_UNUSUAL" || found[0].Expected != "2003–2007" {
		t.Errorf("got %+v", found)
	}
}
