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
const getChunk = 1000

// table is a collection: a row per facet, in the order that Get and Scan want them. The revision is
// its two numbers as 16 bytes, big-endian, so that SQLite compares as we do.
type table struct {
	db   *db
	made atomic.Bool

	create, drop, upsert, get, scan string
}

var _ store.Collection = (*table)(nil)

func newTable(d *db, name string) *table {
	quoted := `"c_` + name + `"`
	return &table{
		db: d,
		create: `CREATE TABLE IF NOT EXISTS ` + quoted + ` (
			id TEXT NOT NULL, facet TEXT NOT NULL, rev BLOB NOT NULL, value BLOB NOT NULL, ` + schemaColumn + `,
			PRIMARY KEY (id, facet)) WITHOUT ROWID`,
		drop: `DROP TABLE IF EXISTS ` + quoted,
		upsert: `INSERT INTO ` + quoted + ` AS old (id, facet, rev, value, schema) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (id, facet) DO UPDATE SET rev = excluded.rev, value = excluded.value, schema = excluded.schema
			WHERE excluded.rev > old.rev`,
		get: `SELECT id, facet, rev, schema, value FROM ` + quoted + `
			WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id, facet`,
		scan: `SELECT id, facet, rev, schema, value FROM ` + quoted + ` WHERE id >= ? ORDER BY id, facet`,
	}
}

// ready makes the table on first use.
func (t *table) ready(ctx context.Context) error {
	if t.made.Load() {
		return nil
	}
	return t.db.writing(ctx, t.ensure)
}

// ensure runs in the writer's turn.
func (t *table) ensure() error {
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
	facets := make(map[string][]store.Facet, len(ids))
	var distinct []string
	for _, id := range ids {
		if _, seen := facets[id]; !seen {
			facets[id] = nil
			distinct = append(distinct, id)
		}
	}
	for chunk := range slices.Chunk(distinct, getChunk) {
		list, err := json.Marshal(chunk)
		if err != nil {
			return nil, failed(op, err)
		}
		err = t.read(ctx, t.db.write, t.get, string(list), func(doc store.Doc) bool {
			facets[doc.ID] = doc.Facets
			return true
		})
		if err != nil {
			return nil, failed(op, err)
		}
	}
	docs := make([]store.Doc, len(ids))
	for i, id := range ids {
		docs[i] = store.Doc{ID: id, Facets: facets[id]}
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
		from = after + "\x01" // no id lies between: none has a NUL
	}
	var docs []store.Doc
	err := t.read(ctx, t.db.read, t.scan, from, func(doc store.Doc) bool {
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

// read runs a query whose rows come by id and gathers them into documents, until they end or f says
// no more.
func (t *table) read(ctx context.Context, from *sql.DB, query, arg string, f func(store.Doc) bool) error {
	t.db.checkpoint.gate.RLock()
	defer t.db.checkpoint.gate.RUnlock()
	rows, err := from.QueryContext(ctx, query, arg)
	if err != nil {
		return err
	}
	defer rows.Close()
	var doc store.Doc
	var rev sql.RawBytes
	for rows.Next() {
		var id string
		var facet store.Facet
		if err := rows.Scan(&id, &facet.Name, &rev, &facet.Schema, &facet.Value); err != nil {
			return err
		}
		if facet.Rev, err = decodeRevision(rev); err != nil {
			return err
		}
		if id != doc.ID {
			if doc.ID != "" && !f(doc) {
				return nil
			}
			doc = store.Doc{ID: id}
		}
		doc.Facets = append(doc.Facets, facet)
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

// Drop implements store.Collection. Later merges use the space again.
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
