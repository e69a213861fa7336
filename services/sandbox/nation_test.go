package sandbox

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

func TestPermutationInverts(t *testing.T) {
	for _, side := range []int{1000, 37} {
		p := permutation{seed: 42, side: side}
		seen := make([]bool, side*side)
		for x := range seen {
			y := p.of(x)
			if y < 0 || y >= len(seen) || seen[y] {
				t.Fatalf("side %d: of(%d) = %d, out of range or twice", side, x, y)
			}
			if seen[y] = true; p.inverse(y) != x {
				t.Fatalf("side %d: inverse(of(%d)) = %d", side, x, p.inverse(y))
			}
		}
	}
}

func TestApportion(t *testing.T) {
	for _, c := range []struct {
		total   int
		weights []int
		want    []int
	}{
		{10, []int{1, 1, 1}, []int{4, 3, 3}},
		{7, []int{5, 0, 2}, []int{5, 0, 2}},
		{0, []int{3, 4}, []int{0, 0}},
		{100, []int{999, 1}, []int{100, 0}},
		{5, []int{0, 0}, []int{0, 0}},
	} {
		if got := apportion(c.total, c.weights); !slices.Equal(got, c.want) {
			t.Errorf("apportion(%d, %v) = %v, want %v", c.total, c.weights, got, c.want)
		}
	}
}

func TestLayoutCoversEveryPupilOnce(t *testing.T) {
	for _, pupils := range []int{0, 1, 38, 100, 500, 2000, 5000, 35_000, 80_000, 1_022_032} {
		n := New(Config{Seed: 3, Pupils: pupils})
		next, codes := 0, map[string]bool{}
		for i, s := range n.Schools() {
			if s.First != next || s.End-s.First != s.Expected || s.Expected == 0 {
				t.Fatalf("%d pupils: school %d is [%d, %d) of %d, want it to start at %d", pupils, i, s.First, s.End, s.Expected, next)
			}
			if codes[s.Code] || len(s.Code) != 8 || s.Code[:2] != s.Province {
				t.Errorf("%d pupils: school code %s of province %s", pupils, s.Code, s.Province)
			}
			codes[s.Code] = true
			names := map[string]bool{}
			for _, c := range n.Classes(i) {
				size := c.End - c.First
				if c.First != next || size <= 0 || pupils >= 500 && (size < minClass || size > maxClass) {
					t.Errorf("%d pupils: class %s of %s is [%d, %d), want it to start at %d", pupils, c.Name, s.Code, c.First, c.End, next)
				}
				if names[c.Name] {
					t.Errorf("%d pupils: school %s has two classes %s", pupils, s.Code, c.Name)
				}
				names[c.Name] = true
				next = c.End
			}
			if next != s.End {
				t.Errorf("%d pupils: the classes of %s end at %d, the school at %d", pupils, s.Code, next, s.End)
			}
		}
		if next != pupils {
			t.Errorf("%d pupils: the schools end at %d", pupils, next)
		}
	}
}

func TestSmallNationHasSeveralSchoolsAndKinds(t *testing.T) {
	for _, seed := range seeds() {
		n := New(Config{Seed: seed, Pupils: 2000})
		kinds, provinces := map[string]int{}, map[string]bool{}
		for _, s := range n.Schools() {
			kinds[s.Kind]++
			provinces[s.Province] = true
		}
		if k := len(n.Schools()); k < 5 || k > 8 || len(provinces) < 3 {
			t.Errorf("seed %d: %d schools in %d provinces", seed, k, len(provinces))
		}
		if kinds[drive.THPT] == 0 || kinds[drive.GDTX] == 0 || kinds[drive.Specialised] == 0 {
			t.Errorf("seed %d: kinds of school %v", seed, kinds)
		}
	}
}

func TestNationIsInProportion(t *testing.T) {
	n := New(Config{Seed: 1, Pupils: 1_000_000})
	pupils, continuing := map[string]int{}, 0
	for _, s := range n.Schools() {
		pupils[s.Province] += s.Expected
		if s.Kind == drive.GDTX {
			continuing += s.Expected
		}
	}
	c := drive.Default().Catalogue
	total := 0
	for _, p := range c.Provinces() {
		total += c.Candidates(p.Code)
	}
	for _, p := range c.Provinces() {
		want := float64(c.Candidates(p.Code)) * 1e6 / float64(total)
		if got := float64(pupils[p.Code]); got < want-1 || got > want+1 {
			t.Errorf("province %s has %v pupils, want %v", p.Code, got, want)
		}
	}
	if k := len(n.Schools()); k < 2850 || k > 3050 {
		t.Errorf("%d schools", k)
	}
	if continuing < 100_000 || continuing > 125_000 {
		t.Errorf("%d pupils in continuing education, want about 11 %%", continuing)
	}
}

func TestSameSeedSameNation(t *testing.T) {
	a, b := New(Config{Seed: 9, Pupils: 1500}), New(Config{Seed: 9, Pupils: 1500})
	other := New(Config{Seed: 10, Pupils: 1500})
	differ := 0
	for i := range a.Pupils() {
		if !reflect.DeepEqual(a.Reported(i), b.Reported(i)) || !reflect.DeepEqual(a.Pupil(i), b.Pupil(i)) {
			t.Fatalf("pupil %d is not the same twice", i)
		}
		if a.Pupil(i).Profile.FullName != other.Pupil(i).Profile.FullName {
			differ++
		}
	}
	if differ < 1400 {
		t.Errorf("another seed changed only %d of 1500 names", differ)
	}
}

func TestPupilsAreDistinctAndWellFormed(t *testing.T) {
	for _, seed := range seeds() {
		n := New(Config{Seed: seed, Pupils: 5000})
		codes, numbers := map[student.Code]int{}, map[student.IDNumber]int{}
		for i := range n.Pupils() {
			p := n.Pupil(i)
			if j, twice := codes[p.Profile.Code]; twice {
				t.Fatalf("seed %d: pupils %d and %d have one code", seed, i, j)
			}
			if codes[p.Profile.Code] = i; len(p.Profile.Code) != 10 {
				t.Errorf("seed %d: pupil code of %d characters", seed, len(p.Profile.Code))
			}
			number := p.Profile.Identity.Number
			if j, twice := numbers[number]; twice {
				t.Fatalf("seed %d: pupils %d and %d have one number", seed, i, j)
			}
			numbers[number] = i
			if err := checkPerson(n, i, p.Profile); err != nil {
				t.Errorf("seed %d: pupil %d: %v", seed, i, err)
			}
			if err := checkResidence(p); err != nil {
				t.Errorf("seed %d: pupil %d: %v", seed, i, err)
			}
		}
	}
}

func checkPerson(n *Nation, i int, p student.Profile) error {
	person, ok := n.PersonByNumber(p.Identity.Number)
	if p.Identity.Kind == student.Passport {
		if ok || !student.IsPassport(p.Identity.Number) || p.Nationality == "VN" || !p.Residence.IsZero() {
			return fmt.Errorf("a foreign pupil of nationality %s is known to the registry or resident", p.Nationality)
		}
		return nil
	}
	if want := (Person{p.Identity.Number, p.FullName, p.BirthDate, p.Gender, p.Residence}); !ok || person != want {
		return fmt.Errorf("the number leads to another person")
	}
	if j, ok := n.holder(p.Identity.Number); !ok || j != i {
		return fmt.Errorf("the number leads to %d", j)
	}
	facts, ok := student.Facts(p.Identity.Number)
	if !ok || facts.Province == "" || facts.Foreign || facts.Gender != p.Gender || facts.YearOfBirth != p.BirthDate.Year {
		return fmt.Errorf("the number says %+v of a %s born in %d", facts, p.Gender, p.BirthDate.Year)
	}
	if !p.BirthDate.Valid() || p.FullName == "" || student.Clean(p.FullName.Reveal()) != p.FullName.Reveal() {
		return fmt.Errorf("the birth date is not in the calendar, or the name is not clean")
	}
	if _, ok := drive.Default().Catalogue.Ethnicity(p.Ethnicity); !ok {
		return fmt.Errorf("there is no ethnic group %q", p.Ethnicity)
	}
	return nil
}

func checkResidence(p Pupil) error {
	r, c := p.Profile.Residence, drive.Default().Catalogue
	if r.IsZero() {
		return nil
	}
	district, ok := c.District(r.District)
	if !ok || district.Parent != r.Province {
		return fmt.Errorf("district %s is not of province %s", r.District, r.Province)
	}
	if r.Commune == "" && !c.DistrictHasCommunes(r.District) {
		return nil
	}
	if commune, ok := c.Commune(r.Commune); !ok || commune.Parent != r.District {
		return fmt.Errorf("commune %s is not of district %s", r.Commune, r.District)
	}
	return nil
}

// TestMillionsKeepNumbersApart looks at pupils beyond the first million, who share the last six digits.
func TestMillionsKeepNumbersApart(t *testing.T) {
	n := New(Config{Seed: 5, Pupils: 4_000_000})
	for x := range 3000 {
		seen := map[student.IDNumber]bool{}
		for i := x * 331; i < n.Pupils(); i += tails {
			p, ok := n.Person(i)
			if !ok {
				continue
			}
			if seen[p.Number] {
				t.Fatalf("pupil %d has the number of an earlier one", i)
			}
			seen[p.Number] = true
			if j, ok := n.holder(p.Number); !ok || j != i {
				t.Fatalf("the number of pupil %d leads to %d", i, j)
			}
		}
	}
}

func TestPersonByNumberRefusesNonsense(t *testing.T) {
	n := New(Config{Seed: 1, Pupils: 100})
	for _, s := range []student.IDNumber{"", "1", "12345678901", "0792050123456", "07920501234x", "00130536799é", "000000000000"} {
		if _, ok := n.PersonByNumber(s); ok {
			t.Errorf("somebody has a number of shape %v", student.ShapeOf(s))
		}
	}
}

func TestNationHasItsOddities(t *testing.T) {
	n := New(Config{Seed: 2, Pupils: 20_000, Faults: -1})
	seen := map[string]int{}
	note := func(what string, is bool) {
		if is {
			seen[what]++
		}
	}
	for i := range n.Pupils() {
		r := n.Reported(i)
		name := r.Profile.FullName.Reveal()
		note("another typing", r.Profile.FullName != n.Pupil(i).Profile.FullName)
		note("decomposed", student.Clean(name) != name)
		note("one word", len(name) > 0 && !slices.Contains([]byte(name), ' '))
		note("foreign", r.Profile.Identity.Kind == student.Passport)
		note("year only", r.Profile.BirthDate.YearOnly())
		note("minority", r.Profile.Ethnicity != kinh && r.Profile.Ethnicity != foreigner)
		note("island", r.Profile.Residence.Commune == "" && !r.Profile.Residence.IsZero())
		note("elsewhere", r.Results[0].SchoolStudied != r.Results[1].SchoolStudied)
		note("specialised", r.Results[0].Specialised != "")
		note("other language", r.Results[0].ForeignLanguage > "N1")
		for _, p := range r.Results {
			note("retake", !p.BeforeRetake.Empty())
			s, ok := p.Subject(physicalEducation)
			note("no sport", !ok && p.Programme == student.Upper2006)
			note("exempt", s.Semester1.Exempt && s.Semester2.Exempt)
			note("exempt one term", s.Semester1.Exempt != s.Semester2.Exempt && p.Part.Grade() < 12)
			note("not rated", p.Year.ConductAbsent != "")
		}
	}
	for what, least := range map[string]int{
		"another typing": 200, "decomposed": 50, "one word": 1, "foreign": 10, "year only": 10, "minority": 1500, "island": 1,
		"elsewhere": 200, "specialised": 300, "other language": 100, "retake": 50, "no sport": 500, "exempt": 200,
		"exempt one term": 50, "not rated": 100,
	} {
		if seen[what] < least {
			t.Errorf("%s: %d of 20,000, want at least %d", what, seen[what], least)
		}
	}
	t.Log(seen)
}
