package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"github.com/rasoat/rasoat/services/workbook"
)

// runCommand runs a command line and gives its exit code and what it printed.
func runCommand(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = command(t.Context(), args, streams{strings.NewReader(""), &stdout, &stderr})
	return code, stdout.String(), stderr.String()
}

func mustCanonical(t *testing.T, r student.Record) string {
	t.Helper()
	b, err := wire.Canonical(wire.ToRecord(r))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// What a nation reports, faults and all, comes out of its workbooks as it went in; only names are cleaned.
func TestGeneratedWorkbooksRoundTrip(t *testing.T) {
	dir := t.TempDir()
	const pupils = 160
	if code, out, errOut := runCommand(t, "generate", "--out", dir, "--pupils", fmt.Sprint(pupils), "--faults", "300", "--truth"); code != exitFine {
		t.Fatalf("exit %d: %s%s", code, out, errOut)
	}
	d, err := drive.LoadDir(filepath.Join(dir, "drive"))
	if err != nil {
		t.Fatal(err)
	}
	n := sandbox.New(sandbox.Config{Seed: 1, Pupils: pupils, Faults: 300})
	want := 0
	for i, s := range n.Schools() {
		got := map[string]bool{}
		for _, name := range []string{"hoso.xlsx", "ketqua.xlsx"} {
			b, err := workbook.Open(filepath.Join(dir, s.Province, s.Code, name), d, workbook.Options{School: s.Code})
			if err != nil {
				t.Fatal(err)
			}
			for row, err := range b.Rows() {
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range row.Records {
					got[mustCanonical(t, r)] = true
				}
				for _, p := range row.Problems {
					if p.Refused {
						t.Errorf("%s refuses %s", p.Rule, p.Path)
					}
				}
			}
			if err := b.Close(); err != nil {
				t.Error(err)
			}
		}
		for class := range n.Classes(i) {
			for _, r := range n.ClassRecords(i, class) {
				if r.Profile != nil {
					p := *r.Profile
					p.FullName = student.Name(student.Clean(p.FullName.Reveal()))
					r.Profile = &p
				}
				if want++; !got[mustCanonical(t, r)] {
					t.Errorf("school %s, class %d: the part %s of a pupil has changed", s.Code, class, r.Part)
				}
			}
		}
	}
	if want < pupils*5 {
		t.Errorf("only %d records were compared", want)
	}
	if _, err := os.Stat(filepath.Join(dir, n.Schools()[0].Province, n.Schools()[0].Code, "truth.jsonl")); err != nil {
		t.Error(err)
	}
}
