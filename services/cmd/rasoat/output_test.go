package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/internal/commandline"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// writing are command lines that would write to a path, WORK; none needs a service to find out that it may not.
var writing = map[string][]string{
	"check --annotate":     {"check", "IN.xlsx", "--annotate", "WORK"},
	"template --out":       {"template", "--class", "12A1", "--offline", "--out", "WORK"},
	"evaluate --fit":       {"evaluate", "--population", "p", "--profiles", "p", "--truth", "t", "--description", "d", "--fit", "WORK"},
	"reconcile --out":      {"reconcile", "--extract", "p", "--out", "WORK"},
	"sample draw --out":    {"sample", "draw", "01/01000701", "--window", "first", "--out", "WORK"},
	"dead show --payload":  {"dead", "show", "2", "--payload", "WORK"},
	"export --out":         {"export", "--out", "WORK"},
	"generate --out":       {"generate", "--pupils", "10", "--out", "WORK"},
	"generate --linkage":   {"generate", "--pupils", "10", "--linkage", "WORK"},
	"outcomes --state":     {"outcomes", "01", "--state", "WORK"},
	"watch records --file": {"watch", "records", "--into", "csv", "--name", "exam", "--file", "WORK"},
}

// writes finds a flag by its words, so that nobody adds one that writes by hand.
var writes = regexp.MustCompile(`(?i)\b(to write|write .*into|file of the (table|sheet)|file that keeps|new file)\b`)

// No command writes over what is there; a command that is added is held to it.
func TestNothingIsWrittenOver(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, work := range []string{"Work.xlsx", filepath.Join("full", "Work.xlsx")} {
		if err := os.MkdirAll(filepath.Dir(work), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(work, []byte("a teacher's work,\nof a week"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]bool{}
	commandline.Each((&app{}).root(), func(c *cobra.Command) {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			name := strings.TrimPrefix(c.CommandPath(), "rasoat ") + " --" + f.Name
			what := commandline.Output(f)
			if (what == "") == (writes.MatchString(f.Usage) && name != "cutoff compare --file") {
				t.Errorf("%s (%s): is it declared by package commandline as what it is?", name, f.Usage)
			}
			if what == "" {
				return
			}
			args, ok := writing[name]
			if !ok {
				t.Errorf("%s has no line in this test", name)
				return
			}
			seen[name] = true
			refusesOver(t, what, args)
		})
	})
	for name := range writing {
		if !seen[name] {
			t.Errorf("%s: there is no such flag any more", name)
		}
	}
}

func refusesOver(t *testing.T, what string, args []string) {
	t.Helper()
	path, texts := "Work.xlsx", []string{"--force"}
	switch what {
	case "folder":
		path = "full"
	case "kept":
		texts = []string{"Work.xlsx"}
	}
	args = slices.Clone(args)
	args[slices.Index(args, "WORK")] = path
	code, errOut := offline(t, args...)
	wantRefusal(t, code, errOut, texts, args...)
	for _, work := range []string{"Work.xlsx", filepath.Join("full", "Work.xlsx")} {
		if data, err := os.ReadFile(work); err != nil || string(data) != "a teacher's work,\nof a week" {
			t.Errorf("%v: the work is %q, %v", args, data, err)
		}
	}
	if left, _ := filepath.Glob("*"); !slices.Equal(left, []string{"Work.xlsx", "full"}) {
		t.Errorf("%v: it left %v", args, left)
	}
}

// A file that is only read is never made.
func TestReadingMakesNoFile(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, args := range [][]string{
		{"cutoff", "compare", "a", "--into", "ndjson", "--file", "absent.ndjson"},
		{"cutoff", "compare", "a", "--into", "csv", "--file", "absent.csv"},
		{"check", "absent.xlsx", "--annotate", "marked.xlsx"},
		{"reconcile", "--extract", "absent.csv", "--out", "candidates.csv"},
		{"evaluate", "--population", "p", "--profiles", "p", "--truth", "t", "--description", "d", "--fit", "weights.json"},
		{"return", "01/01000701", "--window", "first", "--in", "absent.csv"},
	} {
		code, errOut := offline(t, args...)
		wantRefusal(t, code, errOut, nil, args...)
		if left, _ := filepath.Glob("*"); len(left) > 0 {
			t.Errorf("%v: it made %v", args, left)
		}
	}
}

// What a command writes is for its owner alone, and --force replaces it.
func TestWhatIsWritten(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "form.xlsx")
	args := []string{"template", "--class", "12A1", "--offline", "--out", file}
	for _, args := range [][]string{args, append(args, "--force")} {
		if code, errOut := offline(t, args...); code != exitFine {
			t.Fatalf("%v: %d %s", args, code, errOut)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v: %v, %v", args, info, err)
		}
	}
}

// A file that is written has the ending of what it is, and a name.
func TestNamesOfWhatIsWritten(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, args := range writing {
		path, texts := "work.pdf", []string{"has to end in ."}
		empty := slices.Clone(args)
		empty[slices.Index(empty, "WORK")] = ""
		code, errOut := offline(t, empty...)
		wantRefusal(t, code, errOut, []string{"để trống", "is empty", "--help"}, empty...)
		switch name {
		case "dead show --payload", "outcomes --state", "watch records --file", "generate --out", "generate --linkage":
			continue // of any name
		}
		wrong := slices.Clone(args)
		wrong[slices.Index(wrong, "WORK")] = path
		code, errOut = offline(t, wrong...)
		wantRefusal(t, code, errOut, texts, wrong...)
	}
	if left, _ := filepath.Glob("*"); len(left) > 0 {
		t.Errorf("it made %v", left)
	}
}
