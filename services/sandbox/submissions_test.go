package sandbox

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/encoding/protojson"

	pb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
)

// TestSubmissionsCarryEverythingOnce holds the batches of a nation against what is reported of each pupil.
func TestSubmissionsCarryEverythingOnce(t *testing.T) {
	n := New(Config{Seed: 6, Pupils: 3000, Faults: 200})
	sent := map[string]int{}
	for s, school := range n.Schools() {
		ids := map[string]bool{}
		for sub := range n.Submissions(s) {
			if ids[sub.ID] || sub.School != school.Code || sub.Province != school.Province || len(sub.Records) > BatchSize {
				t.Errorf("submission %s of %s: again, or of another school, or %d records", sub.ID, school.Code, len(sub.Records))
			}
			ids[sub.ID] = true
			for _, r := range sub.Records {
				if r.Part.Kind() != sub.Kind {
					t.Errorf("submission %s of kind %s has a record of %s", sub.ID, sub.Kind, r.Part)
				}
				sent[school.Code+" "+r.Code().Reveal()+" "+string(r.Part)]++
			}
		}
	}
	want := 0
	for i := range n.Pupils() {
		r := n.Reported(i)
		own := r.Enrolments[0].School
		for _, e := range r.Enrolments {
			want++
			if sent[e.School+" "+e.Code.Reveal()+" enrolment"] != 1 {
				t.Errorf("pupil %d: the roster entry at %s was not sent once", i, e.School)
			}
		}
		for _, rec := range r.Records()[1:] {
			want++
			if sent[own+" "+rec.Code().Reveal()+" "+string(rec.Part)] != 1 {
				t.Errorf("pupil %d: part %s was not sent once", i, rec.Part)
			}
		}
	}
	if len(sent) != want {
		t.Errorf("%d records were sent, want %d", len(sent), want)
	}
}

func TestSubmissionsOfSomeParts(t *testing.T) {
	n := New(Config{Seed: 6, Pupils: 1000})
	for sub := range n.Submissions(0, student.Results122) {
		if sub.Kind != student.KindResults || sub.Records[0].Part != student.Results122 {
			t.Errorf("submission %s", sub.ID)
		}
	}
}

func TestClassRecordsAreTheClass(t *testing.T) {
	n := New(Config{Seed: 6, Pupils: 3000, Faults: 200})
	for s, school := range n.Schools() {
		own, guests := 0, 0
		for c, class := range n.Classes(s) {
			for _, r := range n.ClassRecords(s, c) {
				if r.Enrolled == nil {
					continue
				}
				if own++; r.Enrolled.Class != class.Name {
					t.Errorf("class %s has a pupil of class %s", class.Name, r.Enrolled.Class)
				}
			}
		}
		n.guests(s, func(int, *class) bool { guests++; return true })
		if own != school.Expected+guests {
			t.Errorf("school %s has %d roster entries, want %d and %d guests", school.Code, own, school.Expected, guests)
		}
	}
}

func TestNDJSONReadsBackAndRepeats(t *testing.T) {
	n := New(Config{Seed: 8, Pupils: 500, Faults: 200})
	var first, second bytes.Buffer
	for _, w := range []*bytes.Buffer{&first, &second} {
		if err := WriteNDJSON(w, n.Submissions(0)); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same nation gives other bytes")
	}
	var want []student.Record
	for s := range n.Submissions(0) {
		want = append(want, s.Records...)
	}
	lines := strings.Split(strings.TrimSuffix(first.String(), "\n"), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d lines for %d records", len(lines), len(want))
	}
	for i, line := range lines {
		var r pb.Record
		if err := protojson.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
		got, _ := compactJSON(wire.ToRecord(wire.FromRecord(&r)))
		if sent, _ := compactJSON(wire.ToRecord(want[i])); !bytes.Equal(got, sent) {
			t.Errorf("line %d reads back as another record", i+1)
		}
		if !strings.Contains(line, `"school":"`+n.schools[0].Code+`"`) {
			t.Errorf("line %d does not name its school", i+1)
		}
	}
}

func TestTruthIsWrittenBesideEveryFault(t *testing.T) {
	n := New(Config{Seed: 8, Pupils: 2000, Faults: 200})
	told := map[int]truth{}
	for s := range n.Schools() {
		var b bytes.Buffer
		if err := n.WriteTruth(&b, s); err != nil {
			t.Fatal(err)
		}
		for d := json.NewDecoder(&b); d.More(); {
			var line truth
			if err := d.Decode(&line); err != nil {
				t.Fatal(err)
			}
			told[line.Pupil] = line
		}
	}
	for i := range n.Pupils() {
		e := n.Expected(i)
		line, ok := told[i]
		if want := e.Fault != "" || e.With >= 0; ok != want {
			t.Errorf("pupil %d: told is %v, want %v", i, ok, want)
		}
		if ok && (line.Fault != e.Fault || line.Rule != e.Rule || line.Window2 != e.Window2 || !slices.Equal(line.Fields, e.Fields)) {
			t.Errorf("pupil %d: told %+v, want %+v", i, line, e)
		}
		if ok && (e.Fault != "") != (len(line.Truth) > 0) {
			t.Errorf("pupil %d: the truth has %d bytes", i, len(line.Truth))
		}
	}
}
