package main

import (
	"os"
	"path/filepath"
	"testing"

	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
)

// Of several files each is looked at, whatever is wrong with the one before; those that were not are named.
func TestEveryFileIsLookedAt(t *testing.T) {
	c := newCLI(t)
	c.services.held = []*studentpb.Record{{Content: &studentpb.Record_Profile{Profile: &studentpb.Profile{Code: "0100000007", FullName: "Hoàng Thị Thuý", Class: "12A1", Ethnicity: "01"}}}}
	dir := t.TempDir()
	first, second := filepath.Join(dir, "first.ndjson"), filepath.Join(dir, "second.ndjson")
	for file, text := range map[string]string{
		first:  `{"profile":{"code":"0100000007","full_name":"Hoàng Thị Thuý","class":"12A1"}}`,
		second: `{"enrolment":{"code":"0100000007","class":"12A1","state":"ENROLMENT_STATE_JOINED","since":{"year":2022,"month":9,"day":5}}}`,
	} {
		if err := os.WriteFile(file, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"submit", first, second, "--school", "01/01000701"}
	c.want(exitFindings, []string{first + ": the file leaves out values", "--allow-erase"}, args...)
	if len(c.services.receipts) != 1 {
		t.Errorf("%d submissions were taken, want the second file's", len(c.services.receipts))
	}
	reports := notLookedAt([]string{second}, "unavailable")
	if len(reports) != 1 || codeOf(reports[0].err) != exitUnavailable || reports[0].name != second {
		t.Errorf("got %+v", reports)
	}
}
