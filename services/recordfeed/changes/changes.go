// Package changes keeps what a subscriber of the records received in a file of changes, CSV or NDJSON: a line a version, the newest of a pupil
// is what stands. Other programs read the file as it grows.
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
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/recordfeed"
	"google.golang.org/protobuf/encoding/protojson"
)

// Format is the form of the file.
type Format string

// The formats.
const (
	CSV    Format = "csv"
	NDJSON Format = "ndjson"
)

// line is one version. The record is the contract's JSON form of rasoat.reporting.v1.RecordState.
type line struct {
	Version     uint64          `json:"version"`
	Pupil       string          `json:"pupil"`
	State       string          `json:"state"`
	StoredAt    string          `json:"stored_at"`
	Province    string          `json:"province"`
	School      string          `json:"school"`
	Class       string          `json:"class,omitempty"`
	ExamBoard   string          `json:"exam_board,omitempty"`
	Windows     string          `json:"windows,omitempty"`
	Identity    string          `json:"identity,omitempty"`
	Book        uint64          `json:"book,omitempty"`
	Reason      string          `json:"reason,omitempty"`
	AfterCutOff string          `json:"after_cut_off,omitempty"`
	Digest      string          `json:"digest"`
	Record      json.RawMessage `json:"record"`
}

var header = []string{"version", "pupil", "state", "stored_at", "province", "school", "class", "exam_board", "windows", "identity", "book", "reason",
	"after_cut_off", "digest", "record"}

func (l line) fields() []string {
	return []string{strconv.FormatUint(l.Version, 10), l.Pupil, l.State, l.StoredAt, l.Province, l.School, l.Class, l.ExamBoard, l.Windows, l.Identity,
		strconv.FormatUint(l.Book, 10), l.Reason, l.AfterCutOff, l.Digest, string(l.Record)}
}

// Table is an open file of changes.
type Table struct {
	format Format
	path   string
	file   *os.File
	kept   map[string]recordfeed.Held // the newest of each pupil
}

var _ recordfeed.Table = (*Table)(nil)

// Open opens a file, which it makes if need be, and leaves in it the newest version of each pupil. It fails with Invalid for a file that is
// something else, and with Unavailable.
func Open(path string, format Format) (*Table, error) {
	t := &Table{format: format, path: path, kept: map[string]recordfeed.Held{}}
	if format != CSV && format != NDJSON {
		return nil, fault.New(fault.Invalid, "changes.open", "Định dạng phải là csv hoặc ndjson.", "the format is csv or ndjson")
	}
	if err := t.read(func(l line, _ []byte) error { return t.note(l) }); err != nil {
		return nil, err
	}
	return t, t.compact()
}

func failed(what string, err error) error {
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		return err
	}
	return &fault.Error{Kind: fault.Unavailable, Op: "changes." + what, Err: err, Text: fault.Text{
		Vi: "Không đọc hoặc ghi được tệp thay đổi.", En: "The file of changes cannot be read or written."}}
}

// note remembers a line if it is the newest of its pupil.
func (t *Table) note(l line) error {
	if l.Version <= t.kept[l.Pupil].Version {
		return nil
	}
	h := recordfeed.Held{Pupil: l.Pupil, Version: l.Version, Verified: l.State == recordfeed.StateVerified, Province: l.Province, School: l.School}
	sum, err := hex.DecodeString(l.Digest)
	if err != nil || len(sum) != len(h.Digest) {
		return t.broken()
	}
	copy(h.Digest[:], sum)
	t.kept[l.Pupil] = h
	return nil
}

func (t *Table) broken() error {
	return fault.New(fault.Invalid, "changes.read", "Tệp không phải là tệp thay đổi của hồ sơ, hoặc đã bị sửa.", "the file is no file of changes of records, or it was changed")
}

// read visits every whole line of the file with its bytes. The beginning of a line at the end is left out. None of the fields holds a line
// break, so lines of CSV are lines of the file.
func (t *Table) read(visit func(line, []byte) error) error {
	file, err := os.Open(t.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return failed("read", err)
	}
	defer file.Close()
	in := bufio.NewReaderSize(file, 1<<20)
	for n := 1; ; n++ {
		raw, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return failed("read", err)
		}
		if t.format == CSV && n == 1 {
			continue
		}
		l, ok := t.parse(raw)
		if !ok {
			return t.broken()
		}
		if err := visit(l, raw); err != nil {
			return err
		}
	}
}

// parse reads a line, without its record.
func (t *Table) parse(raw []byte) (l line, ok bool) {
	if t.format == NDJSON {
		return l, json.Unmarshal(raw, &l) == nil && l.Pupil != ""
	}
	f, err := csv.NewReader(bytes.NewReader(raw)).Read()
	if err != nil || len(f) != len(header) {
		return l, false
	}
	l = line{Pupil: f[1], State: f[2], Province: f[4], School: f[5], Digest: f[13]}
	l.Version, err = strconv.ParseUint(f[0], 10, 64)
	return l, err == nil && l.Pupil != ""
}

// compact writes the newest lines into a new file, which takes the place of the old one at once, and opens it for adding.
func (t *Table) compact() (err error) {
	fresh, err := os.CreateTemp(filepath.Dir(t.path), filepath.Base(t.path)+".*")
	if err != nil {
		return failed("compact", err)
	}
	defer func() {
		if err != nil {
			err = failed("compact", errors.Join(err, fresh.Close(), os.Remove(fresh.Name())))
		}
	}()
	out := bufio.NewWriterSize(fresh, 1<<20)
	if t.format == CSV {
		w := csv.NewWriter(out)
		if err := w.Write(header); err != nil {
			return err
		}
		w.Flush()
	}
	written := make(map[string]bool, len(t.kept)) // a version that came twice stands twice
	if err := t.read(func(l line, raw []byte) error {
		if written[l.Pupil] || l.Version != t.kept[l.Pupil].Version {
			return nil
		}
		written[l.Pupil] = true
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
		if r.Version <= t.kept[r.Pupil].Version {
			continue
		}
		l, err := lineOf(r)
		if err != nil {
			return err
		}
		if t.format == CSV {
			err = w.Write(l.fields())
		} else {
			err = json.NewEncoder(&out).Encode(l)
		}
		if err != nil {
			return failed("handle", err)
		}
		t.kept[r.Pupil] = r.Held()
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

func lineOf(r recordfeed.Record) (line, error) {
	state, err := r.Open()
	if err != nil {
		return line{}, err
	}
	record, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(state)
	if err != nil {
		return line{}, fault.Wrap(fault.Internal, "changes.line", err)
	}
	var plain bytes.Buffer // protojson varies its spaces from build to build
	if err := json.Compact(&plain, record); err != nil {
		return line{}, fault.Wrap(fault.Internal, "changes.line", err)
	}
	f, digest := recordfeed.FlatOf(r), recordfeed.Digest(r.Pupil, r.Version, r.Payload)
	return line{
		Version: r.Version, Pupil: r.Pupil, State: f.State, StoredAt: f.StoredAt, Province: f.Province, School: f.School, Class: f.Class,
		ExamBoard: f.ExamBoard, Windows: f.Windows, Identity: f.Identity, Book: f.Book, Reason: f.Reason, AfterCutOff: r.AfterCutOff,
		Digest: hex.EncodeToString(digest[:]), Record: plain.Bytes(),
	}, nil
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
func (t *Table) Close() error { return failed("close", t.file.Close()) }
