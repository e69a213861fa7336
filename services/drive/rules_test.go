package drive

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/drive/expression"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
)

// loadWith loads the drive of the dispatch with rules of its own.
func loadWith(t *testing.T, rules string) (*Drive, error) {
	t.Helper()
	dir := t.TempDir()
	if err := Default().WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, driveFile)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append([]byte("rules:\n"+rules), raw...), 0o600); err != nil {
		t.Fatal(err)
	}
	return LoadDir(dir)
}

const goodRule = `  - code: OWN
    kind: profile
    severity: warning
    holds: profile.gender != ""
    message: {vi: a, en: b}
    remedy: {vi: c, en: d}
    source: e
`

func TestRules(t *testing.T) {
	d, err := loadWith(t, goodRule)
	if err != nil || len(d.Rules) != 1 || d.Digest == Default().Digest {
		t.Fatalf("got %+v, %v", d, err)
	}
	r := d.Rules[0]
	r.when, r.holds = nil, nil
	if want := (Rule{
		Code: "OWN", Version: 1, Severity: SeverityWarning, Kind: student.KindProfile, Holds: `profile.gender != ""`,
		Text: fault.Text{Vi: "a", En: "b"}, Remedy: fault.Text{Vi: "c", En: "d"}, Source: "e",
	}); r != want {
		t.Errorf("got %+v, want %+v", r, want)
	}
	if none, err := loadWith(t, "  []\n"); err != nil || none.Digest != Default().Digest || len(none.Rules) != 0 {
		t.Errorf("an empty list is not as none: %v", err)
	}
}

func TestBroken(t *testing.T) {
	guarded := strings.Replace(goodRule, "    holds:", "    when: profile.nationality == \"VN\"\n    holds:", 1)
	for _, tt := range []struct {
		rule         string
		profile      student.Profile
		broken, fail bool
	}{
		{goodRule, student.Profile{Gender: student.Male}, false, false},
		{goodRule, student.Profile{}, true, false},
		{guarded, student.Profile{Nationality: "VN"}, true, false},
		{guarded, student.Profile{Nationality: "VN", Gender: student.Male}, false, false},
		{guarded, student.Profile{Nationality: "LA"}, false, false}, // not asked
		{strings.Replace(guarded, "profile.nationality", "profile.nationality.charAt(5)", 1), student.Profile{}, false, true},
		{strings.Replace(goodRule, "profile.gender", "profile.gender.charAt(9)", 1), student.Profile{}, false, true},
		{strings.Replace(goodRule, `profile.gender != ""`, `drive.id == "2022-2023-12"`, 1), student.Profile{}, false, false},
	} {
		d, err := loadWith(t, tt.rule)
		if err != nil {
			t.Fatal(err)
		}
		view := expression.ViewOf(d.ID, d.SchoolYear, student.Record{Part: student.ProfilePart, Profile: &tt.profile})
		broken, err := d.Rules[0].Broken(view)
		if broken != tt.broken || errors.Is(err, expression.ErrEvaluation) != tt.fail || (err != nil) != tt.fail {
			t.Errorf("%s: got %v, %v; want %v, %v", tt.rule, broken, err, tt.broken, tt.fail)
		}
	}
}

// Whatever a rule says is in the digest, and a drive that was written reads back with the same.
func TestRulesInTheDigest(t *testing.T) {
	const full = `  - code: OWN
    version: 2
    kind: results
    severity: warning
    field: year.rating
    when: results.part == "results/10"
    holds: |
      results.year.average_tenths < 90 &&
      results.class != "it's: #1"
    message: {vi: "Có \"{field}\": #, 'x'", en: "b: true"}
    remedy: {vi: "true", en: "1"}
    source: "  hai dòng\n\n  và \t nữa "
`
	seen := map[string]string{}
	for _, change := range [][2]string{
		{"", ""}, {"code: OWN", "code: OWN_2"}, {"version: 2", "version: 3"}, {"severity: warning", "severity: info"},
		{"field: year.rating", "field: class"}, {"    field: year.rating\n", ""}, {"results/10", "results/11"},
		{"    when: results.part == \"results/10\"\n", ""}, {"< 90", "< 91"}, {"holds: |", "holds: |-"}, {"#, 'x'", "#, 'y'"},
		{"b: true", "b: false"}, {"vi: \"true\"", "vi: \"false\""}, {`en: "1"`, `en: "2"`}, {"hai dòng", "ba dòng"},
		{full, full + goodRule[:10] + "OTHER" + goodRule[13:]},
		{full, goodRule[:10] + "OTHER" + goodRule[13:] + full}, // the order is that of the findings
		{full, goodRule}, {full, strings.Replace(goodRule, "profile.gender", "profile.class", 1)},
	} {
		d, err := loadWith(t, strings.Replace(full, change[0], change[1], 1))
		if err != nil {
			t.Errorf("%v: %v", change, err)
			continue
		}
		if other, ok := seen[d.Digest]; ok {
			t.Errorf("%v has the digest of %s", change, other)
		}
		seen[d.Digest] = strings.Join(change[:], " → ")
		dir := t.TempDir()
		if err := d.WriteDir(dir); err != nil {
			t.Fatal(err)
		}
		again, err := LoadDir(dir)
		if err != nil || again.Digest != d.Digest {
			t.Errorf("%v: written and read again: %v", change, err)
			continue
		}
		for i := range d.Rules {
			a, b := d.Rules[i], again.Rules[i]
			if a.when, a.holds, b.when, b.holds = nil, nil, nil, nil; a != b {
				t.Errorf("%v: %+v came back as %+v", change, a, b)
			}
		}
	}
}

// A bad rule stops the load, with its line.
func TestBadRules(t *testing.T) {
	for _, tc := range []struct{ old, new, path, text string }{
		{`profile.gender != ""`, `profile.gendre != ""`, "drive.yaml:5", "column 8"},
		{`holds: profile.gender != ""`, "holds: |\n      profile.gender != \"\" &&\n      profile.nmae != \"\"", "drive.yaml:7", "undefined field"},
		{`profile.gender != ""`, `profile.gender`, "drive.yaml:5", "must be bool"},
		{`holds: profile.gender != ""`, `holds: ""`, "drive.yaml:5", "holds is missing"},
		{"    holds: profile.gender != \"\"\n", "", "drive.yaml:2", "rules[0].holds is missing"},
		{`holds: profile.gender != ""`, "holds: >-\n      profile.gender !=\n      profile.nmae", "drive.yaml:6", "column 26"},
		{`holds: profile.gender != ""`, `holds: 'profile.class.matches("[")'`, "drive.yaml:5", "invalid matches argument"},
		{"    kind: profile\n", "", "drive.yaml:2", "rules[0].kind is missing"},
		{"    severity: warning\n", "", "drive.yaml:2", "rules[0].severity is missing"},
		{"  - code: OWN\n    kind", "  - kind", "drive.yaml:2", "rules[0].code is missing"},
		{"    source: e\n", "", "drive.yaml:2", "source is missing"},
		{"    source: e\n", "    source: \"\"\n", "drive.yaml:8", "source is missing"},
		{"    holds:", "    field: gendre\n    holds:", "drive.yaml:5", `no field "gendre"`},
		{"code: OWN", "code: O", "drive.yaml:2", "capitals"},
		{"code: OWN", "code: 2OWN", "drive.yaml:2", "capitals"},
		{"code: OWN", "code: " + strings.Repeat("O", 41), "drive.yaml:2", "capitals"},
		{"code: OWN", "code: OWN\n    version: 0", "drive.yaml:3", "whole number"},
		{"kind: profile", "kind: roster", "drive.yaml:3", "profile or results"},
		{"severity: warning", "severity: off", "drive.yaml:4", "error, warning or info"},
		{"code: OWN", "code: own rule", "drive.yaml:2", "capitals"},
		{"code: OWN", "code: OWN\n    version: zero", "drive.yaml:3", "whole number"},
		{"{vi: c, en: d}", "{vi: c}", "drive.yaml:2", "remedy.en is missing"},
		{"    source: e\n", "    source: e\n" + goodRule, "drive.yaml:9", "rules[1].code: is the code of a rule before it"},
		{"    source: e\n", "    source: e\n    colour: red\n", "drive.yaml:9", `unknown key "colour"`},
		{"    holds:", "    when: profile.class > 1\n    holds:", "drive.yaml:5", "no matching overload"},
	} {
		_, err := loadWith(t, strings.Replace(goodRule, tc.old, tc.new, 1))
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Invalid || len(f.Fields) != 1 || !strings.HasPrefix(f.Fields[0].Path, tc.path) || !strings.Contains(f.Fields[0].Text.En, tc.text) {
			t.Errorf("%q: got %v, want %s: %s", tc.new, err, tc.path, tc.text)
			continue
		}
		if vi := f.Fields[0].Text.Vi; vi == "" || vi == f.Fields[0].Text.En {
			t.Errorf("%q: %q is not Vietnamese", tc.new, vi)
		}
	}
}

// Every fault of a list is told at once, and in the same order each time.
func TestBadRulesAreToldInOrder(t *testing.T) {
	_, first := loadWith(t, "  - {holds: 'profile.', kind: profile}\n  - {}\n")
	for range 20 {
		if _, err := loadWith(t, "  - {holds: 'profile.', kind: profile}\n  - {}\n"); withoutFolder(err) != withoutFolder(first) {
			t.Fatalf("got %v, then %v", first, err)
		}
	}
	var f *fault.Error
	if !errors.As(first, &f) || len(f.Fields) != 8+9 {
		t.Errorf("got %v, want what both lack and the expression", first)
	}
}

func withoutFolder(err error) string {
	_, text, _ := strings.Cut(err.Error(), ": ")
	return text
}

// The example that operators read is one that loads.
func TestExampleOfTheGuide(t *testing.T) {
	raw, err := os.ReadFile("../../deploy/drives/2022-2023-12/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, found := strings.Cut(string(raw), "```yaml\nrules:\n")
	example, _, _ = strings.Cut(example, "```")
	d, err := loadWith(t, example)
	if !found || err != nil || len(d.Rules) == 0 {
		t.Errorf("found %v, got %v", found, err)
	}
}

// BenchmarkBroken asks one guarded rule of one record, as it is asked of each of a million pupils.
func BenchmarkBroken(b *testing.B) {
	rule := takeRule(ruleDoc{
		Code: cell{Value: "OWN"}, Kind: cell{Value: "profile"}, When: cell{Value: `profile.nationality == "VN"`}, Holds: cell{Value: `profile.gender != ""`},
	}, "rule", &problems{})
	rec := student.Record{Part: student.ProfilePart, Profile: &student.Profile{Nationality: "VN", Gender: student.Male}}
	b.ReportAllocs()
	for b.Loop() {
		if broken, err := rule.Broken(expression.ViewOf("d", "2022-2023", rec)); broken || err != nil {
			b.Fatal(broken, err)
		}
	}
}
