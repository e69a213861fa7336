package sandbox_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/validation"
)

// later gives the drive of the dispatch two years on, when grade 10 had been assessed by Circular 22/2021.
func later(t *testing.T) *drive.Drive {
	t.Helper()
	dir := t.TempDir()
	if err := drive.Default().WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "drive.yaml")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(raw), "school_year: 2022-2023", "school_year: 2024-2025", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := drive.LoadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Every rule finds its own fault where it is, and nothing else is found.
func TestEveryRuleFindsItsFault(t *testing.T) {
	schools := 1
	if *sandbox.Whole {
		schools = 5
	}
	faults := sandbox.RuleFaults()
	for _, r := range validation.Rules() {
		if r.Code != "RULE_FAILED" && !slices.ContainsFunc(faults, func(f sandbox.RuleFault) bool { return f.Rule == r.Code }) {
			t.Errorf("no fault of the sandbox is for %s", r.Code)
		}
	}
	books := map[bool]*drive.Drive{false: drive.Default(), true: later(t)}
	nations := map[bool]*sandbox.Nation{}
	for levels, d := range books {
		nations[levels] = sandbox.New(sandbox.Config{Seed: 7, Pupils: 30_000, Faults: -1, Drive: d})
	}
	for i, f := range faults {
		if i%4 > 0 && !*sandbox.Whole {
			continue
		}
		n, d := nations[f.Levels], books[f.Levels]
		tried := 0
		for _, school := range n.SmallestSchools() {
			spoiled, ok := n.Spoil(f, school, school)
			if !ok {
				continue
			}
			judgeSpoiled(t, d, f, spoiled)
			if tried++; tried == schools {
				break
			}
		}
		if tried < schools {
			t.Errorf("%s: only %d schools can have the fault", f.Rule, tried)
		}
	}
}

func judgeSpoiled(t *testing.T, d *drive.Drive, f sandbox.RuleFault, s sandbox.Spoiled) {
	t.Helper()
	for i, found := range validation.CheckAll(d, s.Records) {
		missing := slices.Clone(s.Wrong[i])
		for _, got := range found {
			sayable(t, got)
			if got.Rule == f.Rule {
				if at := slices.Index(missing, got.Field); at >= 0 {
					missing = slices.Delete(missing, at, at+1)
					continue
				}
				if got.Severity == validation.Info {
					continue // lawful as well: a number registered elsewhere
				}
			}
			if got.Severity == validation.Info || slices.Contains(f.Also, got.Rule) || f.Levels && s.Records[i].Part != student.Results10 {
				continue
			}
			t.Errorf("%s: false alarm of %s at %s (%s, expected %s) in %s of record %d", f.Rule, got.Rule, got.Field, got.Reported, got.Expected, s.Records[i].Part, i)
		}
		if len(missing) > 0 {
			t.Errorf("%s: missed at %v of record %d (%s)", f.Rule, missing, i, s.Records[i].Part)
		}
	}
}

// code is a word of our contracts, or a placeholder, in a text for people.
var code = regexp.MustCompile(`[{}]|\b[a-z]+_[a-z_]+|\b[a-z]+\.[a-z]|\[[A-Z]`)

// readable are the texts in which code found nothing: many findings say the same.
var readable = map[string]bool{}

// sayable looks whether people can read what is said of a finding.
func sayable(t *testing.T, f validation.Finding) {
	t.Helper()
	text, remedy := f.Message(), f.Remedy()
	for _, said := range []string{text.Vi, text.En, remedy.Vi, remedy.En} {
		if readable[said] {
			continue
		}
		if readable[said] = said != "" && !code.MatchString(said); !readable[said] {
			t.Errorf("%s at %s says %q", f.Rule, f.Field, said)
		}
	}
	for _, english := range []string{"above", "below", "nothing", "thpt20", "none", "digit", "symbol"} {
		if strings.Contains(text.Vi, english) {
			t.Errorf("%s at %s says %q", f.Rule, f.Field, text.Vi)
		}
	}
}

// A clean nation (make bench judges one of 50,000 pupils) has no error and no warning, alone and across its classes.
func TestNoFalseAlarm(t *testing.T) {
	size := 1_000
	if *sandbox.Whole {
		size = 10_000
	}
	n := sandbox.New(sandbox.Config{Seed: 50, Pupils: size, Faults: -1})
	d := drive.Sample(n.Directory())
	pupils := 0
	for i, s := range n.Schools() {
		var records []student.Record
		for p := s.First; p < s.End; p++ {
			records = append(records, n.Reported(p).Records()...)
			pupils++
		}
		for k, found := range validation.CheckAll(d, records) {
			for _, f := range found {
				if f.Severity != validation.Info || f.Rule == "CLASS_PROPORTION" {
					t.Errorf("school %d: %s at %s of %s: %s, expected %s", i, f.Rule, f.Field, records[k].Part, f.Reported, f.Expected)
				}
			}
		}
	}
	if pupils != size {
		t.Errorf("%d pupils, want %d", pupils, size)
	}
}
