package embed

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/rasoat/rasoat/services/internal/store"
)

// getChunk is how many documents one statement reads.
const getChunk = 500

// table is a collection: a row per facet, in the order that Get and Scan want them. The revision
// is the two numbers as 16 bytes, big-endian, so that SQLite compares them as we do.
type table struct {
	db   *db
	name string
	made atomic.Bool // the table is there

	create, drop, upsert, get, scan string
}

var _ store.Collection = (*table)(nil)

func newTable(d *db, name string) *table {
	quoted := `"c_` + name + `"`
	return &table{
		db:   d,
		name: name,
		create: `CREATE TABLE IF NOT EXISTS ` + quoted + ` (
			id TEXT NOT NULL, facet TEXT NOT NULL, rev BLOB NOT NULL, value BLOB NOT NULL,
			PRIMARY KEY (id, facet)) WITHOUT ROWID`,
		drop: `DROP TABLE IF EXISTS ` + quoted,
		upsert: `INSERT INTO ` + quoted + ` AS old (id, facet, rev, value) VALUES (?, ?, ?, ?)
			ON CONFLICT (id, facet) DO UPDATE SET rev = excluded.rev, value = excluded.value
			WHERE excluded.rev > old.rev`,
		get: `SELECT id, facet, rev, value FROM ` + quoted + `
			WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id, facet`,
		scan: `SELECT id, facet, rev, value FROM ` + quoted + ` WHERE id >= ? ORDER BY id, facet`,
	}
}

// ready makes the table once.
func (t *table) ready(ctx context.Context) error {
	if t.made.Load() {
		return nil
	}
	return t.db.writing(ctx, t.makeTable)
}

// makeTable runs in the writer's turn.
func (t *table) makeTable() error {
	if t.made.Load() {
		return nil
	}
	if _, err := t.db.write.Exec(t.create); err != nil {
		return err
	}
	t.made.Store(true)
	return nil
}

// Get implements store.Collection.
func (t *table) Get(ctx context.Context, ids []string) ([]store.Doc, error) {
	const op = "sqlite.get"
	if err := store.CheckIDs(op, ids); err != nil {
		return nil, err
	}
	if err := t.ready(ctx); err != nil {
		return nil, failed(op, err)
	}
	docs := make([]store.Doc, len(ids))
	first := make(map[string]int, len(ids)) // where an id stands first
	var distinct []string
	for i, id := range ids {
		docs[i].ID = id
		if _, seen := first[id]; !seen {
			first[id] = i
			distinct = append(distinct, id)
		}
	}
	for chunk := range slices.Chunk(distinct, getChunk) {
		list, err := json.Marshal(chunk)
		if err != nil {
			return nil, failed(op, err)
		}
		t.db.gate.RLock()
		rows, err := t.db.read.QueryContext(ctx, t.get, string(list))
		if err != nil {
			return nil, failed(op, err)
		}
		err = eachDoc(rows, func(doc store.Doc) bool {
			docs[first[doc.ID]].Facets = doc.Facets
			return true
		})
		t.db.gate.RUnlock()
		if err != nil {
			return nil, failed(op, err)
		}
	}
	for i, id := range ids {
		docs[i].Facets = docs[first[id]].Facets
	}
	return docs, nil
}

// Scan implements store.Collection.
func (t *table) Scan(ctx context.Context, prefix, after string, limit int) ([]store.Doc, error) {
	const op = "sqlite.scan"
	if err := store.CheckScan(op, prefix, after, limit); err != nil {
		return nil, err
	}
	if err := t.ready(ctx); err != nil {
		return nil, failed(op, err)
	}
	from := prefix
	if after >= prefix {
		from = after + "\x01" // no id is between: none has a NUL
	}
	rows, err := t.db.read.QueryContext(ctx, t.scan, from)
	if err != nil {
		return nil, failed(op, err)
	}
	var docs []store.Doc
	err = eachDoc(rows, func(doc store.Doc) bool {
		if !strings.HasPrefix(doc.ID, prefix) {
			return false
		}
		docs = append(docs, doc)
		return len(docs) < limit
	})
	if err != nil {
		return nil, failed(op, err)
	}
	return docs, nil
}

// eachDoc gathers rows that are sorted by id into documents, until they end or f says no more. It
// closes rows.
func eachDoc(rows *sql.Rows, f func(store.Doc) bool) error {
	defer rows.Close()
	var doc store.Doc
	var id, facet sql.RawBytes
	var rev sql.RawBytes
	for rows.Next() {
		var value []byte
		if err := rows.Scan(&id, &facet, &rev, &value); err != nil {
			return err
		}
		if string(id) != doc.ID {
			if doc.ID != "" && !f(doc) {
				return rows.Close()
			}
			doc = store.Doc{ID: string(id)}
		}
		revision, err := decodeRevision(rev)
		if err != nil {
			return err
		}
		doc.Facets = append(doc.Facets, store.Facet{Name: string(facet), Rev: revision, Value: value})
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if doc.ID != "" {
		f(doc)
	}
	return nil
}

func encodeRevision(r store.Revision) []byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 16), r.Major)
	return binary.BigEndian.AppendUint64(b, r.Minor)
}

func decodeRevision(b []byte) (store.Revision, error) {
	if len(b) != 16 {
		return store.Revision{}, fmt.Errorf("a revision of %d bytes, want 16", len(b))
	}
	return store.Revision{Major: binary.BigEndian.Uint64(b), Minor: binary.BigEndian.Uint64(b[8:])}, nil
}

// Drop implements store.Collection. The pages that become free are used again by later merges.
func (t *table) Drop(ctx context.Context) error {
	return failed("sqlite.drop", t.db.writing(ctx, func() error {
		tx, err := t.db.write.Begin()
		if err != nil {
			return err
		}
		defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to roll back
		for _, statement := range []string{t.drop, t.create} {
			if _, err := tx.Exec(statement); err != nil {
				return err
			}
		}
		return tx.Commit()
	}))
}
