package workbook

import (
	"io"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// Placed is a record and the row that it came from.
type Placed struct {
	Record student.Record
	Place  Place
}

// Contents is a whole workbook in memory.
type Contents struct {
	Records  []Placed
	Problems []Problem
	Rows     int // of pupils, refused ones among them
}

// Read reads a whole workbook at once, for small files and tests; a Book's Rows are for the rest. Errors are
// those of New and of Rows.
func Read(r io.ReaderAt, size int64, d *drive.Drive, o Options) (*Contents, error) {
	b, err := New(r, size, d, o)
	if err != nil {
		return nil, err
	}
	defer func() { _ = b.Close() }() // temporary files only
	out := &Contents{}
	for row, err := range b.Rows() {
		if err != nil {
			return nil, err
		}
		if row.Pupil {
			out.Rows++
		}
		out.Problems = append(out.Problems, row.Problems...)
		for _, record := range row.Records {
			out.Records = append(out.Records, Placed{record, row.Place})
		}
	}
	return out, nil
}
