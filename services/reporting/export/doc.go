// Package export writes the tables that officers download: the progress of a province, school by
// school, and the pupils of a scope.
//
// It is pure: the data comes in, and the file goes to a writer row by row, so that a province of
// any size needs the same memory.
//
// The one rule a reader must not miss: everything that a person typed (a name, a class, a reason)
// goes through plain, so that no spreadsheet takes it for a formula. ID numbers are masked unless
// the caller says that they may be seen.
package export

import (
	"strings"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
)

// Format is the form of a file.
type Format string

// The formats.
const (
	XLSX   Format = "xlsx"
	CSV    Format = "csv"
	NDJSON Format = "ndjson"
)

// ContentType returns the media type of a file of the format.
func (f Format) ContentType() string {
	switch f {
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case CSV:
		return "text/csv; charset=utf-8"
	}
	return "application/x-ndjson"
}

// Head is what stands above and below a table.
type Head struct {
	Above     string // the body above, "UBND TỈNH HÀ GIANG"; may be empty
	Authority string // who sends the table, "SỞ GIÁO DỤC VÀ ĐÀO TẠO"
	Place     string // of the line with the date, "Hà Giang"
	Signer    string // "GIÁM ĐỐC"
	Scope     string // whom the table is about, "Tỉnh Hà Giang"
	Drive     string // the name of the drive
	Year      string // the school year, "2022-2023"
	AsOf      time.Time
}

// Window is a window of the drive.
type Window struct {
	ID     string
	Name   fault.Text
	Closes time.Time
}

// plain keeps a spreadsheet from taking a text for a formula: one that begins like a formula gets an apostrophe in front.
func plain(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}

// Mask returns an ID number of which only the last four characters can be read: "********1234". One that is not longer is hidden whole.
func Mask(n student.IDNumber) string {
	r := []rune(n.Reveal())
	shown := 4
	if len(r) <= shown {
		shown = 0
	}
	return strings.Repeat("*", len(r)-shown) + string(r[len(r)-shown:])
}

// day writes a birth date as an officer reads it: dd/mm/yyyy, or the year alone.
func day(d student.Date) string {
	switch parts := strings.Split(d.Reveal(), "-"); len(parts) {
	case 3:
		return parts[2] + "/" + parts[1] + "/" + parts[0]
	default:
		return d.Reveal()
	}
}

// failed wraps an error of writing in its kind.
func failed(op string, err error) error {
	if err == nil {
		return nil
	}
	return fault.Wrap("", op, err)
}
