package eventlog

import (
	"context"
	"maps"
	"slices"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Subjects lists the subjects below a filter ("decision.unlocks.01.*") that have a message, in order, from the leader. It fails with
// fault.Invalid for a filter that no stream holds, and with fault.Unavailable.
func (l *Log) Subjects(ctx context.Context, filter string) ([]string, error) {
	const op = "eventlog.subjects"
	if err := checkSubject(filter, true); err != nil {
		return nil, fault.Wrap("", op, err)
	}
	name, err := StreamFor(filter)
	if err != nil {
		return nil, fault.Wrap("", op, err)
	}
	info, err := l.info(ctx, op, name, jetstream.WithSubjectFilter(filter))
	if err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(info.State.Subjects)), nil
}
