package workbook

import (
	"archive/zip"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/xuri/excelize/v2"
)

// Limits of a file, against archives that are small on disk and endless in memory.
const (
	defaultMaxFile     = 100 << 20 // bytes of the file itself
	defaultMaxUnzipped = 1 << 30   // bytes of all its parts; sheets beyond inMemory go through temporary files
	maxOtherParts      = 64 << 20  // bytes of the parts that are neither sheets nor texts of cells
	inMemory           = 16 << 20
	maxParts           = 5000
)

// Options says what a workbook alone does not.
type Options struct {
	// School is the code of the school that the workbook is of: a centre of continuing education has another
	// programme by default.
	School string
	// MaxFile and MaxUnzipped limit the file and what it unpacks to, in bytes; 0 means 100 MB and 1 GB.
	MaxFile, MaxUnzipped int64
	// TempDir is where large sheets are unpacked; "" is the system's.
	TempDir string
}

// Book is an open workbook.
type Book struct {
	file    *excelize.File
	drive   *drive.Drive
	options Options
	sheets  []*sheet
	// rejected are the complaints about sheets that have a header but cannot be read.
	rejected []Problem
	// hidden are the warnings about hidden sheets of pupils that are not read.
	hidden   []Problem
	twice    map[partOf][]Place // the rows of the pupils who stand in several; nil until they were counted
	rows     int
	date1904 bool
}

// Open opens a workbook file; close it after use. Errors are those of New, and NotFound.
func Open(path string, d *drive.Drive, o Options) (*Book, error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return nil, fault.Wrap(fault.NotFound, "workbook.open", err)
		}
		return nil, fault.Wrap(fault.Invalid, "workbook.open", err)
	}
	defer func() { _ = f.Close() }() // nothing was written
	info, err := f.Stat()
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "workbook.open", err)
	}
	return New(f, info.Size(), d, o)
}

// New opens a workbook; r is not used after it returns. What is not a workbook of the drive is Invalid, with
// a field for every sheet that says why not and what to do.
func New(r io.ReaderAt, size int64, d *drive.Drive, o Options) (*Book, error) {
	const op = "workbook.open"
	if o.MaxFile <= 0 {
		o.MaxFile = defaultMaxFile
	}
	if o.MaxUnzipped <= 0 {
		o.MaxUnzipped = defaultMaxUnzipped
	}
	if size > o.MaxFile {
		return nil, tooLarge(op)
	}
	if err := sniff(op, r, size); err != nil {
		return nil, err
	}
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, notWorkbook(op, err)
	}
	if err := measure(op, archive, o.MaxUnzipped); err != nil {
		return nil, err
	}
	seen, err := verify(op, archive)
	if err != nil {
		return nil, err
	}
	file, err := excelize.OpenReader(io.NewSectionReader(r, 0, size), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: o.MaxUnzipped, UnzipXMLSizeLimit: min(inMemory, o.MaxUnzipped), TmpDir: o.TempDir,
	})
	if err != nil {
		return nil, notWorkbook(op, err)
	}
	b := &Book{file: file, drive: d, options: o, rows: seen.rows}
	if props, err := file.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		b.date1904 = *props.Date1904
	}
	if err := b.findSheets(op); err != nil {
		_ = file.Close()
		return nil, err
	}
	b.placeMerges(archive, seen.merges)
	return b, nil
}

// Close removes what the workbook keeps in temporary files.
func (b *Book) Close() error {
	if err := b.file.Close(); err != nil {
		return fault.Wrap(fault.Internal, "workbook.close", err)
	}
	return nil
}

// RowsAtMost is how many rows the sheets have, titles and blank rows included: enough for a progress bar.
func (b *Book) RowsAtMost() int { return b.rows }
