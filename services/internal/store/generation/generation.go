// Package generation lets the collections of a service be rebuilt while they serve.
//
// A named collection lives in generations: generation 1 under its own name, the others as
// "pupils-2", "pupils-3". A number is never used twice. A pointer in the same database names the
// active generation and the one that is being built. Reads go to the active one, and a Merge goes
// to both. A rebuild works in these steps:
//
// 1. Begin a generation: from here on, each Merge reaches it too.
// 2. Note where the log ends, at message 500 for example.
// 3. Read the messages up to 500 into the new generation.
// 4. Switch the pointer.
//
// Messages after 500 are in both generations. Their order does not matter, because the newest
// revision wins.
//
// The one rule a reader must not miss: merge only what the log has already, and acknowledge it only
// after Merge has returned. Merge reads the pointer again after it has written, and writes again
// where it has not written yet. It returns nil only when the pointer that it read last names the
// generations that it wrote to. Take a process that stops, for any time, between reading the
// pointer and writing message 480. There are two cases:
//
//   - The new generation had begun before the last look at the pointer. Then Merge saw it, and
//     wrote to it.
//   - It had not. Then message 480 was in the log before the rebuild noted its end, so the rebuild
//     has read it.
//
// And while Merge has not returned, the message is not acknowledged, and comes again.
//
// A read trusts a pointer that was read a moment ago, and looks again when the pointer got older
// during the read. So for a moment after a switch a reader may still see the old generation. It is
// still written until then, and dropped only later.
//
// In a sharded MongoDB a new generation is a new collection. Shard it like its predecessor before
// the rebuild, or let it stay on one shard.
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

// Names returns the collections that live in generations.
func (d *DB) Names() []string { return slices.Clone(d.names) }

// Ping implements store.DB.
func (d *DB) Ping(ctx context.Context) error { return d.db.Ping(ctx) }

// Close implements store.DB.
func (d *DB) Close() error { return d.db.Close() }

// of returns a generation of a collection.
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
