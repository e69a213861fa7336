package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/internal/commandline"
	"github.com/spf13/cobra"
)

// offline runs a command line that needs no service.
func offline(t *testing.T, args ...string) (code int, errOut string) {
	t.Helper()
	var stderr bytes.Buffer
	code = command(t.Context(), args, streams{strings.NewReader(""), io.Discard, &stderr})
	return code, stderr.String()
}

// A refusal begins in one way, in both languages, and never with the name of a package or an operation.
var (
	refusal  = regexp.MustCompile(`^rasoat: .+ / .+\n`)
	internal = regexp.MustCompile(`(?m)^(rasoat: |\s+)?[a-z]+(\.[a-z_]+)+: `)
)

func wantRefusal(t *testing.T, code int, errOut string, texts []string, args ...string) {
	t.Helper()
	if code != exitInput || !refusal.MatchString(errOut) || internal.MatchString(errOut) {
		t.Errorf("%v: exit %d and %q", args, code, errOut)
	}
	for _, text := range texts {
		if !strings.Contains(errOut, text) {
			t.Errorf("%v: nothing says %q: %s", args, text, errOut)
		}
	}
}

// Every command refuses a line that it does not understand, offers what is near and names its help; a command that is added is held to it.
func TestEveryCommandRefuses(t *testing.T) {
	root := (&app{}).root()
	commandline.Each(root, func(c *cobra.Command) {
		path := strings.Fields(c.CommandPath())[1:]
		args := append(path, "--jsn")
		code, errOut := offline(t, args...)
		wantRefusal(t, code, errOut, []string{"--json?", c.CommandPath() + " --help"}, args...)
		args = append(path, "--wait", "soon")
		code, errOut = offline(t, args...)
		wantRefusal(t, code, errOut, []string{"--wait", "30s, 5m"}, args...)
		if strings.Contains(errOut, "soon") {
			t.Errorf("%v: the value was printed: %s", args, errOut)
		}
		if !c.HasSubCommands() {
			return
		}
		first := c.Commands()[0].Name()
		for _, args := range [][]string{append(path, first+"x"), append(path, first[:2]), append(path, first+"x", "--window", "first"), append(append([]string{"help"}, path...), first+"x")} {
			code, errOut := offline(t, args...)
			wantRefusal(t, code, errOut, []string{`"` + first + `"?`}, args...)
		}
		if c.HasParent() && c.LocalFlags().Lookup("server") == nil { // it does nothing by itself
			code, errOut := offline(t, path...)
			wantRefusal(t, code, errOut, []string{first}, path...)
		}
	})
}

// What is named and cannot be read is said in both languages, with the next step.
func TestFilesThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	token := []string{"token", "--role", "school", "--scope", "01/01000701", "--subject", "minh", "--key"}
	for _, tt := range []struct {
		args  []string
		texts []string
	}{
		{append(token, "rasoat-data/access.key"), []string{"make demo", "rasoat-standalone up", "--data"}},
		{append(token, dir), []string{"is a folder"}},
		{[]string{"check", "absent.xlsx"}, []string{"There is no absent.xlsx", "check the path"}},
		{[]string{"check", dir}, []string{"is a folder"}},
		{[]string{"check", "absent.xlsx", "--drive-dir", "nowhere"}, []string{"nowhere"}},
		{[]string{"status", "--ca", "absent.pem"}, []string{"There is no absent.pem"}},
		{[]string{"status", "--cert", "absent.pem", "--key", "absent.key"}, []string{"There is no absent.pem"}},
		{[]string{"recheck", "--numbers", "absent.txt"}, []string{"There is no absent.txt"}},
		{[]string{"return", "01/01000701", "--window", "first", "--in", "absent.csv"}, []string{"There is no absent.csv"}},
		{[]string{"sample", "record", "01/01000701", "--window", "first", "--seed", "1", "--in", "absent.csv"}, []string{"There is no absent.csv"}},
		{[]string{"evaluate", "--population", "p.csv", "--profiles", "q.csv", "--truth", "t.csv"}, []string{"p.csv"}},
		{[]string{"reconcile", "--extract", "p.csv", "--out", "o.csv"}, []string{"There is no p.csv"}},
		{[]string{"outcomes", "01", "--state", dir}, []string{"is a folder"}},
		{[]string{"restore", "nowhere", "--check"}, []string{"nowhere"}},
	} {
		code, errOut := offline(t, tt.args...)
		wantRefusal(t, code, errOut, tt.texts, tt.args...)
	}
	if err := os.MkdirAll("rasoat-data", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("rasoat-data", "access.key"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	args := append(token, "data/access.key")
	code, errOut := offline(t, args...)
	wantRefusal(t, code, errOut, []string{"use --key rasoat-data/access.key"}, args...)
}

// What is not text in UTF-8 is refused before anything is sent, and the flag is named.
func TestTextThatIsNotUTF8(t *testing.T) {
	bad := "h\xe1ng \xf0i\xbdm"
	for _, tt := range []struct {
		args []string
		text string
	}{
		{[]string{"return", "01/01000701", "--window", "first", "--pupil", "x", "--reason", bad}, "--reason"},
		{[]string{"return", "01/01000701", "--reason=" + bad}, "--reason"},
		{[]string{"explain", bad}, "An argument"},
	} {
		code, errOut := offline(t, tt.args...)
		wantRefusal(t, code, errOut, []string{tt.text, "UTF-8", "65001"}, tt.args...)
	}
}

// A file of a person is text in UTF-8; what is not is refused with how to make it so, and no value is printed.
func TestFilesThatAreNotText(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"latin.csv":  "pupil,reason\na,h\xe1ng \xf0i\xbdm\n",
		"wide.csv":   "\xff\xfep\x00u\x00p\x00i\x00l\x00",
		"broken.csv": "pupil,reason\na,\"secret\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	back := []string{"return", "01/01000701", "--window", "first", "--in"}
	for file, texts := range map[string][]string{"latin.csv": {"UTF-8", "Excel"}, "wide.csv": {"UTF-8", "Excel"}, "broken.csv": {"broken.csv:", "quotation marks"}} {
		args := append(slices.Clone(back), file)
		code, errOut := offline(t, args...)
		if code != exitInput || strings.Contains(errOut, "secret") || strings.Contains(errOut, "rasoat.csv") {
			t.Errorf("%v: exit %d and %q", args, code, errOut)
		}
		for _, text := range texts {
			if !strings.Contains(errOut, text) {
				t.Errorf("%v: nothing says %q: %s", args, text, errOut)
			}
		}
	}
	if code, errOut := offline(t, "recheck", "--numbers", "wide.csv"); code != exitInput || !strings.Contains(errOut, "UTF-8") {
		t.Errorf("numbers: %d %s", code, errOut)
	}
}

// Every command documents its exit codes.
func TestEveryHelpHasTheExitCodes(t *testing.T) {
	commandline.Each((&app{}).root(), func(c *cobra.Command) {
		if c.Runnable() && !strings.Contains(strings.ToLower(c.Long), "exit code") && (!c.HasSubCommands() || !c.HasParent()) {
			t.Errorf("the help of %s has no exit codes", c.CommandPath())
		}
	})
}
