package server

import (
	"context"

	pb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/operator"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

// pupilsName is the collection of the parts that concern each other.
const pupilsName = "pupils"

// Plan is how the parts that the service keeps follow from the log. The judgements stand in the log under the book that each names: nothing is judged
// and nothing published by a rebuild.
func (s *Server) Plan() operator.Plan {
	return operator.Plan{
		Service: s.Name(), Log: s.log, Store: s.db,
		Sources: func(ctx context.Context) ([]operator.Source, error) {
			book, err := s.standing(ctx)
			if err != nil {
				return nil, err
			}
			return []operator.Source{{
				Stream: eventlog.Submissions, Durable: Durable(book), Filters: []string{"submission.*.*.*.*"}, Read: s.patches,
			}}, nil
		},
	}
}

// Rebuild makes the parts that the service keeps anew from the log; before Run.
func (s *Server) Rebuild(ctx context.Context) error { return s.Plan().Renew(ctx) }

// patches returns what a submission changes.
func (s *Server) patches(m eventlog.Message) (operator.Patches, error) {
	if m.Type != wire.TypeSubmission {
		return nil, eventlog.Outgrown([]string{wire.TypeSubmission}, m)
	}
	_, kept, err := s.read(m)
	return operator.Patches{pupilsName: kept}, err
}

// standing returns the number of the book in force; 0 when none was opened.
func (s *Server) standing(ctx context.Context) (uint64, error) {
	const op = "validation.book"
	subject, err := eventlog.Subject("decision", "book", s.drive.ID)
	if err != nil {
		return 0, err
	}
	m, err := s.log.Last(ctx, subject)
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fault.Wrap("", op, err)
	}
	book := new(pb.BookOpened)
	if err := proto.Unmarshal(m.Data, book); err != nil {
		return 0, fault.Wrap(fault.Internal, op, err)
	}
	return book.GetNumber(), nil
}
