// Package store keeps what a service knows: documents made of facets.
//
// A document has an id ("2022-2023-12/<pupil>") and is a set of facets ("profile",
// "verdict/results/10", "identity"), each with a revision of its own. A write merges facets: a
// facet replaces an older revision of itself, never a newer or equal one. So a message that is
// projected twice, late or out of order changes nothing, and a collection can be thrown away and
// rebuilt by replaying the log.
//
// Four operations, and no more until a need is proven: Merge, Get, Scan, and Drop for rebuilding.
// A range scan over ids stands in for a secondary index; a second collection, keyed another way,
// stands in for the rest. Nothing needs a transaction, which is why any MongoDB will do, a sharded
// one too. The adapters are in the folder mongo here and in services/standalone/embed (SQLite);
// both pass the contract suite in storetest.
//
// The rules a reader must not miss: derive from what Get returns after a Merge, never from
// "my merge changed something". Merge does not say whether it did, because a crash between the
// write and the next step would lose the answer. And what must be there and is not is unavailable,
// never absent: shown.go says what that means and how it is asked.
package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// Revision orders the states of one facet. Major is the sequence of the message that the facet
// is about in its stream; Minor is the sequence of the judgement's own message, and zero for a
// facet that judges nothing. Every value of both numbers is allowed.
type Revision struct {
	Major, Minor uint64
}

// Compare is negative when r is older than other, zero when they are equal, positive when newer.
func (r Revision) Compare(other Revision) int {
	if c := cmp.Compare(r.Major, other.Major); c != 0 {
		return c
	}
	return cmp.Compare(r.Minor, other.Minor)
}

// Less reports whether r is older than other.
func (r Revision) Less(other Revision) bool { return r.Compare(other) < 0 }

// Facet is one part of a document. Value is opaque to the store; Schema, 1 or more, is the number of its layout.
type Facet struct {
	Name   string
	Rev    Revision
	Schema uint32
	Value  []byte
}

// Doc is a document as it was at one instant, its facets sorted by name (byte order).
type Doc struct {
	ID     string
	Facets []Facet
}

// Facet returns the facet of that name, and whether the document has it.
func (d Doc) Facet(name string) (Facet, bool) {
	i, found := d.search(name)
	if !found {
		return Facet{}, false
	}
	return d.Facets[i], true
}

// Prefix returns the facets whose names start with prefix, sorted by name. The result shares memory
// with the document.
func (d Doc) Prefix(prefix string) []Facet {
	from, _ := d.search(prefix)
	to := from
	for to < len(d.Facets) && strings.HasPrefix(d.Facets[to].Name, prefix) {
		to++
	}
	return d.Facets[from:to:to]
}

func (d Doc) search(name string) (int, bool) {
	return slices.BinarySearchFunc(d.Facets, name, func(f Facet, name string) int {
		return strings.Compare(f.Name, name)
	})
}

// Patch is one facet to be merged into the document with that id. See CheckPatches for what an id
// and a facet's name may be. Schema is the number of the layout of Value: 0 stands for 1, which was the
// first of every facet, and a writer of a later layout names it. It decides nothing in a Merge.
type Patch struct {
	ID     string
	Facet  string
	Rev    Revision
	Schema uint32
	Value  []byte
}

// Collection is a set of documents. Its methods may be called from many goroutines.
//
// Errors: Invalid for an id, name, prefix or limit that is not allowed (nothing was done then);
// Unavailable when the database cannot work (server away, disk full, file busy) or the context
// ended; Internal for a defect of ours. After an error of Merge other than Invalid any part of the
// patches may have been stored: send them all again, it does no harm.
type Collection interface {
	// Merge stores every patch that is newer than what its document has under that name. Each
	// facet is replaced whole or not at all, and everything is on disk when Merge returns nil.
	// The patches of one call may be in any order and may repeat an id and facet: the newest
	// wins, and of equal ones the first. The values must not change until Merge returns.
	Merge(ctx context.Context, patches []Patch) error

	// Get reads documents, in the order of ids and as many; an id may repeat. An id that was
	// never merged gives a document without facets. Each document is whole; two of them may be
	// from different instants.
	Get(ctx context.Context, ids []string) ([]Doc, error)

	// Scan reads at most limit documents whose ids start with prefix and sort after the string
	// after (byte order), ascending. To page, pass the last id of the page before; fewer than
	// limit documents mean the end.
	Scan(ctx context.Context, prefix, after string, limit int) ([]Doc, error)

	// Drop removes every document. The collection can be used as before.
	Drop(ctx context.Context) error
}

// DB is the database of one service.
type DB interface {
	// Collection gives the collection of that name, made on first use. The name is lower-case
	// letters, digits, '_' and '-', begins with a letter and has at most 48 characters: another
	// one makes every method of the collection fail with Invalid.
	Collection(name string) Collection

	// Ping reports whether the database answers; the error is Unavailable.
	Ping(ctx context.Context) error

	// Close ends the use of the database, after the calls under way.
	Close() error
}

// Coalesce sorts patches by id and facet and keeps, of those with the same id and facet, the newest
// (of equal revisions the first). It leaves its argument alone, and returns it when there is
// nothing to change.
func Coalesce(patches []Patch) []Patch {
	if inOrder(patches) {
		return patches
	}
	sorted := slices.Clone(patches)
	slices.SortStableFunc(sorted, byKey)
	kept := sorted[:1]
	for _, p := range sorted[1:] {
		last := &kept[len(kept)-1]
		switch {
		case byKey(*last, p) != 0:
			kept = append(kept, p)
		case last.Rev.Less(p.Rev):
			*last = p
		}
	}
	return kept
}

func byKey(a, b Patch) int {
	if c := strings.Compare(a.ID, b.ID); c != 0 {
		return c
	}
	return strings.Compare(a.Facet, b.Facet)
}

// inOrder reports whether patches are sorted and no key repeats.
func inOrder(patches []Patch) bool {
	for i := 1; i < len(patches); i++ {
		if byKey(patches[i-1], patches[i]) >= 0 {
			return false
		}
	}
	return true
}
