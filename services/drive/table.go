package drive

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// row is a line of a CSV file.
type row struct {
	file   string
	line   int
	fields []string
}

// readTable reads a CSV file that must have exactly the header.
func readTable(fsys fs.FS, file string, header []string, p *problems) []row {
	raw, err := fs.ReadFile(fsys, file)
	if err != nil {
		p.missingFile(file)
		return nil
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff")) // a workbook's "CSV UTF-8"
	in := csv.NewReader(bytes.NewReader(raw))
	in.FieldsPerRecord = len(header)
	rows := make([]row, 0, bytes.Count(raw, []byte("\n")))
	for first := true; ; first = false {
		fields, err := in.Read()
		if errors.Is(err, io.EOF) && !first {
			return rows
		}
		line := 1
		if len(fields) > 0 {
			line, _ = in.FieldPos(0)
		}
		if first && (err != nil || !slices.Equal(fields, header)) {
			want := strings.Join(header, ",")
			p.add(file, line, "drive.csv", "dòng đầu phải là "+want, "the first line must be "+want)
			return nil
		}
		if err != nil {
			var bad *csv.ParseError
			if errors.As(err, &bad) {
				line, err = bad.Line, bad.Err
			}
			p.add(file, line, "drive.csv", "không đọc được: "+err.Error(), err.Error())
			return nil
		}
		if !first {
			rows = append(rows, row{file, line, fields})
		}
	}
}

// bad tells that a column's value will not do.
func (r row) bad(p *problems, column, vi, en string) {
	p.bad(r.file, cell{Line: r.line}, column, vi, en)
}

// twice tells that a code or name is already taken.
func (r row) twice(p *problems) {
	p.add(r.file, r.line, "drive.repeated", "mã hoặc tên đã có ở dòng khác", "its code or name stands in another line")
}

// checkName tells of a name that is empty, not in composed form (NFC), or not single-spaced.
func (r row) checkName(p *problems, name string) {
	switch {
	case name == "":
		r.bad(p, "name", "trống", "is empty")
	case !norm.NFC.IsNormalString(name):
		r.bad(p, "name", "phải là Unicode dựng sẵn (NFC)", "must be in composed form (NFC)")
	case strings.TrimSpace(name) != name || strings.Contains(name, "  "):
		r.bad(p, "name", "thừa dấu cách", "has spaces too many")
	}
}

func (p *problems) missingFile(file string) {
	p.add(file, 0, "drive.missing_file", "không đọc được tệp", "the file cannot be read")
}

// items splits "a;b"; nil for "".
func items(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ";")
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// digest is SHA-256 over fields, each with its length before it, so that no two lists of fields run
// together to the same bytes.
type digest struct{ hash.Hash }

func newDigest() digest { return digest{sha256.New()} }

func (d digest) put(fields ...string) {
	var buf []byte
	for _, f := range fields {
		buf = append(binary.BigEndian.AppendUint32(buf[:0], uint32(len(f))), f...)
		_, _ = d.Write(buf)
	}
}

func (d digest) hex() string { return hex.EncodeToString(d.Sum(nil)) }
