package server

import (
	"context"
	"fmt"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Declare says that a school is complete for a window, or takes that back. It fails with NotFound for a school or a window that there is
// not, and with Invalid where the number of pupils differs from the directory's and nobody says why.
func (s *Server) Declare(ctx context.Context, req *pb.DeclareRequest) (*pb.DeclareResponse, error) {
	const op = "reporting.declare"
	sc, w, err := s.place(op, req.GetScope(), req.GetWindow())
	if err != nil {
		return nil, err
	}
	t, err := s.tally(ctx, sc, w)
	if err != nil {
		return nil, err
	}
	if n := t.Counts.Expected; !req.GetWithdraw() && n != int64(sc.Expected) && !saysSomething(req.GetNote()) {
		e := fault.New(fault.Invalid, op, fmt.Sprintf("Trường có %d học sinh, danh mục ghi %d: hãy ghi chú vì sao.", n, sc.Expected),
			fmt.Sprintf("the school has %s, the directory says %d: say why in a note", fault.Number(n, "pupil", "pupils"), sc.Expected))
		e.Fields = []fault.Field{{Path: "note", Rule: "DECLARE_NOTE", Text: e.Text, Remedy: fault.Text{
			Vi: "Ghi chú bằng lời, ví dụ: hai học sinh mới chuyển đến.", En: "Write a note in words, for example: two pupils have moved here.",
		}}}
		return nil, e
	}
	m, err := s.decide(ctx, op, "declare", sc, wire.TypeDeclared, &pb.SchoolDeclared{
		Drive: s.drive.ID, Province: sc.Province, School: sc.Code, Window: w.ID, Withdrawn: req.GetWithdraw(), Officer: access.Officer(ctx), PersonalNote: req.GetNote(),
	}, 1)
	if err != nil {
		return nil, err
	}
	counts := countsMessage(w.ID, t.Counts)
	counts.Returned = t.Returned
	return &pb.DeclareResponse{Sequence: m.Sequence, StoredAt: timestamppb.New(m.Stored), Counts: counts}, nil
}
