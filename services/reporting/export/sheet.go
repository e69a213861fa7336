package export

import (
	"archive/zip"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// looks are the styles of the cells that we write.
type looks struct {
	small, authority, title, subtitle, note      int
	header, english                              int
	number, text, textCentre, wrapped, share     int
	check, total, totalText, totalShare, totalOK int
	sign, signNote                               int
}

// The number formats: a count that is 0 is a dash, a difference that is 0 says that the row adds up.
const (
	countFormat = `#,##0;-#,##0;"–"`
	shareFormat = `0.0%`
	checkFormat = `[Red]"LỆCH "+0;[Red]"LỆCH "-0;"Khớp"`
	textFormat  = "@"
	font        = "Times New Roman"
)

func newLooks(f *excelize.File) (looks, error) {
	var l looks
	centre := &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}
	left := &excelize.Alignment{Horizontal: "left", Vertical: "center", WrapText: true, Indent: 1}
	right := &excelize.Alignment{Horizontal: "right", Vertical: "center", Indent: 1}
	alone := &excelize.Alignment{Horizontal: "center", Vertical: "center"}
	grey := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}}
	sum := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"F2F2F2"}}
	var border []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		border = append(border, excelize.Border{Type: side, Color: "7F7F7F", Style: 1})
	}
	text := func(size float64, bold, italic bool) *excelize.Font {
		return &excelize.Font{Family: font, Size: size, Bold: bold, Italic: italic}
	}
	format := func(s string) *string { return &s }
	for _, s := range []struct {
		id *int
		is excelize.Style
	}{
		{&l.small, excelize.Style{Font: text(11, false, false), Alignment: alone}},
		{&l.authority, excelize.Style{Font: text(11, true, false), Alignment: alone}},
		{&l.title, excelize.Style{Font: text(15, true, false), Alignment: alone}},
		{&l.subtitle, excelize.Style{Font: text(12, false, false), Alignment: alone}},
		{&l.note, excelize.Style{Font: text(10, false, true), Alignment: &excelize.Alignment{Horizontal: "left"}}},
		{&l.header, excelize.Style{Font: text(11, true, false), Alignment: centre, Border: border, Fill: grey}},
		{&l.english, excelize.Style{Font: &excelize.Font{Family: font, Size: 9, Italic: true, Color: "595959"}, Alignment: centre, Border: border, Fill: grey}},
		{&l.number, excelize.Style{Font: text(11, false, false), Alignment: right, Border: border, CustomNumFmt: format(countFormat)}},
		{&l.text, excelize.Style{Font: text(11, false, false), Alignment: &excelize.Alignment{Horizontal: "left", Vertical: "center", Indent: 1}, Border: border, CustomNumFmt: format(textFormat)}},
		{&l.textCentre, excelize.Style{Font: text(11, false, false), Alignment: centre, Border: border, CustomNumFmt: format(textFormat)}},
		{&l.wrapped, excelize.Style{Font: text(11, false, false), Alignment: left, Border: border, CustomNumFmt: format(textFormat)}},
		{&l.share, excelize.Style{Font: text(11, false, false), Alignment: right, Border: border, CustomNumFmt: format(shareFormat)}},
		{&l.check, excelize.Style{Font: text(11, false, false), Alignment: alone, Border: border, CustomNumFmt: format(checkFormat)}},
		{&l.total, excelize.Style{Font: text(11, true, false), Alignment: right, Border: border, Fill: sum, CustomNumFmt: format(countFormat)}},
		{&l.totalText, excelize.Style{Font: text(11, true, false), Alignment: alone, Border: border, Fill: sum}},
		{&l.totalShare, excelize.Style{Font: text(11, true, false), Alignment: right, Border: border, Fill: sum, CustomNumFmt: format(shareFormat)}},
		{&l.totalOK, excelize.Style{Font: text(11, true, false), Alignment: alone, Border: border, Fill: sum, CustomNumFmt: format(checkFormat)}},
		{&l.sign, excelize.Style{Font: text(12, true, false), Alignment: alone}},
		{&l.signNote, excelize.Style{Font: text(11, false, true), Alignment: alone}},
	} {
		id, err := f.NewStyle(&s.is)
		if err != nil {
			return l, err
		}
		*s.id = id
	}
	return l, nil
}

// sheet writes one sheet from the top down.
type sheet struct {
	*excelize.StreamWriter
	looks
	columns int
	next    int // the row that is written next, from 1
}

// newSheet begins a sheet of A4 paper across, as wide as the paper, whose rows down to freeze stay in sight and on every page.
func newSheet(f *excelize.File, l looks, name string, widths []float64, freeze int) (*sheet, error) {
	if f.SheetCount == 1 && f.GetSheetName(0) == "Sheet1" {
		if err := f.SetSheetName("Sheet1", name); err != nil {
			return nil, err
		}
	} else if _, err := f.NewSheet(name); err != nil {
		return nil, err
	}
	on, a4, landscape, one, any := true, 9, "landscape", 1, 0
	narrow, foot := 0.4, 0.6
	for _, set := range []func() error{
		func() error { return f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &on}) },
		func() error {
			return f.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &landscape, FitToWidth: &one, FitToHeight: &any})
		},
		func() error {
			return f.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: &narrow, Right: &narrow, Top: &narrow, Bottom: &foot, Horizontally: &on})
		},
		func() error {
			return f.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: "&C&9Trang &P/&N"})
		},
		func() error {
			row := strconv.Itoa(freeze - 1)
			return f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: name, RefersTo: "'" + name + "'!$" + row + ":$" + strconv.Itoa(freeze)})
		},
	} {
		if err := set(); err != nil {
			return nil, err
		}
	}
	w, err := f.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	s := &sheet{StreamWriter: w, looks: l, columns: len(widths), next: 1}
	for i, width := range widths {
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return nil, err
		}
	}
	corner := cellName(4, freeze+1)
	return s, w.SetPanes(&excelize.Panes{Freeze: true, XSplit: 3, YSplit: freeze, TopLeftCell: corner, ActivePane: "bottomRight"})
}

// cellName names a cell; columns and rows count from 1.
func cellName(col, row int) string {
	name, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		return "" // below the last row or behind the last column: writing there fails
	}
	return name
}

// row writes cells from the first column on; height in points, 0 for the usual one.
func (s *sheet) row(height float64, cells ...any) error {
	var opts []excelize.RowOpts
	if height > 0 {
		opts = append(opts, excelize.RowOpts{Height: height})
	}
	err := s.SetRow(cellName(1, s.next), cells, opts...)
	s.next++
	return err
}

// The heights of rows in points: a spreadsheet does not measure the rows of a file that it did not write.
const (
	lineHeight = 15
	rowHeight  = 18
	mostHeight = 400
)

// heightFor returns the height of a row in which a text is wrapped in a column of some width.
func heightFor(text string, width float64) float64 {
	lines := 1
	for room := int(width); utf8.RuneCountInString(text) > room*lines; {
		lines++
	}
	return min(float64(rowHeight+lineHeight*(lines-1)), mostHeight)
}

// across is a text that spans columns: what stands above and below a table.
type across struct {
	from, to int // columns, from 1
	look     int
	text     string
}

func (s *sheet) spread(height float64, spans ...across) error {
	cells := make([]any, s.columns)
	for _, a := range spans {
		for i := a.from; i <= a.to; i++ {
			cells[i-1] = excelize.Cell{StyleID: a.look}
		}
		cells[a.from-1] = excelize.Cell{StyleID: a.look, Value: a.text}
		if a.to > a.from {
			if err := s.MergeCell(cellName(a.from, s.next), cellName(a.to, s.next)); err != nil {
				return err
			}
		}
	}
	return s.row(height, cells...)
}

// workbook makes a file with what fill puts into it.
func workbook(w io.Writer, fill func(*excelize.File, looks) error) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // temporary files only
	l, err := newLooks(f)
	if err != nil {
		return err
	}
	if err := fill(f, l); err != nil {
		return err
	}
	return zipInto(f, w)
}

// zipInto writes a file straight into w: the library by itself would hold all of it in memory.
func zipInto(f *excelize.File, w io.Writer) error {
	f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(w) })
	_, err := f.WriteTo(io.Discard)
	return err
}
