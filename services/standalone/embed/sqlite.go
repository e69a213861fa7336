// Package embed holds what production takes from outside and the standalone binary carries inside:
// here the store of package store on SQLite, one file per service.
//
// A facet is a row. One connection writes and a small pool reads, which is how SQLite is at its
// best: in WAL mode readers see the last commit and never wait for the writer. A Merge is on disk
// when it returns (synchronous=FULL); Merges that arrive while another one commits share the next
// commit, so that many small ones cost one sync.
//
// The one rule a reader must not miss: a commit costs a sync and each document touched costs a
// page, so hand over patches by the hundred and let the ids that are written together be
// neighbours where there is a choice.
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
	read  *sql.DB
	write *sql.DB // has one connection

	// turn holds a token: whoever has taken it may use write.
	turn chan struct{}

	// pages estimates what the WAL has grown by since the last checkpoint; whoever has the turn
	// counts. full tells checkpoints, which closes stopped when it ends.
	pages   int
	gate sync.RWMutex
	full    chan struct{}
	stopped chan struct{}

	mu      sync.Mutex
	waiting []*merge          // calls of Merge that no transaction has taken yet
	tables  map[string]*table // by collection name
}

var _ store.DB = (*db)(nil)

// OpenSQLite opens the database in the file at path and makes the file if need be; its folder must
// exist. SQLite keeps two more files beside it, path-wal and path-shm: they belong together. The
// error is Unavailable.
func OpenSQLite(path string) (store.DB, error) {
	const op = "sqlite.open"
	// SQLite built by its own scripts on Linux syncs with fdatasync, which is as durable and spares
	// a journal write per commit; this build has to be told. Elsewhere the error says "not here".
	_, _ = sqlite.Fdatasync(true)
	d := &db{turn: make(chan struct{}, 1), tables: map[string]*table{}, full: make(chan struct{}, 1), stopped: make(chan struct{})}
	d.turn <- struct{}{}

	var err error
	d.write, err = sql.Open("sqlite", dsn(path,
		"journal_mode(WAL)", "synchronous(FULL)", "cache_size(-65536)", // KiB
		"wal_autocheckpoint(0)")) // see checkpoints
	if err != nil {
		return nil, failed(op, err)
	}
	d.write.SetMaxOpenConns(1)
	d.read, err = sql.Open("sqlite", dsn(path, "query_only(1)", "busy_timeout(250)", "cache_size(-16384)"))
	if err != nil {
		return nil, errors.Join(failed(op, err), d.write.Close())
	}
	d.read.SetMaxOpenConns(readers)
	d.read.SetMaxIdleConns(readers)
	if err := d.checkDurable(); err != nil {
		return nil, errors.Join(failed(op, err), d.Close())
	}
	go d.checkpoints()
	return d, nil
}

func dsn(path string, pragmas ...string) string {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": append([]string{"busy_timeout(10000)"}, pragmas...)}
	file := url.URL{Path: path}
	return "file:" + file.EscapedPath() + "?" + q.Encode()
}

// checkDurable makes the file, and makes sure that a commit will be a promise.
func (d *db) checkDurable() error {
	var mode string
	if err := d.write.QueryRow("PRAGMA journal_mode").Scan(&mode); err != nil {
		return err
	}
	var synchronous int
	if err := d.write.QueryRow("PRAGMA synchronous").Scan(&synchronous); err != nil {
		return err
	}
	if mode != "wal" || synchronous != 2 {
		return fmt.Errorf("journal_mode is %s and synchronous %d, want wal and 2: is the file on a network file system?", mode, synchronous)
	}
	return nil
}

// Collection implements store.DB.
func (d *db) Collection(name string) store.Collection {
	err := store.CheckCollection("sqlite.collection", name)
	if err != nil {
		return refused{err}
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
	var one int
	return failed("sqlite.ping", d.read.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&one))
}

// Close implements store.DB. Later calls fail with Unavailable.
func (d *db) Close() error {
	<-d.turn
	defer func() { d.turn <- struct{}{} }()
	// The writer last: the last connection folds the WAL into the file.
	return failed("sqlite.close", errors.Join(d.read.Close(), d.write.Close()))
}

// writing runs f while nobody else uses the writer.
func (d *db) writing(ctx context.Context, f func() error) error {
	select {
	case <-d.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { d.turn <- struct{}{} }()
	if err := ctx.Err(); err != nil {
		return err
	}
	return f()
}

// failed gives an error of SQLite its kind. What only a wrong statement or value can cause is a
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

// refused is a collection whose name is not allowed.
type refused struct{ err error }

func (r refused) Merge(context.Context, []store.Patch) error                     { return r.err }
func (r refused) Get(context.Context, []string) ([]store.Doc, error)             { return nil, r.err }
func (r refused) Scan(context.Context, string, string, int) ([]store.Doc, error) { return nil, r.err }
func (r refused) Drop(context.Context) error                                     { return r.err }
