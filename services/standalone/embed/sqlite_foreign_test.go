package embed

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// A file that is not ours is refused, in words and without a change to the folder; ours, and an empty one, are opened.
func TestForeignFile(t *testing.T) {
	dir := t.TempDir()
	text, other := filepath.Join(dir, "text.sqlite"), filepath.Join(dir, "other.sqlite")
	if err := os.WriteFile(text, []byte("a week of somebody's work"), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+other)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("CREATE TABLE music (title TEXT)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for path, says := range map[string]string{text: "is no database", other: "is another program's database"} {
		before, _ := os.ReadFile(path)
		_, err := OpenSQLite(path)
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "--data") {
			t.Errorf("got %v, want %q", err, says)
		}
		if after, _ := os.ReadFile(path); string(after) != string(before) {
			t.Errorf("%s was changed", path)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 2 {
		t.Errorf("it left %v", left)
	}
	own := filepath.Join(dir, "own.sqlite")
	if err := os.WriteFile(own, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // an empty one, then its own
		db, err := OpenSQLite(own)
		if err != nil {
			t.Fatal(err)
		}
		db.Collection("pupils")
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
