package node

import (
	"context"
	"slices"
	"time"

	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	matching "github.com/rasoat/rasoat/services/matching/server"
	validation "github.com/rasoat/rasoat/services/validation/server"
	"google.golang.org/protobuf/proto"
)

// Reader is a durable of a service on a stream.
type Reader struct{ Stream, Durable string }

// readers are the durables that do not depend on the drive, in order of the flow.
var readers = []Reader{
	{eventlog.Portal, "intake-portal"},
	{eventlog.Submissions, "intake-submissions"},
	{eventlog.Submissions, "matching-profiles"},
	{eventlog.Identities, "matching-identities"},
	{eventlog.Decisions, "matching-decisions"},
	{eventlog.Submissions, "reporting-submissions"},
	{eventlog.Verdicts, "reporting-verdicts"},
	{eventlog.Identities, "reporting-identities"},
	{eventlog.Decisions, "reporting-decisions"},
}

// Readers returns the durables of every service on a drive. The durable of validation is not among them:
// its name has the number of the book in force (Judging).
func Readers(d *drive.Drive) []Reader {
	all := slices.Clone(readers)
	for _, province := range matching.Provinces(d) {
		for _, again := range []bool{false, true} {
			all = append(all, Reader{eventlog.Questions, matching.Durable(province, again)})
		}
	}
	return all
}

// Settle waits until nothing is under way in the system of a log: every consumer of every service has acknowledged all there
// is, twice in a row. A handler acknowledges its input only after what follows from it is in the log, so nothing can hide
// between two consumers. Questions to an absent registry are under way until they are answered.
func Settle(ctx context.Context, l *eventlog.Log, d *drive.Drive) error {
	quiet := 0
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for quiet < 2 {
		pending, err := Pending(ctx, l, d)
		if err != nil {
			return err
		}
		quiet++
		if pending > 0 {
			quiet = 0
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}

// Pending is how many messages wait for all consumers together.
func Pending(ctx context.Context, l *eventlog.Log, d *drive.Drive) (uint64, error) {
	sum, err := Judging(ctx, l)
	if err != nil {
		return 0, err
	}
	for _, r := range Readers(d) {
		pending, err := waiting(ctx, l, r.Stream, r.Durable)
		if err != nil {
			return 0, err
		}
		sum += pending
	}
	return sum, nil
}

// waiting is how many messages wait for a consumer. One that is not there yet, at the start or in a rebuild, has everything before it.
func waiting(ctx context.Context, l *eventlog.Log, stream, durable string) (uint64, error) {
	pending, err := l.Pending(ctx, stream, durable)
	if fault.Is(err, fault.NotFound) {
		return 1, nil
	}
	return pending, err
}

// Judging is how many submissions wait to be judged by the book in force.
func Judging(ctx context.Context, l *eventlog.Log) (uint64, error) {
	m, err := l.Last(ctx, "decision.book.*")
	if fault.Is(err, fault.NotFound) {
		return 1, nil
	}
	if err != nil {
		return 0, err
	}
	book := new(validationpb.BookOpened)
	if err := proto.Unmarshal(m.Data, book); err != nil {
		return 0, fault.Wrap(fault.Internal, "node.settled", err)
	}
	return waiting(ctx, l, eventlog.Submissions, validation.Durable(book.GetNumber()))
}
