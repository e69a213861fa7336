package storetest

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
)

// Memory is a database in memory, for the tests of services that are about something else. It keeps the contract of store.
type Memory struct {
	mu          sync.Mutex
	collections map[string]*memoryTable
}

// NewMemory makes an empty one.
func NewMemory() *Memory { return &Memory{collections: map[string]*memoryTable{}} }

// Collection returns the collection of that name.
func (d *Memory) Collection(name string) store.Collection {
	if err := store.CheckCollection("memory.collection", name); err != nil {
		return store.Refused(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.collections[name] == nil {
		d.collections[name] = &memoryTable{docs: map[string]map[string]store.Facet{}}
	}
	return d.collections[name]
}

// Ping always answers.
func (d *Memory) Ping(context.Context) error { return nil }

// Close does nothing.
func (d *Memory) Close() error { return nil }

type memoryTable struct {
	mu   sync.Mutex
	docs map[string]map[string]store.Facet
}

func (m *memoryTable) Merge(ctx context.Context, patches []store.Patch) error {
	if err := allowed(ctx, store.CheckPatches("memory.merge", patches)); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range patches {
		if m.docs[p.ID] == nil {
			m.docs[p.ID] = map[string]store.Facet{}
		}
		if old, ok := m.docs[p.ID][p.Facet]; !ok || old.Rev.Less(p.Rev) {
			m.docs[p.ID][p.Facet] = store.Facet{Name: p.Facet, Rev: p.Rev, Schema: max(p.Schema, 1), Value: slices.Clone(p.Value)}
		}
	}
	return nil
}

func (m *memoryTable) Get(ctx context.Context, ids []string) ([]store.Doc, error) {
	if err := allowed(ctx, store.CheckIDs("memory.get", ids)); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]store.Doc, len(ids))
	for i, id := range ids {
		out[i] = m.doc(id)
	}
	return out, nil
}

func (m *memoryTable) Scan(ctx context.Context, prefix, after string, limit int) ([]store.Doc, error) {
	if err := allowed(ctx, store.CheckScan("memory.scan", prefix, after, limit)); err != nil {
		return nil, err
	}
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

func (m *memoryTable) Drop(ctx context.Context) error {
	if err := allowed(ctx, nil); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.docs)
	return nil
}

// allowed returns why a call is refused: what the contract says of its arguments, or a context that ended.
func allowed(ctx context.Context, err error) error {
	if err != nil {
		return err
	}
	return fault.Wrap(fault.Unavailable, "memory", ctx.Err())
}

func (m *memoryTable) doc(id string) store.Doc {
	d := store.Doc{ID: id}
	for _, name := range slices.Sorted(maps.Keys(m.docs[id])) {
		d.Facets = append(d.Facets, m.docs[id][name])
	}
	return d
}
