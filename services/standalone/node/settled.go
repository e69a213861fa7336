package node

import (
	"context"
	"time"

	"github.com/rasoat/rasoat/services/internal/eventlog"
)

// consumers is every durable of every service, in order of the flow.
var consumers = []struct{ stream, durable string }{
	{eventlog.Portal, "intake-portal"},
	{eventlog.Submissions, "intake-submissions"},
	{eventlog.Submissions, "validation"},
	{eventlog.Submissions, "matching-profiles"},
	{eventlog.Identities, "matching-ask"},
	{eventlog.Identities, "matching-identities"},
	{eventlog.Submissions, "reporting-submissions"},
	{eventlog.Verdicts, "reporting-verdicts"},
	{eventlog.Identities, "reporting-identities"},
}

// Settle waits until nothing is under way in the system of a log: every consumer of every service has acknowledged all there
// is, twice in a row. A handler acknowledges its input only after what follows from it is in the log, so nothing can hide
// between two consumers. Questions to an absent registry are under way until they are answered.
func Settle(ctx context.Context, l *eventlog.Log) error {
	quiet := 0
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for quiet < 2 {
		pending, err := Pending(ctx, l)
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
func Pending(ctx context.Context, l *eventlog.Log) (uint64, error) {
	var sum uint64
	for _, c := range consumers {
		pending, err := l.Pending(ctx, c.stream, c.durable)
		if err != nil {
			return 0, err
		}
		sum += pending
	}
	return sum, nil
}
