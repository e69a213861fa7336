package server

import (
	"context"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/rasoat/rasoat/services/student/wire"
)

// ListCorrectable tells which parts of some pupils of a school have something open; those of whom nothing is are left out. It fails with
// NotFound for a school that there is not.
func (s *Server) ListCorrectable(ctx context.Context, req *pb.ListCorrectableRequest) (*pb.ListCorrectableResponse, error) {
	sc, err := s.school("reporting.list_correctable", req.GetScope())
	if err != nil {
		return nil, err
	}
	pupils, err := s.pupilsOf(ctx, sc, req.GetPupils())
	if err != nil {
		return nil, err
	}
	out := &pb.ListCorrectableResponse{}
	for _, p := range pupils {
		if p == nil {
			continue
		}
		one := &pb.Correctable{Pupil: p.ref}
		for _, part := range reporting.Correctable(p.facts) {
			one.Parts = append(one.Parts, wire.ToPart(part))
		}
		if len(one.Parts) > 0 {
			out.Pupils = append(out.Pupils, one)
		}
	}
	return out, nil
}
