package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/recordfeed/feedtest"
	"github.com/rasoat/rasoat/services/recordfeed/tablepipe"
)

func openSQLite(t *testing.T, args ...string) (*tablepipe.Table, error) {
	t.Helper()
	return tablepipe.Open(exec.Command(self(t), append([]string{"table"}, args...)...))
}

// TestTableCommand keeps a SQLite table by the program that rasoat starts, reads it again, and refuses what is none.
func TestTableCommand(t *testing.T) {
	path := filepath.Join(t.TempDir(), "exam.sqlite")
	table, err := openSQLite(t, "--file", path, "--drive-dir", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := table.Handle(t.Context(), []recordfeed.Record{feedtest.Record(t, "a", 1, "12A1"), feedtest.Record(t, "b", 2, "")}); err != nil {
		t.Fatal(err)
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	reading, err := openSQLite(t, "--file", path, "--read")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := recordfeed.KeptIn(t.Context(), reading)
	if err != nil || kept.Verified != 1 || kept.Withdrawn != 1 || kept.Newest != 2 {
		t.Errorf("got %+v, %v", kept, err)
	}
	if err := reading.Handle(t.Context(), nil); err == nil {
		t.Error("a table that is only read was written")
	}
	_ = reading.Close() // it was refused
	if _, err := openSQLite(t, "--file", path+".none", "--read"); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "check the path") {
		t.Errorf("no file: got %v", err)
	}
	if _, err := openSQLite(t, "--file", path, "--drive-dir", path+".none"); err == nil {
		t.Error("a folder of a drive that there is not was taken")
	}
}
