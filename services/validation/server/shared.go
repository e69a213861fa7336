package server

import (
	"strings"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"github.com/rasoat/rasoat/services/validation"
	"google.golang.org/protobuf/proto"
)

// concern is a pair of parts that concern each other.
type concern struct {
	name          string
	first, second student.Part
	part          student.Part // to which its findings belong
	check         func(*drive.Drive, student.Results, student.Results) []validation.Finding
}

var concerns = []concern{
	{"history", student.Results10, student.Results11, student.Results11, validation.CheckHistory},
	{"year12", student.Results121, student.Results122, student.Results122, validation.CheckYear12},
}

// kept returns what the service keeps of a part: of the halves of grade 12 everything, of the grades before it the head, which
// is all that concerns another part.
func kept(r wire.Accepted, content *studentpb.Record) ([]byte, error) {
	if r.Part.Grade() == 12 {
		return r.Bytes, nil
	}
	in := content.GetResults()
	return proto.Marshal(&intakepb.AcceptedRecord{
		Pupil: r.Pupil, Part: wire.ToPart(r.Part), ContentHash: r.ContentHash,
		Personal: &studentpb.Record{Content: &studentpb.Record_Results{Results: &studentpb.Results{
			Part: in.GetPart(), SchoolYear: in.GetSchoolYear(), NotApplicable: in.GetNotApplicable(),
		}}},
	})
}

// shared judges, from the merged state, the parts that concern each other of the pupils of whom both are there. The basis of such a
// verdict is the sum of both revisions: each revision only grows, so a newer state has a greater sum, and of two
// copies that judge at once the one that saw more wins whatever the order of their messages.
func (s *Server) shared(docs []store.Doc) (map[string][]*pb.SharedVerdict, error) {
	out := make(map[string][]*pb.SharedVerdict, len(docs))
	for _, d := range docs {
		if out[d.ID] != nil {
			continue
		}
		for _, c := range concerns {
			first, ok1 := d.Facet(string(c.first))
			second, ok2 := d.Facet(string(c.second))
			if !ok1 || !ok2 {
				continue
			}
			a, resultsA, err := results(first)
			if err != nil {
				return nil, err
			}
			b, resultsB, err := results(second)
			if err != nil {
				return nil, err
			}
			pupil := strings.TrimPrefix(d.ID, s.drive.ID+"/")
			out[d.ID] = append(out[d.ID], &pb.SharedVerdict{
				Pupil: pupil, Name: c.name, Basis: first.Rev.Major + second.Rev.Major,
				ContentHashes: [][]byte{a.ContentHash, b.ContentHash}, Findings: s.findings(pupil, c.part, c.check(s.drive, resultsA, resultsB)),
			})
		}
	}
	return out, nil
}

// results reads what was kept of a part. What stands in the store was read before: a failure is a defect.
func results(f store.Facet) (wire.Accepted, student.Results, error) {
	a, err := wire.OpenAccepted(f.Value)
	if err != nil {
		return a, student.Results{}, fault.Wrap(fault.Internal, "validation.shared", err)
	}
	content, err := a.Content()
	if err != nil {
		return a, student.Results{}, fault.Wrap(fault.Internal, "validation.shared", err)
	}
	return a, wire.FromResults(content.GetResults()), nil
}
