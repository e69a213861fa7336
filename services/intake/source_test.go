package intake

import (
	"slices"
	"testing"

	"github.com/rasoat/rasoat/services/student"
)

func TestSources(t *testing.T) {
	h := Header{Province: "01", School: "01000701", Source: Workbook}
	s := Sources{student.ProfilePart: Portal, student.Results10: Workbook}
	for part, want := range map[student.Part]bool{student.ProfilePart: true, student.Results10: false, student.Results11: false} {
		got := s.Problem(h, 3, part)
		if (len(got) == 1) != want {
			t.Errorf("%s: got %v", part, got)
		}
		if want && (got[0].Rule != "SOURCE_OF_RECORD" || got[0].Path != "records[3]") {
			t.Errorf("%s: got %+v", part, got[0])
		}
	}
	accepted := []Accepted{{Part: student.Results11}, {Part: student.ProfilePart}, {Part: student.Enrolment}, {Part: student.Results11}}
	if got := s.New(accepted); !slices.Equal(got, []student.Part{student.Enrolment, student.Results11}) {
		t.Errorf("got %v", got)
	}
}
