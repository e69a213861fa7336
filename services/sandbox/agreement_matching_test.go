package sandbox_test

import (
	"slices"
	"testing"

	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/student"
)

// lookUp asks the nation's registry as matching does.
func lookUp(n *sandbox.Nation, p student.Profile) matching.Answer {
	number := p.Identity.Number.Normal()
	person, ok := n.PersonByNumber(number)
	if !ok {
		return matching.Answer{Cancelled: n.Cancelled(number)}
	}
	return matching.Answer{Person: &matching.Particulars{
		Number: person.Number, FullName: person.FullName, BirthDate: person.BirthDate, Gender: person.Gender, Residence: matching.PlaceOf(person.Residence),
	}}
}

// judgeRow judges a pupil of a class by what is reported of the whole class.
func judgeRow(t *testing.T, n *sandbox.Nation, class []student.Profile, i int) matching.Result {
	t.Helper()
	got, final := matching.Triage(class[i])
	if final {
		return got
	}
	rows := make([]matching.Prepared, len(class))
	for k, p := range class {
		rows[k] = matching.Prepare(matching.ParticularsOf(p))
	}
	got, _, err := matching.DefaultWeights().Explain(class[i], lookUp(n, class[i]), matching.Surroundings{
		Rows: func() ([]matching.Prepared, int, error) { return rows, i, nil },
		PersonOf: func(row int) (*matching.Prepared, error) {
			if _, final := matching.Triage(class[row]); final {
				return nil, nil
			}
			a := lookUp(n, class[row])
			if a.Person == nil {
				return nil, nil
			}
			p := matching.Prepare(*a.Person)
			return &p, nil
		},
		Claimants: func() ([]matching.Prepared, error) { return nil, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestMatchingEndsAsExpected holds the comparison of identities against the nation's registry: outcome, fields and cause.
func TestMatchingEndsAsExpected(t *testing.T) {
	n := sandbox.New(sandbox.Config{Seed: 3, Pupils: sandbox.Sized(10_000), Faults: 300, Shifted: 50})
	causes := map[string]int{}
	for s := range n.Schools() {
		for _, c := range n.Classes(s) {
			class := make([]student.Profile, 0, c.End-c.First)
			for i := c.First; i < c.End; i++ {
				p, _ := n.ReportedProfile(i)
				class = append(class, p)
			}
			for row := range class {
				i := c.First + row
				e, got := n.Expected(i), judgeRow(t, n, class, row)
				var fields []sandbox.Field
				for _, f := range got.Fields() {
					fields = append(fields, sandbox.Field(f))
				}
				cause := ""
				for _, c := range got.Causes {
					cause += c.String()
				}
				if sandbox.Outcome(got.Outcome) != e.Outcome || !slices.Equal(fields, e.Fields) || cause != e.Cause {
					t.Errorf("pupil %d, fault %q: matching says %s in %v because of %q, want %s in %v because of %q",
						i, e.Fault, got.Outcome, fields, cause, e.Outcome, e.Fields, e.Cause)
				}
				causes[e.Cause]++
			}
		}
	}
	if *sandbox.Whole && len(causes) != 21 { // "" and every cause of Kinds
		t.Errorf("the nation has %d causes: %v", len(causes), causes)
	}
}
