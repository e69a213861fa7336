package workbook

import (
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// A gradebook of an international school.
func TestEnglishGradebook(t *testing.T) {
	subjects := []struct{ header, code string }{
		{"Maths", "TOAN"}, {"Physics", "VATLI"}, {"Chemistry", "HOAHOC"}, {"Biology", "SINHHOC"}, {"Literature", "NGUVAN"}, {"History", "LICHSU"},
		{"Geography", "DIALI"}, {"English", "NGOAINGU"}, {"Informatics", "TINHOC"}, {"Civic education", "GDCD"}, {"Technology", "CONGNGHE"},
		{"National defence education", "GDQPAN"}, {"Physical education", "THEDUC"},
	}
	top := []any{"No", "Pupil code", "Full name", "Date of birth", "Class", "School year"}
	terms := []any{"", "", "", "", "", ""}
	row := []any{1, "1", "A", "04/03/2005", "12A1", "2020-2021"}
	for _, s := range subjects {
		top = append(top, s.header, "", "")
		terms = append(terms, "Semester 1", "Semester 2", "Year")
		if s.code == "THEDUC" {
			row = append(row, "Đ", "Đ", "Đ")
		} else {
			row = append(row, 5, 6, "7.5")
		}
	}
	top = append(top, "Average", "", "Academic rating", "Conduct")
	terms = append(terms, "Semester 1", "Year", "Year", "Year")
	row = append(row, 5, 6, "Khá", "Tốt")
	got := mustRead(t, mustBook(t, map[string][][]any{"12A1 L10": {{"Results of the class"}, top, terms, row}}), drive.Default(), Options{})
	r := resultsOf(got)
	if len(got.Problems) > 0 || len(r) != 1 {
		t.Fatalf("got %d results and %+v", len(r), got.Problems)
	}
	for _, want := range subjects {
		s, ok := r[0].Subject(want.code)
		if m := marks(s); !ok || want.code != "THEDUC" && m != [3]int{50, 60, 75} || want.code == "THEDUC" && s.Year.Comment != student.Passed {
			t.Errorf("%s: got %v, %v", want.header, m, ok)
		}
	}
	if r[0].Class != "12A1" || r[0].SchoolYear != "2020-2021" || r[0].ForeignLanguage != "N1" || len(r[0].Subjects) != len(subjects) {
		t.Errorf("got %s, %s, %s and %d subjects", r[0].Class, r[0].SchoolYear, r[0].ForeignLanguage, len(r[0].Subjects))
	}
	if y := r[0].Year; y.Average == nil || *y.Average != 60 || y.Rating != student.Good || y.Conduct != student.ConductGood || *r[0].Semester1.Average != 50 {
		t.Errorf("got the year %+v", y)
	}
}

// Under the programme of 2018 physical education is another subject; a header of one row says both.
func TestEnglishHeaders(t *testing.T) {
	h := newHeaders(drive.Default().Catalogue)
	for p, want := range map[student.Programme]string{student.Upper2006: "THEDUC", student.Upper2018: "GDTC"} {
		if code, ok := h.subject("Physical Education", p); !ok || code != want {
			t.Errorf("%s: got %q, want %s", p, code, want)
		}
	}
	if got := h.heading([]string{"Mathematics Semester 2"}); got.term != semester2 || got.subject != "Mathematics" {
		t.Errorf("got %+v", got)
	}
	if got := h.heading([]string{"Place of birth", "Province"}); got.field != fNone {
		t.Errorf("a province of birth is field %d", got.field)
	}
}

func TestEnglishProfiles(t *testing.T) {
	got := mustRead(t, mustBook(t, map[string][][]any{"Pupils": {
		{"No", "Class", "Pupil code", "Full name", "Date of birth", "Gender", "Ethnicity", "Nationality", "Province", "District", "Commune", "ID number"},
		{1, "12A1", "0123456789", "A", "04/03/2005", "Female", "Kinh", "Việt Nam", "Tỉnh Hòa Bình", "Thành phố Hòa Bình", "", "017205000123"},
	}}), drive.Default(), Options{})
	p := profilesOf(got)
	if len(got.Problems) > 0 || len(p) != 1 {
		t.Fatalf("got %d profiles and %+v", len(p), got.Problems)
	}
	if p[0].Gender != student.Female || p[0].BirthDate.Year != 2005 || p[0].Residence.District != "148" || p[0].Identity.Kind != student.PersonalID || p[0].Class != "12A1" {
		t.Errorf("got %s, %s, %s", p[0].Gender, p[0].Residence.District, p[0].Identity.Kind)
	}
}
