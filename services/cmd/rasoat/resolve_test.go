package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/commandline"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// resolving is a command line tool of a school that has one pupil.
func resolving(t *testing.T) *cli {
	c := newCLI(t)
	c.services.held = []*studentpb.Record{{Content: &studentpb.Record_Enrolment{Enrolment: &studentpb.Enrolment{Code: "0100000007", Class: "12A1"}}}}
	return c
}

// The ministry's code, the reference and a cell of a file name the same pupil; a name is never printed back.
func TestResolve(t *testing.T) {
	c := resolving(t)
	lines := filepath.Join(t.TempDir(), "pupils.ndjson")
	var text strings.Builder
	for _, code := range []string{"0100000001", "0100000007"} {
		text.WriteString(`{"province":"01","school":"01000701","enrolment":{"code":"` + code + `","class":"12A1","state":"ENROLMENT_STATE_JOINED","since":{"year":2022,"month":9,"day":5}}}` + "\n")
	}
	if err := os.WriteFile(lines, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	const school = "01/01000701"
	a := &app{dial: nil, server: "passthrough:///fake"}
	a.dial = append(a.dial, c.dial)
	for name, want := range map[string]string{
		"":                           "",
		"0100000007":                 "ref0100000007",
		"abcdefghijklmnopqrstuvwxyz": "abcdefghijklmnopqrstuvwxyz",
		lines + ":2":                 "ref0100000007",
	} {
		if got, err := a.resolveOne(t.Context(), school, name); err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", name, got, err, want)
		}
	}
	for name, scope := range map[string]string{
		"0100000099": school, "0100000007": "01", lines + ":9": school, lines + ":x": school, "absent.xlsx!A5": school, "Nguyễn Văn A": school,
		lines + ":1": school, // of another pupil, whom the school does not have
	} {
		got, err := a.resolveOne(t.Context(), scope, name)
		if codeOf(err) != exitInput || strings.Contains(err.Error(), "Nguyễn") || strings.Contains(err.Error(), "0100000") {
			t.Errorf("%q of %s: got %q, %v", name, scope, got, err)
		}
	}
	a.waiting.ended.Wait()
}

// Any cell in the row of a pupil of a workbook names the pupil, with its sheet and without; the row below the last names nobody.
func TestResolveCellOfWorkbook(t *testing.T) {
	c := resolving(t)
	c.services.held = roster("12A1", 1, 3)
	book := mustClass(t, "12A1", 1, 3)
	a := &app{server: "passthrough:///fake"}
	a.dial = append(a.dial, c.dial)
	first := 0 // the row of the first pupil
	for row := 1; row < 20 && first == 0; row++ {
		if ref, _ := a.resolveOne(t.Context(), "01/01000701", fmt.Sprintf("%s!A%d", book, row)); ref == "ref1" {
			first = row
		}
	}
	for _, form := range []string{"%s!A%d", "%s!g%d", "%s DANH MUC!B%d"} {
		for i := range 3 {
			name, want := fmt.Sprintf(form, book, first+i), fmt.Sprintf("ref%d", i+1)
			if got, err := a.resolveOne(t.Context(), "01/01000701", name); err != nil || got != want {
				t.Errorf("%s: got %q, %v, want %q", name, got, err, want)
			}
		}
		if got, err := a.resolveOne(t.Context(), "01/01000701", fmt.Sprintf(form, book, first+3)); codeOf(err) != exitInput {
			t.Errorf("below the last row: got %q, %v", got, err)
		}
	}
	a.waiting.ended.Wait()
}

// Every flag that names a pupil says the forms that it takes, and so does every argument; a command that is added is held to it.
func TestEveryCommandResolvesPupils(t *testing.T) {
	commandline.Each((&app{}).root(), func(c *cobra.Command) {
		f := c.LocalFlags().Lookup("pupil")
		if f != nil && !strings.Contains(f.Usage, pupilForms) {
			t.Errorf("%s --pupil: %s", c.CommandPath(), f.Usage)
		}
		if slices.Contains(strings.Fields(c.Use), "PUPIL") && !strings.Contains(c.Long, pupilForms) {
			t.Errorf("%s does not say what a PUPIL is", c.CommandPath())
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if strings.Contains(f.Usage, "by reference") && f.Name != "school" {
				t.Errorf("%s --%s: %s", c.CommandPath(), f.Name, f.Usage)
			}
		})
	})
	c := resolving(t)
	for _, args := range [][]string{
		{"explain", "01/01000701", "--pupil"}, {"acknowledge", "01/01000701", "--rule", "RATING", "--reason", "x", "--pupil"}, {"recheck", "01/01000701", "--pupil"},
		{"return", "01/01000701", "--window", "first", "--reason", "x", "--pupil"}, {"holders", "--school", "01/01000701", "--pupil"},
		{"unlock", "ask", "01/01000701", "--until", "2023-04-25 17:00", "--reason", "x", "--pupil"},
		{"settle", "01/01000701", "--evidence", "birth_certificate", "--reason", "x"}, {"claim", "01/01000701", "--reason", "x"},
	} {
		c.want(exitInput, []string{"01/01000701 has no such pupil", "--pupils --all"}, append(args, "0100000099")...)
	}
}
