package server

import (
	"context"
	"log/slog"
	"time"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/intake"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/grpc"
)

// wrongClock is how wrong the clock of this process may be. Further than this before the close the log's clock is not asked; were the process's
// more wrong than that, what is late would be taken and be void by the time at which the log stored it.
const wrongClock = time.Hour

// correctableWithin bounds the question to reporting.
const correctableWithin = 5 * time.Second

// arrival returns the time by which a batch is judged before it is stored: when PORTAL stored it, or else the log's time now, from which on
// alone it can be stored. It is zero when no record can be late.
func (s *Server) arrival(ctx context.Context, b intake.Batch, portalStored time.Time) (time.Time, error) {
	if !portalStored.IsZero() {
		return portalStored, nil
	}
	if len(b.Late(time.Now().Add(wrongClock))) == 0 {
		return time.Time{}, nil
	}
	now, err := s.log.Now(ctx)
	return now, fault.Wrap("", "intake.arrival", err)
}

// correctable asks what may still be corrected of some pupils. It fails with Unavailable when that cannot be known.
func (s *Server) correctable(ctx context.Context, h intake.Header, pupils []student.Ref) (map[student.Ref][]student.Part, error) {
	if s.ask == nil {
		return nil, nil
	}
	refs := make([]string, len(pupils))
	for i, p := range pupils {
		refs[i] = string(p)
	}
	ctx, cancel := context.WithTimeout(ctx, correctableWithin)
	defer cancel()
	found, err := s.ask(ctx, h.Province+"/"+h.School, refs)
	if err != nil {
		s.logger.WarnContext(ctx, "not known what may still be corrected", slog.String("school", h.School), slog.Any("error", err))
		f := fault.New(fault.Unavailable, "intake.correctable",
			"Đã quá hạn và lúc này không biết phần nào còn được sửa. Hãy gửi lại sau với cùng mã lô.",
			"it is past the close, and what may still be corrected cannot be known at the moment: send it again later under the same id")
		f.Err = err
		return nil, f
	}
	out := make(map[student.Ref][]student.Part, len(found))
	for pupil, parts := range found {
		out[student.Ref(pupil)] = parts
	}
	return out, nil
}

// AskReporting makes Deps.Correctable of a connection to reporting.
func AskReporting(conn grpc.ClientConnInterface) func(ctx context.Context, scope string, pupils []string) (map[string][]student.Part, error) {
	client := reportingpb.NewApprovalServiceClient(conn)
	return func(ctx context.Context, scope string, pupils []string) (map[string][]student.Part, error) {
		resp, err := client.ListCorrectable(ctx, &reportingpb.ListCorrectableRequest{Scope: scope, Pupils: pupils})
		if err != nil {
			return nil, rpc.FromStatus(err)
		}
		out := make(map[string][]student.Part, len(resp.GetPupils()))
		for _, p := range resp.GetPupils() {
			for _, part := range p.GetParts() {
				out[p.GetPupil()] = append(out[p.GetPupil()], wire.FromPart(part))
			}
		}
		return out, nil
	}
}
