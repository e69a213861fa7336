package documents

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// A README has lines of 100 columns at most, but for rows of tables, which cannot be broken; the first README is 120 lines
// long at most, and breaks its tables' rows in good time, too.
func TestLengths(t *testing.T) {
	for _, d := range all(t) {
		if d.name == "README.md" && len(d.lines) > 120 {
			t.Errorf("%s has %d lines; 120 are the most", d.name, len(d.lines))
		}
		for i, l := range d.lines {
			if n := utf8.RuneCountInString(l); n > 100 && (d.name == "README.md" || !strings.HasPrefix(l, "|")) {
				t.Errorf("%s:%d: %d columns; 100 are the most", d.name, i+1, n)
			}
		}
	}
}

// Every link to a file of the repository, and to a heading in one, reaches it.
func TestLinks(t *testing.T) {
	byName := map[string]document{}
	for _, d := range documents(t, isMarkdown) {
		byName[d.name] = d
	}
	for _, d := range byName {
		for target, line := range d.links() {
			u, err := url.Parse(target)
			if err != nil {
				t.Errorf("%s:%d: %v", d.name, line, err)
				continue
			}
			if u.Scheme != "" {
				continue
			}
			to := d.name
			if u.Path != "" {
				to = path.Join(path.Dir(d.name), u.Path)
			}
			if _, err := os.Stat(filepath.Join(root, to)); err != nil {
				t.Errorf("%s:%d: the link %s leads nowhere: %v", d.name, line, target, err)
				continue
			}
			if u.Fragment == "" {
				continue
			}
			if there, ok := byName[to]; !ok || !there.anchors()[u.Fragment] {
				t.Errorf("%s:%d: the link %s leads to no heading of %s", d.name, line, target, to)
			}
		}
	}
}

func isMarkdown(name string) bool { return path.Ext(name) == ".md" }

// The tests that sentences name exist: a document says which test holds a claim.
func TestNamedTests(t *testing.T) {
	named := regexp.MustCompile(`^Test[A-Z]\w*$`)
	names, err := files(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var tests strings.Builder
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			text, err := os.ReadFile(filepath.Join(root, name))
			if err != nil {
				t.Fatal(err)
			}
			tests.Write(text)
		}
	}
	all := tests.String()
	for _, d := range documents(t, isMarkdown) {
		for span, line := range d.spans() {
			if named.MatchString(span) && !strings.Contains(all, "\nfunc "+span+"(t *testing.T)") {
				t.Errorf("%s:%d: there is no test %s", d.name, line, span)
			}
		}
	}
}

// The commands that sentences name exist, with their flags. What a sentence names may be in the middle of a command line.
func TestNamedCommands(t *testing.T) {
	commands := map[string]func(context.Context, []string) string{"make": target}
	dir, err := firstClone()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"rasoat", "rasoat-standalone"} {
		file := filepath.Join(dir, ".bin", name)
		commands[name] = func(ctx context.Context, args []string) string { return help(ctx, file, name, args) }
	}
	seen := map[string]bool{}
	for _, d := range documents(t, isMarkdown) {
		for span, line := range d.spans() {
			if seen[span] {
				continue
			}
			seen[span] = true
			words := strings.Fields(span)
			if check := commands[words[0]]; check != nil && len(words) > 1 {
				if wrong := check(t.Context(), words[1:]); wrong != "" {
					t.Errorf("%s:%d: `%s`: %s", d.name, line, span, wrong)
				}
			}
		}
	}
}

// target says what is wrong with a target of make.
func target(ctx context.Context, words []string) string {
	cmd := exec.CommandContext(ctx, "make", "-C", root, "--dry-run", words[0])
	if said, err := cmd.CombinedOutput(); err != nil {
		return string(said)
	}
	return ""
}

// help says what is wrong with the words behind the name of a command: that there is no such subcommand, or no such flag.
func help(ctx context.Context, file, name string, words []string) string {
	var path, flags []string
	for _, w := range words {
		flag, _, _ := strings.Cut(w, "=")
		switch {
		case strings.HasPrefix(w, "--"):
			flags = append(flags, flag)
		case len(flags) == 0 && strings.Trim(w, "abcdefghijklmnopqrstuvwxyz-") == "":
			path = append(path, w)
		}
	}
	var said string
	for n := len(path); ; n-- { // the last words may be arguments
		out, err := exec.CommandContext(ctx, file, append(path[:n:n], "--help")...).CombinedOutput()
		said = string(out)
		if err == nil && strings.Contains(said, "\n  "+strings.Join(append([]string{name}, path[:n]...), " ")) {
			break
		}
		if n == 0 {
			return "there is no such command"
		}
	}
	if len(path) > 0 && strings.Contains(said, "\n  "+name+" [command]") {
		return "there is no command " + path[0]
	}
	for _, f := range flags {
		if f != "--help" && !strings.Contains(said, f+" ") && !strings.Contains(said, f+"\n") {
			return "there is no flag " + f
		}
	}
	return ""
}
