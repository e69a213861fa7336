package main

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/internal/commandline"
	"github.com/spf13/cobra"
)

// calling are command lines that call a service or the broker; FILE is a file of one pupil, NEW one that is not there.
var calling = map[string]string{
	"accuracy":           "accuracy 01 --window first",
	"acknowledge":        "acknowledge 01/01000701 --rule RATING --reason x",
	"approve":            "approve 01/01000701 --window first",
	"backup":             "backup NEW",
	"claim":              "claim 01/01000701 a --reason x",
	"cutoff compare":     "cutoff compare a --into ndjson --file EMPTY",
	"cutoff list":        "cutoff list",
	"cutoff read":        "cutoff read a",
	"cutoff take":        "cutoff take a --reason x",
	"dead drop":          "dead drop 1 --reason x",
	"dead list":          "dead list",
	"dead replay":        "dead replay 1",
	"dead show":          "dead show 1",
	"declare":            "declare 01/01000701 --window first",
	"drive":              "drive",
	"explain":            "explain 01/01000701 --pupil a",
	"export":             "export --out NEW.csv",
	"extend":             "extend 01 --window first --until 2023-04-25_17:00 --reason x",
	"forecast":           "forecast --window first",
	"history":            "history",
	"holders":            "holders",
	"outcomes":           "outcomes 01",
	"progress":           "progress",
	"queue":              "queue",
	"rebuild":            "rebuild reporting",
	"recheck":            "recheck 01",
	"reconcile":          "reconcile --extract PEOPLE --out NEW.csv",
	"remind":             "remind 01 --window first",
	"restore":            "",
	"return":             "return 01/01000701 --window first --pupil a --reason x",
	"reviews":            "reviews",
	"sample draw":        "sample draw 01/01000701 --window first",
	"sample record":      "sample record 01/01000701 --window first --seed 1 --in SHEET",
	"settle":             "settle 01/01000701 a --evidence birth_certificate --reason x",
	"source":             "source 01/01000701",
	"status":             "status",
	"streams":            "streams",
	"submit":             "submit FILE --school 01/01000701",
	"subscribers":        "subscribers",
	"subscribers remove": "subscribers remove a --reason x",
	"take-back":          "take-back FILE --school 01/01000701 --reason x",
	"template":           "template --class 12A1 --school 01/01000701 --out NEW.xlsx",
	"unlock approve":     "unlock approve 01/01000701 a --reason x",
	"unlock ask":         "unlock ask 01/01000701 --until 2023-04-25_17:00 --reason x",
	"unlock list":        "unlock list",
	"unlock refuse":      "unlock refuse 01/01000701 a --reason x",
	"unlock revoke":      "unlock revoke 01/01000701 a --reason x",
	"urgent":             "urgent --window first",
	"watch records":      "watch records",
	"doctor":             "", // it reports by itself who is away
}

// nobody is an address where nothing listens.
func nobody(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// Every command that finds no service says what it waits for, and how to have it there; a command that is added is held to it.
func TestEveryCommandSaysWhatItWaitsFor(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"FILE":   `{"kind": "KIND_ROSTER", "record": {"enrolment": {"code": "9900000001", "class": "12A1"}}}` + "\n",
		"EMPTY":  "",
		"PEOPLE": "key\np1\n",
		"SHEET":  oneSheet(t),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	commandline.Each((&app{}).root(), func(c *cobra.Command) {
		server, broker := c.LocalFlags().Lookup("server"), c.LocalFlags().Lookup("nats")
		if server == nil && broker == nil {
			return
		}
		path := strings.TrimPrefix(c.CommandPath(), "rasoat ")
		line, ok := calling[path]
		if !ok {
			t.Errorf("%s has no line in this test", path)
		}
		if line == "" {
			return
		}
		t.Run(path, func(t *testing.T) {
			args, away := append(strings.Fields(line), "--wait", time.Nanosecond.String()), nobody(t)
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "_17", " 17") // the hour behind a day
			}
			if server != nil {
				args = append(args, "--server", away)
			}
			if broker != nil {
				args = append(args, "--nats", "nats://"+away)
			}
			code, errOut := offline(t, args...)
			for _, text := range []string{"Đang chờ", "Waiting for", away, "make demo", "rasoat-standalone up"} {
				if !strings.Contains(errOut, text) {
					t.Errorf("nothing says %q: %d %s", text, code, errOut)
				}
			}
			if code != exitUnavailable && !slices.Contains([]string{"template"}, path) { // which writes an empty form
				t.Errorf("the exit code is %d: %s", code, errOut)
			}
		})
	})
}
