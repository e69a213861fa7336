package drive

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/internal/fault"
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
	if err != nil || len(d.Rules) != 1 || d.Rules[0].Version != 1 || d.Digest == Default().Digest {
		t.Fatalf("got %+v, %v", d, err)
	}
	dir := t.TempDir()
	if err := d.WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	again, err := LoadDir(dir)
	if err != nil || again.Digest != d.Digest {
		t.Errorf("written and read again: %v, %v", again, err)
	}
	other, err := loadWith(t, strings.Replace(goodRule, `!= ""`, `== "male"`, 1))
	if err != nil || other.Digest == d.Digest {
		t.Errorf("another expression, the same digest: %v", err)
	}
}

// A bad rule stops the load, with its line.
func TestBadRules(t *testing.T) {
	for _, tc := range []struct{ old, new, path, text string }{
		{`profile.gender != ""`, `profile.gendre != ""`, "drive.yaml:5", "column 8"},
		{`holds: profile.gender != ""`, "holds: |\n      profile.gender != \"\" &&\n      profile.nmae != \"\"", "drive.yaml:7", "undefined field"},
		{`profile.gender != ""`, `profile.gender`, "drive.yaml:5", "must be bool"},
		{`holds: profile.gender != ""`, `holds: ""`, "drive.yaml:5", "holds is missing"},
		{"kind: profile", "kind: roster", "drive.yaml:3", "profile or results"},
		{"severity: warning", "severity: off", "drive.yaml:4", "error, warning or info"},
		{"code: OWN", "code: own rule", "drive.yaml:2", "capitals"},
		{"code: OWN", "code: OWN\n    version: zero", "drive.yaml:3", "whole number"},
		{"{vi: c, en: d}", "{vi: c}", "drive.yaml:2", "remedy.en is missing"},
		{"    source: e\n", "    source: e\n" + goodRule, "drive.yaml:9", "unlike any other"},
		{"    source: e\n", "    source: e\n    colour: red\n", "drive.yaml", "colour"},
		{"    holds:", "    when: profile.class > 1\n    holds:", "drive.yaml:5", "no matching overload"},
	} {
		_, err := loadWith(t, strings.Replace(goodRule, tc.old, tc.new, 1))
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Invalid || len(f.Fields) != 1 || !strings.HasPrefix(f.Fields[0].Path, tc.path) || !strings.Contains(f.Fields[0].Text.En, tc.text) {
			t.Errorf("%q: got %v, want %s: %s", tc.new, err, tc.path, tc.text)
		}
	}
}
