package drive

import (
	"strconv"

	"github.com/rasoat/rasoat/services/student"
)

// Regulations that a drive may name; package regulation holds their articles.
const (
	TT58 = "tt58-26"      // Circular 58/2011/TT-BGDĐT as amended by 26/2020/TT-BGDĐT
	TT22 = "tt22"         // Circular 22/2021/TT-BGDĐT
	QD02 = "gdtx-02-2007" // Decision 02/2007/QĐ-BGDĐT for continuing education, as amended
	TT43 = "tt43"         // Circular 43/2021/TT-BGDĐT for continuing education
)

var regulationCodes = []string{TT58, TT22, QD02, TT43}

// regulation is a row of the table: which rules one grade, one programme and a span of school years have.
type regulation struct {
	code        string
	grade       int
	programme   student.Programme
	from, until int // first calendar year of the first and the last school year
	advisory    bool
}

// always is the last school year of a row that has none.
const always = 9999

// Regulation returns the regulation under which a grade was assessed in a school year and programme:
// TT58, TT22, QD02 or TT43; false when the drive names none.
func (d *Drive) Regulation(grade int, schoolYear string, programme student.Programme) (string, bool) {
	r, ok := d.regulationOf(grade, schoolYear, programme)
	return r.code, ok
}

// Advisory reports whether what the regulation finds may only warn: the year was assessed under an
// earlier wording, or the final text of the regulation was not at hand when the drive was written.
func (d *Drive) Advisory(grade int, schoolYear string, programme student.Programme) bool {
	r, _ := d.regulationOf(grade, schoolYear, programme)
	return r.advisory
}

func (d *Drive) regulationOf(grade int, schoolYear string, programme student.Programme) (regulation, bool) {
	year, ok := firstYear(schoolYear)
	if !ok {
		return regulation{}, false
	}
	for _, r := range d.regulations {
		if r.grade == grade && r.programme == programme && r.from <= year && year <= r.until {
			return r, true
		}
	}
	return regulation{}, false
}

// SchoolYearOf returns the school year in which a pupil of the drive who repeated nothing was in a grade:
// "2020-2021" for grade 10 in the drive of 2022-2023; "" for a grade outside 10–12.
func (d *Drive) SchoolYearOf(grade int) string {
	if grade < 10 || grade > 12 {
		return ""
	}
	return d.gradeYears[grade-10]
}

// firstYear returns 2020 for "2020-2021" and false for what is not two years in a row.
func firstYear(schoolYear string) (int, bool) {
	if len(schoolYear) != 9 || schoolYear[4] != '-' {
		return 0, false
	}
	from, err1 := strconv.Atoi(schoolYear[:4])
	to, err2 := strconv.Atoi(schoolYear[5:])
	return from, err1 == nil && err2 == nil && from >= 1000 && to == from+1
}

func schoolYearFrom(year int) string { return strconv.Itoa(year) + "-" + strconv.Itoa(year+1) }

// validProgramme reports whether p is one of package student's programmes.
func validProgramme(p student.Programme) bool {
	return p == student.Upper2006 || p == student.Upper2018 || p == student.Continuing
}
