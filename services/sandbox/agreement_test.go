package sandbox_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/validation"
)

// open gives the findings that somebody has to act on, by rule: severity.
func open(d *drive.Drive, r sandbox.Reported) map[string]validation.Severity {
	var findings []validation.Finding
	for _, rec := range r.Records() {
		findings = append(findings, validation.Check(d, rec)...)
	}
	at := func(p student.Part) int {
		return slices.IndexFunc(r.Results, func(x student.Results) bool { return x.Part == p })
	}
	if first, second := at(student.Results121), at(student.Results122); first >= 0 && second >= 0 {
		findings = append(findings, validation.CheckYear12(d, r.Results[first], r.Results[second])...)
	}
	out := map[string]validation.Severity{}
	for _, f := range findings {
		if f.Severity == validation.Error || f.Severity == validation.Warning {
			out[f.Rule] = f.Severity
		}
	}
	return out
}

// TestValidationFindsWhatIsExpected holds the rules against the nation: nothing on a pupil of whom all is reported well,
// and exactly the expected rule on every other.
func TestValidationFindsWhatIsExpected(t *testing.T) {
	for _, c := range []sandbox.Config{{Seed: 1, Pupils: 5000}, {Seed: 2, Pupils: 2500, Faults: 300}} {
		n := sandbox.New(c)
		d := drive.Sample(n.Directory())
		for i := range n.Pupils() {
			r, e := n.Reported(i), n.Expected(i)
			found := open(d, r)
			want := map[string]validation.Severity{}
			if e.Rule != "" {
				want[e.Rule] = validation.Error
				if e.Window2 == sandbox.StatusUnexplained {
					want[e.Rule] = validation.Warning
				}
			}
			if !maps.Equal(found, want) {
				t.Errorf("seed %d: pupil %d, fault %q: validation finds %v, want %v", c.Seed, i, e.Fault, found, want)
			}
		}
	}
}

// TestMatchingEndsAsExpected holds the comparison of identities against the nation's registry.
func TestMatchingEndsAsExpected(t *testing.T) {
	n := sandbox.New(sandbox.Config{Seed: 3, Pupils: 2500, Faults: 300})
	for i := range n.Pupils() {
		p, e := *n.Reported(i).Profile, n.Expected(i)
		got, final := matching.Triage(p)
		if !final {
			var known *matching.Person
			if person, ok := n.PersonByNumber(p.Identity.Number.Normal()); ok {
				known = &matching.Person{Number: person.Number, FullName: person.FullName, BirthDate: person.BirthDate, Gender: person.Gender}
			}
			got = matching.Compare(p, known)
		}
		var fields []sandbox.Field
		for _, f := range got.Fields {
			fields = append(fields, sandbox.Field(f))
		}
		if sandbox.Outcome(got.Outcome) != e.Outcome || !slices.Equal(fields, e.Fields) {
			t.Errorf("pupil %d, fault %q: matching says %s in %v, want %s in %v", i, e.Fault, got.Outcome, fields, e.Outcome, e.Fields)
		}
	}
}
