package workbook

import (
	"io"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/xuri/excelize/v2"
)

// styles are the looks of the cells that we write.
type styles struct {
	title, header, text int
}

// textFormat is the built-in number format "@": the cell stays as it was typed.
const textFormat = 49

func newStyles(f *excelize.File) (styles, error) {
	var s styles
	border := make([]excelize.Border, 0, 4)
	for _, side := range []string{"left", "right", "top", "bottom"} {
		border = append(border, excelize.Border{Type: side, Color: "808080", Style: 1})
	}
	for _, style := range []struct {
		id *int
		is excelize.Style
	}{
		{&s.title, excelize.Style{Font: &excelize.Font{Bold: true, Size: 13}}},
		{&s.header, excelize.Style{Font: &excelize.Font{Bold: true}, Border: border,
			Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}},
			Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}}},
		{&s.text, excelize.Style{NumFmt: textFormat}},
	} {
		id, err := f.NewStyle(&style.is)
		if err != nil {
			return styles{}, err
		}
		*style.id = id
	}
	return s, nil
}

// sheetWriter writes the rows of one sheet from the top down.
type sheetWriter struct {
	*excelize.StreamWriter
	styles styles
	next   int
}

func newSheetWriter(f *excelize.File, name string, s styles) (*sheetWriter, error) {
	if f.SheetCount == 1 && f.GetSheetName(0) == "Sheet1" && name != "Sheet1" {
		if err := f.SetSheetName("Sheet1", name); err != nil {
			return nil, err
		}
	} else if _, err := f.NewSheet(name); err != nil {
		return nil, err
	}
	w, err := f.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	return &sheetWriter{StreamWriter: w, styles: s, next: 1}, nil
}

func (w *sheetWriter) row(values []any) error {
	name, err := excelize.CoordinatesToCellName(1, w.next)
	if err != nil {
		return err
	}
	w.next++
	return w.SetRow(name, values)
}

func (w *sheetWriter) headerRow(texts []string) error {
	values := make([]any, len(texts))
	for i, text := range texts {
		values[i] = excelize.Cell{StyleID: w.styles.header, Value: text}
	}
	return w.row(values)
}

// merge joins cells of the rows already written; columns count from 0, rows from 1.
func (w *sheetWriter) merge(col1, row1, col2, row2 int) error {
	from, err := excelize.CoordinatesToCellName(col1+1, row1)
	if err != nil {
		return err
	}
	to, err := excelize.CoordinatesToCellName(col2+1, row2)
	if err != nil {
		return err
	}
	return w.MergeCell(from, to)
}

// asText is a cell that Excel must not turn into a number.
func (w *sheetWriter) asText(s string) any {
	if s == "" {
		return nil
	}
	return excelize.Cell{StyleID: w.styles.text, Value: s}
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// write makes a workbook with what fill puts into it.
func write(op string, w io.Writer, fill func(*excelize.File, styles) error) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // temporary files only
	s, err := newStyles(f)
	if err != nil {
		return fault.Wrap(fault.Internal, op, err)
	}
	if err := fill(f, s); err != nil {
		return fault.Wrap("", op, err)
	}
	if _, err := f.WriteTo(w); err != nil {
		return fault.Wrap("", op, err)
	}
	return nil
}
