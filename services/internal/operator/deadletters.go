package operator

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// letters is the door to the dead letters: of all services, whichever of them the process runs.
type letters struct {
	pb.UnimplementedDeadLetterServiceServer
	logs []*eventlog.Log // of the services of the process, at least one
}

func newLetters(runners []Runner) letters {
	var s letters
	for _, r := range runners {
		s.logs = append(s.logs, r.Runs().Log)
	}
	return s
}

// lettersAPart is how many letters one answer of ListLetters holds.
const lettersAPart = 500

func (s letters) ListLetters(req *pb.ListLettersRequest, stream grpc.ServerStreamingServer[pb.ListLettersResponse]) error {
	all, err := s.logs[0].Letters(stream.Context())
	if err != nil {
		return err
	}
	if !req.GetAll() {
		all = slices.DeleteFunc(all, func(l eventlog.Letter) bool { return l.Settled != nil })
	}
	for part := range slices.Chunk(all, lettersAPart) {
		out := &pb.ListLettersResponse{}
		for _, l := range part {
			out.Letters = append(out.Letters, letterOf(l))
		}
		if err := stream.Send(out); err != nil {
			return err
		}
	}
	return nil
}

func (s letters) GetLetter(ctx context.Context, req *pb.GetLetterRequest) (*pb.GetLetterResponse, error) {
	letter, err := s.logs[0].Letter(ctx, req.GetSequence())
	if err != nil {
		return nil, err
	}
	out := &pb.GetLetterResponse{Letter: letterOf(letter), Here: s.consuming(letter) != nil}
	m, err := s.logs[0].LetterMessage(ctx, letter, "")
	if fault.Is(err, fault.NotFound) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(m.Data)
	out.StoredAt, out.Size, out.Records, out.Digest = timestamppb.New(m.Stored), int64(len(m.Data)), int64(m.Records()), digest[:]
	out.Schema = m.Header.Get(eventlog.HeaderSchema)
	if !foreign(letter.Stream) {
		out.Id = m.ID()
	}
	return out, nil
}

func (s letters) GetPayload(ctx context.Context, req *pb.GetPayloadRequest) (*pb.GetPayloadResponse, error) {
	letter, err := s.logs[0].Letter(ctx, req.GetSequence())
	if err != nil {
		return nil, err
	}
	m, err := s.logs[0].LetterMessage(ctx, letter, access.Officer(ctx))
	if err != nil {
		return nil, err
	}
	return &pb.GetPayloadResponse{Payload: m.Data}, nil
}

func (s letters) Replay(ctx context.Context, req *pb.ReplayRequest) (*pb.ReplayResponse, error) {
	letter, err := s.logs[0].Letter(ctx, req.GetSequence())
	if err != nil {
		return nil, err
	}
	out := &pb.ReplayResponse{Outcome: "already", Letter: letterOf(letter)}
	if letter.Settled != nil {
		return out, nil
	}
	log := s.consuming(letter)
	if log == nil {
		out.Outcome = "elsewhere"
		return out, nil
	}
	letter, already, err := log.ReplayLetter(ctx, req.GetSequence(), access.Officer(ctx), req.GetReason())
	out.Letter = letterOf(letter)
	switch {
	case err != nil:
		out.Outcome = "failed"
		out.MessageVi, out.MessageEn = words(err)
	case !already:
		out.Outcome = eventlog.Replayed
	}
	return out, nil
}

func (s letters) Drop(ctx context.Context, req *pb.DropRequest) (*pb.DropResponse, error) {
	letter, already, err := s.logs[0].DropLetter(ctx, req.GetSequence(), access.Officer(ctx), req.GetReason())
	if err != nil {
		return nil, err
	}
	out := &pb.DropResponse{Outcome: eventlog.Dropped, Letter: letterOf(letter)}
	if already {
		out.Outcome = "already"
	}
	return out, nil
}

// consuming returns the log on which the consumer of a letter runs here; nil when it runs elsewhere, or nowhere.
func (s letters) consuming(letter eventlog.Letter) *eventlog.Log {
	for _, l := range s.logs {
		if l.Consumes(letter) {
			return l
		}
	}
	return nil
}

func letterOf(l eventlog.Letter) *pb.Letter {
	out := &pb.Letter{
		Sequence: l.Sequence, Service: l.Service, Durable: l.Durable, Stream: l.Stream, Origin: l.Origin, Subject: shown(l), Type: l.Type,
		Reason: l.Reason, Deliveries: l.Delivered, SetAsideAt: timestamppb.New(l.Stored),
	}
	if s := l.Settled; s != nil {
		out.Settlement = &pb.Settlement{Sequence: s.Sequence, Outcome: s.Outcome, By: s.By, Reason: s.Why, At: timestamppb.New(s.At)}
	}
	return out
}

// foreign reports whether senders choose ids in the subjects of a stream: they may have put anything there.
func foreign(stream string) bool {
	return slices.Contains([]string{eventlog.Portal, eventlog.Receipts, eventlog.Submissions}, stream)
}

// shown is the subject of a letter without what a sender chose.
func shown(l eventlog.Letter) string {
	if i := strings.LastIndexByte(l.Subject, '.'); i >= 0 && foreign(l.Stream) {
		return l.Subject[:i] + ".*"
	}
	return l.Subject
}

// words tell an error to people, without its cause.
func words(err error) (vi, en string) {
	var f *fault.Error
	if errors.As(err, &f) && f.Text != (fault.Text{}) {
		return f.Text.Vi, f.Text.En
	}
	reason := eventlog.Reason(err)
	return reason, reason
}
