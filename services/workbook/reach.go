package workbook

import (
	"encoding/xml"
	"errors"
)

const (
	// maxReach limits the cells of all rows of a file, each row counted up to its last cell with the blank ones between: the library
	// makes every one of them, and a small file may have a cell in the last of 16,384 columns in each of a million rows.
	maxReach = 20_000_000
	// maxDepth limits how deep elements may stand within each other; those of a sheet stay below 20.
	maxDepth = 100
)

var (
	errReach = errors.New("cells stand too far to the right")
	errDepth = errors.New("elements stand too deep")
)

// reach adds up how far the rows of a file's sheets go to the right.
type reach struct{ total, col int }

func (r *reach) row() { r.col = 0 }

// cell notes a cell; one that does not say where it is stands behind the last.
func (r *reach) cell(element xml.StartElement) error {
	col := r.col + 1
	for _, a := range element.Attr {
		if a.Name.Local == "r" {
			col = max(col, columnOf(a.Value))
		}
	}
	r.total += col - r.col
	r.col = col
	if r.total > maxReach {
		return errReach
	}
	return nil
}

// columnOf returns the column of a cell's name, from 1; 0 for what is none.
func columnOf(name string) int {
	col := 0
	for i := 0; i < len(name) && i < 3 && name[i]|0x20 >= 'a' && name[i]|0x20 <= 'z'; i++ {
		col = 26*col + int(name[i]|0x20-'a') + 1
	}
	return col
}

// tooWide refuses a file for cells that stand too far to the right.
func tooWide(op string) error {
	return refuse(op, RuleTooLarge, "Trang tính có quá nhiều ô ở quá xa về bên phải.", "A sheet has too many cells too far to the right.",
		"Xóa các cột trống bên phải bảng, lưu lại rồi gửi lại.", "Delete the blank columns to the right of the table, save the file and send it again.", nil)
}
