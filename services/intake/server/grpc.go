package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
)

// inFlight is how many batches of one stream are taken at once: enough for one connection to fill the log's commits,
// few enough that a stream holds at most this many batches in memory.
const inFlight = 16

// Submit takes one batch.
func (s *Server) Submit(ctx context.Context, req *pb.SubmitRequest) (*pb.SubmitResponse, error) {
	r, err := s.take(ctx, req.GetSubmission(), time.Time{})
	if err != nil {
		return nil, err
	}
	return &pb.SubmitResponse{Receipt: r}, nil
}

// SubmitStream takes batches and answers each. Flow control is gRPC's own: no batch is read while inFlight are in hand.
func (s *Server) SubmitStream(stream grpc.BidiStreamingServer[pb.SubmitStreamRequest, pb.SubmitStreamResponse]) error {
	g, ctx := errgroup.WithContext(stream.Context())
	g.SetLimit(inFlight)
	var send sync.Mutex
	for {
		req, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return g.Wait()
		}
		if err != nil {
			return errors.Join(g.Wait(), err)
		}
		g.Go(func() error {
			answer := &pb.SubmitStreamResponse{SubmissionId: req.GetSubmission().GetId()}
			r, err := s.take(ctx, req.GetSubmission(), time.Time{})
			switch {
			case err == nil:
				answer.Answer = &pb.SubmitStreamResponse_Receipt{Receipt: r}
			case ctx.Err() != nil:
				return err
			default:
				answer.Answer = &pb.SubmitStreamResponse_Refusal{Refusal: s.refusal(ctx, answer.SubmissionId, err)}
			}
			send.Lock()
			defer send.Unlock()
			return stream.Send(answer)
		})
		if ctx.Err() != nil {
			return g.Wait()
		}
	}
}

// refusal says why a batch was not taken; a defect of ours is told to the log and not to the sender.
func (s *Server) refusal(ctx context.Context, id string, err error) *pb.Refusal {
	r := &pb.Refusal{SubmissionId: id, Code: string(fault.KindOf(err))}
	var e *fault.Error
	if errors.As(err, &e) {
		r.MessageVi, r.MessageEn, r.Problems = e.Text.Vi, e.Text.En, problems(e.Fields)
	}
	if fault.Is(err, fault.Internal) {
		s.logger.ErrorContext(ctx, "submission failed", slog.String("submission", id), slog.Any("error", err))
		r.MessageVi, r.MessageEn = "Lỗi nội bộ; hãy gửi lại với cùng mã lô.", "internal error: send it again under the same id"
	}
	return r
}

// GetSubmission answers from the log itself.
func (s *Server) GetSubmission(ctx context.Context, req *pb.GetSubmissionRequest) (*pb.GetSubmissionResponse, error) {
	m, err := s.log.Last(ctx, "submission.*."+req.GetProvince()+"."+req.GetSchool()+"."+req.GetSubmissionId())
	if err != nil {
		return nil, fault.Wrap("", "intake.get_submission", err)
	}
	ev, err := wire.Submission(m.Data)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, "intake.get_submission", err)
	}
	return &pb.GetSubmissionResponse{Receipt: receipt(ev, m)}, nil
}

// ListSubmissions pages through the receipts of one school.
func (s *Server) ListSubmissions(ctx context.Context, req *pb.ListSubmissionsRequest) (*pb.ListSubmissionsResponse, error) {
	limit := int(req.GetPageSize())
	if limit == 0 {
		limit = 100
	}
	prefix := s.cfg.Drive.ID + "/" + req.GetProvince() + "/" + req.GetSchool() + "/"
	after := ""
	if t := req.GetPageToken(); t != "" {
		after = prefix + t
	}
	docs, err := s.submissions.Scan(ctx, prefix, after, limit)
	if err != nil {
		return nil, fault.Wrap("", "intake.list_submissions", err)
	}
	out := &pb.ListSubmissionsResponse{}
	for _, d := range docs {
		f, ok := d.Facet(facetTaken)
		if !ok {
			continue
		}
		m, err := s.log.Read(ctx, eventlog.Submissions, f.Rev.Major)
		if err != nil {
			return nil, fault.Wrap("", "intake.list_submissions", err)
		}
		ev, err := wire.Submission(m.Data)
		if err != nil {
			continue // no submission: whoever reads it has set it aside, and the others are to be seen
		}
		out.Receipts = append(out.Receipts, receipt(ev, m))
	}
	if len(docs) == limit {
		out.NextPageToken = docs[len(docs)-1].ID[len(prefix):]
	}
	return out, nil
}
