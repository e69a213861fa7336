package linkage

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/student"
)

// What the weights that are built in promise, on a nation that they were not fitted on.
func TestQuality(t *testing.T) {
	capitals := func(cells []string) { cells[2] = strings.ToUpper(student.Unaccent(cells[2])) }
	without := func(column int) func([]string) { return func(cells []string) { cells[column] = "" } }
	tests := []struct {
		name              string
		gone              int
		change            func([]string)
		precision, recall float64
	}{
		{"as it is", 0, nil, 0.999, 0.99},
		{"one in twenty is in no extract", 20, nil, 0.998, 0.99},
		{"capitals without diacritics", 0, capitals, 0.999, 0.99},
		{"no numbers", 0, without(1), 0.999, 0.99},
		{"no birth dates", 0, without(3), 0.999, 0.96},
		{"no genders", 0, without(4), 0.999, 0.99},
		{"no residences", 0, without(5), 0.999, 0.94},
	}
	for _, tt := range tests {
		r, truth := run(t, nation(t, 11, 5000, tt.gone, tt.change), Options{})
		got := Evaluate(r, truth)
		if got.Precision < tt.precision || got.Recall < tt.recall {
			t.Errorf("%s: precision %.4f, want %.4f; recall %.4f, want %.4f; %d mistaken for somebody", tt.name, got.Precision, tt.precision, got.Recall, tt.recall, got.UnpairedLinked)
		}
		if got.TrueLinks+got.Missed != got.Pairs || got.Pairs+got.Unpaired != got.Profiles || len(got.Curve) < 30 || tt.gone > 0 && got.Unpaired == 0 {
			t.Errorf("%s: does not add up: %+v", tt.name, got)
		}
		for _, m := range Mistakes(r, truth, 3) {
			t.Logf("%s: %s %v found %+v true %+v", tt.name, m.Kind, m.Slices, m.Found, m.TrueAs)
		}
	}
}

// The result is the same whatever the number of workers, and holds nothing of anybody.
func TestDeterminism(t *testing.T) {
	f := nation(t, 12, 3000, 15, nil)
	var first string
	for _, workers := range []int{1, 4, 3} {
		last := 0.0
		r, _ := run(t, f, Options{Workers: workers, Progress: func(done float64) {
			if done < last || done > 1 {
				t.Errorf("progress went from %v to %v", last, done)
			}
			last = done
		}})
		if r.Population != f.people || last != 1 {
			t.Errorf("%d people, want %d; done %v", r.Population, f.people, last)
		}
		var b bytes.Buffer
		rows, err := WriteCandidates(&b, r, true)
		if err != nil || rows != strings.Count(b.String(), "\n")-1 {
			t.Fatalf("%d rows, %v", rows, err)
		}
		if first == "" {
			first = b.String()
		}
		if b.String() != first {
			t.Errorf("%d workers: another result", workers)
		}
		s := r.Summary()
		if s.Linked+s.Review+s.Nobody != s.Profiles || s.Linked == 0 {
			t.Errorf("got %+v", s)
		}
	}
	people, _, err := ReadPeople(f.profiles)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		for _, value := range []string{p.FullName.Reveal(), p.Number.Reveal()} {
			if value != "" && strings.Contains(first, value) {
				t.Fatalf("the file holds a value")
			}
		}
	}
}

const header = "key,id_number,full_name,date_of_birth,gender,residence\n"

// decisions links a few profiles with a few people and gives the decision of each candidate.
func decisions(t *testing.T, profiles, population string) map[string]Decision {
	t.Helper()
	var many strings.Builder // so that the prior is not that of a village
	for i := range 3000 {
		many.WriteString("x" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i/26) + ",,Phạm Văn Xuân,1999-01-02,male,99/999/99999\n")
	}
	r, _ := run(t, files{profiles: BytesInput([]byte(header + profiles)), population: BytesInput([]byte(header + population + many.String())),
		truth: BytesInput([]byte("profile_key,population_key\n"))}, Options{})
	out := map[string]Decision{}
	for _, p := range r.Profiles {
		for _, c := range p.Candidates {
			out[p.Key+" "+c.Key] = c.Decision
		}
	}
	return out
}

func TestDecisions(t *testing.T) {
	tests := []struct {
		name, profiles, population string
		want                       map[string]Decision
	}{
		{"one person", "h,001305000123,Hoàng Thị Thuý,2005-03-09,female,01/001/00001\n", "p,001305000123,Hoàng Thị Thúy,2005-09-03,female,01/001/00001\n", map[string]Decision{"h p": Link}},
		{"namesakes of one day and place", "h,,Hoàng Thị Thuý,2005-03-09,female,01/001/00001\n",
			"p,001305000123,Hoàng Thị Thúy,2005-03-09,female,01/001/00001\nq,001305000777,Hoàng Thị Thúy,2005-03-09,female,01/001/00001\n", map[string]Decision{"h p": Review, "h q": Review}},
		{"two profiles of one person", "h,001305000123,Hoàng Thị Thuý,2005-03-09,female,01/001/00001\ni,001305000123,Hoàng Thị Thuý,2005-03-09,female,01/001/00001\n",
			"p,001305000123,Hoàng Thị Thúy,2005-03-09,female,01/001/00001\n", map[string]Decision{"h p": Review, "i p": Review}},
		{"twins whose numbers were exchanged", "h,001305000777,Hoàng Thị Anh,2005-03-09,female,01/001/00001\ni,001305000123,Hoàng Thị Ánh,2005-03-09,female,01/001/00001\n",
			"p,001305000123,Hoàng Thị Anh,2005-03-09,female,01/001/00001\nq,001305000777,Hoàng Thị Ánh,2005-03-09,female,01/001/00001\n",
			map[string]Decision{"h p": Link, "h q": None, "i p": None, "i q": Link}},
		{"one twin with the number of the other", "h,001305000777,Hoàng Thị Anh,2005-03-09,female,01/001/00001\n",
			"p,001305000123,Hoàng Thị Anh,2005-03-09,female,01/001/00001\nq,001305000777,Hoàng Thị Ánh,2005-03-09,female,01/001/00001\n",
			map[string]Decision{"h p": Review, "h q": Review}},
		{"a classmate's number", "h,001305000777,Hoàng Thị Thuý,2005-03-09,female,01/001/00001\n",
			"p,001305000123,Hoàng Thị Thúy,2005-03-09,female,01/001/00001\nq,001305000777,Trần Ngọc Bích,2005-11-20,female,01/001/00001\n", map[string]Decision{"h p": Link, "h q": None}},
		{"somebody else", "h,001305000123,Hoàng Thị Thuý,2005-03-09,female,01/001/00001\n", "p,079205000456,Trần Văn Nam,2004-01-20,male,79/760/26734\n", map[string]Decision{}},
	}
	for _, tt := range tests {
		got := decisions(t, tt.profiles, tt.population)
		for pair, want := range tt.want {
			if got[pair] != want {
				t.Errorf("%s: %s got %q, want %q", tt.name, pair, got[pair], want)
			}
		}
		if len(tt.want) == 0 && len(got) > 0 {
			t.Errorf("%s: got %v, want nobody", tt.name, got)
		}
	}
}

func TestPopulationKeysAreUnique(t *testing.T) {
	_, err := Find(t.Context(), nil, BytesInput([]byte("key\na\nb\na\n")), Options{})
	if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "Line 4") {
		t.Errorf("got %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Find(ended, nil, nation(t, 1, 3000, 0, nil).population, Options{}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("after the end: got %v", err)
	}
}

// A key that all profiles share is cut, and the others still find everybody.
func TestLargeBlocks(t *testing.T) {
	var profiles, population strings.Builder
	for i := range 2 * most {
		number := "0013050" + string([]byte{byte('0' + i/100), byte('0' + i/10%10), byte('0' + i%10)}) + "11"
		profiles.WriteString("h" + number + "," + number + ",Nguyễn Văn Nam,2005-01-01,male,01/001/00001\n")
		population.WriteString("p" + number + "," + number + ",Nguyễn Văn Nam,2005-01-01,male,01/001/00001\n")
	}
	r, _ := run(t, files{profiles: BytesInput([]byte(header + profiles.String())), population: BytesInput([]byte(header + population.String())), truth: BytesInput([]byte("profile_key,population_key\n"))}, Options{})
	if r.Cut == 0 || r.Compared > int64(40*most) {
		t.Errorf("%d cut, %d compared", r.Cut, r.Compared)
	}
	for _, p := range r.Profiles {
		if len(p.Candidates) == 0 || p.Candidates[0].Key[1:] != p.Key[1:] {
			t.Fatalf("the owner of the number is not the best candidate")
		}
	}
}

func TestDifferences(t *testing.T) {
	got := Differences(matching.Levels{Name: matching.NameNoDiacritics, Date: matching.DateSwapped, Number: matching.NumberOneDigit})
	if want := "Họ tên khác dấu; ngày sinh đảo ngày và tháng; số định danh khác một chữ số"; got.Vi != want || got.En == "" {
		t.Errorf("got %q", got.Vi)
	}
	if got := Differences(matching.Levels{}); got.Vi == "" || got.En == "" {
		t.Errorf("no difference: got %+v", got)
	}
	for l := matching.NameSoftIY; l <= matching.NameMissing; l++ {
		if nameWords[l].Vi == "" || nameWords[l].En == "" {
			t.Errorf("no words for %s", l)
		}
	}
}
