package main

import (
	"encoding/json"
	"strings"
	"testing"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
)

// With --json every line is one document: a list has a line for each element over all its pages, none when it is empty,
// and what is no list has one line.
func TestJSONIsADocumentALine(t *testing.T) {
	c := newCLI(t)
	file := mustWorkbook(t)
	c.services.progress = &reportingpb.GetProgressResponse{Conserved: true}
	c.services.pupils = []*reportingpb.ListPupilsResponse{
		{NextPageToken: "next", Pupils: []*reportingpb.Pupil{{Pupil: "ref1"}, {Pupil: "ref2"}}}, {Pupils: []*reportingpb.Pupil{{Pupil: "ref3"}}},
	}
	lines := func(args ...string) []string {
		t.Helper()
		_, out, errOut := c.run(append(args, "--json")...)
		if errOut != "" {
			t.Errorf("%v: %s", args, errOut)
		}
		var all []string
		for line := range strings.Lines(out) {
			if !json.Valid([]byte(line)) || line != strings.TrimLeft(line, " ") {
				t.Errorf("%v: the line %q is no document", args, line)
			}
			all = append(all, line)
		}
		return all
	}
	for _, tt := range []struct {
		want int
		args []string
	}{
		{1, []string{"status"}},
		{3, []string{"status", "01/01000701", "--pupils", "--all"}},
		{2, []string{"rules", "RATING", "YEAR_MARK"}},
		{0, []string{"holders", "--pupil", "nobody"}},
	} {
		if got := lines(tt.args...); len(got) != tt.want {
			t.Errorf("%v: %d lines, want %d: %q", tt.args, len(got), tt.want, got)
		}
	}
	if got := lines("check", file); len(got) == 0 {
		t.Error("check: no finding was printed")
	}
}
