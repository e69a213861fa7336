package server

import (
	"context"
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
type places [outcomeStreams]uint64

func (p places) token() string {
	return strconv.FormatUint(p[fromVerdicts], 10) + "-" + strconv.FormatUint(p[fromIdentities], 10) + "-" + strconv.FormatUint(p[fromDecisions], 10)
}

// places reads a resume token; "" is the beginning, "now" the end. It fails with Invalid for what is no token.
func (s *Server) places(ctx context.Context, token string) (places, error) {
	const op = "reporting.watch_outcomes"
	var p places
	switch token {
	case "":
		return p, nil
	case "now":
		for i, from := range outcomeTable {
			head, _, err := s.log.Head(ctx, from.name)
			if err != nil {
				return p, err
			}
			p[i] = head
		}
		return p, nil
	}
	numbers := strings.Split(token, "-")
	for i := range p {
		if len(numbers) != len(p) {
			break
		}
		var err error
		if p[i], err = strconv.ParseUint(numbers[i], 10, 63); err != nil {
			break
		}
		if i == len(p)-1 {
			return p, nil
		}
	}
	return p, fault.New(fault.Invalid, op, "resume_token không đúng; dùng của câu trả lời cuối cùng đã xử lý.", "this is no resume token: use that of the last answer that was dealt with")
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
			return s.log.Follow(ctx, from.name, filters, at[i]+1, func(m eventlog.Message) error {
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
			at[from] = m.Sequence
		}
		n.Province, n.School, n.StoredAt, n.ResumeToken = province, school, timestamppb.New(m.Stored), at.token()
		if err := stream.Send(n); err != nil {
			return err
		}
	}
	at[from] = m.Sequence
	return nil
}

// watched gives the scopes as the ends of subjects, "01.01000701" or "01.*", none within another.
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
