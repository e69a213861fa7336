package workbook

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// generator makes pupils by chance, the same ones for the same seed.
type generator struct {
	*rand.Rand
	d *drive.Drive
}

func newGenerator(seed uint64) *generator {
	return &generator{rand.New(rand.NewPCG(seed, 7)), drive.Default()}
}

func pick[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func (g *generator) code() student.Code {
	return student.Code(fmt.Sprintf("%010d", g.Uint64N(1e10)))
}

func (g *generator) pupil(class string) Pupil {
	c := g.d.Catalogue
	family := []string{"Nguyễn", "Trần", "Đỗ", "H'", "Y", "Lò", "Giàng"}
	given := []string{"Hòa", "Thúy Hằng", "Đức", "Quý", "Khỏe", "Hen Niê", "Ánh Nguyệt"}
	p := student.Profile{
		Code: g.code(), Class: class, FullName: student.Name(pick(g, family) + " " + pick(g, given)),
		BirthDate: student.Date{Year: 2003 + g.IntN(3), Month: 1 + g.IntN(12), Day: 1 + g.IntN(28)},
		Gender:    pick(g, []student.Gender{student.Male, student.Female}),
		Ethnicity: pick(g, c.Ethnicities()).Code, Nationality: "VN",
	}
	if g.chance(5) {
		p.BirthDate.Month, p.BirthDate.Day = 0, 0
	}
	p.Identity = student.Identity{Kind: student.PersonalID, Number: student.IDNumber(fmt.Sprintf("0%02d205%06d", g.IntN(96), g.IntN(1e6)))}
	switch g.IntN(20) {
	case 0:
		p.Identity = student.Identity{Kind: student.CMND, Number: student.IDNumber(fmt.Sprintf("0%08d", g.IntN(1e8)))}
	case 1:
		p.Identity = student.Identity{Kind: student.NoNumber, Reason: "Chưa làm căn cước"}
	case 2:
		p.Nationality = pick(g, c.Countries()).Code
		p.Identity = student.Identity{Kind: student.Passport, Number: "C1234567"}
	case 3:
		p.Identity = student.Identity{}
	case 4:
		p.Nationality = "LA"
		p.Identity = student.Identity{Kind: student.PersonalID, Number: "123205000001"}
	}
	if p.Nationality == "VN" || g.chance(30) {
		province := pick(g, c.Provinces())
		district := pick(g, c.DistrictsOf(province.Code))
		p.Residence = student.Residence{Province: province.Code, District: district.Code, CatalogueDate: c.Date}
		if communes := c.CommunesOf(district.Code); len(communes) > 0 {
			p.Residence.Commune = pick(g, communes).Code
		}
	}
	e := student.Enrolled{Code: p.Code, Class: class, State: student.Joined, Since: student.Date{Year: 2022, Month: 9, Day: 5}}
	if g.chance(10) {
		e.State = pick(g, []student.EnrolmentState{student.Transferred, student.Left, student.Deferred, student.Deceased})
		e.Since, e.Reason = student.Date{Year: 2023, Month: 2, Day: 1 + g.IntN(28)}, "Theo đơn"
	}
	return Pupil{Profile: p, Enrolled: e}
}

func (g *generator) mark() student.Score {
	m := student.Mark(g.IntN(101))
	return student.Score{Mark: &m}
}

func (g *generator) term() student.Term {
	m := student.Mark(g.IntN(101))
	t := student.Term{
		Average: &m,
		Rating:  pick(g, []student.Rating{student.Excellent, student.Good, student.Average, student.Weak, student.Poor}),
		Conduct: pick(g, []student.Conduct{student.ConductGood, student.ConductFair, student.ConductAverage, student.ConductWeak}),
	}
	if g.chance(10) {
		t.Conduct, t.ConductAbsent = "", pick(g, []string{"KHONG_XEP_LOAI", "Học ở nước ngoài"})
	}
	if g.chance(5) {
		t.Average = nil
	}
	return t
}

func (g *generator) results(class string, part student.Part) student.Results {
	r := student.Results{
		Code: g.code(), Class: class, Part: part, SchoolYear: g.d.SchoolYearOf(part.Grade()),
		Programme:     pick(g, []student.Programme{student.Upper2006, student.Upper2006, student.Upper2018, student.Continuing}),
		SchoolStudied: pick(g, []string{"", "01000701", "THPT Chu Văn An"}), ForeignLanguage: pick(g, []string{"", "N1", "N7"}),
	}
	if g.chance(3) {
		r.NotApplicable = "Học theo kế hoạch cá nhân"
		return r
	}
	if g.chance(5) {
		r.SchoolYear = "2019-2020"
	}
	if g.chance(10) {
		r.Specialised = pick(g, []string{"TOAN", "NGUVAN", "TINHOC"})
	}
	r.SummerTraining = g.chance(5)
	terms := allTerms[:3]
	switch part {
	case student.Results121:
		terms = allTerms[:1]
	case student.Results122:
		terms = allTerms[1:3]
	}
	retake := part != student.Results121 && g.chance(10)
	for _, s := range g.d.Catalogue.Subjects() {
		if !s.In(r.Programme) || !s.RequiredBy(r.Programme) && g.chance(60) {
			continue
		}
		line := student.Subject{Code: s.Code}
		for _, t := range terms {
			score := g.mark()
			if s.Assessment == drive.AssessedByComment {
				score = student.Score{Comment: pick(g, []student.Comment{student.Passed, student.NotPassed})}
			}
			if g.chance(3) {
				score = student.Score{Exempt: true}
			}
			*scoreOf(&line, t) = score
		}
		if retake && g.chance(30) {
			line.YearBeforeRetake = g.mark()
		}
		r.Subjects = append(r.Subjects, line)
	}
	for _, t := range terms {
		*termOf(&r, t) = g.term()
	}
	if retake {
		r.BeforeRetake = g.term()
	}
	return r
}

func mustProfiles(tb testing.TB, d *drive.Drive, pupils []Pupil) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := WriteProfiles(&b, d, pupils); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func mustResults(tb testing.TB, d *drive.Drive, results []Result) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := WriteResults(&b, d, results); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func mustRead(tb testing.TB, data []byte, d *drive.Drive, o Options) *Contents {
	tb.Helper()
	c, err := Read(bytes.NewReader(data), int64(len(data)), d, o)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}
