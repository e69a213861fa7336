// Package changes keeps what a subscriber of the records received in a file of changes, CSV or NDJSON: a line a version, the
// newest of a pupil is what stands. Other programs read the file as it grows. The columns are those of package rows; CSV is
// for spreadsheets (package spreadsheet says how its cells are written), NDJSON for programs.
//
// The one rule that a reader must not miss: the file is only ever added to while it is open, and each batch is on disk before it is
// answered for. What a kill leaves is whole lines and perhaps the beginning of one more, which the next start takes away together with the
// versions that are superseded.
package changes

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/recordfeed/rows"
	"github.com/rasoat/rasoat/services/spreadsheet"
)

// Format is the form of the file.
type Format string

// The formats.
const (
	CSV    Format = "csv"
	NDJSON Format = "ndjson"
)

// Table is an open file of changes.
type Table struct {
	format  Format
	path    string
	layout  *rows.Layout   // nil for a table that is only read
	header  string         // of CSV: the whole first line
	columns map[string]int // of CSV: the places of the columns in the file
	file    *os.File       // nil for a table that is only read
	kept    recordfeed.Newest
}

var _ recordfeed.Table = (*Table)(nil)

// Open opens a file, which it makes if need be, for its owner alone, and leaves in it the newest version of each pupil.
// It fails with Invalid for a file that is something else or has other columns, and with Unavailable.
func Open(path string, format Format, layout *rows.Layout) (*Table, error) {
	t, err := load(path, format, layout)
	if err != nil {
		return nil, err
	}
	return t, t.compact()
}

// Read opens a file as it is, only to be read, whatever other columns it has. It fails with Invalid for a file that is not
// there, and as Open does.
func Read(path string, format Format) (*Table, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fault.OfFile("changes.read", path, err)
	}
	return load(path, format, nil)
}

func load(path string, format Format, layout *rows.Layout) (*Table, error) {
	t := &Table{format: format, path: path, layout: layout, kept: recordfeed.Newest{}}
	switch {
	case format != CSV && format != NDJSON:
		return nil, fault.New(fault.Invalid, "changes.open", "Định dạng phải là sqlite, csv hoặc ndjson.",
			"The format must be sqlite, csv or ndjson.")
	case format == CSV && layout != nil:
		t.header = spreadsheet.BOM + header(layout)
	}
	return t, t.read(func(h recordfeed.Held, _ []byte) error {
		t.kept.Put(h)
		return nil
	})
}

func failed(what string, err error) error {
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		return err
	}
	return &fault.Error{Kind: fault.Unavailable, Op: "changes." + what, Err: err, Text: fault.Text{

		Vi: "Không đọc hoặc ghi được tệp thay đổi. Hãy xem thư mục có không, quyền ghi và chỗ trống trên đĩa, rồi chạy lại.",
		En: "The file of changes cannot be read or written. Check its folder, its permissions and the free space, then run this again.",
	}}
}

// read visits every whole line of the file with its bytes. The beginning of a line at the end is left out. None of the fields holds a line
// break, so lines of CSV are lines of the file.
func (t *Table) read(visit func(recordfeed.Held, []byte) error) error {
	file, err := os.Open(t.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.OfFile("changes.read", t.path, err)
	}
	defer file.Close()
	in := bufio.NewReaderSize(file, 1<<20)
	for n := 1; ; n++ {
		raw, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			if n == 1 && !t.begins(string(raw)) {
				return rows.OtherLayout("changes.read")
			}
			return nil
		}
		if err != nil {
			return failed("read", err)
		}
		if t.format == CSV && n == 1 {
			if !t.readHeader(string(raw)) {
				return rows.OtherLayout("changes.read")
			}
			continue
		}
		h, ok := t.parse(raw)
		if !ok {
			return rows.OtherLayout("changes.read")
		}
		if err := visit(h, raw); err != nil {
			return err
		}
	}
}

// compact writes the newest lines into a new file, which takes the place of the old one at once, and opens it for adding.
func (t *Table) compact() (err error) {
	fresh, err := os.CreateTemp(filepath.Dir(t.path), filepath.Base(t.path)+".*")
	if err != nil {
		return fault.OfFile("changes.compact", filepath.Dir(t.path), err)
	}
	defer func() {
		if err != nil {
			err = failed("compact", errors.Join(err, fresh.Close(), os.Remove(fresh.Name())))
		}
	}()
	out := bufio.NewWriterSize(fresh, 1<<20)
	if _, err := out.WriteString(t.header); err != nil {
		return err
	}
	written := make(map[string]bool, len(t.kept)) // a version that came twice stands twice
	if err := t.read(func(h recordfeed.Held, raw []byte) error {
		if written[h.Pupil] || h.Version != t.kept[h.Pupil].Version {
			return nil
		}
		written[h.Pupil] = true
		_, err := out.Write(raw)
		return err
	}); err != nil {
		return err
	}
	if err := errors.Join(out.Flush(), fresh.Sync()); err != nil {
		return err
	}
	if err := os.Rename(fresh.Name(), t.path); err != nil {
		return err
	}
	t.file = fresh
	return syncDir(filepath.Dir(t.path))
}

// syncDir makes the new name of a file last.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Handle implements recordfeed.Handler: what is new is added and on disk when it returns.
func (t *Table) Handle(_ context.Context, records []recordfeed.Record) error {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	for _, r := range records {
		h := r.Held()
		if !t.kept.Put(h) {
			continue
		}
		row, err := t.layout.Of(r)
		if err != nil {
			return err
		}
		if digest := hex.EncodeToString(h.Digest[:]); t.format == CSV {
			err = writeCSV(w, t.layout, row, digest)
		} else {
			err = writeJSON(&out, t.layout, row, digest)
		}
		if err != nil {
			return failed("handle", err)
		}
	}
	w.Flush()
	if out.Len() == 0 {
		return nil
	}
	if _, err := t.file.Write(out.Bytes()); err != nil {
		return failed("handle", err)
	}
	return failed("handle", t.file.Sync())
}

// Empty implements recordfeed.Table.
func (t *Table) Empty(context.Context) (bool, error) { return len(t.kept) == 0, nil }

// Each implements recordfeed.Table. The digests are those of what was received.
func (t *Table) Each(_ context.Context, visit func(recordfeed.Held) error) error {
	for _, h := range t.kept {
		if err := visit(h); err != nil {
			return err
		}
	}
	return nil
}

// Close closes the file.
func (t *Table) Close() error {
	if t.file == nil {
		return nil
	}
	return failed("close", t.file.Close())
}
