package generation

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/nats-io/nuid"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
)

// pointer says which generations there are. It is a facet whose revision counts up.
type pointer struct {
	Active   uint64   `json:"active"`
	Building uint64   `json:"building,omitempty"` // written as well: the one that is built, or for a moment the one that served before; 0: none
	Last     uint64   `json:"last"`               // the highest number that was ever used
	Old      []uint64 `json:"old,omitempty"`      // retired or given up: to be dropped once more by the next rebuild
	Writer   string   `json:"writer"`             // who wrote this, and which writing it was

	revision uint64
	at       time.Time // when the reading began
}

// targets are the generations that a Merge goes to.
func (p pointer) targets() []uint64 {
	if p.Building == 0 {
		return []uint64{p.Active}
	}
	return []uint64{p.Active, p.Building}
}

// The pointer's place.
const (
	pointerID    = "pointer"
	pointerFacet = "pointer"
)

// current returns the pointer, read a moment ago.
func (d *DB) current(ctx context.Context) (pointer, error) {
	d.mu.Lock()
	p := d.known
	d.mu.Unlock()
	if p.Active > 0 && d.age(p.at) < d.refresh {
		return p, nil
	}
	return d.fresh(ctx)
}

// fresh reads the pointer now. One that is missing, or older than one that was read before, is unavailable: whoever took it for the first
// generation would write where nobody reads any more. So the first look at a database makes the pointer of a service that was never rebuilt,
// which changes nothing where there is another.
func (d *DB) fresh(ctx context.Context) (pointer, error) {
	const op = "generation.pointer"
	d.mu.Lock()
	known := d.known
	d.mu.Unlock()
	p, found, err := d.read(ctx)
	if err == nil && !found && known.Active == 0 {
		if err = d.write(ctx, pointer{Active: 1, Last: 1}, 0); err == nil {
			p, found, err = d.read(ctx)
		}
	}
	if err != nil {
		return pointer{}, err
	}
	if !found || p.revision < known.revision {
		return pointer{}, store.NotShown(op)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if p.revision > d.known.revision || p.revision == d.known.revision && p.at.After(d.known.at) || d.known.Active == 0 {
		d.known = p
	}
	return p, nil
}

// read reads what the database shows of the pointer, and whether it shows one. It scans, because an adapter may let a Get wait for its writer.
func (d *DB) read(ctx context.Context) (pointer, bool, error) {
	p := pointer{at: d.now()}
	docs, err := d.db.Collection(pointers).Scan(ctx, pointerID, "", 1)
	if err != nil || len(docs) == 0 {
		return p, false, err
	}
	f, ok := docs[0].Facet(pointerFacet)
	if !ok {
		return p, false, nil
	}
	p.revision = f.Rev.Major
	return p, true, fault.Wrap(fault.Internal, "generation.pointer", json.Unmarshal(f.Value, &p))
}

// write writes a pointer under a revision, unless there is one of that revision or a later one.
func (d *DB) write(ctx context.Context, p pointer, revision uint64) error {
	value, err := json.Marshal(p)
	if err != nil {
		return fault.Wrap(fault.Internal, "generation.pointer", err)
	}
	return d.db.Collection(pointers).Merge(ctx, []store.Patch{{ID: pointerID, Facet: pointerFacet, Rev: store.Revision{Major: revision}, Value: value}})
}

// advance puts next in the place of p. It fails with Conflict when somebody else did so first: of two with one revision the first stays.
func (d *DB) advance(ctx context.Context, p, next pointer) (pointer, error) {
	const op = "generation.advance"
	next.Writer = d.writer + "/" + nuid.Next()
	if err := d.write(ctx, next, p.revision+1); err != nil {
		return pointer{}, err
	}
	read, err := d.fresh(ctx)
	if err != nil {
		return pointer{}, err
	}
	if read.revision <= p.revision {
		return pointer{}, store.NotShown(op)
	}
	if read.Writer != next.Writer {
		return pointer{}, fault.New(fault.Conflict, op, "Một lần dựng lại khác đang chạy.", "another rebuild is under way")
	}
	return read, nil
}

// with adds a generation to those to be dropped.
func (p pointer) with(old uint64) []uint64 {
	if old == 0 || slices.Contains(p.Old, old) {
		return p.Old
	}
	return append(slices.Clone(p.Old), old)
}
