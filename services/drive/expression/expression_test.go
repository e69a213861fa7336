package expression

import (
	"errors"
	"strconv"
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
		{student.KindResults, `results.subjects.exists(s, s.mark > 0)`, 1, 29, "undefined field 'mark'"},
		{student.KindProfile, `"Nguyễn" == profile.ful_name`, 1, 20, "undefined field 'ful_name'"}, // columns are of characters
		{student.KindProfile, `profile.class.matches("12[A-Z")`, 1, 23, "invalid matches argument"},
		{student.KindProfile, `profile.class in ["12A1", 2]`, 1, 27, "expected type"},
		{student.KindProfile, `dyn(profile).gendre == ""`, 1, 4, "'dyn' is not for rules; write: profile.…"},
		{student.KindProfile, `profile.gender == "" || has(profile.class)`, 1, 28, "'has' is not for rules"},
		{student.KindProfile, `profile.class.replace("A", "B") == "12B"`, 1, 22, "'replace' is not for rules"},
		{student.KindProfile, `true && ` + strings.Repeat(" ", 4_000) + `true`, 1, 1, "exceeds limit: size: 4012, limit 4000"},
		{student.KindProfile, ``, 1, 1, "Syntax error"},
		{student.KindRoster, `true`, 1, 1, "no expressions"},
	} {
		_, err := Compile(tc.kind, tc.text)
		var issue *Issue
		if !errors.As(err, &issue) || issue.Line != tc.line || issue.Column != tc.column || !strings.Contains(issue.Text.En, tc.message) {
			t.Errorf("%.60s: got %v; want %d:%d %s", tc.text, err, tc.line, tc.column, tc.message)
		} else if issue.Text.Vi == "" || issue.Text.Vi == issue.Text.En {
			t.Errorf("%.60s: %q is not Vietnamese", tc.text, issue.Text.Vi)
		}
	}
}

// An evaluation that fails tells no value, and none can go on for ever.
func TestEvaluationIsBounded(t *testing.T) {
	const digits = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]"
	many := *results.Results
	for range 38 {
		many.Subjects = append(many.Subjects, many.Subjects[0])
	}
	for _, text := range []string{
		`results.subjects[70].code == ""`,
		`results.subjects.all(a, results.subjects.all(b, results.subjects.all(c, results.subjects.all(d, a.code + b.code + c.code + d.code != ""))))`,
		`results.subjects.map(a, results.subjects.map(b, results.subjects.map(c, c.code))).size() > 0`,
		`lists.range(1000000000000) == []`,
		`lists.range(1001).size() == 1001`,
		`lists.range(1000).all(a, lists.range(1000).all(b, a + b >= 0))`,
		`lists.range(1000).distinct().size() == 1000`,
		`sets.contains(lists.range(1000), lists.range(1000))`,
		`lists.range(1000).map(a, lists.range(1000)).flatten().map(a, "` + strings.Repeat("x", 3_000) + `").join() != ""`,
		digits + ".all(a, " + digits + ".all(b, " + digits + ".all(c, " + digits + ".all(d, " + digits + ".all(e, a + b + c + d + e >= 0)))))",
		strings.Repeat(`["x", "x"].map(a, a + a).map(a, `, 40) + "a + a" + strings.Repeat(")", 40) + ".size() > 0",
		`int(results.school_year) > 0`,
		`results.year.average_tenths * 9223372036854775807 > 0`,
		`results.year.average_tenths / (results.semester1.average_tenths + 1) > 0`,
	} {
		p, err := Compile(student.KindResults, text)
		if err != nil {
			t.Errorf("%.60s: %v", text, err)
			continue
		}
		_, err = p.Holds(ViewOf("d", "2022-2023", student.Record{Part: student.Results10, Results: &many}))
		if !errors.Is(err, ErrEvaluation) || err.Error() != ErrEvaluation.Error() {
			t.Errorf("%.60s: got %v", text, err)
		}
	}
	pairs, err := Compile(student.KindResults, `results.subjects.all(a, results.subjects.all(b, a.code != b.code || a.year.mark_tenths == b.year.mark_tenths))`)
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := pairs.Holds(ViewOf("d", "2022-2023", student.Record{Part: student.Results10, Results: &many})); err != nil || !ok {
		t.Errorf("each subject with each: got %v, %v", ok, err)
	}
}

// A record of another kind, or none, is an error and no panic.
func TestRecordOfAnotherKind(t *testing.T) {
	p, err := Compile(student.KindResults, `results.summer_training`)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []*View{nil, {}, ViewOf("d", "y", profile)} {
		if ok, err := p.Holds(v); ok || !errors.Is(err, ErrEvaluation) {
			t.Errorf("got %v, %v", ok, err)
		}
	}
}

// One program and one view serve many at the same time, and programs are compiled beside them.
func TestAtTheSameTime(t *testing.T) {
	p, err := Compile(student.KindResults, `results.subjects.exists(s, s.code == "TOAN")`)
	if err != nil {
		t.Fatal(err)
	}
	shared := ViewOf("d", "y", results)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			own, err := Compile(student.KindProfile, `profile.class.matches("^12A[0-9]+$")`)
			if err != nil {
				t.Error(err)
				return
			}
			for range 100 {
				for _, v := range []*View{shared, ViewOf("d", "y", results)} {
					if ok, err := p.Holds(v); !ok || err != nil {
						t.Errorf("got %v, %v", ok, err)
					}
				}
				if ok, err := own.Holds(ViewOf("d", "y", profile)); !ok || err != nil {
					t.Errorf("got %v, %v", ok, err)
				}
			}
		})
	}
	group.Wait()
}

// year is a year of fourteen subjects, as a school sends it.
func year() student.Record {
	r := *results.Results
	r.Subjects = nil
	for i := range 13 {
		r.Subjects = append(r.Subjects, student.Subject{Code: "MON" + strconv.Itoa(i), Semester1: mark(70), Semester2: mark(75), Year: mark(73)})
	}
	r.Subjects = append(r.Subjects, results.Results.Subjects[0])
	return student.Record{Part: student.Results10, Results: &r}
}

func BenchmarkHolds(b *testing.B) {
	for _, bm := range []struct {
		name string
		kind student.Kind
		text string
		rec  student.Record
	}{
		{"word", student.KindProfile, `profile.nationality != "VN" || profile.ethnicity != ""`, profile},
		{"pattern", student.KindProfile, `profile.class.matches("^1[0-2][A-Z][0-9]{1,2}$")`, profile},
		{"subjects", student.KindResults, `results.subjects.exists(s, s.code == "TOAN" && s.year.mark_tenths >= 0)`, year()},
	} {
		p, err := Compile(bm.kind, bm.text)
		if err != nil {
			b.Fatal(err)
		}
		view := ViewOf("d", "y", bm.rec)
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if ok, err := p.Holds(view); !ok || err != nil {
					b.Fatal(ok, err)
				}
			}
		})
	}
}

func BenchmarkViewOf(b *testing.B) {
	for name, rec := range map[string]student.Record{"profile": profile, "results": year()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ViewOf("d", "y", rec)
			}
		})
	}
}

// FuzzCompile: whatever a drive holds, it compiles or has an issue with a place and both languages, and what compiles can be
// asked of any record.
func FuzzCompile(f *testing.F) {
	f.Add(`profile.gender == "male"`)
	f.Add(`results.subjects.all(s, s.year.mark_tenths >= -1) && sets.contains([1], [1])`)
	f.Add(`lists.range(9).map(x, string(x)).join("%s".format([1])).matches(".*")`)
	f.Add("profile.identity.number.size() ==\n12")
	f.Fuzz(func(t *testing.T, text string) {
		for kind, rec := range map[student.Kind]student.Record{student.KindProfile: profile, student.KindResults: results} {
			p, err := Compile(kind, text)
			var issue *Issue
			if err != nil && (!errors.As(err, &issue) || issue.Line < 1 || issue.Column < 1 || issue.Text.Vi == "" || issue.Text.En == "") {
				t.Errorf("%q: got %v", text, err)
			}
			if err == nil {
				if _, err := p.Holds(ViewOf("d", "y", rec)); err != nil && !errors.Is(err, ErrEvaluation) {
					t.Errorf("%q: got %v", text, err)
				}
			}
		}
	})
}
