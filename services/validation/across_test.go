package validation

import (
	"fmt"
	"slices"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// school returns the profiles and the results of grade 10 of four classes of twelve pupils, who differ.
func school() []student.Record {
	var out []student.Record
	for i := range 48 {
		p := clean()
		code := student.Code(fmt.Sprintf("79%08d", i))
		class := fmt.Sprintf("12A%d", i/12+1)
		profile := p.profile
		profile.Code, profile.Class = code, class
		digit := "3"
		profile.Gender = student.Female
		if i%3 == 0 {
			digit, profile.Gender = "2", student.Male
		}
		profile.Identity.Number = student.IDNumber(fmt.Sprintf("001%s05%06d", digit, 12345+i))
		out = append(out, student.Record{Part: student.ProfilePart, Profile: &profile})
		r := p.grade10
		r.Code, r.Class, r.Subjects = code, class, slices.Clone(r.Subjects)
		for k := range r.Subjects {
			if s := &r.Subjects[k]; s.Semester1.Mark != nil {
				first, second := *s.Semester1.Mark-student.Mark((i*7+k)%9), *s.Semester2.Mark-student.Mark((i*5+k*3)%11)
				s.Semester1, s.Semester2 = mark(first), mark(second)
			}
		}
		settle(&r)
		out = append(out, student.Record{Part: student.Results10, Results: &r})
	}
	return out
}

// pick returns the records of one part.
func pick(records []student.Record, part student.Part) []student.Record {
	return slices.DeleteFunc(slices.Clone(records), func(r student.Record) bool { return r.Part != part })
}

func column(records []student.Record, code string, change func(i int, s *student.Subject)) {
	for i, r := range pick(records, student.Results10) {
		change(i, subject(r.Results, code))
	}
}

var acrossFaults = []struct {
	what, rule string
	severity   Severity
	field      string
	records    int // how many are told
	bend       func([]student.Record)
}{
	{"a code twice", "CODE_TWICE", Error, "", 2, func(r []student.Record) { r[2].Profile.Code = r[0].Profile.Code }},
	{"a number twice", "ID_TWICE", Error, "identity.number", 2, func(r []student.Record) { r[2].Profile.Identity.Number = r[4].Profile.Identity.Number }},
	{"numbers moved down by a row", "ID_SHIFTED", Error, "identity.number", 44, func(r []student.Record) {
		profiles := pick(r, student.ProfilePart)
		for i := len(profiles) - 1; i > 0; i-- {
			profiles[i].Profile.Identity.Number = profiles[i-1].Profile.Identity.Number
		}
		profiles[0].Profile.Identity.Number = "001205999999"
	}},
	{"numbers of a class moved up by a row", "ID_SHIFTED", Error, "identity.number", 11, func(r []student.Record) {
		profiles := pick(r, student.ProfilePart)[12:24]
		first := profiles[0].Profile.Identity.Number
		for i := range profiles[:11] {
			profiles[i].Profile.Identity.Number = profiles[i+1].Profile.Identity.Number
		}
		profiles[11].Profile.Identity.Number = first
	}},
	{"year marks moved down by a row", "MARKS_SHIFTED", Error, "subjects[TOAN].year", 44, func(r []student.Record) {
		before := student.Score{}
		column(r, "TOAN", func(_ int, s *student.Subject) { s.Year, before = before, s.Year })
	}},
	{"the second semester is the first", "MARKS_COPIED", Warning, "subjects[TOAN].semester2", 12, func(r []student.Record) {
		column(r, "TOAN", func(i int, s *student.Subject) {
			if i/12 == 2 {
				s.Semester2, s.Year = s.Semester1, s.Semester1
			}
		})
	}},
	{"filled down", "MARKS_CONSTANT", Warning, "subjects[TOAN].semester1", 12, func(r []student.Record) {
		column(r, "TOAN", func(i int, s *student.Subject) {
			if i/12 == 1 {
				s.Semester1 = mark(75)
			}
		})
	}},
	{"a class in an old encoding", "NAME_LEGACY", Warning, "full_name", 12, func(r []student.Record) {
		for _, rec := range pick(r, student.ProfilePart)[12:24] {
			rec.Profile.FullName = "NguyÔn V¨n Hïng"
		}
	}},
	{"a class far above the others", "CLASS_PROPORTION", Info, "year.average_tenths", 1, func(r []student.Record) {
		for i, rec := range pick(r, student.Results10) {
			*rec.Results.Year.Average = student.Mark(60 + i%3)
			if i/12 == 3 {
				*rec.Results.Year.Average = student.Mark(90 + i%3)
			}
		}
	}},
}

func TestAcross(t *testing.T) {
	records := school()
	if found := Across(drive.Default(), records); found != nil {
		t.Errorf("a school without a fault: %+v", found)
	}
	if found := Duplicates(drive.Default(), records); len(found) != 0 {
		t.Errorf("a school without a fault: %+v", found)
	}
	for _, tc := range acrossFaults {
		records := school()
		tc.bend(records)
		told, all := 0, CheckAll(drive.Default(), records)
		for i := range records {
			for _, f := range all[i] {
				if f.Rule == tc.rule && f.Field == tc.field {
					told++
					if f.Severity != tc.severity {
						t.Errorf("%s: severity %s", tc.what, f.Severity)
					}
				} else if slices.ContainsFunc(acrossRules, func(r *Rule) bool { return r.Code == f.Rule }) {
					t.Errorf("%s: %+v of record %d", tc.what, f, i)
				}
			}
		}
		if told != tc.records {
			t.Errorf("%s: %d records told, want %d", tc.what, told, tc.records)
		}
	}
}

// What concerns a mark lapses with it, and what does not stays.
func TestValuesOfAFinding(t *testing.T) {
	digest := func(bend func(*pupil)) string {
		p := clean()
		subject(&p.grade10, "TOAN").Year = mark(83) // the semesters give 8.4
		bend(p)
		for _, f := range Check(drive.Default(), student.Record{Part: student.Results10, Results: &p.grade10}) {
			if f.Rule == "YEAR_MARK_ROUNDING" {
				return fmt.Sprintf("%x", f.Digest(student.Key("k"), "pupil", student.Results10))
			}
		}
		return ""
	}
	plain := digest(func(*pupil) {})
	if plain == "" {
		t.Fatal("no finding")
	}
	for what, tc := range map[string]struct {
		bend func(*pupil)
		same bool
	}{
		"the same":           {func(*pupil) {}, true},
		"another subject":    {func(p *pupil) { subject(&p.grade10, "VATLI").Semester1 = mark(30) }, true},
		"another class":      {func(p *pupil) { p.grade10.Class = "A2" }, true},
		"the conduct rating": {func(p *pupil) { p.grade10.Year.Conduct = student.ConductFair }, true},
		"the first semester": {func(p *pupil) { subject(&p.grade10, "TOAN").Semester1 = mark(83) }, false},
		"the year before":    {func(p *pupil) { p.grade10.SchoolYear = "2019-2020" }, false},
		"before a retake":    {func(p *pupil) { subject(&p.grade10, "TOAN").YearBeforeRetake = mark(83) }, false},
	} {
		if got := digest(tc.bend); (got == plain) != tc.same {
			t.Errorf("%s: digest %s, before %s", what, got, plain)
		}
	}
}

// What a finding proposes mends it.
func TestApply(t *testing.T) {
	d := drive.Default()
	for _, tc := range []struct {
		rule string
		bend func(*pupil)
	}{
		{"ID_LEADING_ZERO", number("79305012345")},
		{"ID_SHAPE", number("001 305.012 345")},
		{"NAME_FORM", name(" Nguyễn  Văn An")},
		{"NAME_LOOKALIKE", name("Ðỗ Văn Đức")},
		{"NAME_CASE", name("NGUYỄN VĂN H’HEN")},
		{"ETHNICITY_UNKNOWN", func(p *pupil) { p.profile.Ethnicity = "1" }},
		{"NATIONALITY_UNKNOWN", func(p *pupil) { p.profile.Nationality = "Việt Nam" }},
		{"BIRTH_DATE_INVALID", born(2005, 31, 8, "001305012345")},
		{"MARK_RANGE", func(p *pupil) { subject(&p.grade10, "TOAN").Semester1 = mark(820) }},
		{"YEAR_MARK", func(p *pupil) { subject(&p.grade10, "TOAN").Year = mark(50) }},
		{"AVERAGE_ROUNDING", func(p *pupil) { *p.grade10.Year.Average++ }},
		{"RATING", func(p *pupil) { p.grade10.Semester1.Rating = student.Poor }},
		{"YEAR_COMMENT", func(p *pupil) { subject(&p.grade10, "THEDUC").Year = notPassed() }},
	} {
		p := clean()
		tc.bend(p)
		for _, rec := range []student.Record{{Part: student.ProfilePart, Profile: &p.profile}, {Part: student.Results10, Results: &p.grade10}} {
			for _, f := range Check(d, rec) {
				if f.Rule != tc.rule {
					continue
				}
				mended, ok := Apply(rec, f)
				if !ok {
					t.Errorf("%s: no mending: %+v", tc.rule, f)
				}
				for _, left := range Check(d, mended) {
					if left.Rule == tc.rule {
						t.Errorf("%s: mended, and still %+v", tc.rule, left)
					}
				}
				tc.rule = ""
			}
		}
		if tc.rule != "" {
			t.Errorf("%s does not fire", tc.rule)
		}
	}
}
