// Package operator has the work of an operator on the services that a process runs. It rebuilds
// collections from the log while the old ones serve, diagnoses, settles dead letters, and saves and
// restores.
//
// What a service keeps follows from the log, facet by facet, by pure functions of one message each.
// So a rebuild is the same for every service:
//
// 1. Begin a generation. From now on each Merge goes to it as well.
// 2. Note where the log ends, and wait until the service's consumers have come that far.
// 3. Read the log up to there into the new generation.
// 4. Compare it with the generation that serves.
// 5. Switch.
//
// A difference means that a projection has a defect, or that somebody changed the store. It stops
// the switch, and is reported by collection, document, facet and kind.
//
// The one rule a reader must not miss: a rebuild publishes nothing and asks nobody. A rebuild that
// is interrupted, however it ends, has changed nothing. The next one drops what was half built.
package operator

import (
	"context"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/generation"
)

// Patches are what a message changes, by collection.
type Patches map[string][]store.Patch

// Source is a stream that a service gathers from.
type Source struct {
	Stream string
	// Durable is the consumer that projects it while the service runs.
	Durable string
	// Filters are the subjects that are read. They do not overlap, and the durable is given all of them.
	Filters []string
	// Read gives what a message changes; nothing for one of another type, and Unavailable for another version of its type (eventlog.Outgrown). An
	// error of kind Invalid means that it became a dead letter, whole.
	Read func(eventlog.Message) (Patches, error)
}

// Plan is how the collections of a service follow from the log.
type Plan struct {
	Service string
	Log     *eventlog.Log
	Store   *generation.DB
	// Sources are the streams. That order is free: newest wins.
	Sources func(context.Context) ([]Source, error)
	// Indexes are collections of which the entries are merely where to look: one too many is no difference, and neither is its revision.
	Indexes []string
	// Finish completes what was gathered, with what follows from the whole of it; nil for nothing.
	Finish func(ctx context.Context, built func(name string) store.Collection) error
	// Switched is told when the new collections serve and nobody reads the old ones any more; nil for nobody.
	Switched func(context.Context) error
}

// Rebuilder is a service whose collections can be made anew.
type Rebuilder interface {
	Name() string
	Plan() Plan
}
