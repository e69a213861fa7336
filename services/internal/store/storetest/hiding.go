package storetest

import (
	"context"
	"encoding/binary"
	"hash/fnv"
	"math/rand/v2"
	"sync"

	"github.com/rasoat/rasoat/services/internal/store"
)

// Hiding is a database that answers late, as one does that reads from an older copy or misses what is
// rewritten at the moment: it hides some documents, for a few reads each. What is hidden is missing
// from Get and Scan, or is shown as it was before the last Merge that went through here. Such a
// document is hidden for at most Reads reads in a row, so a caller that asks again is answered.
//
// Which documents, when and how follows from Seed, collection and id alone, not from the order in which
// goroutines come.
type Hiding struct {
	store.DB
	Seed     uint64
	PerMille int  // of the documents are hidden at some time
	Reads    int  // at most, in a row
	Spread   int  // hidden from one of the first so many reads on; 1 hides from the first
	Every    int  // hidden again after so many reads, more than Spread and Reads together; 0 hides once
	NoOlder  bool // hides documents whole, and never shows an older one

	mu          sync.Mutex
	collections map[string]*hidingCollection
	hidden      int
}

// Hidden is how many documents were hidden from an answer, or shown as they had been.
func (h *Hiding) Hidden() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.hidden
}

// Collection implements store.DB.
func (h *Hiding) Collection(name string) store.Collection {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.collections == nil {
		h.collections = map[string]*hidingCollection{}
	}
	if h.collections[name] == nil {
		h.collections[name] = &hidingCollection{Collection: h.DB.Collection(name), of: h, name: name, docs: map[string]*hiddenDoc{}}
	}
	return h.collections[name]
}

type hidingCollection struct {
	store.Collection
	of   *Hiding
	name string
	docs map[string]*hiddenDoc // those that are hidden at some time
}

// hiddenDoc is a document with the reads from which it is hidden.
type hiddenDoc struct {
	reads    int // of it, so far
	from, to int
	older    bool
	before   *store.Doc // as it was before the last Merge; nil when it was not there
}

// doc returns the plan for a document; nil for one that is always shown. The caller holds the lock.
func (c *hidingCollection) doc(id string) *hiddenDoc {
	if d, ok := c.docs[id]; ok {
		return d
	}
	sum := fnv.New64a()
	_, _ = sum.Write(binary.BigEndian.AppendUint64(nil, c.of.Seed))
	_, _ = sum.Write([]byte(c.name + "/" + id))
	r := rand.New(rand.NewPCG(c.of.Seed, sum.Sum64()))
	var d *hiddenDoc
	if r.IntN(1000) < c.of.PerMille {
		from := r.IntN(max(c.of.Spread, 1))
		d = &hiddenDoc{from: from, to: from + 1 + r.IntN(max(c.of.Reads, 1)), older: r.IntN(2) == 0 && !c.of.NoOlder}
	}
	c.docs[id] = d
	return d
}

// Merge implements store.Collection.
func (c *hidingCollection) Merge(ctx context.Context, patches []store.Patch) error {
	var ids []string
	c.of.mu.Lock()
	for _, p := range patches {
		if d := c.doc(p.ID); d != nil && d.older && (c.of.Every > 0 || d.reads < d.to) {
			ids = append(ids, p.ID)
		}
	}
	c.of.mu.Unlock()
	if len(ids) > 0 {
		before, err := c.Collection.Get(ctx, ids)
		if err != nil {
			return err
		}
		c.of.mu.Lock()
		for _, doc := range before {
			if d := c.doc(doc.ID); len(doc.Facets) > 0 {
				d.before = &doc
			}
		}
		c.of.mu.Unlock()
	}
	return c.Collection.Merge(ctx, patches)
}

// show returns a document as this read shows it, and whether it shows it at all. One that is not there counts no read.
func (c *hidingCollection) show(doc store.Doc) (store.Doc, bool) {
	if len(doc.Facets) == 0 {
		return doc, false
	}
	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	d := c.doc(doc.ID)
	if d == nil {
		return doc, true
	}
	read := d.reads
	d.reads++
	if c.of.Every > 0 {
		read %= c.of.Every
	}
	if read < d.from || read >= d.to {
		return doc, true
	}
	c.of.hidden++
	if d.older && d.before != nil {
		return *d.before, true
	}
	return store.Doc{ID: doc.ID}, false
}

// Get implements store.Collection.
func (c *hidingCollection) Get(ctx context.Context, ids []string) ([]store.Doc, error) {
	docs, err := c.Collection.Get(ctx, ids)
	for i := range docs {
		docs[i], _ = c.show(docs[i])
	}
	return docs, err
}

// Scan implements store.Collection: what is hidden makes room for what comes behind it.
func (c *hidingCollection) Scan(ctx context.Context, prefix, after string, limit int) ([]store.Doc, error) {
	var out []store.Doc
	for {
		want := limit - len(out)
		page, err := c.Collection.Scan(ctx, prefix, after, want)
		if err != nil {
			return nil, err
		}
		for _, doc := range page {
			if shown, ok := c.show(doc); ok {
				out = append(out, shown)
			}
		}
		if len(page) < want || len(out) == limit {
			return out, nil
		}
		after = page[len(page)-1].ID
	}
}
