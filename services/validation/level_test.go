package validation

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// driveWith returns the drive of the dispatch with its text changed.
func driveWith(t *testing.T, old, new string) *drive.Drive {
	t.Helper()
	dir := t.TempDir()
	if err := drive.Default().WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "drive.yaml")
	raw, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(raw), old) {
		t.Fatalf("drive.yaml does not hold %q: %v", old, err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(raw), old, new, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := drive.LoadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// of2018 makes grade 10 one of the programme of 2018: level Tốt, by Circular 22/2021.
func of2018(bend func(r *student.Results)) student.Results {
	p := clean()
	r := p.grade10
	r.SchoolYear, r.Programme = "2022-2023", student.Upper2018
	without(&r, "THEDUC", "GDCD", "TINHOC", "CONGNGHE")
	for i := range r.Subjects {
		s := &r.Subjects[i]
		s.Semester1, s.Semester2, s.Year = mark(80), mark(80), mark(80)
	}
	r.Subjects = append(r.Subjects, student.Subject{Code: "GDTC", Semester1: passed(), Semester2: passed(), Year: passed()})
	for _, t := range []*student.Term{&r.Semester1, &r.Semester2, &r.Year} {
		t.Average, t.Rating, t.Conduct = nil, student.VeryGood, student.ConductGood
	}
	if bend != nil {
		bend(&r)
	}
	return r
}

// levelFaults are the rules that TestLevels spoils.
var levelFaults = []string{"LEVEL", "AVERAGE_UNKNOWN", "SUBJECT_CHOICE"}

// Circular 22/2021 in a drive of its time.
func TestLevels(t *testing.T) {
	d := driveWith(t, "school_year: 2022-2023", "school_year: 2024-2025")
	for _, tc := range []struct {
		what, rule, field string
		expected          string
		bend              func(r *student.Results)
	}{
		{"all is well", "", "", "", nil},
		{"a level too low", "LEVEL", "year.rating", "very_good", func(r *student.Results) { r.Year.Rating = student.Good }},
		{"a level too high", "LEVEL", "year.rating", "good: many 5 ≥ 8.0", func(r *student.Results) {
			for i := range 4 {
				r.Subjects[i].Semester1, r.Subjects[i].Semester2, r.Subjects[i].Year = mark(80), mark(70), mark(73)
			}
			r.Semester2.Rating = student.Good
		}},
		{"paragraph 3", "", "", "", func(r *student.Results) {
			r.Subjects[0].Semester1, r.Subjects[0].Semester2, r.Subjects[0].Year = mark(80), mark(40), mark(53)
			r.Semester2.Rating, r.Year.Rating = student.Good, student.Good
		}},
		{"paragraph 3 not applied", "LEVEL", "semester2.rating", "good: lifted TOAN", func(r *student.Results) {
			r.Subjects[0].Semester1, r.Subjects[0].Semester2, r.Subjects[0].Year = mark(80), mark(40), mark(53)
			r.Semester2.Rating, r.Year.Rating = student.RatingPassed, student.Good
		}},
		{"an average", "AVERAGE_UNKNOWN", "year.average_tenths", "", func(r *student.Results) { r.Year.Average = tenths(80) }},
		{"a rating of the older circular", "RATING_SCALE", "year.rating", "", func(r *student.Results) { r.Year.Rating = student.Excellent }},
		{"a year mark", "YEAR_MARK", "subjects[TOAN].year", "8.0", func(r *student.Results) { r.Subjects[0].Year = mark(95) }},
		{"a fifth subject of choice", "SUBJECT_CHOICE", "subjects", "4", func(r *student.Results) { add("GDKTPL", 80, 80)(r); r.Subjects[len(r.Subjects)-1].Year = mark(80) }},
	} {
		r := of2018(tc.bend)
		found := loud(Check(d, student.Record{Part: r.Part, Results: &r}), tc.rule)
		switch {
		case tc.rule == "" && len(found) == 0:
		case len(found) != 1 || found[0].Rule != tc.rule || found[0].Field != tc.field || found[0].Expected != tc.expected:
			t.Errorf("%s: got %+v", tc.what, found)
		}
		for _, f := range found {
			if m := f.Message(); strings.ContainsAny(m.Vi+m.En, "{}") {
				t.Errorf("%s: %q", tc.what, m)
			}
		}
	}
}
