package workbook

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"github.com/rasoat/rasoat/services/student"
)

// reveal writes a record for a test's message; these pupils are made up.
func reveal(r student.Record) string {
	switch {
	case r.Enrolled != nil:
		return fmt.Sprintf("%s %+v", r.Enrolled.Code.Reveal(), *r.Enrolled)
	case r.Profile != nil:
		p := *r.Profile
		return fmt.Sprintf("%s %s %s %s %+v", p.Code.Reveal(), p.FullName.Reveal(), p.BirthDate.Reveal(), p.Identity.Number.Reveal(), p)
	case r.Results != nil:
		return fmt.Sprintf("%s %+v", r.Results.Code.Reveal(), *r.Results)
	}
	return "nothing"
}

func compare(t *testing.T, got *Contents, want []student.Record) {
	t.Helper()
	for _, p := range got.Problems {
		t.Errorf("problem %s at %s: %s", p.Rule, p.Path, p.Text.En)
	}
	if len(got.Records) != len(want) {
		t.Fatalf("got %d records, want %d", len(got.Records), len(want))
	}
	for i := range want {
		if !reflect.DeepEqual(got.Records[i].Record, want[i]) {
			t.Errorf("record %d:\n got %s\nwant %s", i, reveal(got.Records[i].Record), reveal(want[i]))
			return
		}
	}
}

func TestProfilesRoundTrip(t *testing.T) {
	g := newGenerator(1)
	var pupils []Pupil
	var want []student.Record
	for i := range 600 {
		p := g.pupil(fmt.Sprintf("12A%d", i/45))
		pupils = append(pupils, p)
		want = append(want, student.Record{Part: student.Enrolment, Enrolled: &p.Enrolled}, student.Record{Part: student.ProfilePart, Profile: &p.Profile})
	}
	got := mustRead(t, mustProfiles(t, g.d, pupils), g.d, Options{})
	compare(t, got, want)
	if got.Rows != len(pupils) {
		t.Errorf("got %d rows, want %d", got.Rows, len(pupils))
	}
}

func TestTemplateHasNoColumnsMoreThanNeeded(t *testing.T) {
	g := newGenerator(2)
	p := g.pupil("12A1")
	p.Profile.Nationality, p.Profile.Identity = "VN", student.Identity{Kind: student.PersonalID, Number: "001205000001"}
	p.Enrolled = student.Enrolled{}
	got := mustRead(t, mustProfiles(t, g.d, []Pupil{p}), g.d, Options{})
	want := student.Enrolled{Code: p.Profile.Code, Class: "12A1", State: student.Joined, Since: student.Date{Year: 2022, Month: 9, Day: 5}}
	compare(t, got, []student.Record{{Part: student.Enrolment, Enrolled: &want}, {Part: student.ProfilePart, Profile: &p.Profile}})
	if got.Records[1].Place.Locate("profile.date_of_birth") != "DANH MUC!E2" {
		t.Errorf("the birth date is at %s", got.Records[1].Place.Locate("profile.date_of_birth"))
	}
}

func TestResultsRoundTrip(t *testing.T) {
	g := newGenerator(3)
	var results []Result
	var want []student.Record
	for _, class := range []string{"12A1", "12 Chuyên Toán", "12/3", "12A1: lớp có tên thật là dài", "12A1: lớp có tên thật là dài lắm"} {
		for _, part := range student.Parts[2:] {
			for range 45 {
				r := g.results(class, part)
				results = append(results, Result{Results: r, FullName: "Nguyễn Văn A"})
				want = append(want, student.Record{Part: part, Results: &r})
			}
		}
	}
	compare(t, mustRead(t, mustResults(t, g.d, results), g.d, Options{}), want)
}

// A sheet that holds subjects which its pupils' programme does not have still gives them back: what is wrong
// with them is for the rules to say.
func TestSubjectsOfAnotherProgrammeRoundTrip(t *testing.T) {
	g := newGenerator(4)
	r := g.results("12A1", student.Results10)
	r.NotApplicable, r.Programme = "", student.Upper2006
	r.Subjects = nil
	for _, code := range []string{"THEDUC", "GDTC", "XYZ"} {
		r.Subjects = append(r.Subjects, student.Subject{Code: code, Year: g.mark()})
	}
	other := g.results("12A1", student.Results10)
	other.Programme, other.Subjects = student.Upper2018, []student.Subject{{Code: "GDTC", Year: g.mark()}}
	got := mustRead(t, mustResults(t, g.d, []Result{{Results: r}, {Results: other}}), g.d, Options{})
	compare(t, got, []student.Record{{Part: r.Part, Results: &r}, {Part: r.Part, Results: &other}})
}

func TestLocateResults(t *testing.T) {
	g := newGenerator(5)
	r := g.results("12A1", student.Results10)
	r.NotApplicable = ""
	r.Subjects = []student.Subject{{Code: "TOAN", Semester1: g.mark(), Semester2: g.mark(), Year: g.mark()}}
	r.Year = g.term()
	got := mustRead(t, mustResults(t, g.d, []Result{{Results: r}}), g.d, Options{})
	if len(got.Records) != 1 {
		t.Fatalf("got %d records and %v", len(got.Records), got.Problems)
	}
	place := got.Records[0].Place
	for path, want := range map[string]string{
		"results.subjects[TOAN].year.mark_tenths": "12A1 L10!G5", "results.subjects[TOAN]": "12A1 L10!E5",
		"results.semester1.average_tenths": "12A1 L10!H5", "results.year.rating": "12A1 L10!M5",
		"results.code": "12A1 L10!C5", "": "12A1 L10!C5", "results.class": "12A1 L10!B5",
	} {
		if got := place.Locate(path); got != want {
			t.Errorf("%q is at %s, want %s", path, got, want)
		}
	}
}

// What is missing is told at the cell where it should stand, and what has no column of its own at its nearest kin.
func TestLocateMissing(t *testing.T) {
	g := newGenerator(7)
	pupil := g.pupil("12A1")
	for _, tt := range []struct {
		kind student.IdentityKind
		want map[string]string
	}{
		{student.PersonalID, map[string]string{
			"profile.identity": "P2", "profile.identity.number": "P2", "profile.identity.kind": "P2", "profile.identity.reason": "Q2",
			"profile.residence": "I2", "profile.residence.district": "J2", "profile.residence.catalogue_date": "I2",
			"profile.gender": "F2", "profile.class": "B2", "enrolment.state": "C2", "profile.code": "C2", "profile.nothing": "C2", "": "C2",
		}},
		{"", map[string]string{"profile.identity.kind": "R2", "profile.identity": "P2"}},
	} {
		pupil.Profile.Identity = student.Identity{Kind: tt.kind, Number: "001205012345"}
		pupil.Enrolled = student.Enrolled{}
		var b bytes.Buffer
		if err := WriteProfiles(&b, g.d, []Pupil{pupil}); err != nil {
			t.Fatal(err)
		}
		place := mustRead(t, b.Bytes(), g.d, Options{}).Records[0].Place
		for path, want := range tt.want {
			if got := place.Locate(path); got != ProfilesSheet+"!"+want {
				t.Errorf("with the kind %q, %q is at %s, want %s", tt.kind, path, got, want)
			}
		}
	}
}

func TestScoreOfTwoKindsIsRefused(t *testing.T) {
	g := newGenerator(6)
	score := g.mark()
	score.Exempt = true
	r := student.Results{Code: "1", Class: "12A1", Part: student.Results10, Subjects: []student.Subject{{Code: "TOAN", Year: score}}}
	if err := WriteResults(&discard{}, g.d, []Result{{Results: r}}); err == nil {
		t.Error("a score that is a mark and exempt was written")
	}
}

type discard struct{}

func (*discard) Write(p []byte) (int, error) { return len(p), nil }
