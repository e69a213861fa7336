// Package storetest is the contract of package store as tests: every adapter passes the same suite,
// so that a service cannot tell which one it has.
//
// The suite states what the pipeline leans on: newest wins whatever the order, the repetition and
// the number of writers; nothing acknowledged is lost; pages of a scan neither skip nor repeat.
package storetest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/internal/store"
)

// Options says what an adapter can be asked for.
type Options struct {
	// Reopen closes db and opens the same database again. Nil: the adapter keeps nothing.
	Reopen func(t *testing.T, db store.DB) store.DB

	// Small asks for fewer rounds and patches, for a database that is slow.
	Small bool
}

func (o Options) rounds(full, small int) int {
	if o.Small {
		return small
	}
	return full
}

// Run checks the contract on a database that open makes; it must hold no collection that begins
// with "suite".
func Run(t *testing.T, open func(t *testing.T) store.DB, opts Options) {
	db := open(t)
	tests := []struct {
		name string
		run  func(t *testing.T, c store.Collection, opts Options)
	}{
		{"MergeOrders", mergeOrders},
		{"PairRevisions", pairRevisions},
		{"FacetsAreIndependent", facetsAreIndependent},
		{"RepeatsInOneCall", repeatsInOneCall},
		{"Values", values},
		{"Schemas", schemas},
		{"Names", names},
		{"LargeMerge", largeMerge},
		{"Refusals", refusals},
		{"CancelledContext", cancelledContext},
		{"FacetsConcurrently", facetsConcurrently},
		{"FirstMergesConcurrently", firstMergesConcurrently},
		{"RandomInterleavings", randomInterleavings},
		{"GetOrder", getOrder},
		{"ScanPages", scanPages},
		{"ScanBounds", scanBounds},
		{"Drop", drop},
	}
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := db.Collection(fmt.Sprintf("suite%d", i))
			test.run(t, c, opts)
			if err := c.Drop(t.Context()); err != nil {
				t.Errorf("Drop: %v", err)
			}
		})
	}
	t.Run("CollectionsAreSeparate", func(t *testing.T) { collectionsAreSeparate(t, db) })
	t.Run("BadCollectionName", func(t *testing.T) { badCollectionName(t, db) })
	t.Run("Ping", func(t *testing.T) {
		if err := db.Ping(t.Context()); err != nil {
			t.Errorf("Ping: %v", err)
		}
	})
	if opts.Reopen != nil {
		t.Run("Reopen", func(t *testing.T) { reopen(t, open(t), opts) })
	}
}

// patch makes a patch whose value follows from its key and revision: two states of a facet that
// claim one revision are then the same, as in the log.
func patch(id, facet string, major, minor uint64) store.Patch {
	p := store.Patch{ID: id, Facet: facet, Rev: store.Revision{Major: major, Minor: minor}}
	p.Value = valueOf(p.ID, p.Facet, p.Rev)
	return p
}

func valueOf(id, facet string, rev store.Revision) []byte {
	return fmt.Appendf(nil, "%s|%s|%d.%d", id, facet, rev.Major, rev.Minor)
}

func mustMerge(t *testing.T, c store.Collection, patches ...store.Patch) {
	t.Helper()
	if err := c.Merge(t.Context(), patches); err != nil {
		t.Fatalf("Merge of %d patches: %v", len(patches), err)
	}
}

func mustGet(t *testing.T, c store.Collection, ids ...string) []store.Doc {
	t.Helper()
	docs, err := c.Get(t.Context(), ids)
	if err != nil {
		t.Fatalf("Get of %d ids: %v", len(ids), err)
	}
	if len(docs) != len(ids) {
		t.Fatalf("Get: got %d documents for %d ids", len(docs), len(ids))
	}
	for i, doc := range docs {
		if doc.ID != ids[i] {
			t.Fatalf("Get: document %d is %q, want %q", i, doc.ID, ids[i])
		}
	}
	return docs
}

func mustScan(t *testing.T, c store.Collection, prefix, after string, limit int) []store.Doc {
	t.Helper()
	docs, err := c.Scan(t.Context(), prefix, after, limit)
	if err != nil {
		t.Fatalf("Scan(%q, %q, %d): %v", prefix, after, limit, err)
	}
	return docs
}

// model is the store as a map: what every adapter must agree with.
type model map[string]map[string]store.Patch

func (m model) merge(patches ...store.Patch) {
	for _, p := range patches {
		if m[p.ID] == nil {
			m[p.ID] = map[string]store.Patch{}
		}
		old, seen := m[p.ID][p.Facet]
		if !seen || old.Rev.Less(p.Rev) {
			m[p.ID][p.Facet] = p
		}
	}
}

func (m model) doc(id string) store.Doc {
	doc := store.Doc{ID: id}
	for _, p := range m[id] {
		doc.Facets = append(doc.Facets, store.Facet{Name: p.Facet, Rev: p.Rev, Schema: max(p.Schema, 1), Value: p.Value})
	}
	slices.SortFunc(doc.Facets, func(a, b store.Facet) int { return strings.Compare(a.Name, b.Name) })
	return doc
}

func (m model) ids(prefix, after string) []string {
	var ids []string
	for id := range m {
		if strings.HasPrefix(id, prefix) && id > after {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// check compares the whole collection with the model, by Get and by Scan.
func (m model) check(t *testing.T, c store.Collection) {
	t.Helper()
	ids := m.ids("", "")
	scanned := mustScan(t, c, "", "", len(ids)+1)
	if len(scanned) != len(ids) {
		t.Errorf("Scan: got %d documents, want %d", len(scanned), len(ids))
	}
	for _, doc := range scanned {
		same(t, "Scan", doc, m.doc(doc.ID))
	}
	for _, doc := range mustGet(t, c, ids...) {
		same(t, "Get", doc, m.doc(doc.ID))
	}
}

// same compares two documents facet by facet.
func same(t *testing.T, what string, got, want store.Doc) {
	t.Helper()
	if got.ID != want.ID || len(got.Facets) != len(want.Facets) {
		t.Errorf("%s: got %q with %d facets, want %q with %d", what, got.ID, len(got.Facets), want.ID, len(want.Facets))
		return
	}
	for i, g := range got.Facets {
		w := want.Facets[i]
		if g.Name != w.Name || g.Rev != w.Rev || g.Schema != w.Schema {
			t.Errorf("%s of %q: got facet %q at %v of schema %d, want %q at %v of %d", what, got.ID, g.Name, g.Rev, g.Schema, w.Name, w.Rev, w.Schema)
		} else if !bytes.Equal(g.Value, w.Value) {
			t.Errorf("%s of %q, facet %q at %v: got another value of %d bytes, want %d bytes",
				what, got.ID, g.Name, g.Rev, len(g.Value), len(w.Value))
		}
	}
}

// whole fails when a facet holds the value of another revision than its own.
func whole(doc store.Doc) error {
	for _, f := range doc.Facets {
		if !bytes.Equal(f.Value, valueOf(doc.ID, f.Name, f.Rev)) {
			return fmt.Errorf("document %q: facet %q at %v holds another value", doc.ID, f.Name, f.Rev)
		}
	}
	return nil
}

func cancelled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
