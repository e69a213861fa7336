package tablepipe_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/recordfeed/changes"
	"github.com/rasoat/rasoat/services/recordfeed/feedtest"
	"github.com/rasoat/rasoat/services/recordfeed/rows"
	"github.com/rasoat/rasoat/services/recordfeed/tablepipe"
)

// roleVariable makes this test binary the program that serves a table.
const roleVariable = "RASOAT_TEST_TABLE"

func TestMain(m *testing.M) {
	role, path, _ := strings.Cut(os.Getenv(roleVariable), " ")
	switch role {
	case "":
		os.Exit(m.Run())
	case "noise": // a program that knows nothing of tables
		fmt.Fprintln(os.Stderr, "internal: something of its own")
		fmt.Println("usage: something")
		os.Exit(1)
	}
	err := tablepipe.Serve(context.Background(), os.Stdin, os.Stdout, func() (recordfeed.Table, error) {
		table, err := changes.Open(path, changes.NDJSON, rows.Default())
		if role == "dies" {
			return dying{table}, err
		}
		return table, err
	})
	if err != nil {
		os.Exit(1)
	}
}

// dying is killed at a second batch.
type dying struct{ recordfeed.Table }

func (d dying) Handle(ctx context.Context, records []recordfeed.Record) error {
	if empty, err := d.Empty(ctx); err != nil || !empty {
		os.Exit(3)
	}
	return d.Table.Handle(ctx, records)
}

func open(role, path string) (*tablepipe.Table, error) {
	program := exec.Command(os.Args[0])
	program.Env = append(os.Environ(), roleVariable+"="+role+" "+path)
	return tablepipe.Open(program)
}

// TestTable: what goes through the pipe is what the table keeps, to the digest, whatever the number of replies.
func TestTable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "exam.ndjson")
	table, err := open("table", path)
	if err != nil {
		t.Fatal(err)
	}
	if empty, err := table.Empty(t.Context()); err != nil || !empty {
		t.Errorf("a new one is empty: %v, %v", empty, err)
	}
	want := recordfeed.Newest{}
	var batch []recordfeed.Record
	for i := range 4100 {
		class := "12A1"
		if i%7 == 0 {
			class = ""
		}
		r := feedtest.Record(t, fmt.Sprintf("p%d", i), uint64(i+1), class)
		r.AfterCutOff = "exam"
		want.Put(r.Held())
		batch = append(batch, r)
	}
	if err := table.Handle(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	kept, err := recordfeed.KeptIn(t.Context(), table)
	if err != nil || kept != want.Kept() {
		t.Errorf("got %+v, want %+v; %v", kept, want.Kept(), err)
	}
	if err := table.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if data, err := os.ReadFile(path); err != nil || !strings.Contains(string(data), `"after_cut_off":"exam"`) || !strings.Contains(string(data), "2023-04-20T09:30:00") {
		t.Errorf("the file lost something on the way: %v", err)
	}
}

// TestErrors: whatever goes wrong in the other program is told in both languages with the next step, and nothing else is said.
func TestErrors(t *testing.T) {
	dir := t.TempDir()
	foreign := filepath.Join(dir, "letter")
	if err := os.WriteFile(foreign, []byte("something else\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, none := tablepipe.Open(exec.Command(filepath.Join(dir, "none")))
	_, noise := open("noise", "")
	_, other := open("table", foreign)
	_, nowhere := open("table", filepath.Join(dir, "none", "exam"))

	died, err := open("dies", filepath.Join(dir, "exam"))
	if err != nil {
		t.Fatal(err)
	}
	records := []recordfeed.Record{feedtest.Record(t, "a", 1, "12A1"), feedtest.Record(t, "b", 2, "12A1")}
	if err := died.Handle(t.Context(), records[:1]); err != nil {
		t.Fatal(err)
	}
	killed := died.Handle(t.Context(), records[1:])
	_ = died.Close() // it is dead

	for name, tt := range map[string]struct {
		err    error
		kind   fault.Kind
		vi, en string
	}{
		"no program":       {none, fault.Invalid, "make install", "make install"},
		"another program":  {noise, fault.Invalid, "make install", "make install"},
		"another file":     {other, fault.Invalid, "chuyển nó đi", "Move it away"},
		"no folder":        {nowhere, fault.Invalid, "kiểm tra lại đường dẫn", "check the path"},
		"a killed program": {killed, fault.Unavailable, "chạy lại", "run this again"},
	} {
		var f *fault.Error
		if !errors.As(tt.err, &f) {
			t.Fatalf("%s: got %v", name, tt.err)
		}
		if text := f.Text; f.Kind != tt.kind || !strings.Contains(text.Vi, tt.vi) || !strings.Contains(text.En, tt.en) {
			t.Errorf("%s: got %v of kind %s", name, tt.err, f.Kind)
		}
		if strings.Contains(tt.err.Error(), "something") {
			t.Errorf("%s: the words of the other program came through: %v", name, tt.err)
		}
	}

	again, err := open("table", filepath.Join(dir, "exam"))
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if kept, err := recordfeed.KeptIn(t.Context(), again); err != nil || kept.Verified != 1 || kept.Newest != 1 {
		t.Errorf("what was answered is not kept: %+v, %v", kept, err)
	}
}
