package portal

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/workbook"
)

func mustBatches(t *testing.T, source Source, s Sender) []Batch {
	t.Helper()
	var out []Batch
	for b, err := range Batches(source, s, func(e Entry) { t.Errorf("noted %+v", e) }) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

func TestBatches(t *testing.T) {
	allowed := regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	records := 0
	ids := map[string]bool{}
	batches := mustBatches(t, rosterOf(1000), sender)
	for _, b := range batches {
		records += len(b.Submission.Records)
		if len(b.Submission.Records) > MaxRecords || len(b.Origins) != len(b.Submission.Records) || !allowed.MatchString(b.Submission.Id) {
			t.Errorf("batch %s has %d records and %d origins", b.Submission.Id, len(b.Submission.Records), len(b.Origins))
		}
		ids[b.Submission.Id] = true
	}
	if records != 1000 || len(ids) != len(batches) {
		t.Errorf("got %d records under %d ids in %d batches", records, len(ids), len(batches))
	}
	for _, b := range mustBatches(t, rosterOf(1000), sender) {
		if !ids[b.Submission.Id] {
			t.Errorf("batch %s has another id the second time", b.Submission.Id)
		}
	}
	for name, other := range map[string]Sender{
		"school": {Drive: sender.Drive, Province: "01", School: "01000702"}, "drive": {Drive: "x", Province: "01", School: "01000701"},
		"nonce": {Drive: sender.Drive, Province: "01", School: "01000701", New: "1"},
	} {
		for _, b := range mustBatches(t, rosterOf(1000), other) {
			if ids[b.Submission.Id] {
				t.Errorf("with another %s the id stays %s", name, b.Submission.Id)
			}
		}
	}
}

// A pupil who is added to the first class leaves most submissions as they were.
func TestBatchesEndWithTheirClass(t *testing.T) {
	ids := map[string]bool{}
	for _, b := range mustBatches(t, rosterOf(1000), sender) {
		ids[b.Submission.Id] = true
	}
	added := func(yield func(Entry, error) bool) {
		r := &pb.Record{Content: &pb.Record_Enrolment{Enrolment: &pb.Enrolment{Code: "new", Class: "12A0"}}}
		if !yield(Entry{Records: []*pb.Record{r}}, nil) {
			return
		}
		rosterOf(1000)(yield)
	}
	changed := 0
	for _, b := range mustBatches(t, added, sender) {
		if !ids[b.Submission.Id] {
			changed++
		}
	}
	if changed != 1 {
		t.Errorf("%d submissions of %d changed, want 1", changed, len(ids))
	}
}

func TestNDJSON(t *testing.T) {
	good := `{"enrolment":{"code":"1","class":"12A1","state":"ENROLMENT_STATE_JOINED","since":{"year":2022,"month":9,"day":5},"school":"01000701"}}`
	text := "\ufeff" + good + "\r\n\n{\"enrolment\":\n" + good + "\n" + strings.Repeat("x", maxLine+10) + "\n[]\n\xff\n" + `{"unknown":1}` + "\n" + good
	var lines, bad []string
	done := 0.0
	for e, err := range ReadNDJSON(strings.NewReader(text), "a.ndjson", int64(len(text))) {
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range e.Records {
			lines = append(lines, e.Origin.Locate("")+" "+r.GetEnrolment().GetSchool())
		}
		for _, p := range e.Problems {
			bad = append(bad, p.Path+" "+p.Rule)
		}
		done = e.Done
	}
	if got, want := fmt.Sprint(lines), "[a.ndjson:1 01000701 a.ndjson:4 01000701 a.ndjson:8  a.ndjson:9 01000701]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(bad), "[a.ndjson:3 LINE_NOT_A_RECORD a.ndjson:5 LINE_TOO_LONG a.ndjson:6 LINE_NOT_A_RECORD a.ndjson:7 LINE_NOT_A_RECORD]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if done != 1 {
		t.Errorf("done %v of the file", done)
	}
}

// A line that is no record says which field is wrong, or at least at which column.
func TestNDJSONPlace(t *testing.T) {
	for line, want := range map[string]string{
		`{"profile": {"code": "1", "gender": {"secret": 1}}}`: "(profile.gender, column 37)",
		`{"profile": {"code": "1"}`:                           "column 26",
		`{"profile": "ệ", ]`:                                  "(profile, column 13)",
		"\xff":                                                "(UTF-8)",
	} {
		for e, err := range ReadNDJSON(strings.NewReader(line), "a.ndjson", 0) {
			if err != nil || len(e.Problems) != 1 || !strings.Contains(e.Problems[0].Text.En, want) || strings.Contains(e.Problems[0].Text.En, "secret") {
				t.Errorf("%s: got %v, %v, want %s", line, e.Problems, err, want)
			}
		}
	}
}

func FuzzNDJSON(f *testing.F) {
	f.Add([]byte("{}\n{"))
	f.Add([]byte(`{"profile":{"code":"1"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		n := 0
		for e, err := range ReadNDJSON(bytes.NewReader(data), "f", 0) {
			if err != nil {
				t.Fatal(err)
			}
			if len(e.Records)+len(e.Problems) != 1 {
				t.Fatalf("a line gave %d records and %d problems", len(e.Records), len(e.Problems))
			}
			n++
		}
		if n > bytes.Count(data, []byte("\n"))+1 {
			t.Fatalf("%d entries", n)
		}
	})
}

// What intake says of a record is told at the cell of the workbook.
func TestWorkbookOrigins(t *testing.T) {
	d := drive.Default()
	var b bytes.Buffer
	pupil := workbook.Pupil{Profile: student.Profile{Code: "1", Class: "12A1", FullName: "A", Nationality: "VN", BirthDate: student.Date{Year: 2005}}}
	if err := workbook.WriteProfiles(&b, d, []workbook.Pupil{pupil}); err != nil {
		t.Fatal(err)
	}
	book, err := workbook.New(bytes.NewReader(b.Bytes()), int64(b.Len()), d, workbook.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	batches := mustBatches(t, FromWorkbook(book), sender)
	if len(batches) != 2 || batches[0].Submission.Kind != pb.Kind_KIND_ROSTER || batches[1].Submission.Kind != pb.Kind_KIND_PROFILE {
		t.Fatalf("got %d batches", len(batches))
	}
	p := batches[1].problem(&pb.Problem{Path: "records[0].profile.date_of_birth.year", Rule: "X"})
	if p.Path != "DANH MUC!E2" {
		t.Errorf("the birth date is at %s", p.Path)
	}
	if p := batches[1].problem(&pb.Problem{Path: "school"}); p.Path != "school" {
		t.Errorf("the school is at %s", p.Path)
	}
}
