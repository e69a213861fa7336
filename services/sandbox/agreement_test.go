package sandbox_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/validation"
)

// open returns the findings that somebody has to act on, by rule: severity.
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
	for _, c := range []sandbox.Config{{Seed: 1, Pupils: sandbox.Sized(5000)}, {Seed: 2, Pupils: sandbox.Sized(4000), Faults: 300, Shifted: 50}} {
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
			if e.Fault == sandbox.RowShifted && e.Rule == sandbox.RuleIDGender {
				delete(found, sandbox.RuleIDBirthYear) // may speak as well
			}
			if !maps.Equal(found, want) {
				t.Errorf("seed %d: pupil %d, fault %q: validation finds %v, want %v", c.Seed, i, e.Fault, found, want)
			}
		}
	}
}

// TestClassesShowNothingElse holds the rules that look at a whole class against what is expected of its pupils: twins, namesakes and
// faults that only the registry can tell raise nothing, a number that stands twice is told of both, and a column that moved may be
// told of all.
func TestClassesShowNothingElse(t *testing.T) {
	n := sandbox.New(sandbox.Config{Seed: 5, Pupils: 4000, Faults: 100, Shifted: 100})
	d := drive.Sample(n.Directory())
	moved := 0
	for s := range n.Schools() {
		for c, class := range n.Classes(s) {
			expected := map[student.Code]sandbox.Expected{}
			for i := class.First; i < class.End; i++ {
				expected[n.TrueProfile(i).Code] = n.Expected(i)
			}
			records := n.ClassRecords(s, c)
			for at, findings := range validation.CheckAll(d, records) {
				e, own := expected[records[at].Code()]
				for _, f := range findings {
					if !own || f.Severity != validation.Error && f.Severity != validation.Warning {
						continue
					}
					shifted := e.Fault == sandbox.RowShifted
					if shifted && f.Rule == "ID_SHIFTED" {
						moved++
					}
					if f.Rule != e.Rule && (f.Rule != "ID_TWICE" || e.With < 0) && (!shifted || f.Rule != "ID_SHIFTED" && f.Rule != sandbox.RuleIDBirthYear) {
						t.Errorf("class %s of school %d: a pupil with fault %q has %s", class.Name, s, e.Fault, f.Rule)
					}
				}
			}
		}
	}
	if moved == 0 {
		t.Error("no column is seen to have moved")
	}
}
