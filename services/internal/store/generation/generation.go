// Package generation lets the collections of a service be made anew while they serve.
//
// A named collection lives in generations: generation 1 under its own name, the others as "pupils-2", "pupils-3", of which a number is never
// used twice. A pointer in the same database says which one is active and which one is being built. Reads go to the active one, a Merge goes to
// both. So a rebuild begins a generation (Begin), notes where the log ends, gathers the log up to there into it, and switches; what comes
// meanwhile is in both, because newest wins and the order does not matter.
//
// The one rule a reader must not miss: what is merged must stand in the log already, and be acknowledged only after Merge returned. A Merge
// reads the pointer anew after it wrote, and writes again where it did not; it returns nil only when what it read last is where it wrote. So of
// a process that is stopped between reading the pointer and writing, for however long, either the acknowledgement is missing and the message
// comes again, or the write reached the generation that serves: had the new one been begun before that last look, it was seen; had it not, the
// message stood in the log before the end of the log was noted, and was gathered.
//
// Reads trust a pointer that was read a moment ago, and look again when it got older while they read. So for a moment after a switch a reader may
// still look at what served before; until then that is written, too, and dropped only later.
//
// In a sharded MongoDB a new generation is a new collection: shard it as its predecessors before the rebuild, or let it stay on one shard.
package generation

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nuid"
	"github.com/rasoat/rasoat/services/internal/store"
)

// The times of the pointer: how old it may be for a read to begin, how old when the read ends, and how long after a switch the retired generation
// stays for those reads.
const (
	refresh = 250 * time.Millisecond
	trust   = 500 * time.Millisecond
	linger  = 750 * time.Millisecond
)

// pointers is the collection that holds the pointer.
const pointers = "generations"

// DB is a store.DB of which some collections live in generations.
type DB struct {
	db     store.DB
	names  []string
	writer string // who this is, in the pointers that it writes
	now    func() time.Time
	refresh, trust,
	linger time.Duration

	mu    sync.Mutex
	known pointer // the newest that was read
}

var _ store.DB = (*DB)(nil)

// New puts generations under the collections of these names, of at most 40 characters; the others stay as they are. Any number of DBs may be made
// on one database.
func New(db store.DB, names ...string) *DB {
	return &DB{db: db, names: names, writer: nuid.Next(), now: time.Now, refresh: refresh, trust: trust, linger: linger}
}

// Collection implements store.DB.
func (d *DB) Collection(name string) store.Collection {
	if !slices.Contains(d.names, name) {
		return d.db.Collection(name)
	}
	return &collection{db: d, name: name}
}

// Names gives the collections that live in generations.
func (d *DB) Names() []string { return slices.Clone(d.names) }

// Ping implements store.DB.
func (d *DB) Ping(ctx context.Context) error { return d.db.Ping(ctx) }

// Close implements store.DB.
func (d *DB) Close() error { return d.db.Close() }

// of gives a generation of a collection.
func (d *DB) of(name string, generation uint64) store.Collection {
	if generation > 1 {
		name = fmt.Sprintf("%s-%d", name, generation)
	}
	return d.db.Collection(name)
}

// age is how long ago something was, by the clock that does not run while the machine is suspended and by the one that does.
func (d *DB) age(at time.Time) time.Duration {
	now := d.now()
	return max(now.Sub(at), now.Round(0).Sub(at.Round(0)))
}
