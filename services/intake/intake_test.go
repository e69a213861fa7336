package intake

import (
	"errors"
	"strconv"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
)

var key = student.Key("a key of a test, thirty-two bytes")

func testDrive() *drive.Drive {
	return drive.Sample([]drive.School{{Province: "01", Code: "01000701", Name: "THPT số 1 Ba Đình", Kind: drive.THPT, Expected: 40}})
}

func header(d *drive.Drive, kind student.Kind) Header {
	return Header{ID: "b1", Drive: d.ID, Province: "01", School: "01000701", Kind: kind}
}

func profile(code string) Candidate {
	return Candidate{
		Record:    student.Record{Part: student.ProfilePart, Profile: &student.Profile{Code: student.Code(code), BirthDate: student.Date{Year: 2005, Month: 3, Day: 5}}},
		Canonical: []byte("profile " + code),
	}
}

func results(part student.Part, s student.Subject) Candidate {
	r := &student.Results{Code: "1", Part: part, Subjects: []student.Subject{s}}
	return Candidate{Record: student.Record{Part: part, Results: r}, Canonical: []byte("results")}
}

func rules(err error) []string {
	var e *fault.Error
	if !errors.As(err, &e) {
		return nil
	}
	var out []string
	for _, f := range e.Fields {
		out = append(out, f.Rule)
	}
	return out
}

func TestAdmitWholeBatch(t *testing.T) {
	d := testDrive()
	many := make([]Candidate, MaxRecords+1)
	for i := range many {
		many[i] = profile(strconv.Itoa(i))
	}
	tests := []struct {
		name       string
		change     func(*Header)
		candidates []Candidate
		want       string
	}{
		{"empty", func(*Header) {}, nil, "BATCH_EMPTY"},
		{"201 records", func(*Header) {}, many, "BATCH_SIZE"},
		{"another drive", func(h *Header) { h.Drive = "1999" }, many[:1], "DRIVE_UNKNOWN"},
		{"unknown school", func(h *Header) { h.School = "99" }, many[:1], "SCHOOL_UNKNOWN"},
		{"another province", func(h *Header) { h.Province = "79" }, many[:1], "SCHOOL_PROVINCE"},
	}
	for _, tt := range tests {
		h := header(d, student.KindProfile)
		tt.change(&h)
		_, err := Admit(Windows{Drive: d}, key, h, tt.candidates)
		if got := rules(err); !fault.Is(err, fault.Invalid) || len(got) != 1 || got[0] != tt.want {
			t.Errorf("%s: got %v (%v), want %s", tt.name, got, err, tt.want)
		}
	}
	if b, err := Admit(Windows{Drive: d}, key, header(d, student.KindProfile), many[:MaxRecords]); err != nil || len(b.Accepted) != MaxRecords {
		t.Errorf("200 records: got %d accepted, %v", len(b.Accepted), err)
	}
}

func TestAdmitKeepsTheGoodOnes(t *testing.T) {
	d := testDrive()
	other := profile("2")
	other.School = "01000702"
	never := profile("3")
	never.Record.Profile.BirthDate = student.Date{Year: 2005, Month: 2, Day: 30}
	form := profile("4")
	form.Problems = []fault.Field{{Path: "records[4].profile.full_name", Rule: "string.max_len"}}
	wrongKind := results(student.Results10, student.Subject{Code: "TOAN"})
	b, err := Admit(Windows{Drive: d}, key, header(d, student.KindProfile), []Candidate{profile("1"), other, never, {}, form, wrongKind})
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Accepted) != 1 || b.Accepted[0].Index != 0 {
		t.Errorf("accepted: got %v, want the first only", b.Accepted)
	}
	want := []string{"OTHER_SCHOOL", "DATE_INVALID", "RECORD_EMPTY", "string.max_len", "RECORD_KIND"}
	for i, r := range b.Refused {
		if len(r.Problems) != 1 || r.Problems[0].Rule != want[i] || r.Index != i+1 {
			t.Errorf("record %d: got %v, want %s", r.Index, r.Problems, want[i])
		}
		if i != 3 && (r.Problems[0].Text.Vi == "" || r.Problems[0].Remedy.En == "") {
			t.Errorf("record %d: %s says nothing of what is wrong or what to do", r.Index, r.Problems[0].Rule)
		}
	}
	if b.Accepted[0].Until.NotAfter.IsZero() || len(b.Accepted[0].ContentHash) == 0 || len(b.Accepted[0].IdentityHash) == 0 {
		t.Errorf("accepted record lacks its deadline or digests: %+v", b.Accepted[0])
	}
}

func TestAdmitTwice(t *testing.T) {
	d := testDrive()
	b, err := Admit(Windows{Drive: d}, key, header(d, student.KindProfile), []Candidate{profile("1"), profile("1"), profile("2")})
	if err != nil || len(b.Accepted) != 2 || len(b.Refused) != 1 || b.Refused[0].Index != 1 || b.Refused[0].Problems[0].Rule != "RECORD_TWICE" {
		t.Errorf("equal records: got %d accepted, refused %v, %v; want the second refused", len(b.Accepted), b.Refused, err)
	}
	changed := profile("1")
	changed.Canonical = []byte("other content")
	b, err = Admit(Windows{Drive: d}, key, header(d, student.KindProfile), []Candidate{profile("1"), changed, profile("2")})
	if err != nil || len(b.Accepted) != 1 || len(b.Refused) != 2 {
		t.Errorf("different records of one pupil: got %d accepted, %d refused, %v; want neither taken", len(b.Accepted), len(b.Refused), err)
	}
}

func TestAdmitNothingAcceptable(t *testing.T) {
	d := testDrive()
	_, err := Admit(Windows{Drive: d}, key, header(d, student.KindProfile), []Candidate{{}, {}})
	if got := rules(err); !fault.Is(err, fault.Invalid) || len(got) != 2 {
		t.Errorf("got %v, %v; want Invalid with a problem for each record", got, err)
	}
}

func TestPartsDoNotStraddleWindows(t *testing.T) {
	d := testDrive()
	mark := student.Mark(80)
	v := student.Score{Mark: &mark}
	tests := []struct {
		part    student.Part
		subject student.Subject
		ok      bool
	}{
		{student.Results121, student.Subject{Code: "TOAN", Semester1: v}, true},
		{student.Results121, student.Subject{Code: "TOAN", Semester1: v, Year: v}, false},
		{student.Results122, student.Subject{Code: "TOAN", Semester2: v, Year: v}, true},
		{student.Results122, student.Subject{Code: "TOAN", Semester1: v, Year: v}, false},
		{student.Results10, student.Subject{Code: "TOAN", Semester1: v, Semester2: v, Year: v}, true},
	}
	for _, tt := range tests {
		_, err := Admit(Windows{Drive: d}, key, header(d, student.KindResults), []Candidate{results(tt.part, tt.subject)})
		if (err == nil) != tt.ok {
			t.Errorf("%s %+v: got %v, want ok=%v", tt.part, tt.subject, err, tt.ok)
		}
	}
}

func TestReferencesArePerDriveAndOpaque(t *testing.T) {
	a, b := key.Ref("2022-2023-12", "0123456789"), key.Ref("2023-2024-12", "0123456789")
	if a == b || len(a) != 26 || student.Key("another key of the test, 32 bytes!!").Ref("2022-2023-12", "0123456789") == a {
		t.Errorf("references %q and %q: want 26 characters that depend on drive and key", a, b)
	}
}
