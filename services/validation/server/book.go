package server

import (
	"context"
	"log/slog"
	"strconv"

	pb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"github.com/rasoat/rasoat/services/validation"
	"google.golang.org/protobuf/proto"
)

// openBook returns the number of the book by which this copy judges: the one in force in the log when that is the same book, else the
// next, which it opens. Of several copies that start at once one opens it, and the others find it open.
//
// A book has a durable of its own, which begins at the beginning of the log: so a corrected rule judges everything stored
// again, on the same road as what is new, and any number of copies share the work. Of two verdicts on one content the one by
// the later book stands, whatever the order in which they arrive; a copy that still judges by an older book harms nothing.
func (s *Server) openBook(ctx context.Context) (uint64, error) {
	const op = "validation.book"
	subject, err := eventlog.Subject("decision", "book", s.drive.ID)
	if err != nil {
		return 0, err
	}
	digest := validation.BookDigest(s.drive)
	for {
		standing := new(pb.BookOpened)
		last, err := s.log.Last(ctx, subject)
		switch {
		case fault.Is(err, fault.NotFound):
		case err != nil:
			return 0, fault.Wrap("", op, err)
		default:
			if err := proto.Unmarshal(last.Data, standing); err != nil {
				return 0, fault.Wrap(fault.Internal, op, err)
			}
			if standing.GetDigest() == digest {
				return standing.GetNumber(), nil
			}
		}
		next := &pb.BookOpened{
			Drive: s.drive.ID, DriveVersion: s.drive.Version, DriveDigest: s.drive.Digest, Digest: digest, Number: standing.GetNumber() + 1,
		}
		data, err := proto.Marshal(next)
		if err != nil {
			return 0, fault.Wrap(fault.Internal, op, err)
		}
		_, err = s.log.Append(ctx, eventlog.Event{
			Subject: subject, Type: wire.TypeBookOpened, Schema: "rasoat.validation.v1.BookOpened", Data: data,
			ExpectLast: &eventlog.Expect{Sequence: last.Sequence},
		})
		if err == nil {
			s.logger.InfoContext(ctx, "a new book is open: everything stored is judged by it", slog.Uint64("book", next.GetNumber()), slog.String("drive_digest", s.drive.Digest))
			return next.GetNumber(), nil
		}
		if !fault.Is(err, fault.Conflict) {
			return 0, fault.Wrap("", op, err)
		}
	}
}

// Durable is the name of the consumer of a book.
func Durable(book uint64) string { return "validation-" + strconv.FormatUint(book, 10) }
