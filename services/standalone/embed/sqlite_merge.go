package embed

import (
	"context"
	"slices"

	"github.com/rasoat/rasoat/services/internal/store"
)

// groupLimit ends a group commit: enough to make the sync cheap, few enough to answer soon.
const groupLimit = 4000

// merge is one call of Merge.
type merge struct {
	table   *table
	patches []store.Patch
	done    chan error // has room for the answer
}

// Merge implements store.Collection. The call waits for its turn at the writer; whoever gets the
// turn commits for everybody who is waiting.
func (t *table) Merge(ctx context.Context, patches []store.Patch) error {
	const op = "sqlite.merge"
	if err := store.CheckPatches(op, patches); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return failed(op, err)
	}
	if len(patches) == 0 {
		return nil
	}
	m := &merge{table: t, patches: patches, done: make(chan error, 1)}
	t.db.enqueue(m)
	for len(m.done) == 0 {
		select {
		case err := <-m.done:
			return failed(op, err)
		case <-t.db.turn:
			t.db.commitGroup()
			t.db.turn <- struct{}{}
		case <-ctx.Done():
			if t.db.withdraw(m) {
				return failed(op, ctx.Err())
			}
			return failed(op, <-m.done) // its values are in use: wait
		}
	}
	return failed(op, <-m.done)
}

func (d *db) enqueue(m *merge) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting = append(d.waiting, m)
}

// withdraw takes m back and says whether it was still waiting.
func (d *db) withdraw(m *merge) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.Index(d.waiting, m)
	if i < 0 {
		return false
	}
	d.waiting = slices.Delete(d.waiting, i, i+1)
	return true
}

// takeGroup takes the calls that have waited longest, at least one if there is one.
func (d *db) takeGroup() []*merge {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, size := 0, 0
	for n < len(d.waiting) && (n == 0 || size+len(d.waiting[n].patches) <= groupLimit) {
		size += len(d.waiting[n].patches)
		n++
	}
	group := slices.Clone(d.waiting[:n])
	d.waiting = slices.Delete(d.waiting, 0, n)
	return group
}

// commitGroup runs in the writer's turn and answers the calls that it took.
func (d *db) commitGroup() {
	group := d.takeGroup()
	if len(group) == 0 {
		return
	}
	err := d.commit(group)
	for _, m := range group {
		if err != nil && len(group) > 1 {
			m.done <- d.commit([]*merge{m}) // one call's trouble is not another's
			continue
		}
		m.done <- err
	}
}

// commit merges the group in one transaction. No caller's context may end it for the others, so it
// runs under none.
func (d *db) commit(group []*merge) error {
	patches := map[*table][]store.Patch{}
	for _, m := range group {
		if err := m.table.ensure(); err != nil {
			return err
		}
		patches[m.table] = append(patches[m.table], m.patches...)
	}
	tx, err := d.write.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to roll back
	for t := range patches {
		patches[t] = store.Coalesce(patches[t])
		stmt, err := tx.Prepare(t.upsert)
		if err != nil {
			return err
		}
		for _, p := range patches[t] {
			value := p.Value
			if value == nil {
				value = []byte{} // nil would be NULL
			}
			if _, err := stmt.Exec(p.ID, p.Facet, encodeRevision(p.Rev), value, max(p.Schema, 1)); err != nil {
				return err
			}
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	for _, written := range patches {
		for _, p := range written {
			d.checkpoint.wrote(len(p.Value))
		}
	}
	return nil
}
