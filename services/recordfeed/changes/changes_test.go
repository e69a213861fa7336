package changes_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/recordfeed/changes"
	"github.com/rasoat/rasoat/services/recordfeed/feedtest"
	"github.com/rasoat/rasoat/services/recordfeed/rows"
)

func mustOpen(t *testing.T, path string, format changes.Format) *changes.Table {
	t.Helper()
	table, err := changes.Open(path, format, rows.Default())
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func held(t *testing.T, table *changes.Table) map[string]uint64 {
	t.Helper()
	out := map[string]uint64{}
	if err := table.Each(context.Background(), func(h recordfeed.Held) error {
		out[h.Pupil] = h.Version
		if !h.Verified {
			out[h.Pupil+" withdrawn"] = h.Version
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestKilled: what was handled is there after a kill, half a line is not, and the file holds the newest of each pupil after the next start.
func TestKilled(t *testing.T) {
	for _, format := range []changes.Format{changes.CSV, changes.NDJSON} {
		path := filepath.Join(t.TempDir(), "exam")
		table := mustOpen(t, path, format)
		if empty, err := table.Empty(t.Context()); err != nil || !empty {
			t.Errorf("%s: a new one is empty: %v, %v", format, empty, err)
		}
		if err := table.Handle(t.Context(), []recordfeed.Record{feedtest.Record(t, "a", 1, `12A1, "chuyên"`), feedtest.Record(t, "b", 2, "12A1"), feedtest.Record(t, "a", 3, "12A2")}); err != nil {
			t.Fatal(err)
		}
		if err := table.Handle(t.Context(), []recordfeed.Record{feedtest.Record(t, "a", 1, "12A1"), feedtest.Record(t, "b", 4, "")}); err != nil {
			t.Fatal(err)
		}
		want := map[string]uint64{"a": 3, "b": 4, "b withdrawn": 4}
		if got := held(t, table); !maps.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", format, got, want)
		}
		file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.WriteString("5,a,ver"); err != nil { // not closed: the process is gone
			t.Fatal(err)
		}
		again := mustOpen(t, path, format)
		if got := held(t, again); !maps.Equal(got, want) {
			t.Errorf("%s, again: got %v, want %v", format, got, want)
		}
		data, err := os.ReadFile(path)
		lines := strings.Count(string(data), "\n")
		if format == changes.CSV {
			lines--
		}
		if err != nil || lines != 2 || !strings.HasSuffix(string(data), "\n") {
			t.Errorf("%s: %d lines, %v:\n%s", format, lines, err, data)
		}
		if err := again.Handle(t.Context(), []recordfeed.Record{feedtest.Record(t, "c", 6, "12A1")}); err != nil {
			t.Fatal(err)
		}
		if err := again.Close(); err != nil {
			t.Error(err)
		}
		want["c"] = 6
		if got := held(t, mustOpen(t, path, format)); !maps.Equal(got, want) {
			t.Errorf("%s, once more: got %v, want %v", format, got, want)
		}
	}
}

// TestForeignFile: what is no table of records, or one of before the columns, stays as it is, and the way out is said.
func TestForeignFile(t *testing.T) {
	for _, text := range []string{
		"something\nelse\n",
		"a line of somebody's work",
		"version,pupil,state,stored_at,province,school,class,exam_board,windows,identity,book,reason,after_cut_off,digest,record\n",
		`{"version":1,"pupil":"a","state":"verified","province":"01","school":"1","digest":"` + strings.Repeat("0", 64) + `","record":{"pupil":"a"}}` + "\n",
	} {
		path := filepath.Join(t.TempDir(), "exam")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, format := range []changes.Format{changes.CSV, changes.NDJSON} {
			if _, err := changes.Open(path, format, rows.Default()); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "Move it away") {
				t.Errorf("%s of %.20s: got %v", format, text, err)
			}
		}
		if data, err := os.ReadFile(path); err != nil || string(data) != text {
			t.Errorf("the file was changed: %q, %v", data, err)
		}
	}
	if _, err := changes.Open(filepath.Join(t.TempDir(), "x"), "xml", rows.Default()); !fault.Is(err, fault.Invalid) {
		t.Errorf("a format that there is not: %v", err)
	}
}

// TestRead makes nothing: of a file that is not there it says so, and another is left as it is.
func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "exam")
	if _, err := changes.Read(path, changes.CSV); !fault.Is(err, fault.Invalid) {
		t.Errorf("no file: %v", err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the file was made: %v", err)
	}
	table := mustOpen(t, path, changes.CSV)
	for version := range uint64(2) {
		if err := table.Handle(t.Context(), []recordfeed.Record{feedtest.Record(t, "a", 1+version, "12A1")}); err != nil {
			t.Fatal(err)
		}
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	reading, err := changes.Read(path, changes.CSV)
	if err != nil || held(t, reading)["a"] != 2 {
		t.Errorf("got %v, %v", held(t, reading), err)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the file was changed: %v", err)
	}
}

// TestCells: in CSV codes keep their zeros in a spreadsheet and marks are numbers of any country; NDJSON has plain fields; both are for the owner alone.
func TestCells(t *testing.T) {
	dir := t.TempDir()
	files := map[changes.Format]string{changes.CSV: filepath.Join(dir, "a.csv"), changes.NDJSON: filepath.Join(dir, "a.ndjson")}
	for format, path := range files {
		table := mustOpen(t, path, format)
		if err := table.Handle(t.Context(), []recordfeed.Record{feedtest.Record(t, "4e5", 7, "12E1"), feedtest.Record(t, "b", 8, "")}); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v", format, info.Mode(), err)
		}
	}
	data, err := os.ReadFile(files[changes.CSV])
	if err != nil || !strings.HasPrefix(string(data), "\ufeff") {
		t.Fatalf("no byte order mark, %v", err)
	}
	table, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\ufeff"))).ReadAll()
	if err != nil || len(table) != 3 {
		t.Fatalf("%d lines, %v", len(table), err)
	}
	line := map[string]string{}
	for i, name := range table[0] {
		line[name] = table[1][i]
	}
	for name, want := range map[string]string{
		"pupil": `="4e5"`, "version": "7", "school": `="01000701"`, "class": `="12E1"`, "code": `="0123456789"`, "full_name": feedtest.Name,
		"date_of_birth": feedtest.Born, "gender": "Nữ", "id_number": `="001305001234"`, "TOAN_year_10": "=94/10", "THEDUC_year_10": "Đ",
		"average_year_12": "=82/10", "rating_year_12": "Giỏi", "TOAN_s1_12": "=85/10", "TOAN_year_11": "",
	} {
		if line[name] != want {
			t.Errorf("%s: got %s, want %s", name, line[name], want)
		}
	}
	data, err = os.ReadFile(files[changes.NDJSON])
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Code, FullName, DateOfBirth string
		Results                     []struct {
			Grade       int
			RatingYear  string  `json:"rating_year"`
			AverageYear float64 `json:"average_year"`
			Marks       map[string]map[string]any
		}
	}
	first, _, _ := strings.Cut(string(data), "\n")
	if err := json.Unmarshal([]byte(strings.NewReplacer("full_name", "FullName", "date_of_birth", "DateOfBirth").Replace(first)), &got); err != nil {
		t.Fatal(err)
	}
	if got.Code != feedtest.Code || got.FullName != feedtest.Name || got.DateOfBirth != feedtest.Born || len(got.Results) != 2 || got.Results[0].Grade != 10 ||
		got.Results[0].RatingYear != "Giỏi" || got.Results[0].AverageYear != 8.2 || got.Results[0].Marks["TOAN"]["year"] != 9.4 || got.Results[0].Marks["THEDUC"]["year"] != "Đ" {
		t.Errorf("got %+v of %s", got, first)
	}
}
