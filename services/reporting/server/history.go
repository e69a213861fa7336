package server

import (
	"context"
	"slices"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/protobuf/proto"
)

// GetHistory returns how a scope stood hour by hour, without the hours in which nothing changed. It fails with NotFound for a scope that there is not.
func (s *Server) GetHistory(ctx context.Context, req *pb.GetHistoryRequest) (*pb.GetHistoryResponse, error) {
	const op = "reporting.get_history"
	if _, err := s.inScope(op, req.GetScope()); err != nil {
		return nil, err
	}
	token, school, _ := strings.Cut(req.GetScope(), "/")
	if token == "" {
		token = noteNation
	}
	subject := "progress." + token
	last, err := s.log.Last(ctx, subject)
	if fault.Is(err, fault.NotFound) {
		return &pb.GetHistoryResponse{}, nil
	}
	if err != nil {
		return nil, fault.Wrap("", op, err)
	}
	out := &pb.GetHistoryResponse{}
	err = s.log.Replay(ctx, eventlog.Progress, []string{subject}, 1, last.Sequence, func(m eventlog.Message) error {
		ev, err := readNote(m)
		if err != nil || ev.GetDrive() != s.drive.ID || req.GetSince() != nil && ev.GetAt().AsTime().Before(req.GetSince().AsTime()) {
			return err
		}
		hour := &pb.Hour{At: ev.GetAt(), Windows: s.noCounts()}
		for _, r := range ev.GetRows() {
			if school == "" || r.GetSchool() == school {
				sum(hour.Windows, r.GetWindows())
			}
		}
		if n := len(out.GetHours()); n == 0 || !sameCounts(out.GetHours()[n-1].GetWindows(), hour.GetWindows()) {
			out.Hours = append(out.Hours, hour)
		}
		return nil
	})
	return out, fault.Wrap("", op, err)
}

func sameCounts(a, b []*pb.Counts) bool {
	return slices.EqualFunc(a, b, func(a, b *pb.Counts) bool { return proto.Equal(a, b) })
}
