// Package examtable is the table of an exam-registration system in SQLite, kept in step with RECORDS: the reference of how a subscriber does it.
//
// The one rule that a reader must not miss: a row changes only for a greater version. So a version that is handed over twice, or late, changes
// nothing, and the table is the same whatever happened on the way. A record that was taken back keeps its row, with its state.
//
// It lies here and not in the command line of rasoat, because no program that production runs links SQLite.
package examtable

import (
	"context"
	"database/sql"
	"net/url"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/recordfeed"

	_ "modernc.org/sqlite" // the driver
)

// schema is what an exam board queries: a row a pupil. payload is the record as it was sent, in protobuf.
const schema = `CREATE TABLE IF NOT EXISTS records (
	pupil TEXT PRIMARY KEY,
	version INTEGER NOT NULL,
	stored_at TEXT NOT NULL,
	state TEXT NOT NULL,
	province TEXT NOT NULL,
	school TEXT NOT NULL,
	class TEXT NOT NULL,
	exam_board TEXT NOT NULL,
	windows TEXT NOT NULL,
	identity TEXT NOT NULL,
	book INTEGER NOT NULL,
	reason TEXT NOT NULL,
	after_cut_off TEXT NOT NULL,
	payload BLOB NOT NULL
) WITHOUT ROWID`

const columns = 14

// Table is an open table.
type Table struct{ db *sql.DB }

var _ recordfeed.Table = (*Table)(nil)

// Open opens the table in a file, which it makes if need be. It fails with Unavailable.
func Open(path string) (*Table, error) {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "cache_size(-65536)"}}
	file := url.URL{Path: path}
	db, err := sql.Open("sqlite", "file:"+file.EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, failed("open", err)
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(schema); err != nil {
		_ = db.Close()
		return nil, failed("open", err)
	}
	return &Table{db}, nil
}

func failed(what string, err error) error {
	if err == nil {
		return nil
	}
	return &fault.Error{Kind: fault.Unavailable, Op: "examtable." + what, Err: err, Text: fault.Text{
		Vi: "Không đọc hoặc ghi được bảng SQLite.", En: "The SQLite table cannot be read or written."}}
}

// perStatement is how many rows go into one statement: fewer would be parsed too often, more pass the limit of parameters.
const perStatement = 100

// upsert writes rows, each only over an older version.
func upsert(rows int) string {
	row := "(?" + strings.Repeat(",?", columns-1) + ")"
	return "INSERT INTO records VALUES " + row + strings.Repeat(","+row, rows-1) + ` ON CONFLICT (pupil) DO UPDATE SET
	version = excluded.version, stored_at = excluded.stored_at, state = excluded.state, province = excluded.province, school = excluded.school,
	class = excluded.class, exam_board = excluded.exam_board, windows = excluded.windows, identity = excluded.identity, book = excluded.book,
	reason = excluded.reason, after_cut_off = excluded.after_cut_off, payload = excluded.payload
	WHERE excluded.version > records.version`
}

// Handle implements recordfeed.Handler: one transaction, on disk when it returns.
func (t *Table) Handle(ctx context.Context, records []recordfeed.Record) error {
	tx, err := t.db.BeginTx(ctx, nil)
	if err != nil {
		return failed("handle", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	var full *sql.Stmt
	for len(records) > 0 {
		n := min(len(records), perStatement)
		values := make([]any, 0, n*columns)
		for _, r := range records[:n] {
			values = row(values, r)
		}
		records = records[n:]
		if n < perStatement {
			if _, err := tx.ExecContext(ctx, upsert(n), values...); err != nil {
				return failed("handle", err)
			}
			continue
		}
		if full == nil {
			if full, err = tx.PrepareContext(ctx, upsert(n)); err != nil {
				return failed("handle", err)
			}
			defer full.Close()
		}
		if _, err := full.ExecContext(ctx, values...); err != nil {
			return failed("handle", err)
		}
	}
	return failed("handle", tx.Commit())
}

func row(values []any, r recordfeed.Record) []any {
	f := recordfeed.FlatOf(r)
	return append(values, r.Pupil, int64(r.Version), f.StoredAt, f.State, f.Province, f.School, f.Class, f.ExamBoard, f.Windows, f.Identity, int64(f.Book),
		f.Reason, r.AfterCutOff, r.Payload)
}

// Empty implements recordfeed.Table.
func (t *Table) Empty(ctx context.Context) (bool, error) {
	var any bool
	err := t.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM records)").Scan(&any)
	return !any, failed("empty", err)
}

// Each implements recordfeed.Table. The digests are made of what is kept.
func (t *Table) Each(ctx context.Context, visit func(recordfeed.Held) error) error {
	rows, err := t.db.QueryContext(ctx, "SELECT pupil, version, state, province, school, payload FROM records")
	if err != nil {
		return failed("each", err)
	}
	defer rows.Close()
	for rows.Next() {
		var h recordfeed.Held
		var version int64
		var state string
		var payload []byte
		if err := rows.Scan(&h.Pupil, &version, &state, &h.Province, &h.School, &payload); err != nil {
			return failed("each", err)
		}
		h.Version, h.Verified = uint64(version), state == recordfeed.StateVerified
		h.Digest = recordfeed.Digest(h.Pupil, h.Version, payload)
		if err := visit(h); err != nil {
			return err
		}
	}
	return failed("each", rows.Err())
}

// Close closes the file.
func (t *Table) Close() error { return failed("close", t.db.Close()) }
