package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/input"
	"github.com/rasoat/rasoat/services/portal"
	"github.com/rasoat/rasoat/services/workbook"
	"github.com/spf13/cobra"
)

// open opens a file of pupils, a workbook or NDJSON, whatever its name ends with; "-" is NDJSON on the standard input.
// The caller calls close when the source was read.
func (a *app) open(path string, d *drive.Drive, s portal.Sender) (source portal.Source, closeIt func(), err error) {
	if path == "-" && a.piped != nil {
		return portal.ReadNDJSON(bytes.NewReader(a.piped), "-", int64(len(a.piped))), func() {}, nil
	}
	if path == "-" {
		return portal.ReadNDJSON(a.in, "-", 0), func() {}, nil
	}
	f, err := input.Open(path)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return nil, nil, cannotOpen(path, err)
	}
	head, err := bufio.NewReaderSize(io.NewSectionReader(f, 0, info.Size()), 256).Peek(256)
	if err != nil && !errors.Is(err, io.EOF) {
		_ = f.Close()
		return nil, nil, cannotOpen(path, err)
	}
	if isNDJSON(head) {
		return portal.ReadNDJSON(f, filepath.Base(path), info.Size()), func() { _ = f.Close() }, nil // read only
	}
	b, err := workbook.New(f, info.Size(), d, workbook.Options{School: s.School})
	_ = f.Close() // the workbook has read what it needs
	if err != nil {
		return nil, nil, inFile(path, err)
	}
	return portal.FromWorkbook(b), func() { _ = b.Close() }, nil
}

// edition tells one state of a file from another in the ids of its submissions: by the hour at which it was last saved. The
// same file handed in again, after an interruption say, goes under the same ids. A file that was changed and changed back
// has the content of before and yet is news: under ids of content alone intake would answer it with the old receipt, and
// the mistake in between would stand. Standard input has no hour; --new pushes it again. The kind of source is told as well.
func edition(path string, s portal.Sender) portal.Sender {
	if isWorkbook(path) {
		s.Source = intakepb.Source_SOURCE_WORKBOOK
	}
	if s.New != "" || path == "-" {
		return s
	}
	if info, err := os.Stat(path); err == nil { // open tells what is wrong with it
		s.New = strconv.FormatInt(info.ModTime().UnixNano(), 36)
	}
	return s
}

// isWorkbook reports whether a file that open has read is a workbook; the others are what a school's portal writes.
func isWorkbook(path string) bool {
	f, err := input.Open(path)
	if path == "-" || err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // read only
	head := make([]byte, 256)
	n, _ := f.Read(head)
	return !isNDJSON(head[:n])
}

func isNDJSON(head []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\ufeff"))), []byte("{"))
}

func cannotOpen(path string, cause error) error { return fault.OfFile("rasoat.open", path, cause) }

// inFile puts the name of the file before what is wrong with it.
func inFile(path string, err error) error {
	var e *fault.Error
	if !errors.As(err, &e) {
		return err
	}
	named := *e
	if named.Text != (fault.Text{}) && !strings.Contains(named.Text.En, path) {
		named.Text = fault.Text{Vi: path + ": " + e.Text.Vi, En: path + ": " + e.Text.En}
	}
	return &named
}

var schoolScope = regexp.MustCompile(`^([0-9]{2})/([A-Za-z0-9_-]{1,16})$`)

// sender reads "01/01000701".
func sender(c *cobra.Command, driveID, school string) (portal.Sender, error) {
	m := schoolScope.FindStringSubmatch(school)
	if m == nil {
		return portal.Sender{}, usage(c, "Mã trường phải có dạng mã tỉnh/mã trường, như 01/01000701", "A school is a province and a code, like 01/01000701")
	}
	return portal.Sender{Drive: driveID, Province: m[1], School: m[2]}, nil
}

// asText reads a file that has to be text in UTF-8.
func asText(path string, in io.Reader) ([]byte, error) {
	text, err := io.ReadAll(in)
	switch {
	case err != nil:
		return nil, cannotOpen(path, err)
	case !utf8.Valid(text):
		return nil, fault.NotText("rasoat.text", path)
	}
	return text, nil
}

// badCSV names the line that is broken; a value is not repeated.
func badCSV(path string, err error) error {
	line := 1
	if p := new(csv.ParseError); errors.As(err, &p) {
		line = p.Line
	}
	at := path + ":" + strconv.Itoa(line)
	return fault.New(fault.Invalid, "rasoat.csv", at+": dấu ngoặc kép không khớp; sửa dòng này rồi chạy lại", at+": the quotation marks do not match: fix this line and run it again")
}

// eachFile looks at every file, whatever is wrong with one, until a fault that no other file would escape.
func eachFile(files []string, look func(*fileReport) error) []*fileReport {
	var reports []*fileReport
	for i, name := range files {
		r := &fileReport{name: name}
		reports = append(reports, r)
		r.err = look(r)
		if fault.Is(r.err, fault.Unavailable) || fault.Is(r.err, fault.Unauthenticated) {
			return append(reports, notLookedAt(files[i+1:], fault.KindOf(r.err))...)
		}
	}
	return reports
}

// notLookedAt reports the files behind one whose fault is that of all.
func notLookedAt(files []string, kind fault.Kind) []*fileReport {
	var out []*fileReport
	for _, name := range files {
		out = append(out, &fileReport{name: name, err: fault.New(kind, "rasoat.submit",
			name+": chưa xem đến tệp này; chạy lại lệnh khi lỗi trên đã hết", name+": this file was not looked at: run the command again when the fault above is gone")})
	}
	return out
}
