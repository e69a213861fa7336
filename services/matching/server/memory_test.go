package server

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/rasoat/rasoat/services/internal/store"
)

// memoryDB is a database in memory that keeps the contract of store for one process.
type memoryDB struct {
	mu          sync.Mutex
	collections map[string]*memoryCollection
}

func newMemoryDB() *memoryDB { return &memoryDB{collections: map[string]*memoryCollection{}} }

func (d *memoryDB) Collection(name string) store.Collection {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.collections[name] == nil {
		d.collections[name] = &memoryCollection{docs: map[string]map[string]store.Facet{}}
	}
	return d.collections[name]
}

func (d *memoryDB) Ping(context.Context) error { return nil }
func (d *memoryDB) Close() error               { return nil }

type memoryCollection struct {
	mu   sync.Mutex
	docs map[string]map[string]store.Facet
}

func (m *memoryCollection) Merge(_ context.Context, patches []store.Patch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range patches {
		if m.docs[p.ID] == nil {
			m.docs[p.ID] = map[string]store.Facet{}
		}
		if old, ok := m.docs[p.ID][p.Facet]; !ok || old.Rev.Less(p.Rev) {
			m.docs[p.ID][p.Facet] = store.Facet{Name: p.Facet, Rev: p.Rev, Value: slices.Clone(p.Value)}
		}
	}
	return nil
}

func (m *memoryCollection) Get(_ context.Context, ids []string) ([]store.Doc, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]store.Doc, len(ids))
	for i, id := range ids {
		out[i] = m.doc(id)
	}
	return out, nil
}

func (m *memoryCollection) Scan(_ context.Context, prefix, after string, limit int) ([]store.Doc, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []store.Doc
	for _, id := range slices.Sorted(maps.Keys(m.docs)) {
		if strings.HasPrefix(id, prefix) && id > after && len(out) < limit {
			out = append(out, m.doc(id))
		}
	}
	return out, nil
}

func (m *memoryCollection) Drop(context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.docs)
	return nil
}

func (m *memoryCollection) doc(id string) store.Doc {
	d := store.Doc{ID: id}
	for _, name := range slices.Sorted(maps.Keys(m.docs[id])) {
		d.Facets = append(d.Facets, m.docs[id][name])
	}
	return d
}
