package store

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Newest is the newest layout of a facet that this program reads. The numbers are dealt out once for all facets of all services: who
// changes the layout of one raises Newest, writes that facet with it (Patch.Schema), and goes on reading the older ones, which collections
// and backups still hold. The others keep the number that they have.
const Newest = 1

// Reading returns db for a program that reads layouts up to newest. A Get or Scan that meets a later one fails with Unavailable, whole: a
// newer version is at work on the same database, and what it wrote must not be guessed at. So the messages that need it wait for a copy of
// that version, and become no dead letters. From then on Ping fails as well: this copy is not ready any more, until it is upgraded.
func Reading(db DB, newest uint32) DB { return &readingDB{DB: db, newest: newest} }

type readingDB struct {
	DB
	newest uint32
	met    atomic.Pointer[fault.Error] // the first of those errors
}

// Collection implements DB.
func (d *readingDB) Collection(name string) Collection {
	return &reading{Collection: d.DB.Collection(name), db: d, name: name}
}

// Ping implements DB.
func (d *readingDB) Ping(ctx context.Context) error {
	if e := d.met.Load(); e != nil {
		return e
	}
	return d.DB.Ping(ctx)
}

type reading struct {
	Collection
	db   *readingDB
	name string
}

// Get implements Collection.
func (c *reading) Get(ctx context.Context, ids []string) ([]Doc, error) {
	docs, err := c.Collection.Get(ctx, ids)
	return c.known("store.get", docs, err)
}

// Scan implements Collection.
func (c *reading) Scan(ctx context.Context, prefix, after string, limit int) ([]Doc, error) {
	docs, err := c.Collection.Scan(ctx, prefix, after, limit)
	return c.known("store.scan", docs, err)
}

func (c *reading) known(op string, docs []Doc, err error) ([]Doc, error) {
	if err != nil {
		return nil, err
	}
	for i := range docs {
		for j := range docs[i].Facets {
			if schema := docs[i].Facets[j].Schema; schema > c.db.newest {
				return nil, c.db.outdated(op, c.name, schema)
			}
		}
	}
	return docs, nil
}

func (d *readingDB) outdated(op, collection string, schema uint32) error {
	e := fault.New(fault.Unavailable, op,
		fmt.Sprintf("Dữ liệu trong %s do một phiên bản mới hơn ghi (lược đồ %d, bản này đọc đến %d): hãy nâng cấp bản này.", collection, schema, d.newest),
		fmt.Sprintf("the data in %s was written by a newer version (schema %d, this copy reads up to %d): upgrade this copy", collection, schema, d.newest))
	d.met.CompareAndSwap(nil, e)
	return e
}
