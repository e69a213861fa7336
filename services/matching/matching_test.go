package matching

import (
	"slices"
	"strconv"
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
		cause  string
		final  bool
	}{
		{student.PersonalID, "001305000123", Waiting, "", false},
		{student.CMND, "012345678", Waiting, "", false},
		{student.Passport, "B1234567", NotApplicable, "", true},
		{student.NoNumber, "", NeedsPerson, "id_number/none", true},
		{student.PersonalID, "1305000123", NeedsPerson, "id_number/malformed", true},
		{student.PersonalID, "79205000123", NeedsPerson, "id_number/leading_zero", true},
		{student.PersonalID, "1.3E+11", NeedsPerson, "id_number/precision_lost", true},
		{student.PersonalID, "00130500012a", NeedsPerson, "id_number/malformed", true},
	}
	for _, tt := range tests {
		p := claim()
		p.Identity = student.Identity{Kind: tt.kind, Number: tt.number}
		got, final := Triage(p)
		if got.Outcome != tt.want || final != tt.final || causes(got) != tt.cause || got.Text.Vi == "" || got.Text.En == "" {
			t.Errorf("%s with %d characters: got %s %s, %v; want %s %s", tt.kind, len(tt.number), got.Outcome, causes(got), final, tt.want, tt.cause)
		}
		if (got.Proposal != nil) != (tt.cause == "id_number/leading_zero") {
			t.Errorf("%s: a proposal is %v", tt.cause, got.Proposal != nil)
		}
	}
}

func causes(r Result) string {
	var all []string
	for _, c := range r.Causes {
		all = append(all, c.String())
	}
	return strings.Join(all, " ")
}

func TestJudge(t *testing.T) {
	same := Particulars{Number: "001305000123", FullName: "HOÀNG THỊ THÚY", BirthDate: student.Date{Year: 2005, Month: 3, Day: 5}, Gender: student.Female}
	date := func(y, m, d int) func(*Particulars) {
		return func(p *Particulars) { p.BirthDate = student.Date{Year: y, Month: m, Day: d} }
	}
	name := func(n student.Name) func(*Particulars) { return func(p *Particulars) { p.FullName = n } }
	tests := []struct {
		name   string
		change func(*Particulars)
		want   Outcome
		causes string
		actor  Actor
	}{
		{"the same, other case and tone placement", func(*Particulars) {}, Confirmed, "", Nobody},
		{"without marks", name("HOANG THI THUY"), Mismatched, "full_name/no_diacritics", School},
		{"i for y", name("Hoàng Thị Thuý Quí"), Mismatched, "full_name/word_missing", School},
		{"a word less", name("Hoàng Thuý"), Mismatched, "full_name/word_added", School},
		{"a letter", name("Hoàng Thị Thuyt"), Mismatched, "full_name/near", School},
		{"day and month swapped", date(2005, 5, 3), Mismatched, "date_of_birth/swapped", School},
		{"the day after", date(2005, 3, 6), Mismatched, "date_of_birth/day_off", School},
		{"only the year is known", func(p *Particulars) { p.BirthDate = student.Date{Year: 2005} }, Confirmed, "", Nobody},
		{"the year before, no day known", func(p *Particulars) { p.BirthDate = student.Date{Year: 2004} }, Mismatched, "date_of_birth/different", School},
		{"another year", date(2004, 3, 5), Mismatched, "date_of_birth/year_off", School},
		{"gender", func(p *Particulars) { p.Gender = student.Male }, Mismatched, "gender/differs", School},
		{"gender not told", func(p *Particulars) { p.Gender = "" }, Confirmed, "", Nobody},
		{"name and gender", func(p *Particulars) { p.Gender, p.FullName = student.Male, "Hoang Thi Thuy" }, Mismatched, "full_name/no_diacritics gender/differs", School},
		{"another place of residence", func(p *Particulars) { p.Residence = Place{"79"} }, Confirmed, "", Nobody},
		{"another person", func(p *Particulars) {
			p.FullName, p.BirthDate = "Moong Văn Nam", student.Date{Year: 1999, Month: 1, Day: 1}
		}, Mismatched, "id_number/other_person", School},
	}
	for _, tt := range tests {
		person := same
		tt.change(&person)
		got := DefaultWeights().Judge(claim(), Answer{Person: &person})
		if got.Outcome != tt.want || causes(got) != tt.causes || got.Actor != tt.actor {
			t.Errorf("%s: got %s %s %s, want %s %s %s", tt.name, got.Outcome, causes(got), got.Actor, tt.want, tt.causes, tt.actor)
		}
		for _, secret := range []string{"Thuý", "2005", "001305", "Nam"} {
			if strings.Contains(got.Text.Vi+got.Text.En, secret) {
				t.Errorf("%s: the sentence tells a value", tt.name)
			}
		}
		if len(got.Steps) < 3 {
			t.Errorf("%s: the waterfall has %d steps", tt.name, len(got.Steps))
		}
	}
	if got := DefaultWeights().Judge(claim(), Answer{}); got.Outcome != NotFound || causes(got) != "id_number/unknown" {
		t.Errorf("no record: got %s %s", got.Outcome, causes(got))
	}
	if got := DefaultWeights().Judge(claim(), Answer{Cancelled: true}); got.Outcome != Superseded || got.Actor != Family {
		t.Errorf("a cancelled number: got %s, %s", got.Outcome, got.Actor)
	}
	soft := claim()
	soft.FullName = "Lý Thị Mỹ"
	person := Particulars{Number: soft.Identity.Number, FullName: "Lí Thị Mĩ", BirthDate: soft.BirthDate, Gender: soft.Gender}
	if got := DefaultWeights().Judge(soft, Answer{Person: &person}); got.Outcome != NeedsPerson || got.Actor != Province {
		t.Errorf("i and y: got %s, %s", got.Outcome, got.Actor)
	}
}

// TestEveryCauseHasASentence holds the words against the levels that can be causes.
func TestEveryCauseHasASentence(t *testing.T) {
	for l := NameSoftIY; l <= NameMissing; l++ {
		checkSentence(t, Cause{FullName, l.String()})
	}
	for l := DateYearOnly; l <= DateMissing; l++ {
		checkSentence(t, Cause{DateOfBirth, l.String()})
	}
	for _, kind := range []string{NumberUnknown, NumberCancelled, NumberOtherPerson, NumberOtherPupil, NumberExchanged, NumberShifted,
		NumberZeroLost, NumberPrecision, NumberMalformed, NumberNone} {
		checkSentence(t, Cause{IDNumber, kind})
	}
}

func checkSentence(t *testing.T, c Cause) {
	t.Helper()
	s := sentences[c]
	if s.wrong.Vi == "" || s.wrong.En == "" || s.next.text.Vi == "" || s.next.text.En == "" || s.next.actor == "" {
		t.Errorf("%s has no sentence", c)
	}
}

// TestMisplaced plays a class whose numbers were exchanged, moved or borrowed. Row i is the person of number n[i].
func TestMisplaced(t *testing.T) {
	people := make([]Prepared, 8)
	for i := range people {
		people[i] = Prepare(Particulars{FullName: student.Name([]string{"Vừ A Dơ", "H' Hen Niê", "Lò Thị Ban", "Nguyễn Văn An", "Trần Thị Bé", "Lê Minh", "Moong Văn Tư", "Cụt Thị Nga"}[i]),
			BirthDate: student.Date{Year: 2005, Month: 1 + i, Day: 10 + i}})
	}
	tests := []struct {
		name  string
		holds []int // the person of the number of each row
		want  []string
	}{
		{"all well", []int{0, 1, 2, 3}, []string{"", "", "", ""}},
		{"two exchanged", []int{0, 2, 1, 3}, []string{"", NumberExchanged, NumberExchanged, ""}},
		{"exchanged far apart", []int{3, 1, 2, 0}, []string{NumberExchanged, "", "", NumberExchanged}},
		{"moved down", []int{5, 0, 1, 2, 3, 4}, []string{NumberShifted, NumberShifted, NumberShifted, NumberShifted, NumberShifted, NumberShifted}},
		{"moved up", []int{1, 2, 3, 4, 0}, []string{NumberShifted, NumberShifted, NumberShifted, NumberShifted, NumberShifted}},
		{"borrowed", []int{0, 0, 2, 3}, []string{"", NumberOtherPupil, "", ""}},
		{"somebody from elsewhere", []int{0, 7, 2, 3}, []string{"", "", "", ""}},
	}
	for _, tt := range tests {
		rows := slices.Clone(people[:len(tt.holds)])
		for i, holds := range tt.holds {
			rows[i].Number = student.IDNumber(strconv.Itoa(holds))
		}
		for i, holds := range tt.holds {
			c, _, found, err := misplaced(rows, i, &people[holds], func(row int) (*Prepared, error) { return &people[tt.holds[row]], nil })
			if c.Kind != tt.want[i] || found != (tt.want[i] != "") || err != nil {
				t.Errorf("%s, row %d: got %q, %v, want %q", tt.name, i, c.Kind, found, tt.want[i])
			}
		}
	}
}

// TestANamesakeIsLeftAlone has a pupil with a misspelt name beside a namesake born on the same day, whose own number is well.
func TestANamesakeIsLeftAlone(t *testing.T) {
	born := student.Date{Year: 2005, Month: 2, Day: 3}
	rows := []Prepared{
		Prepare(Particulars{Number: "1", FullName: "Nguyễn Văn Na", BirthDate: born}), Prepare(Particulars{Number: "2", FullName: "Nguyễn Văn Nam", BirthDate: born}),
	}
	people := []Prepared{rows[1], rows[1]}
	_, _, found, err := misplaced(rows, 0, &people[0], func(row int) (*Prepared, error) { return &people[row], nil })
	if found || err != nil {
		t.Errorf("got %v, %v, want a plain difference of names", found, err)
	}
}

func TestHypotheses(t *testing.T) {
	p := claim()
	p.FullName = "Hoàng Thị Thoạ Ðông" // an Icelandic Ð
	hs := Hypotheses(p)
	var kinds []string
	for _, h := range hs {
		kinds = append(kinds, h.Kind)
	}
	if want := []string{HypothesisSwapped, HypothesisLookalike, HypothesisOldTone}; !slices.Equal(kinds, want) {
		t.Errorf("got %v, want %v", kinds, want)
	}
	if r := hs[0].Holds(); r.Outcome != Mismatched || r.Proposal == nil || r.Proposal.Proposed != "2005-05-03" || causes(r) != "date_of_birth/swapped" {
		t.Errorf("swapped: got %s %s", r.Outcome, causes(r))
	}
	if r := hs[1].Holds(); r.Outcome != Confirmed || hs[1].FullName.Reveal() != "Hoàng Thị Thoạ Đông" {
		t.Errorf("another writing of one name: got %s", r.Outcome)
	}
	if got := hs[2].FullName.Reveal(); got != "Hoàng Thị Thọa Đông" {
		t.Errorf("the old placement: the name is %d bytes", len(got))
	}
	p.BirthDate, p.FullName = student.Date{Year: 2005, Month: 7, Day: 7}, "Nguyễn Văn An"
	if hs := Hypotheses(p); len(hs) != 0 {
		t.Errorf("nothing to try: got %d", len(hs))
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
