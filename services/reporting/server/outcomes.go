package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// The streams that outcomes come from, in the order of a resume token.
const (
	fromVerdicts = iota
	fromIdentities
	fromDecisions
	outcomeStreams
)

// outcomeStream is a stream, the subject of one school or province in it, and how its messages are read.
type outcomeStream struct {
	name    string
	subject string // what stands before "<province>.<school>"
	read    func(s *Server, m eventlog.Message) ([]*pb.WatchOutcomesResponse, error)
}

var outcomeTable = [outcomeStreams]outcomeStream{
	fromVerdicts:   {eventlog.Verdicts, "verdict.*.", (*Server).foundOutcomes},
	fromIdentities: {eventlog.Identities, "identity.", (*Server).identityOutcomes},
	fromDecisions:  {eventlog.Decisions, "decision.return.", (*Server).returnedOutcomes},
}

// places is how far each stream was read.
type places struct {
	at  [outcomeStreams]uint64
	log string // of which log, when it was put back from a backup: its numbers were given anew from there
}

func (p places) token() string {
	var parts []string
	for _, n := range p.at {
		parts = append(parts, strconv.FormatUint(n, 10))
	}
	if p.log != "" {
		parts = append(parts, p.log)
	}
	return strings.Join(parts, "-")
}

// places reads a resume token; "" is the beginning, "now" the end. It fails with Invalid for what is no token, and with Conflict for one of a log
// that was put back from a backup since.
func (s *Server) places(ctx context.Context, token string) (places, error) {
	const op = "reporting.watch_outcomes"
	p := places{}
	var err error
	if p.log, err = s.restored(ctx); err != nil {
		return p, err
	}
	switch token {
	case "":
		return p, nil
	case "now":
		for i, from := range outcomeTable {
			if p.at[i], _, err = s.log.Head(ctx, from.name); err != nil {
				return p, err
			}
		}
		return p, nil
	}
	parts := strings.SplitN(token, "-", outcomeStreams+1)
	of := ""
	if len(parts) > outcomeStreams {
		of = parts[outcomeStreams]
	}
	for i := range p.at {
		if i < len(parts) {
			p.at[i], err = strconv.ParseUint(parts[i], 10, 63)
		}
		if i >= len(parts) || err != nil {
			return p, fault.New(fault.Invalid, op, "resume_token không đúng; dùng của câu trả lời cuối cùng đã xử lý.",
				"this is no resume token: use that of the last answer that was dealt with")
		}
	}
	if of != p.log {
		return p, fault.New(fault.Conflict, op, "Nhật ký đã được khôi phục từ bản sao lưu sau resume_token này; hãy nhận lại từ đầu, không kèm resume_token.",
			"the log was put back from a backup since this resume token: receive everything anew, without a token")
	}
	return p, nil
}

// restored names the log of the outcomes by how its streams were put back from a backup; "" when none ever was.
func (s *Server) restored(ctx context.Context) (string, error) {
	var all [outcomeStreams]string
	for i, from := range outcomeTable {
		var err error
		if all[i], err = s.log.Restored(ctx, from.name); err != nil {
			return "", err
		}
	}
	if all == [outcomeStreams]string{} {
		return "", nil
	}
	sum := sha256.Sum256([]byte(strings.Join(all[:], "\n")))
	return hex.EncodeToString(sum[:8]), nil
}

// WatchOutcomes sends what is found on the pupils of some schools, first what was there after the token and then what comes, until the
// caller goes. It fails with NotFound for a scope that there is not.
//
// The token of an answer says what was sent of each of the three streams before it, and of its own message only when the answer is the last
// of the message: whoever goes on there misses nothing. Nothing is read ahead of a caller who is slow but one fetch a stream.
func (s *Server) WatchOutcomes(req *pb.WatchOutcomesRequest, stream grpc.ServerStreamingServer[pb.WatchOutcomesResponse]) error {
	const op = "reporting.watch_outcomes"
	scopes, err := s.watched(op, req.GetScopes())
	if err != nil {
		return err
	}
	at, err := s.places(stream.Context(), req.GetResumeToken())
	if err != nil {
		return err
	}
	if req.GetResumeToken() == "now" {
		if err := stream.Send(&pb.WatchOutcomesResponse{ResumeToken: at.token()}); err != nil {
			return err
		}
	}
	type arrival struct {
		from int
		eventlog.Message
	}
	arrived := make(chan arrival)
	g, ctx := errgroup.WithContext(stream.Context())
	for i, from := range outcomeTable {
		filters := make([]string, len(scopes))
		for k, scope := range scopes {
			filters[k] = from.subject + scope
		}
		g.Go(func() error {
			return s.log.Follow(ctx, from.name, filters, at.at[i]+1, func(m eventlog.Message) error {
				select {
				case arrived <- arrival{i, m}:
				case <-ctx.Done():
				}
				return ctx.Err()
			})
		})
	}
	g.Go(func() error {
		for {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case m := <-arrived:
				if err := s.sendOutcomes(stream, m.from, m.Message, &at); err != nil {
					return err
				}
			}
		}
	})
	err = g.Wait()
	if stream.Context().Err() != nil {
		return stream.Context().Err()
	}
	return fault.Wrap("", op, err)
}

// sendOutcomes sends the news of one message and moves its place past it.
func (s *Server) sendOutcomes(stream grpc.ServerStreamingServer[pb.WatchOutcomesResponse], from int, m eventlog.Message, at *places) error {
	news, err := outcomeTable[from].read(s, m)
	if err != nil {
		news = nil // a message that nobody could read stands among the dead letters
	}
	province, school := m.Token(2), m.Token(3) // verdict.<kind>.<province>.<school>, decision.return.<province>.<school>
	if from == fromIdentities {
		province, school = m.Token(1), m.Token(2)
	}
	for i, n := range news {
		if i == len(news)-1 {
			at.at[from] = m.Sequence
		}
		n.Province, n.School, n.StoredAt, n.ResumeToken = province, school, timestamppb.New(m.Stored), at.token()
		if err := stream.Send(n); err != nil {
			return err
		}
	}
	at.at[from] = m.Sequence
	return nil
}

// watched returns the scopes as the ends of subjects, "01.01000701" or "01.*", none within another.
func (s *Server) watched(op string, scopes []string) ([]string, error) {
	provinces := map[string]bool{}
	for _, sc := range s.drive.Schools {
		provinces[sc.Province] = true
	}
	var out []string
	for _, scope := range scopes {
		province, school, _ := strings.Cut(scope, "/")
		if school == "" {
			if !provinces[province] {
				return nil, noSuchScope(op)
			}
			out = append(out, province+".*")
			continue
		}
		if _, err := s.school(op, scope); err != nil {
			return nil, err
		}
		if !slices.Contains(scopes, province) {
			out = append(out, province+"."+school)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
