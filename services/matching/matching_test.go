package matching

import (
	"slices"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/student"
)

func claim() student.Profile {
	return student.Profile{
		FullName: "Hoàng Thị Thuý", BirthDate: student.Date{Year: 2005, Month: 3, Day: 5}, Gender: student.Female,
		Identity: student.Identity{Kind: student.PersonalID, Number: "001305000123"},
	}
}

func TestTriage(t *testing.T) {
	tests := []struct {
		kind   student.IdentityKind
		number student.IDNumber
		want   Outcome
		final  bool
	}{
		{student.PersonalID, "001305000123", Waiting, false},
		{student.CMND, "012345678", Waiting, false},
		{student.Passport, "B1234567", NotApplicable, true},
		{student.NoNumber, "", NeedsPerson, true},
		{student.PersonalID, "1305000123", NeedsPerson, true},
		{student.PersonalID, "1.3E+11", NeedsPerson, true},
		{student.PersonalID, "00130500012a", NeedsPerson, true},
	}
	for _, tt := range tests {
		p := claim()
		p.Identity = student.Identity{Kind: tt.kind, Number: tt.number}
		got, final := Triage(p)
		if got.Outcome != tt.want || final != tt.final || got.Text.Vi == "" || got.Text.En == "" {
			t.Errorf("%s with %d characters: got %+v, %v; want %s, %v", tt.kind, len(tt.number), got, final, tt.want, tt.final)
		}
	}
}

func TestCompare(t *testing.T) {
	same := Person{Number: "001305000123", FullName: "HOÀNG THỊ THÚY", BirthDate: student.Date{Year: 2005, Month: 3, Day: 5}, Gender: student.Female}
	tests := []struct {
		name   string
		change func(*Person)
		want   Outcome
		fields []Field
	}{
		{"the same, other case and tone placement", func(*Person) {}, Confirmed, nil},
		{"without marks", func(p *Person) { p.FullName = "HOANG THI THUY" }, Mismatched, []Field{FullName}},
		{"day and month swapped", func(p *Person) { p.BirthDate = student.Date{Year: 2005, Month: 5, Day: 3} }, Mismatched, []Field{DateOfBirth}},
		{"only the year is known", func(p *Person) { p.BirthDate = student.Date{Year: 2005} }, Confirmed, nil},
		{"another year", func(p *Person) { p.BirthDate = student.Date{Year: 2004} }, Mismatched, []Field{DateOfBirth}},
		{"gender", func(p *Person) { p.Gender = student.Male }, Mismatched, []Field{Gender}},
		{"gender not told", func(p *Person) { p.Gender = "" }, Confirmed, nil},
		{"another person", func(p *Person) {
			p.FullName, p.BirthDate = "Moong Văn Nam", student.Date{Year: 1999, Month: 1, Day: 1}
		}, Mismatched, []Field{FullName, DateOfBirth}},
	}
	for _, tt := range tests {
		p := same
		tt.change(&p)
		got := Compare(claim(), &p)
		if got.Outcome != tt.want || !slices.Equal(got.Fields, tt.fields) {
			t.Errorf("%s: got %s %v, want %s %v", tt.name, got.Outcome, got.Fields, tt.want, tt.fields)
		}
		for _, secret := range []string{"Thuý", "2005", "001305"} {
			if strings.Contains(got.Text.Vi+got.Text.En, secret) {
				t.Errorf("%s: the sentence tells a value", tt.name)
			}
		}
	}
	if got := Compare(claim(), nil); got.Outcome != NotFound {
		t.Errorf("no record: got %s, want not found", got.Outcome)
	}
}

func TestSharing(t *testing.T) {
	others, basis := Sharing([]Claimant{{"a", 5, true}, {"b", 9, true}, {"c", 7, false}})
	if !slices.Equal(others["a"], []string{"b"}) || !slices.Equal(others["b"], []string{"a"}) || len(others["c"]) != 0 || basis != 21 {
		t.Errorf("got %v, basis %d", others, basis)
	}
	if others, _ := Sharing([]Claimant{{"a", 5, true}, {"b", 10, false}}); len(others["a"])+len(others["b"]) != 0 {
		t.Errorf("a claim given up: got %v, want nobody", others)
	}
}
