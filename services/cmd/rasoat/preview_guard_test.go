package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/workbook"
)

// mustClass writes a workbook of the pupils first to last of a class.
func mustClass(t *testing.T, class string, first, last int) string {
	t.Helper()
	var pupils []workbook.Pupil
	for i := first; i <= last; i++ {
		pupils = append(pupils, workbook.Pupil{Profile: student.Profile{Code: student.Code(fmt.Sprint(i)), Class: class, FullName: "Nguyễn Văn An",
			BirthDate: student.Date{Year: 2005, Month: 3, Day: 4}, Gender: student.Male, Ethnicity: "01", Nationality: "VN"}})
	}
	return mustFile(t, func(w io.Writer) error { return workbook.WriteProfiles(w, drive.Default(), pupils) })
}

// mustResults writes a workbook of the results of the pupils first to last of a class.
func mustResults(t *testing.T, class string, first, last int) string {
	t.Helper()
	var results []workbook.Result
	mark := student.Mark(80)
	for i := first; i <= last; i++ {
		results = append(results, workbook.Result{FullName: "Nguyễn Văn An", Results: student.Results{Code: student.Code(fmt.Sprint(i)), Class: class,
			Part: student.Results10, SchoolYear: "2020-2021", Programme: student.Upper2006,
			Subjects: []student.Subject{{Code: "TOAN", Year: student.Score{Mark: &mark}}}}})
	}
	return mustFile(t, func(w io.Writer) error { return workbook.WriteResults(w, drive.Default(), results) })
}

func mustFile(t *testing.T, write func(io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "hoso.xlsx")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func roster(class string, first, last int) []*studentpb.Record {
	var out []*studentpb.Record
	for i := first; i <= last; i++ {
		out = append(out, joined(fmt.Sprint(i), class))
	}
	return out
}

// A file whose pupils are mostly not those of the school is stopped before anything is sent. A
// class that comes for the first time, a few new pupils and a first submission are not.
func TestSubmitStopsAFileOfAnotherSchool(t *testing.T) {
	for _, tt := range []struct {
		name    string
		held    []*studentpb.Record
		path    string
		stopped bool
	}{
		{"another school's, of the same class", roster("12A1", 1, 30), mustClass(t, "12A1", 101, 130), true},
		{"two thirds are known", roster("12A1", 1, 30), mustClass(t, "12A1", 11, 40), true},
		{"seven of ten are known", roster("12A1", 1, 30), mustClass(t, "12A1", 10, 39), false},
		{"a new class", roster("12A1", 1, 30), mustClass(t, "12A2", 101, 130), false},
		{"few", roster("12A1", 1, 30), mustClass(t, "12A1", 101, 109), false},
		{"results of others", roster("12A1", 1, 30), mustResults(t, "12A2", 101, 130), true},
		{"the first results", nil, mustResults(t, "12A2", 101, 130), false},
		{"the first file", nil, mustClass(t, "12A1", 1, 30), false},
		{"more than the directory says by far", nil, mustClass(t, "12A1", 1, 80), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCLI(t)
			c.services.held = tt.held
			c.services.progress = &reportingpb.GetProgressResponse{Schools: []*reportingpb.SchoolProgress{{Declared: 40}}}
			args := []string{"submit", tt.path, "--school", "01/01000701"}
			if !tt.stopped {
				c.want(exitFine, nil, args...)
				return
			}
			c.want(exitFindings, []string{"--allow-new-pupils", "--school", "01/01000701", "chưa gửi gì", "nothing was sent"}, append(args, "--preview")...)
			c.want(exitFindings, []string{"--allow-new-pupils"}, args...)
			if len(c.services.receipts) != 0 {
				t.Error("it was submitted")
			}
			c.want(exitFine, nil, append(args, "--allow-new-pupils")...)
			if len(c.services.receipts) == 0 {
				t.Error("it was not submitted")
			}
		})
	}
}

// Of two files in one command the second is compared with the first too.
func TestSubmitComparesWithTheFileBefore(t *testing.T) {
	c := newCLI(t)
	c.services.held = roster("12A1", 1, 30)
	c.want(exitFine, nil, "submit", mustClass(t, "12A2", 101, 123), mustClass(t, "12A2", 101, 130), "--school", "01/01000701")
	c.want(exitFindings, []string{"--allow-new-pupils"}, "submit", mustClass(t, "12A2", 101, 120), mustClass(t, "12A2", 201, 230), "--school", "01/01000701", "--new")
}

// Who is on the roster and not in the file any more is counted by class, with the way to take them off; codes and names on request only.
func TestSubmitCountsWhoIsNotInTheFile(t *testing.T) {
	c := newCLI(t)
	c.services.held = append(roster("12A1", 1, 12), roster("12A2", 13, 20)...)
	c.services.held = append(c.services.held, &studentpb.Record{Content: &studentpb.Record_Profile{Profile: &studentpb.Profile{
		Code: "11", Class: "12A1", FullName: "Trần Thị Bình"}}})
	path := mustClass(t, "12A1", 1, 10)
	args := []string{"submit", path, "--school", "01/01000701", "--preview"}
	c.want(exitFine, []string{"not in the file", ": 2", "12A1  2\n", "--show-values", "Trạng thái HS", "rasoat template --class 12A1 --school 01/01000701"}, args...)
	if _, out, errOut := c.run(args...); strings.Contains(out+errOut, "12A2") || strings.Contains(out+errOut, "Bình") || strings.Contains(out+errOut, "12A1  11") {
		t.Errorf("a class that the file is not about is mentioned, or a name or a code:\n%s%s", out, errOut)
	}
	c.want(exitFine, []string{"12A1  11  Trần Thị Bình", "12A1  12"}, append(args, "--show-values")...)
	c.want(exitFine, []string{`"pupil":"ref11"`}, append(args, "--json")...)
	if _, out, errOut := c.run("submit", mustClass(t, "12A1", 1, 12), "--school", "01/01000701", "--preview"); strings.Contains(out+errOut, "not in the file") {
		t.Errorf("nobody is absent:\n%s%s", out, errOut)
	}
}

// A file that was submitted for the wrong school is undone in one command: whoever another school
// enrols too, and whom this file put on the roster, leaves it.
func TestTakeBack(t *testing.T) {
	c := newCLI(t)
	path := mustClass(t, "12A1", 1, 4)
	c.services.held = append(roster("12A1", 1, 3), joined("4", "12A7"), joined("9", "12A1"))
	also := &reportingpb.IdentityState{AlsoEnrolledAt: []string{"01/01000702"}}
	c.services.pupils = []*reportingpb.ListPupilsResponse{{Pupils: []*reportingpb.Pupil{
		{Pupil: "ref1", Identity: also}, {Pupil: "ref2", Identity: also}, {Pupil: "ref3"}, {Pupil: "ref4", Identity: also}, {Pupil: "ref9", Identity: also},
	}}}
	args := []string{"take-back", path, "--school", "01/01000701", "--reason", "Gửi nhầm trường"}
	c.want(exitInput, []string{"--reason"}, "take-back", path, "--school", "01/01000701")
	c.want(exitInput, []string{"--reason"}, "take-back", path, "--school", "01/01000701", "--reason", strings.Repeat("x", 190))
	c.want(exitFine, []string{"to be taken off the roster 2", "of this school alone (--all) 1", "no longer as in the file 1", "leave out --dry-run"}, append(args, "--dry-run")...)
	if len(c.services.receipts) != 0 {
		t.Error("a dry run took something back")
	}
	c.want(exitInput, []string{"nofile.xlsx", "to be taken off the roster 2", "settle the above"}, "take-back", "nofile.xlsx", path,
		"--school", "01/01000701", "--reason", "Gửi nhầm trường", "--dry-run")
	c.want(exitFine, []string{"Taken off the roster of 01/01000701: 2", "--new"}, args...)
	want := map[string]bool{"1": true, "2": true}
	for _, r := range c.services.taken {
		e := r.GetEnrolment()
		if !want[e.GetCode()] || e.GetState() != studentpb.EnrolmentState_ENROLMENT_STATE_LEFT || e.GetReason() != "Ghi danh nhầm: Gửi nhầm trường" {
			t.Errorf("sent %v", e)
		}
		delete(want, e.GetCode())
	}
	if len(want) > 0 {
		t.Errorf("%v stay on the roster", want)
	}
	c.services.held = nil
	c.want(exitFine, []string{"nothing to take back"}, args...)
}
