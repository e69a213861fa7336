package workbook

import (
	"regexp"
	"strings"

	"github.com/rasoat/rasoat/services/student"
)

// scope is what a results sheet is about, as its name and its titles say: a grade, one results part of it
// or (in a gradebook of grade 12 that has the whole year) both, the school year and the class.
type scope struct {
	parts      []student.Part // in order; empty when nobody can tell
	schoolYear string         // "" when the titles do not say
	class      string
}

var (
	sheetName = regexp.MustCompile(`(?i)^(.*?)\s*\bL(10|11|12)(?:\s*HK?\s*(1|2|I{1,2}))?(?:\s*~\d+)?$`)
	gradeText = regexp.MustCompile(`\b(?:lop|khoi)\s*(10|11|12)(?:$|[^a-z0-9./_-])`)
	// aboutText tells a title ("Kết quả học tập lớp 10") from the name of a class ("Lớp 12 Chuyên Toán").
	aboutText = regexp.MustCompile(`ket qua|hoc k[yi]|\bhk|ca nam|nam hoc|bang diem|so diem|tong hop|khoi`)
	termText  = regexp.MustCompile(`\b(?:hoc k[yi]|hk)\s*(1|2|ii|i)\b|\b(ca nam)\b`)
	yearText  = regexp.MustCompile(`\b(20\d\d)\s*[-–—/]\s*(20\d\d)\b`)
	classText = regexp.MustCompile(`(?i)\blớp\s*:?\s*(1[012][A-Za-zĐđ./_-][\w./-]*)`)
)

// scopeOf reads the name and the titles of a results sheet. A name and a title that disagree give no part:
// somebody copied a sheet and forgot one of the two.
func scopeOf(name string, titles []string) scope {
	var s scope
	grade, semester := "", ""
	if m := sheetName.FindStringSubmatch(student.Clean(name)); m != nil {
		s.class = m[1]
		grade, semester = m[2], roman(m[3])
	}
	named := grade != ""
	for _, text := range titles {
		plain := strings.ToLower(student.Unaccent(text))
		if m := yearText.FindStringSubmatch(plain); m != nil && s.schoolYear == "" {
			s.schoolYear = m[1] + "-" + m[2]
		}
		if m := classText.FindStringSubmatch(text); m != nil && s.class == "" {
			s.class = m[1]
		}
		g, t := "", ""
		if m := gradeText.FindStringSubmatch(plain); m != nil && aboutText.MatchString(plain) {
			g = m[1]
		}
		if m := termText.FindStringSubmatch(plain); m != nil {
			t = roman(m[1])
			if m[2] != "" {
				t = "2" // the year's values come with those of the second semester
			}
		}
		if g != "" {
			if named && g != grade || named && g == "12" && semester != "" && t != "" && t != semester {
				return scope{schoolYear: s.schoolYear, class: s.class}
			}
			if grade == "" {
				grade = g
			}
		}
		if semester == "" && t != "" && (g != "" || grade != "") {
			semester = t
		}
	}
	s.parts = partsOf(grade, semester)
	return s
}

func roman(s string) string {
	switch strings.ToLower(s) {
	case "1", "i":
		return "1"
	case "2", "ii":
		return "2"
	}
	return ""
}

func partsOf(grade, semester string) []student.Part {
	switch {
	case grade == "10":
		return []student.Part{student.Results10}
	case grade == "11":
		return []student.Part{student.Results11}
	case grade == "12" && semester == "1":
		return []student.Part{student.Results121}
	case grade == "12" && semester == "2":
		return []student.Part{student.Results122}
	case grade == "12":
		return []student.Part{student.Results121, student.Results122}
	}
	return nil
}

// partLabels end the name of a results sheet.
var partLabels = map[student.Part]string{
	student.Results10: "L10", student.Results11: "L11", student.Results121: "L12HK1", student.Results122: "L12HK2",
}

// partTitles stand above the header of a results sheet.
var partTitles = map[student.Part]string{
	student.Results10: "LỚP 10", student.Results11: "LỚP 11",
	student.Results121: "LỚP 12 – HỌC KỲ 1", student.Results122: "LỚP 12 – HỌC KỲ 2 VÀ CẢ NĂM",
}

// schoolYear reads the cell of a school year: "2022-2023", also with spaces, a long dash or a slash.
func schoolYear(text string) string {
	if m := yearText.FindStringSubmatch(text); m != nil {
		return m[1] + "-" + m[2]
	}
	return cut(text, 9)
}

// cut shortens text to n characters.
func cut(s string, n int) string {
	count := 0
	for i := range s {
		if count == n {
			return s[:i]
		}
		count++
	}
	return s
}
