package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"

	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
)

// WriteNDJSON writes the records of submissions, one a line, as the JSON form of rasoat.student.v1.Record; each
// names its school. The bytes are the same for the same nation.
func WriteNDJSON(w io.Writer, submissions iter.Seq[Submission]) error {
	for s := range submissions {
		for _, r := range s.Records {
			line, err := compactJSON(withSchool(wire.ToRecord(r), s.School))
			if err != nil {
				return fmt.Errorf("sandbox.ndjson: %w", err)
			}
			if _, err := w.Write(append(line, '\n')); err != nil {
				return fmt.Errorf("sandbox.ndjson: %w", err)
			}
		}
	}
	return nil
}

func withSchool(r *pb.Record, school string) *pb.Record {
	switch c := r.GetContent().(type) {
	case *pb.Record_Enrolment:
		c.Enrolment.School = school
	case *pb.Record_Profile:
		c.Profile.School = school
	case *pb.Record_Results:
		c.Results.School = school
	}
	return r
}

// compactJSON returns the JSON form without the spaces that protojson varies from build to build.
func compactJSON(m proto.Message) ([]byte, error) {
	loose, err := protojson.Marshal(m)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Compact(&b, loose); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// truth is a line of WriteTruth.
type truth struct {
	Pupil    int             `json:"pupil"`
	Code     string          `json:"code"`
	Province string          `json:"province"`
	School   string          `json:"school"`
	Class    string          `json:"class"`
	Fault    Kind            `json:"fault,omitempty"`
	Part     student.Part    `json:"part,omitempty"`
	Rule     string          `json:"rule,omitempty"`
	Outcome  Outcome         `json:"outcome"`
	Fields   []Field         `json:"fields,omitempty"`
	Cause    string          `json:"cause,omitempty"`
	Window1  Status          `json:"window1"`
	Window2  Status          `json:"window2"`
	With     string          `json:"with,omitempty"` // code of the other pupil
	Also     string          `json:"also_enrolled_at,omitempty"`
	Truth    json.RawMessage `json:"truth,omitempty"` // the part as it ought to be
}

// WriteTruth writes what is wrong with the reports of school i of Schools, one pupil a line: the fault, what the drive
// ought to make of it, and the true part; and the pupils who suffer from another's fault. Pupils of whom all is
// reported well are left out.
func (n *Nation) WriteTruth(w io.Writer, school int) error {
	encoder := json.NewEncoder(w)
	s := &n.schools[school]
	for i := s.first; i < s.end; i++ {
		e := n.Expected(i)
		if e.Fault == "" && e.With < 0 {
			continue
		}
		c := n.classOf(i)
		line := truth{
			Pupil: i, Code: n.code(i, s).Reveal(), Province: s.Province, School: s.Code, Class: c.name, Fault: e.Fault,
			Rule: e.Rule, Outcome: e.Outcome, Fields: e.Fields, Cause: e.Cause, Window1: e.Window1, Window2: e.Window2,
		}
		if e.With >= 0 {
			line.With = n.code(e.With, s).Reveal()
		}
		if f := n.Reported(i).Fault; f != nil {
			if line.Part = f.Part; f.School >= 0 {
				line.Also = n.schools[f.School].Code
			}
			var err error
			if line.Truth, err = compactJSON(wire.ToRecord(n.truePart(i, f.Part))); err != nil {
				return fmt.Errorf("sandbox.truth: %w", err)
			}
		}
		if err := encoder.Encode(line); err != nil {
			return fmt.Errorf("sandbox.truth: %w", err)
		}
	}
	return nil
}

// truePart returns one part of the truth about a pupil.
func (n *Nation) truePart(i int, part student.Part) student.Record {
	p := n.Pupil(i)
	switch part {
	case student.Enrolment:
		return student.Record{Part: part, Enrolled: &p.Enrolment}
	case student.ProfilePart:
		return student.Record{Part: part, Profile: &p.Profile}
	}
	for at := range p.Results {
		if p.Results[at].Part == part {
			return student.Record{Part: part, Results: &p.Results[at]}
		}
	}
	return student.Record{}
}
