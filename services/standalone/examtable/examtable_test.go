package examtable_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/recordfeed/feedtest"
	"github.com/rasoat/rasoat/services/recordfeed/rows"
	"github.com/rasoat/rasoat/services/standalone/examtable"
)

// TestVersionGuard: a version that comes twice, or late, or twice in one batch, changes nothing; a record that was taken back keeps its row; and the
// digests of what is kept are those of what was given.
func TestVersionGuard(t *testing.T) {
	path := filepath.Join(t.TempDir(), "exam.sqlite")
	table, err := examtable.Open(path, rows.Default())
	if err != nil {
		t.Fatal(err)
	}
	if empty, err := table.Empty(t.Context()); err != nil || !empty {
		t.Errorf("a new one is empty: %v, %v", empty, err)
	}
	newest := map[string]recordfeed.Record{"a": feedtest.Record(t, "a", 9, "12A3"), "b": feedtest.Record(t, "b", 4, "")}
	var many []recordfeed.Record // more than one statement
	for i := range 250 {
		r := feedtest.Record(t, "p"+string(rune('A'+i%26))+string(rune('a'+i/26)), uint64(100+i), "12A1")
		many, newest[r.Pupil] = append(many, r), r
	}
	for _, batch := range [][]recordfeed.Record{
		{feedtest.Record(t, "a", 1, "12A1"), feedtest.Record(t, "b", 2, "12A1"), newest["a"]},
		many, {newest["b"]}, {feedtest.Record(t, "a", 3, "12A2"), feedtest.Record(t, "b", 2, "12A1"), newest["b"]}, many[:40],
	} {
		if err := table.Handle(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	if table, err = examtable.Open(path, rows.Default()); err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	kept := 0
	if err := table.Each(t.Context(), func(h recordfeed.Held) error {
		kept++
		if want := newest[h.Pupil].Held(); h != want {
			t.Errorf("%s: got %+v, want %+v", h.Pupil, h, want)
		}
		return nil
	}); err != nil || kept != len(newest) {
		t.Errorf("%d kept, want %d; %v", kept, len(newest), err)
	}
	if empty, err := table.Empty(t.Context()); err != nil || empty {
		t.Errorf("it is empty: %v, %v", empty, err)
	}
}

// query gives the rows of a statement, a line each, as another program reads them.
func query(t *testing.T, path, statement string) string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	found, err := db.Query(statement)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	names, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for found.Next() {
		values, at := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			at[i] = &values[i]
		}
		if err := found.Scan(at...); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.TrimSuffix(fmt.Sprintln(values...), "\n"))
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// TestSQL: a person, the years and the marks are found by plain SQL; a correction and a withdrawal take the results of the version before with them.
func TestSQL(t *testing.T) {
	path := filepath.Join(t.TempDir(), "exam.sqlite")
	table, err := examtable.Open(path, rows.Default())
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	if err := table.Handle(t.Context(), []recordfeed.Record{feedtest.Record(t, "a", 1, "12A1"), feedtest.Record(t, "b", 2, "12A1")}); err != nil {
		t.Fatal(err)
	}
	if err := table.Handle(t.Context(), []recordfeed.Record{feedtest.Record(t, "a", 3, "12A2"), feedtest.Record(t, "b", 4, "")}); err != nil {
		t.Fatal(err)
	}
	for statement, want := range map[string]string{
		"SELECT code, full_name, date_of_birth, id_number, gender, class, average_12, rating_12, conduct_10 FROM pupils": "0123456789 Nguyễn Thị Mẫu 2005-03-07 001305001234 Nữ 12A2 8.2 Giỏi Tốt",
		"SELECT s1, s2, year FROM marks WHERE pupil = 'a' AND grade = 10 AND subject = 'TOAN'":                           "8.1 10 9.4",
		"SELECT subject_name, year_word, year IS NULL FROM marks WHERE subject = 'THEDUC'":                               "Thể dục Đ 1",
		"SELECT pupil, grade, TOAN_year FROM results ORDER BY grade":                                                     "a 10 9.4\na 12 8.8",
		"SELECT state, reason, school, full_name IS NULL FROM records WHERE pupil = 'b'":                                 "withdrawn rejected 01000701 1",
		"SELECT round(avg(year), 1) FROM marks WHERE subject = 'TOAN'":                                                   "9.1",
		"SELECT count(*) FROM marks WHERE year > 9":                                                                      "1",
	} {
		if got := query(t, path, statement); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", statement, got, want)
		}
	}
	if plan := query(t, path, "EXPLAIN QUERY PLAN SELECT * FROM pupils WHERE code = '0123456789'"); !strings.Contains(plan, "records_by_code") || strings.Contains(plan, "SCAN") {
		t.Errorf("a pupil by code is not found by an index:\n%s", plan)
	}
	for _, file := range []string{path, path + "-wal"} {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v", file, info.Mode(), err)
		}
	}
}

// TestOtherFiles: a table of an earlier layout, another database and another file are refused with the way out, and stay as they are.
func TestOtherFiles(t *testing.T) {
	for name, statement := range map[string]string{
		"an earlier layout": "CREATE TABLE records (pupil TEXT PRIMARY KEY, version INTEGER NOT NULL, payload BLOB NOT NULL) WITHOUT ROWID",
		"another database":  "CREATE TABLE money (amount INTEGER)",
	} {
		path := filepath.Join(t.TempDir(), "x.sqlite")
		query(t, path, statement)
		open := func() (*examtable.Table, error) { return examtable.Open(path, rows.Default()) }
		read := func() (*examtable.Table, error) { return examtable.Read(path) }
		for _, look := range []func() (*examtable.Table, error){open, read} {
			if _, err := look(); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "Move it away") {
				t.Errorf("%s: got %v", name, err)
			}
		}
		if got := query(t, path, "SELECT count(*) FROM sqlite_schema WHERE type = 'view'"); got != "0" {
			t.Errorf("%s was changed", name)
		}
	}
	path := filepath.Join(t.TempDir(), "letter.docx")
	if err := os.WriteFile(path, []byte("something that no database is, and long enough to be read as a header of one ....................."), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := examtable.Open(path, rows.Default()); !fault.Is(err, fault.Invalid) {
		t.Errorf("another file: got %v", err)
	}
	if _, err := examtable.Read(filepath.Join(t.TempDir(), "none")); !fault.Is(err, fault.Invalid) {
		t.Errorf("no file: got %v", err)
	}
}
