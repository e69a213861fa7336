// Package examtable is the tables of an exam-registration system in SQLite, kept in step with RECORDS: the reference of
// how a subscriber does it. Package rows says what the columns are.
//
// The one rule that a reader must not miss: the rows of a pupil change only for a greater version. So a version that is
// handed over twice, or late, changes nothing, and the tables are the same whatever happened on the way. A record that
// was taken back keeps its row in records, with its state, and loses its results.
//
// It lies here and not in the command line of rasoat, because no program that production runs links SQLite.
package examtable

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/recordfeed/rows"
	"github.com/rasoat/rasoat/services/student"

	_ "modernc.org/sqlite" // the driver
)

// Table is an open table.
type Table struct {
	db     *sql.DB
	layout *rows.Layout
}

var _ recordfeed.Table = (*Table)(nil)

// Open opens the tables in a file, which it makes if need be, for its owner alone. It fails with Invalid for a file that
// holds something else or has other columns, and with Unavailable.
func Open(path string, layout *rows.Layout) (*Table, error) {
	// SQLite gives its files beside this one the same mode.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		err = errors.Join(file.Chmod(0o600), file.Close())
	}
	if err != nil {
		return nil, fault.OfFile("examtable.open", path, err)
	}
	return open(path, layout, "journal_mode(WAL)", "synchronous(FULL)")
}

// Read opens the tables in a file only to be read, whatever other columns they have. It fails with Invalid for a file that
// is not there, and as Open does.
func Read(path string) (*Table, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fault.OfFile("examtable.read", path, err)
	}
	return open(path, nil, "query_only(true)")
}

func open(path string, layout *rows.Layout, pragmas ...string) (*Table, error) {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": append([]string{"busy_timeout(10000)", "cache_size(-65536)"}, pragmas...)}
	file := url.URL{Path: path}
	db, err := sql.Open("sqlite", "file:"+file.EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, failed("open", err)
	}
	db.SetMaxOpenConns(1)
	t := &Table{db, layout}
	if err := t.ensure(); err != nil {
		_ = db.Close()
		return nil, err
	}
	return t, nil
}

// ensure makes the tables in an empty file, and refuses one that holds others. Without a layout it makes nothing, and what
// is read has to be there.
func (t *Table) ensure() error {
	const op = "examtable.open"
	if t.layout == nil {
		if _, err := t.db.Exec(selectHeld + " LIMIT 0"); err != nil {
			return rows.OtherLayout(op)
		}
		return nil
	}
	want := schema(t.layout)
	have, err := t.statements()
	switch {
	case err != nil && strings.Contains(err.Error(), "file is not a database"):
		return rows.OtherLayout(op)
	case err != nil:
		return failed("open", err)
	case slices.Equal(have, want):
		return nil
	case len(have) > 0:
		return rows.OtherLayout(op)
	}
	tx, err := t.db.Begin()
	if err != nil {
		return failed("open", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	for _, statement := range want {
		if _, err := tx.Exec(statement); err != nil {
			return failed("open", err)
		}
	}
	return failed("open", tx.Commit())
}

// statements are those that made what is in the file, in order.
func (t *Table) statements() ([]string, error) {
	found, err := t.db.Query("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var out []string
	for found.Next() {
		var one string
		if err := found.Scan(&one); err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, found.Err()
}

func failed(what string, err error) error {
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		return err
	}
	return &fault.Error{Kind: fault.Unavailable, Op: "examtable." + what, Err: err, Text: fault.Text{
		Vi: "Không đọc hoặc ghi được bảng SQLite. Hãy xem thư mục có không, quyền ghi và chỗ trống trên đĩa, rồi chạy lại.",
		En: "The SQLite table cannot be read or written. Check its folder, its permissions and the free space, then run this again.",
	}}
}

// Handle implements recordfeed.Handler: one transaction, on disk when it returns.
func (t *Table) Handle(ctx context.Context, records []recordfeed.Record) error {
	tx, err := t.db.BeginTx(ctx, nil)
	if err != nil {
		return failed("handle", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	newest, kept, err := newer(ctx, tx, records)
	if err != nil {
		return failed("handle", err)
	}
	w := writer{ctx: ctx, tx: tx}
	ofPupil := append(slices.Clone(t.layout.Pupil), rows.Column{Name: "digest"})
	ofResults := append([]rows.Column{{Name: "pupil"}}, t.layout.Results...)
	for _, r := range newest {
		row, err := t.layout.Of(r)
		if err != nil {
			return err
		}
		if kept[r.Pupil] {
			w.exec("DELETE FROM results WHERE pupil = ?", r.Pupil)
		}
		digest := r.Held().Digest
		w.insert("REPLACE INTO records", ofPupil, append(row.Pupil, hex.EncodeToString(digest[:])))
		for _, results := range row.Results {
			w.insert("INSERT INTO results", ofResults, append([]any{r.Pupil}, results...))
		}
	}
	if err := w.close(); err != nil {
		return failed("handle", err)
	}
	return failed("handle", tx.Commit())
}

// newer returns the newest of the versions of each pupil, where it is greater than the one that is kept, and the pupils of
// whom one is kept.
func newer(ctx context.Context, tx *sql.Tx, records []recordfeed.Record) (
	out map[string]recordfeed.Record, kept map[string]bool, err error,
) {
	out, kept = map[string]recordfeed.Record{}, map[string]bool{}
	for _, r := range records {
		if r.Version > out[r.Pupil].Version {
			out[r.Pupil] = r
		}
	}
	look, err := tx.PrepareContext(ctx, "SELECT version FROM records WHERE pupil = ?")
	if err != nil {
		return nil, nil, err
	}
	defer look.Close()
	for pupil, r := range out {
		var version int64
		err := look.QueryRowContext(ctx, pupil).Scan(&version)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, nil, err
		}
		kept[pupil] = err == nil
		if uint64(version) >= r.Version {
			delete(out, pupil)
		}
	}
	return out, kept, nil
}

// writer runs statements, each prepared once, until one fails.
type writer struct {
	ctx      context.Context
	tx       *sql.Tx
	prepared map[string]*sql.Stmt
	err      error
}

func (w *writer) exec(statement string, values ...any) {
	if w.err != nil {
		return
	}
	s := w.prepared[statement]
	if s == nil {
		if s, w.err = w.tx.PrepareContext(w.ctx, statement); w.err != nil {
			return
		}
		if w.prepared == nil {
			w.prepared = map[string]*sql.Stmt{}
		}
		w.prepared[statement] = s
	}
	_, w.err = s.ExecContext(w.ctx, values...)
}

// insert adds a row, of which most columns are empty: only the others are named. A mark is kept as a decimal number.
func (w *writer) insert(into string, columns []rows.Column, values []any) {
	var names strings.Builder
	given := make([]any, 0, len(values))
	for i, v := range values {
		if v == nil {
			continue
		}
		if m, ok := v.(student.Mark); ok {
			v = float64(m) / 10
		}
		given = append(given, v)
		names.WriteByte(',')
		names.WriteString(columns[i].Name)
	}
	w.exec(into+" ("+names.String()[1:]+") VALUES (?"+strings.Repeat(",?", len(given)-1)+")", given...)
}

func (w *writer) close() error {
	for _, s := range w.prepared {
		w.err = errors.Join(w.err, s.Close())
	}
	return w.err
}

// Empty implements recordfeed.Table.
func (t *Table) Empty(ctx context.Context) (bool, error) {
	var some bool
	err := t.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM records)").Scan(&some)
	return !some, failed("empty", err)
}

const selectHeld = `SELECT pupil, version, state, coalesce(province, ''), coalesce(school, ''), digest FROM records`

// Each implements recordfeed.Table.
func (t *Table) Each(ctx context.Context, visit func(recordfeed.Held) error) error {
	found, err := t.db.QueryContext(ctx, selectHeld)
	if err != nil {
		return failed("each", err)
	}
	defer found.Close()
	for found.Next() {
		var h recordfeed.Held
		var version int64
		var state, digest string
		if err := found.Scan(&h.Pupil, &version, &state, &h.Province, &h.School, &digest); err != nil {
			return failed("each", err)
		}
		h.Version, h.Verified = uint64(version), state == recordfeed.StateVerified
		var ok bool
		if h.Digest, ok = recordfeed.ReadDigest(digest); !ok {
			return rows.OtherLayout("examtable.each")
		}
		if err := visit(h); err != nil {
			return err
		}
	}
	return failed("each", found.Err())
}

// Close closes the file.
func (t *Table) Close() error { return failed("close", t.db.Close()) }
