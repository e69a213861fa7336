// Package operator mends what a process runs: it makes the collections of a service anew from the log while the old ones serve.
//
// What a service keeps follows from the log, facet by facet, by pure functions of one message each. So a rebuild is the same for every service:
// begin a generation, to which each Merge goes as well from then on; note where the log ends; wait until the service's consumers have come that far;
// read the log up to there into the new generation; compare it with the one that serves; and switch. A difference is a defect of a projection,
// or a store that was changed behind its back: it stops the switch and is told by collection, document, facet and kind.
//
// The one rule a reader must not miss: a rebuild publishes nothing and asks nobody, and one that ends in the midst, however it ends, has changed
// nothing: the next one drops what was half built.
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
