package server

import (
	"context"
	"slices"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// GetHistory returns how a scope stood hour by hour, without the hours in which nothing changed, and how it stands at
// present: what happened since the last full hour is in no note yet. It fails with NotFound for a scope that there is not.
func (s *Server) GetHistory(ctx context.Context, req *pb.GetHistoryRequest) (*pb.GetHistoryResponse, error) {
	const op = "reporting.get_history"
	schools, err := s.inScope(op, req.GetScope())
	if err != nil {
		return nil, err
	}
	out, err := s.present(ctx, schools)
	if err != nil {
		return nil, fault.Wrap("", op, err)
	}
	token, school, _ := strings.Cut(req.GetScope(), "/")
	if token == "" {
		token = noteNation
	}
	subject := "progress." + token
	last, err := s.log.Last(ctx, subject)
	if fault.Is(err, fault.NotFound) {
		return out, nil
	}
	if err != nil {
		return nil, fault.Wrap("", op, err)
	}
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

// present is the answer of a scope of which nothing is noted.
func (s *Server) present(ctx context.Context, schools []int) (*pb.GetHistoryResponse, error) {
	v, err := s.snapshot.get(ctx, s.look)
	if err != nil {
		return nil, err
	}
	rows := make([]*pb.SchoolProgress, len(schools))
	for i, at := range schools {
		rows[i] = v.rows[at].short
	}
	totals, _ := s.totals(rows) // the report of progress says it where they do not add up
	next := v.at.Truncate(s.noteEvery).Add(s.noteEvery)
	return &pb.GetHistoryResponse{
		Present: &pb.Hour{At: timestamppb.New(v.at), Windows: totals},
		NextAt:  timestamppb.New(next),
	}, nil
}

func sameCounts(a, b []*pb.Counts) bool {
	return slices.EqualFunc(a, b, func(a, b *pb.Counts) bool { return proto.Equal(a, b) })
}
