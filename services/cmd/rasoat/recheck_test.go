package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRecheckScope(t *testing.T) {
	c, f := newMatchingCLI(t)
	c.want(exitFine, []string{"cả nước / the nation", "rasoat queue"}, "recheck", "--nation")
	c.want(exitInput, nil, "recheck")
	c.want(exitInput, nil, "recheck", "01", "--nation")
	c.want(exitFine, []string{"01/01000701"}, "recheck", "01/01000701", "--unresolved")
	c.want(exitFine, []string{"pupils: 2"}, "recheck", "01", "--pupil", "p1", "--pupil", "p2")
	if len(f.rechecked) != 3 {
		t.Fatalf("got %v", f.rechecked)
	}
	if r := f.rechecked[0]; r.GetScope() != "" || r.GetUnresolved() || len(r.GetPupils()) > 0 {
		t.Errorf("got %v", r)
	}
	if r := f.rechecked[1]; r.GetScope() != "01/01000701" || !r.GetUnresolved() {
		t.Errorf("got %v", r)
	}
	if r := f.rechecked[2]; r.GetScope() != "01" || strings.Join(r.GetPupils(), " ") != "p1 p2" {
		t.Errorf("got %v", r)
	}
	c.want(exitInput, nil, "recheck", "Hà Nội")
	c.want(exitInput, nil, "recheck", "01", "02")
	c.want(exitInput, []string{"name the school"}, "recheck", "--pupil", "Văn An")
	c.want(exitInput, []string{"nowhere"}, "recheck", "--numbers", "nowhere.txt")
	c.want(exitInput, nil, "recheck", "--numbers", "")
	c.want(exitInput, nil, "recheck", "--numbers", t.TempDir())
}

func TestRecheckNumbers(t *testing.T) {
	c, f := newMatchingCLI(t)
	var all strings.Builder
	all.WriteString("\ufeff")
	for i := range 1201 {
		fmt.Fprintf(&all, "0012050%05d\r\n\n", i)
	}
	all.WriteString(" 001205000007 \n123456789") // one again, and one of nine digits
	path := filepath.Join(t.TempDir(), "notice.txt")
	if err := os.WriteFile(path, []byte(all.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errOut := c.run("recheck", "--numbers", path, "--json")
	var got rechecked
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != exitFine || got != (rechecked{Numbers: 1202, Requests: 3, Sequence: 3}) {
		t.Errorf("exit %d, %v, got %+v", code, err, got)
	}
	if strings.Contains(out+errOut, "0012050") {
		t.Error("a number was printed")
	}
	var sent []string
	for _, r := range f.rechecked {
		sent = append(sent, r.GetIdNumbers()...)
	}
	if len(f.rechecked) != 3 || len(f.rechecked[0].GetIdNumbers()) != recheckGroup || len(f.rechecked[2].GetIdNumbers()) != 202 {
		t.Fatalf("got %d requests", len(f.rechecked))
	}
	if sent[0] != "001205000000" || sent[1200] != "001205001200" || sent[1201] != "123456789" {
		t.Errorf("got %s, %s, %s", sent[0], sent[1200], sent[1201])
	}

	f.rechecked, f.unclaimed = nil, true
	c.in = "001205000001\n001205000002\n"
	c.want(exitFine, []string{"No pupil claims these numbers: 2"}, "recheck", "--numbers", "-", "--lang", "en")
	if len(f.rechecked) != 1 {
		t.Errorf("got %v", f.rechecked)
	}
}

// A notice without a number asks for nothing, and one with a line that is no number is not sent: neither becomes a
// re-check of the nation.
func TestRecheckBadNumbers(t *testing.T) {
	c, f := newMatchingCLI(t)
	c.want(exitFine, []string{"no number"}, "recheck", "--numbers", "-")
	for _, line := range []string{"so_dinh_danh", "1205000001", "1,2E+11", "B1234567", strings.Repeat("1", 100_000)} {
		c.in = "001205000001\n" + line + "\n"
		code, out, errOut := c.run("recheck", "--numbers", "-")
		if code != exitInput || !strings.Contains(errOut, "-:2") || strings.Contains(out+errOut, line) {
			t.Errorf("exit %d: %s%s", code, out, errOut)
		}
	}
	if len(f.rechecked) > 0 {
		t.Errorf("got %v", f.rechecked)
	}
}
