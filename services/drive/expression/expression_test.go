package expression

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/rasoat/rasoat/services/student"
)

func mark(m student.Mark) student.Score { return student.Score{Mark: &m} }

var (
	profile = student.Record{Part: student.ProfilePart, Profile: &student.Profile{
		Class: "12A1", FullName: "Nguyễn Văn An", BirthDate: student.Date{Year: 2005, Month: 2, Day: 3}, Gender: student.Male, Ethnicity: "01", Nationality: "VN",
		Identity: student.Identity{Kind: student.PersonalID, Number: "001205012345"}, Residence: student.Residence{Province: "01", District: "001", Commune: "00001"},
	}}
	average = student.Mark(82)
	results = student.Record{Part: student.Results10, Results: &student.Results{
		Part: student.Results10, SchoolYear: "2020-2021", Programme: student.Upper2006, ForeignLanguage: "N1",
		Subjects: []student.Subject{{Code: "TOAN", Semester1: mark(80), Semester2: mark(85), Year: mark(83)}, {Code: "THEDUC", Year: student.Score{Comment: student.Passed}}},
		Year:     student.Term{Average: &average, Rating: student.Excellent, Conduct: student.ConductGood},
	}}
)

func TestHolds(t *testing.T) {
	for _, tc := range []struct {
		kind student.Kind
		text string
		want bool
	}{
		{student.KindProfile, `profile.full_name.startsWith("Nguyễn") && profile.gender == "male"`, true},
		{student.KindProfile, `profile.date_of_birth.year >= 2006`, false},
		{student.KindProfile, `profile.identity.kind == "personal_id" && profile.identity.number.size() == 12 && profile.identity.reason == ""`, true},
		{student.KindProfile, `profile.residence.province + profile.residence.district + profile.residence.commune == "0100100001"`, true},
		{student.KindProfile, `profile.class.matches("^12[A-Z]") && profile.nationality == "VN" && profile.ethnicity == "01"`, true},
		{student.KindProfile, `drive.id == "d" && drive.school_year == "2022-2023"`, true},
		{student.KindResults, `results.subjects.exists(s, s.code == "TOAN" && s.year.mark_tenths >= 83)`, true},
		{student.KindResults, `results.subjects.all(s, s.year.mark_tenths >= 0)`, false},
		{student.KindResults, `results.year.average_tenths == 82 && results.year.rating == "excellent" && results.semester1.average_tenths == -1`, true},
		{student.KindResults, `results.subjects.filter(s, s.year.comment == "passed").size() == 1 && !results.summer_training`, true},
		{student.KindResults, `results.part == "results/10" && results.programme == "thpt2006" && results.foreign_language in ["N1", "N2"]`, true},
	} {
		p, err := Compile(tc.kind, tc.text)
		if err != nil {
			t.Errorf("%s: %v", tc.text, err)
			continue
		}
		rec := profile
		if tc.kind == student.KindResults {
			rec = results
		}
		if got, err := p.Holds(ViewOf("d", "2022-2023", rec)); err != nil || got != tc.want {
			t.Errorf("%s: got %v, %v; want %v", tc.text, got, err, tc.want)
		}
	}
}

func TestIssues(t *testing.T) {
	for _, tc := range []struct {
		kind         student.Kind
		text         string
		line, column int
		message      string
	}{
		{student.KindProfile, `profile.fullname == ""`, 1, 8, "undefined field"},
		{student.KindProfile, "profile.gender == \"male\" &&\n  profile.code != \"\"", 2, 10, "undefined field"},
		{student.KindProfile, `profile.date_of_birth.year`, 1, 1, "must be bool"},
		{student.KindProfile, `profile.date_of_birth.year + "1" == ""`, 1, 28, "no matching overload"},
		{student.KindProfile, `results.part == ""`, 1, 1, "undeclared reference"},
		{student.KindResults, `results.part ==`, 1, 16, "Syntax error"},
		{student.KindRoster, `true`, 1, 1, "no expressions"},
	} {
		_, err := Compile(tc.kind, tc.text)
		var issue *Issue
		if !errors.As(err, &issue) || issue.Line != tc.line || issue.Column != tc.column || !strings.Contains(issue.Message, tc.message) {
			t.Errorf("%s: got %v; want %d:%d %s", tc.text, err, tc.line, tc.column, tc.message)
		}
	}
}

// An evaluation that fails tells no value, and none can go on for ever.
func TestEvaluationIsBounded(t *testing.T) {
	loop := `results.subjects.all(a, results.subjects.all(b, results.subjects.all(c, results.subjects.all(d, results.subjects.all(e, a.code + b.code + c.code + d.code + e.code != "")))))`
	many := *results.Results
	for range 30 {
		many.Subjects = append(many.Subjects, many.Subjects[0])
	}
	for _, tc := range []struct {
		text string
		rec  student.Record
	}{
		{`results.subjects[7].code == ""`, results},
		{loop, student.Record{Part: student.Results10, Results: &many}},
	} {
		p, err := Compile(student.KindResults, tc.text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Holds(ViewOf("d", "2022-2023", tc.rec)); !errors.Is(err, ErrEvaluation) {
			t.Errorf("%.40s: got %v", tc.text, err)
		}
	}
}

func TestAtTheSameTime(t *testing.T) {
	p, err := Compile(student.KindResults, `results.subjects.exists(s, s.code == "TOAN")`)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 100 {
				if ok, err := p.Holds(ViewOf("d", "y", results)); !ok || err != nil {
					t.Errorf("got %v, %v", ok, err)
				}
			}
		})
	}
	group.Wait()
}

func BenchmarkHolds(b *testing.B) {
	p, err := Compile(student.KindResults, `results.subjects.exists(s, s.code == "TOAN" && s.year.mark_tenths >= 0)`)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if ok, err := p.Holds(ViewOf("d", "y", results)); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
