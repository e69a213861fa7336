package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const source = `package p

import "github.com/rasoat/rasoat/services/student"

func f(a, b int) bool {
	a += 1
	b++ // one more
	return student.RoundHalfUp(a, b) >= 80 && a != b || true
}
`

func TestChanges(t *testing.T) {
	mutants, err := changes("p.go", source)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range mutants {
		if source[m.from:m.to] != m.old {
			t.Errorf("%s: %q stands there", m.key, source[m.from:m.to])
		}
		got = append(got, m.old+" "+m.new)
	}
	want := []string{
		"+= -=", "1 2", "1 (0)", "++ --", "|| &&", "&& ||", ">= >", ">= <",
		roundHalfUp + " " + roundings[0], roundHalfUp + " " + roundings[1], roundHalfUp + " " + roundings[2],
		"80 81", "80 (79)", "!= ==", "true false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if k := mutants[3].key; k != "p.go: b++: ++ → --" {
		t.Errorf("got key %q", k)
	}
}

func TestChangesThatReadAlike(t *testing.T) {
	mutants, err := changes("p.go", "package p\n\nvar a = [2]int{7, 7}\n")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, m := range mutants {
		if seen[m.key] {
			t.Errorf("%s: twice", m.key)
		}
		seen[m.key] = true
	}
}

func TestChangesOfNoGo(t *testing.T) {
	if _, err := changes("p.go", "no Go"); err == nil {
		t.Error("no error")
	}
}

func TestVerdictOf(t *testing.T) {
	failed := errors.New("exit status 1")
	for _, tc := range []struct {
		out  string
		err  error
		want verdict
	}{
		{"ok", nil, survived},
		{"--- FAIL: TestX (0.00s)\nFAIL", failed, killed},
		{"panic: test timed out after 1m0s", failed, killed},
		{"FAIL p [build failed]", failed, notCompiling},
		{"go: no space left on device", failed, unclear},
	} {
		if got, _ := verdictOf(tc.out, tc.err); got != tc.want {
			t.Errorf("%s: got %v, want %v", tc.out, got, tc.want)
		}
	}
}

func TestReport(t *testing.T) {
	dead := &mutant{file: "p.go", key: "dead", verdict: killed}
	alive := &mutant{file: "p.go", key: "alive", verdict: survived}
	for _, tc := range []struct {
		what    string
		mutants []*mutant
		list    map[string]string
		ok      bool
		says    string
	}{
		{"all killed", []*mutant{dead}, nil, true, "total"},
		{"a survivor", []*mutant{dead, alive}, nil, false, "SURVIVED"},
		{"an equivalent one", []*mutant{dead, alive}, map[string]string{"alive": "no input tells"}, true, "no input tells"},
		{"an entry for what a test notices", []*mutant{dead}, map[string]string{"dead": "why"}, false, "no such change survives: dead"},
	} {
		var out strings.Builder
		if got := report(&out, tc.mutants, tc.list); got != tc.ok || !strings.Contains(out.String(), tc.says) {
			t.Errorf("%s: got %v and\n%s", tc.what, got, &out)
		}
	}
}

// A package with one test that looks at one of two numbers; nothing in its folder changes.
func TestMutate(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOWORK", "off")
	t.Setenv("GOFLAGS", "")
	write("go.mod", "module p\n\ngo 1.26\n")
	write("p.go", "package p\n\nfunc f() int { return 7 }\n\nfunc g() int { return 8 }\n")
	write("p_test.go", "package p\n\nimport \"testing\"\n\nfunc TestF(t *testing.T) {\n\tif f() != 7 {\n\t\tt.Error(f())\n\t}\n\tg()\n}\n")
	mutants, err := find(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := run(dir, mutants); err != nil {
		t.Fatal(err)
	}
	var got []verdict
	for _, m := range mutants {
		got = append(got, m.verdict)
	}
	if want := []verdict{killed, killed, survived, survived}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if ok, err := mutate(io.Discard, dir); ok || err != nil {
		t.Errorf("with holes: got %v, %v", ok, err)
	}
	write("p_test.go", "package p\n\nimport \"testing\"\n\nfunc TestF(t *testing.T) { t.Error(f(), g()) }\n")
	if _, err := mutate(io.Discard, dir); err == nil || !strings.Contains(err.Error(), "before anything is changed") {
		t.Errorf("tests that fail by themselves: got %v", err)
	}
	if _, err := mutate(io.Discard, t.TempDir()); err == nil {
		t.Error("an empty folder: no error")
	}
}
