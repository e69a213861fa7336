package server

import (
	"context"
	"slices"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// DrawSample draws pupils of a school of whom all that the window requires has come, with what is held of them. It fails with NotFound for a school or a
// window that there is not.
func (s *Server) DrawSample(ctx context.Context, req *pb.DrawSampleRequest) (*pb.DrawSampleResponse, error) {
	const op = "reporting.draw_sample"
	sc, w, err := s.place(op, req.GetScope(), req.GetWindow())
	if err != nil {
		return nil, err
	}
	size := int(req.GetSize())
	if size == 0 {
		size = 10
	}
	var refs []string
	err = s.eachPupil(ctx, sc, "", func(p *pupil, at *reporting.EnrolmentFact, _ string) bool {
		if at != nil && reporting.StatusOf(s.drive, p.facts, w.ID) != reporting.Missing {
			refs = append(refs, p.ref)
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	drawn := reporting.Draw(req.GetSeed(), size, refs)
	required := s.drive.Required(w.ID)
	out := &pb.DrawSampleResponse{Population: int64(len(refs))}
	pupils, err := s.pupilsOf(ctx, sc, drawn)
	if err != nil {
		return nil, err
	}
	for _, p := range pupils {
		if p == nil { // gone since
			continue
		}
		held, err := p.held(req.GetScope(), func(part student.Part) bool { return slices.Contains(required, part) })
		if err != nil {
			return nil, fault.Wrap(fault.Internal, op, err)
		}
		seen := p.seen(w.ID)
		one := &pb.SampledPupil{Pupil: p.ref, Records: held.GetRecords(), Seen: seen[:]}
		for _, e := range p.facts.Open() {
			if e.Province == sc.Province && e.School == sc.Code {
				one.Class = e.Class
			}
		}
		out.Pupils = append(out.Pupils, one)
	}
	slices.SortFunc(out.Pupils, func(a, b *pb.SampledPupil) int {
		return strings.Compare(a.GetClass()+"/"+a.GetPupil(), b.GetClass()+"/"+b.GetPupil())
	})
	return out, nil
}

// RecordSample keeps what a comparison with the paper found; the same seed again replaces it. It fails with NotFound for a school or a window that
// there is not or a pupil whom the school has not, and with Invalid for a pupil twice.
func (s *Server) RecordSample(ctx context.Context, req *pb.RecordSampleRequest) (*pb.RecordSampleResponse, error) {
	const op = "reporting.record_sample"
	sc, w, err := s.place(op, req.GetScope(), req.GetWindow())
	if err != nil {
		return nil, err
	}
	refs := make([]string, len(req.GetPupils()))
	for i, c := range req.GetPupils() {
		if refs[i] = c.GetPupil(); slices.Contains(refs[:i], refs[i]) {
			return nil, fault.New(fault.Invalid, op, "Có học sinh xuất hiện hai lần.", "a pupil stands in the result twice")
		}
	}
	pupils, err := s.pupilsOf(ctx, sc, refs)
	if err != nil {
		return nil, err
	}
	if slices.Contains(pupils, nil) {
		return nil, fault.New(fault.NotFound, op, "Có học sinh không thuộc trường này.", "a pupil is not of this school")
	}
	ev := &pb.SampleCompared{
		Drive: s.drive.ID, Province: sc.Province, School: sc.Code, Window: w.ID, Seed: req.GetSeed(), Pupils: req.GetPupils(), Officer: access.Officer(ctx),
	}
	m, err := s.decide(ctx, op, "sample", sc, wire.TypeSample, ev, len(ev.Pupils))
	if err != nil {
		return nil, err
	}
	docs, err := s.schools.Get(ctx, []string{s.drive.ID + "/" + sc.Province + "/" + sc.Code})
	if err != nil {
		return nil, err
	}
	samples, err := samplesOf(docs[0], w.ID)
	if err != nil {
		return nil, err
	}
	samples = append(slices.DeleteFunc(samples, func(o sample) bool { return o.GetSeed() == ev.GetSeed() }), sample{ev, m.Sequence, m.Stored})
	return &pb.RecordSampleResponse{Sequence: m.Sequence, StoredAt: timestamppb.New(m.Stored), Accuracy: accuracy(samples)}, nil
}
