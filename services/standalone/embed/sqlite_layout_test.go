package embed

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
)

// firstLayout makes the table of a collection as the first layout had it.
const firstLayout = `CREATE TABLE IF NOT EXISTS "c_%s" (
	id TEXT NOT NULL, facet TEXT NOT NULL, rev BLOB NOT NULL, value BLOB NOT NULL,
	PRIMARY KEY (id, facet)) WITHOUT ROWID`

// raw runs statements on a file beside the adapter, as another version of it would.
func raw(t *testing.T, path string, statements ...string) {
	t.Helper()
	file, err := sql.Open("sqlite", dsn(path, "journal_mode(WAL)"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, s := range statements {
		if _, err := file.Exec(s); err != nil {
			t.Fatalf("%.60s: %v", s, err)
		}
	}
}

// writeAsFirst writes a facet with the statement of the first layout.
func writeAsFirst(collection, id string, major byte) string {
	return fmt.Sprintf(`INSERT INTO "c_%s" AS old (id, facet, rev, value) VALUES ('%s', 'f', x'00000000000000%02x0000000000000000', x'61')
		ON CONFLICT (id, facet) DO UPDATE SET rev = excluded.rev, value = excluded.value WHERE excluded.rev > old.rev`, collection, id, major)
}

// TestFirstLayoutIsMigrated: a file of the first layout keeps what it holds, the older version goes on with it, and what that
// one makes in it is migrated the next time.
func TestFirstLayoutIsMigrated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	raw(t, path, fmt.Sprintf(firstLayout, "pupils"), fmt.Sprintf(firstLayout, "with-a_name"),
		writeAsFirst("pupils", "a", 1), writeAsFirst("pupils", "b", 1), writeAsFirst("with-a_name", "a", 1))
	later := store.Patch{ID: "b", Facet: "f", Rev: store.Revision{Major: 2}, Schema: 3, Value: []byte("b")}
	check := func(d *db, collection, id string, want store.Facet) {
		t.Helper()
		got := facetsOf(t, d.Collection(collection), id)
		if len(got) != 1 || got[0].Rev != want.Rev || got[0].Schema != want.Schema || string(got[0].Value) != string(want.Value) {
			t.Errorf("%s of %s: got %v, want %v", id, collection, got, want)
		}
	}
	d := mustOpen(t, path)
	first := store.Facet{Rev: store.Revision{Major: 1}, Schema: 1, Value: []byte("a")}
	for _, at := range [][2]string{{"pupils", "a"}, {"pupils", "b"}, {"with-a_name", "a"}} {
		check(d, at[0], at[1], first)
	}
	mustMerge(t, d.Collection("pupils"), later)
	check(d, "pupils", "b", store.Facet{Rev: later.Rev, Schema: 3, Value: later.Value})
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}

	raw(t, path, writeAsFirst("pupils", "a", 5), fmt.Sprintf(firstLayout, "made"), writeAsFirst("made", "a", 1))
	d = mustOpen(t, path)
	check(d, "pupils", "a", store.Facet{Rev: store.Revision{Major: 5}, Schema: 1, Value: []byte("a")})
	check(d, "pupils", "b", store.Facet{Rev: later.Rev, Schema: 3, Value: later.Value})
	check(d, "made", "a", first)
}

// TestMigrationIsWhole: a migration that fails in the midst leaves the file as it was, and the older version can use it.
func TestMigrationIsWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	raw(t, path, fmt.Sprintf(firstLayout, "a"), writeAsFirst("a", "a", 1), `CREATE VIRTUAL TABLE c_z USING fts5(x)`) // which takes no column more
	if _, err := OpenSQLite(path); err == nil {
		t.Fatal("a file of which a part cannot be migrated: got no error")
	}
	raw(t, path, writeAsFirst("a", "b", 1))
	file, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var version, columns int
	if err := file.QueryRow(`SELECT (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM pragma_table_info('c_a'))`).Scan(&version, &columns); err != nil {
		t.Fatal(err)
	}
	if version != 0 || columns != 4 {
		t.Errorf("after a migration that failed: layout %d with %d columns, want 0 with 4", version, columns)
	}
}

// TestLaterLayoutIsRefused: a file of a layout that is not known is not touched.
func TestLaterLayoutIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	raw(t, path, fmt.Sprintf(firstLayout, "a"), "PRAGMA user_version = 9", "PRAGMA wal_checkpoint(TRUNCATE)")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenSQLite(path); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "upgrade this copy") {
		t.Errorf("got %v, want Unavailable and the way out", err)
	}
	after, err := os.ReadFile(path)
	if err != nil || string(after) != string(before) {
		t.Errorf("the file was changed (%v)", err)
	}
}
