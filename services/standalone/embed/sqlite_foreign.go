package embed

import (
	"bytes"
	"database/sql"
	"errors"
	"io"
	"io/fs"
	"net/url"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/input"
)

// magic is how every file of SQLite begins.
const magic = "SQLite format 3\x00"

// CheckSQLite refuses, with Invalid, a file at path that OpenSQLite must not touch: one that is no database, or another program's. It
// writes nothing. What is not there, or empty, is free.
func CheckSQLite(path string) error {
	f, err := input.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // read only
	head := make([]byte, len(magic))
	n, err := io.ReadFull(f, head)
	switch {
	case errors.Is(err, io.EOF): // an empty file is an empty database
		return nil
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return fault.OfFile("sqlite.check", path, err)
	case !bytes.Equal(head[:n], []byte(magic)):
		return foreign(path, "không phải cơ sở dữ liệu", "is no database")
	case hasOtherTables(path):
		return foreign(path, "là cơ sở dữ liệu của chương trình khác", "is another program's database")
	}
	return nil
}

// hasOtherTables reports whether a database has a table that is no collection. It looks at the file as it stands, without what
// waits beside it in the log: nothing is made, and what cannot be read so is for OpenSQLite to judge.
func hasOtherTables(path string) bool {
	file := url.URL{Path: path}
	look, err := sql.Open("sqlite", "file:"+file.EscapedPath()+"?mode=ro&immutable=1")
	if err != nil {
		return false
	}
	defer func() { _ = look.Close() }() // read only
	var n int
	err = look.QueryRow(`SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'c_*' AND name NOT GLOB 'sqlite_*'`).Scan(&n)
	return err == nil && n > 0
}

func foreign(path, vi, en string) error {
	return fault.New(fault.Invalid, "sqlite.check",
		"Tệp "+path+" "+vi+", nên không bị động đến: chọn thư mục khác bằng --data, hoặc chuyển tệp đi nơi khác",
		"The file "+path+" "+en+", and is left alone: choose another folder with --data, or move the file away")
}
