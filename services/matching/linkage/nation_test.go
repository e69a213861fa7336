package linkage

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"testing"

	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/student"
)

// files are a nation as CSV.
type files struct {
	population, profiles, truth Input
	people                      int
}

// nation makes the files of a nation: every citizen, and what schools report of those whom the registry does not confirm. Of every gone-th of
// these the person is left out of the population; change changes a person's line.
func nation(t testing.TB, seed uint64, pupils, gone int, change func(cells []string)) files {
	t.Helper()
	n := sandbox.New(sandbox.Config{Seed: seed, Pupils: pupils, Faults: 300})
	var population, profiles, truth bytes.Buffer
	p, h, w := csv.NewWriter(&population), csv.NewWriter(&profiles), csv.NewWriter(&truth)
	write := func(w *csv.Writer, cells ...string) {
		if err := w.Write(cells); err != nil {
			t.Fatal(err)
		}
	}
	write(p, Columns...)
	write(h, Columns...)
	write(w, "profile_key", "population_key", "kind")
	out := files{}
	unresolved := 0
	for i := range n.Pupils() {
		person, ok := n.Person(i)
		if !ok {
			continue
		}
		key := fmt.Sprint("p", i)
		if e := n.Expected(i); e.Outcome != sandbox.Confirmed {
			reported, f := n.ReportedProfile(i)
			kind := sandbox.Kind("none")
			if f != nil {
				kind = f.Kind
			}
			write(h, fmt.Sprint("h", i), reported.Identity.Number.Reveal(), reported.FullName.Reveal(), reported.BirthDate.Reveal(), string(reported.Gender), cell(reported.Residence))
			if unresolved++; gone > 0 && unresolved%gone == 0 {
				continue
			}
			write(w, fmt.Sprint("h", i), key, string(kind))
		}
		cells := []string{key, person.Number.Reveal(), person.FullName.Reveal(), person.BirthDate.Reveal(), string(person.Gender), cell(person.Residence)}
		if change != nil {
			change(cells)
		}
		write(p, cells...)
		out.people++
	}
	for _, w := range []*csv.Writer{p, h, w} {
		if w.Flush(); w.Error() != nil {
			t.Fatal(w.Error())
		}
	}
	out.population, out.profiles, out.truth = BytesInput(population.Bytes()), BytesInput(profiles.Bytes()), BytesInput(truth.Bytes())
	return out
}

func cell(r student.Residence) string {
	if r.Province == "" {
		return ""
	}
	return r.Province + "/" + r.District + "/" + r.Commune
}

// run links the profiles of a nation.
func run(t testing.TB, f files, o Options) (*Result, *Truth) {
	t.Helper()
	people, _, err := ReadPeople(f.profiles)
	if err != nil {
		t.Fatal(err)
	}
	truth, err := ReadTruth(f.truth)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Find(t.Context(), people, f.population, o)
	if err != nil {
		t.Fatal(err)
	}
	return r, truth
}
