package linkage

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
)

const op = "linkage.csv"

// Input is a CSV file that is read more than once.
type Input struct {
	Open func() (io.ReadCloser, error)
	Size int64 // in bytes; 0 when it is not known
	// Catalogue gives the codes of residences in words; without it they are compared as names.
	Catalogue *drive.Catalogue
}

// FileInput is the file of a path. It fails with Invalid when there is none.
func FileInput(path string) (Input, error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		err = syscall.EISDIR
	case err == nil && !info.Mode().IsRegular():
		err = fault.ErrNotRegular
	}
	if err != nil {
		return Input{}, fault.OfFile(op, path, err)
	}
	return Input{Open: func() (io.ReadCloser, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, fault.OfFile(op, path, err)
		}
		return f, nil
	}, Size: info.Size()}, nil
}

// BytesInput is a file in memory.
func BytesInput(b []byte) Input {
	return Input{Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }, Size: int64(len(b))}
}

func unreadable(err error) error {
	e := fault.New(fault.Invalid, op, "Không đọc được tệp CSV.", "The CSV file cannot be read.")
	e.Err = err
	return e
}

// table reads a CSV file by the names of its columns.
type table struct {
	csv     *csv.Reader
	columns []string // as the header has them
	at      []int    // of each wanted column, its place; −1 for none
}

// row holds the wanted cells of one line.
type row struct {
	line  int
	cells []string
	all   []string // every cell, by the file's own columns
}

// newTable reads the header: a byte order mark, the order of the columns and the case of their names do not matter, and a semicolon or a tab
// may part them.
func newTable(r io.Reader, required int, wanted ...string) (*table, error) {
	in := bufio.NewReaderSize(r, 256<<10)
	if mark, _ := in.Peek(3); string(mark) == "\ufeff" {
		_, _ = in.Discard(3) // it was peeked
	}
	t := &table{csv: csv.NewReader(in)}
	t.csv.FieldsPerRecord = -1
	t.csv.Comma = separator(in)
	header, err := t.read()
	if errors.Is(err, io.EOF) {
		return nil, bad(1, 1, "", "tệp không có dòng tiêu đề", "the file has no header")
	}
	if err != nil {
		return nil, err
	}
	for _, h := range header {
		t.columns = append(t.columns, strings.ToLower(strings.TrimSpace(h)))
	}
	for i, name := range wanted {
		at := slices.Index(t.columns, name)
		if at < 0 && i < required {
			return nil, bad(1, 1, name, "thiếu cột này", "the column is missing")
		}
		if at >= 0 && slices.Contains(t.columns[at+1:], name) {
			return nil, bad(1, at+1, name, "có hai cột cùng tên", "two columns have this name")
		}
		t.at = append(t.at, at)
	}
	return t, nil
}

// separator guesses what parts the columns from the header.
func separator(in *bufio.Reader) rune {
	head, _ := in.Peek(4096) // less when the file is short
	head, _, _ = bytes.Cut(head, []byte("\n"))
	best := ','
	for _, c := range ";\t" {
		if bytes.Count(head, []byte(string(c))) > bytes.Count(head, []byte(string(best))) {
			best = c
		}
	}
	return best
}

// read reads the cells of a line, which have to be text in UTF-8; io.EOF at the end. The caller of this package names the file.
func (t *table) read() ([]string, error) {
	all, err := t.csv.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	case slices.ContainsFunc(all, func(s string) bool { return !utf8.ValidString(s) }):
		return nil, fault.NotText(op, "CSV")
	case err != nil:
		return nil, parseError(err)
	}
	return all, nil
}

// next reads a line; io.EOF at the end. A line that is shorter than the header lacks its last cells.
func (t *table) next() (row, error) {
	for {
		all, err := t.read()
		if err != nil {
			return row{}, err
		}
		if !slices.ContainsFunc(all, func(s string) bool { return strings.TrimSpace(s) != "" }) {
			continue // as a workbook leaves them below its last row
		}
		line, _ := t.csv.FieldPos(0)
		out := row{line: line, all: all, cells: make([]string, len(t.at))}
		for i, at := range t.at {
			if at >= 0 && at < len(all) {
				out.cells[i] = all[at]
			}
		}
		return out, nil
	}
}

// bad complains about a cell; column counts from 1.
func bad(line, column int, name, vi, en string) error {
	where := fmt.Sprint(column)
	if name != "" {
		where = name
	}
	return fault.New(fault.Invalid, op, fmt.Sprintf("Dòng %d, cột %s: %s.", line, where, vi), fmt.Sprintf("Line %d, column %s: %s.", line, where, en))
}

// parseError tells a broken line by its place; the standard library's error holds no value.
func parseError(err error) error {
	var p *csv.ParseError
	if !errors.As(err, &p) {
		return unreadable(err)
	}
	return bad(p.Line, p.Column, "", "dấu ngoặc kép không khớp", "the quotation marks do not match")
}
