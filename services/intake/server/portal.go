package server

import (
	"context"

	pb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"
)

// portal answers the submissions of the JetStream door: a receipt or a refusal for each, on
// portal.receipt.<province>.<school>. A message that is no submission is answered with a refusal and kept as a dead letter.
//
// A receipt may be published again when its message is delivered again; portal_sequence tells which message it answers.
func (s *Server) portal(ctx context.Context, batch []eventlog.Message) error {
	if len(batch) > 1 {
		for _, m := range batch {
			if err := proto.Unmarshal(m.Data, new(pb.Submission)); err != nil {
				// Before anything is answered: the loop will hand over each message alone.
				return fault.Wrap(fault.Invalid, "intake.portal", err)
			}
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(inFlight)
	for _, m := range batch {
		g.Go(func() error { return s.portalOne(m.Context(ctx), m) })
	}
	return g.Wait()
}

func (s *Server) portalOne(ctx context.Context, m eventlog.Message) error {
	const op = "intake.portal"
	answer := &pb.PortalReceipt{PortalSequence: m.Sequence}
	sub := new(pb.Submission)
	undecodable := proto.Unmarshal(m.Data, sub)
	province, school := m.Token(2), m.Token(3)
	if undecodable != nil {
		undecodable = fault.New(fault.Invalid, op,
			"Thông điệp không phải là một Submission dạng protobuf (rasoat.intake.v1.Submission). Mã hoá lại rồi gửi lại.",
			"the message is not a protobuf rasoat.intake.v1.Submission: encode it as one and publish it again")
		answer.Answer = &pb.PortalReceipt_Refusal{Refusal: s.refusal(ctx, "", undecodable)}
	} else {
		answer.SubmissionId = sub.GetId()
		r, err := s.portalTake(ctx, m, sub, province, school)
		if fault.Is(err, fault.Unavailable) {
			return err
		}
		if err != nil {
			answer.Answer = &pb.PortalReceipt_Refusal{Refusal: s.refusal(ctx, sub.GetId(), err)}
		} else {
			answer.Answer = &pb.PortalReceipt_Receipt{Receipt: r}
		}
	}
	data, err := proto.Marshal(answer)
	if err != nil {
		return fault.Wrap(fault.Internal, op, err)
	}
	if _, err := s.log.Append(ctx, eventlog.Event{
		Subject: "portal.receipt." + province + "." + school, Type: wire.TypePortalReceipt, Schema: "rasoat.intake.v1.PortalReceipt", Data: data,
	}); err != nil {
		return err
	}
	return undecodable
}

func (s *Server) portalTake(ctx context.Context, m eventlog.Message, sub *pb.Submission, province, school string) (*pb.Receipt, error) {
	if sub.GetProvince() != province || sub.GetSchool() != school {
		return nil, malformed([]fault.Field{{
			Path: "subject", Rule: "SUBJECT_SCHOOL",
			Text:   fault.Text{Vi: "Chủ đề nêu trường khác với nội dung.", En: "The subject names another school than the content."},
			Remedy: fault.Text{Vi: "Gửi vào portal.submit.<mã tỉnh>.<mã trường> của chính trường trong nội dung.", En: "Publish to portal.submit.<province>.<school> of the school in the content."},
		}})
	}
	return s.take(ctx, sub, m.Stored)
}
