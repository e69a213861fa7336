package server

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/timeline"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

// Peers are the other services, of whom Explain asks what they know. One that is nil is told as unavailable.
type Peers struct {
	Intake     intakepb.IntakeServiceClient
	Validation validationpb.ValidationServiceClient
	Matching   matchingpb.MatchingServiceClient
}

// PeersAt returns the services behind connections; nil for one that is not asked.
func PeersAt(intake, validation, matching grpc.ClientConnInterface) Peers {
	var p Peers
	if intake != nil {
		p.Intake = intakepb.NewIntakeServiceClient(intake)
	}
	if validation != nil {
		p.Validation = validationpb.NewValidationServiceClient(validation)
	}
	if matching != nil {
		p.Matching = matchingpb.NewMatchingServiceClient(matching)
	}
	return p
}

// patience is how long Explain waits for another service.
const patience = 10 * time.Second

// Explain tells the way of a pupil, or of one submission, through the services, in order of time. It fails with NotFound when the school has no
// such pupil or submission, and with Invalid when neither is named. A service that does not answer is named in the answer.
func (s *Server) Explain(ctx context.Context, req *pb.ExplainRequest) (*pb.ExplainResponse, error) {
	const op = "reporting.explain"
	sc, err := s.school(op, req.GetScope())
	if err != nil {
		return nil, err
	}
	out := &pb.ExplainResponse{}
	if req.GetPupil() != "" {
		if out.Pupil, err = s.explained(ctx, op, sc, req.GetPupil()); err != nil {
			return nil, err
		}
	}
	pupils, err := timeline.Pupils(ctx, s.log, req)
	if err != nil {
		return nil, fault.Wrap("", op, err)
	}
	if out.Events, err = s.ownSteps(ctx, sc, req.GetPupil(), pupils); err != nil {
		return nil, fault.Wrap("", op, err)
	}
	s.askPeers(ctx, req, out)
	timeline.Sort(out.Events)
	return out, nil
}

// explained returns the pupil as it stands at a school: also one who has left it.
func (s *Server) explained(ctx context.Context, op string, sc drive.School, ref string) (*pb.Pupil, error) {
	all, sent, err := s.readPupils(ctx, sc, []string{ref})
	if err != nil {
		return nil, err
	}
	p := all[0]
	at, alone := s.here(p, sc, noClass)
	was := slices.ContainsFunc(p.enrolments, func(e enrolment) bool { return e.province == sc.Province && e.school == sc.Code })
	if at == nil && !was && !(alone && sent[0]) {
		return nil, fault.New(fault.NotFound, op, "Trường không có học sinh này.", "the school has no such pupil")
	}
	return s.pupilMessage(p, at), nil
}

// askPeers adds what the other services know, asked all at once in the name of the caller.
func (s *Server) askPeers(ctx context.Context, req *pb.ExplainRequest, out *pb.ExplainResponse) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if in, ok := metadata.FromIncomingContext(ctx); ok {
		for _, token := range in.Get("authorization") {
			ctx = metadata.AppendToOutgoingContext(ctx, "authorization", token)
		}
	}
	type answer interface{ GetEvents() []*studentpb.Event }
	var mu sync.Mutex
	var asked sync.WaitGroup
	for _, peer := range []struct {
		name string
		ask  func() (answer, error)
	}{
		{"intake", func() (answer, error) {
			if s.peers.Intake == nil {
				return nil, errNoPeer
			}
			return s.peers.Intake.ListEvents(ctx, &intakepb.ListEventsRequest{Scope: req.GetScope(), Pupil: req.GetPupil(), SubmissionId: req.GetSubmissionId()})
		}},
		{"validation", func() (answer, error) {
			if s.peers.Validation == nil {
				return nil, errNoPeer
			}
			return s.peers.Validation.ListEvents(ctx, &validationpb.ListEventsRequest{Scope: req.GetScope(), Pupil: req.GetPupil(), SubmissionId: req.GetSubmissionId()})
		}},
		{"matching", func() (answer, error) {
			if s.peers.Matching == nil {
				return nil, errNoPeer
			}
			return s.peers.Matching.ListEvents(ctx, &matchingpb.ListEventsRequest{Scope: req.GetScope(), Pupil: req.GetPupil(), SubmissionId: req.GetSubmissionId()})
		}},
	} {
		asked.Go(func() {
			events, err := peer.ask()
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				s.logger.WarnContext(ctx, "a service did not tell its part of a timeline", slog.String("of", peer.name), slog.Any("error", err))
				out.Unavailable = append(out.Unavailable, peer.name)
				return
			}
			out.Events = append(out.Events, events.GetEvents()...)
		})
	}
	asked.Wait()
	slices.Sort(out.Unavailable)
}

var errNoPeer = fault.New(fault.Unavailable, "reporting.explain", "Chưa khai báo địa chỉ của dịch vụ này.", "the address of this service was not given")
