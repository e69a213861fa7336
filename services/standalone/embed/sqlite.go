// Package embed holds what production takes from outside and the standalone binary carries inside.
//
// Its store keeps the documents of package store in SQLite, one file per service, a facet a row.
// One connection writes and a small pool reads, which is how SQLite is at its best: in WAL mode
// readers see the last commit and never wait for the writer. A Merge is on disk when it returns
// (synchronous=FULL); Merges that arrive while another commits share the next commit, so that many
// small ones cost one sync.
//
// The one rule a reader must not miss: a commit costs a sync, and each document touched costs a
// page of 4 KB written twice. So hand over patches by the hundred, and where there is a choice let
// the ids that are written together be neighbours.
package embed

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"sync"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
)

// readers is how many reads run at once; each has a connection with a page cache of its own.
const readers = 4

// db is a store.DB on one SQLite file.
type db struct {
	read  *sql.DB // for scans, which may be long
	write *sql.DB // has one connection; Get reads through it as well, since its page cache outlives the writes

	// turn holds a token: whoever has taken it may write, and count in the checkpointer.
	turn       chan struct{}
	checkpoint checkpointer

	mu      sync.Mutex
	waiting []*merge          // calls of Merge that no transaction has taken yet
	tables  map[string]*table // by collection name
}

var _ store.DB = (*db)(nil)

// OpenSQLite opens the database in the file at path, which it makes if need be, in a folder that
// exists. SQLite keeps two more files beside it, path-wal and path-shm: the three belong together.
// A file that an older version made is brought to the layout of this one. The error is
// Unavailable, or that of CheckSQLite.
func OpenSQLite(path string) (store.DB, error) {
	const op = "sqlite.open"
	if err := CheckSQLite(path); err != nil {
		return nil, err
	}
	// fdatasync is as durable as fsync and spares the file system a journal write per commit; SQLite
	// on Linux uses it, but this build of SQLite has to be told. Where there is none, fsync stays.
	_, _ = sqlite.Fdatasync(true)

	write, err := sql.Open("sqlite", dsn(path, "busy_timeout(10000)",
		"journal_mode(WAL)", "synchronous(FULL)", "wal_autocheckpoint(0)", // see checkpointer
		"cache_size(-32768)")) // KiB
	if err != nil {
		return nil, failed(op, err)
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", dsn(path, "busy_timeout(250)", "query_only(1)", "cache_size(-4096)"))
	if err != nil {
		return nil, errors.Join(failed(op, err), write.Close())
	}
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	err = checkDurable(write)
	if err == nil {
		err = migrate(write)
	}
	if err != nil {
		return nil, errors.Join(failed(op, err), read.Close(), write.Close())
	}

	d := &db{read: read, write: write, turn: make(chan struct{}, 1), tables: map[string]*table{}}
	d.turn <- struct{}{}
	d.checkpoint.start(d)
	return d, nil
}

func dsn(path string, pragmas ...string) string {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": pragmas}
	file := url.URL{Path: path}
	return "file:" + file.EscapedPath() + "?" + q.Encode()
}

// checkDurable makes the file, and makes sure that a commit will be a promise.
func checkDurable(write *sql.DB) error {
	var mode string
	if err := write.QueryRow("PRAGMA journal_mode").Scan(&mode); err != nil {
		return err
	}
	var synchronous int
	if err := write.QueryRow("PRAGMA synchronous").Scan(&synchronous); err != nil {
		return err
	}
	if mode != "wal" || synchronous != 2 {
		return fmt.Errorf("journal_mode is %s and synchronous %d, want wal and 2: is the file on a network file system?", mode, synchronous)
	}
	return nil
}

// Collection implements store.DB.
func (d *db) Collection(name string) store.Collection {
	if err := store.CheckCollection("sqlite.collection", name); err != nil {
		return store.Refused(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.tables[name]
	if t == nil {
		t = newTable(d, name)
		d.tables[name] = t
	}
	return t
}

// Ping implements store.DB.
func (d *db) Ping(ctx context.Context) error {
	var tables int
	return failed("sqlite.ping", d.read.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables))
}

// Close implements store.DB. Later calls fail with Unavailable.
func (d *db) Close() error {
	d.checkpoint.stop()
	<-d.turn
	defer func() { d.turn <- struct{}{} }()
	// The writer last: the last connection folds the WAL into the file.
	return failed("sqlite.close", errors.Join(d.read.Close(), d.write.Close()))
}

// writing runs f while nobody else uses the writer.
func (d *db) writing(ctx context.Context, f func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-d.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { d.turn <- struct{}{} }()
	return f()
}

// failed wraps an error of SQLite in its kind. What only a wrong statement or value can cause is a
// defect of ours; everything else is the surroundings: full, locked, read-only, closed.
func failed(op string, err error) error {
	kind := fault.Unavailable
	var e *sqlite.Error
	if errors.As(err, &e) {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_ERROR, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH,
			sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_RANGE:
			kind = fault.Internal
		}
	}
	return fault.Wrap(kind, op, err)
}
