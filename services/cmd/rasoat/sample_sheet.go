package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/input"
	"github.com/spf13/cobra"
	"github.com/xuri/excelize/v2"
)

// The sheet for comparing with the paper is a workbook: a page a pupil, a line for each thing to compare, and a column to
// tick. What the result needs beside the ticks stands in columns that are hidden.
const (
	tickColumn  = "K"
	fieldColumn = "L" // of a line; in the first row the pupil
	seenColumn  = "M" // in the first row
	lastMark    = "J"
)

// sheetFor is what stands at the head of each page.
type sheetFor struct {
	scope, window string
	seed          uint64
	drive         *drive.Drive
}

func (s sheetFor) place() string {
	_, code, _ := strings.Cut(s.scope, "/")
	if school, ok := s.drive.School(code); ok {
		return school.Name + " (" + s.scope + ")"
	}
	return s.scope
}

// windowName is the name of the window in the drive.
func (s sheetFor) windowName() string {
	for _, w := range s.drive.Windows {
		if w.ID == s.window {
			return w.Name.Vi
		}
	}
	return s.window
}

// writeSheet writes what is held of a sample.
func writeSheet(out io.Writer, resp *reportingpb.DrawSampleResponse, what sheetFor) error {
	book := excelize.NewFile()
	defer func() { _ = book.Close() }() // it is in memory
	looks, err := sheetLooks(book)
	for i, p := range resp.GetPupils() {
		if err == nil {
			err = writePage(book, strconv.Itoa(i+1), looks, p, what)
		}
	}
	if err == nil && len(resp.GetPupils()) > 0 {
		err = book.DeleteSheet("Sheet1")
	}
	if err == nil {
		_, err = book.WriteTo(out)
	}
	return err
}

// styles of a page, by what they are for.
type styles struct{ title, head, label, value, mark int }

func sheetLooks(book *excelize.File) (styles, error) {
	var border []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		border = append(border, excelize.Border{Type: side, Color: "7F7F7F", Style: 1})
	}
	font := func(size float64, bold bool) *excelize.Font {
		return &excelize.Font{Family: "Times New Roman", Size: size, Bold: bold}
	}
	left := &excelize.Alignment{Vertical: "center", WrapText: true}
	centre := &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}
	var out styles
	for _, one := range []struct {
		id *int
		is excelize.Style
	}{
		{&out.title, excelize.Style{Font: font(14, true)}},
		{&out.head, excelize.Style{Font: font(11, true), Alignment: centre, Border: border}},
		{&out.label, excelize.Style{Font: font(11, false), Alignment: left, Border: border}},
		{&out.value, excelize.Style{Font: font(11, true), Alignment: left, Border: border}},
		{&out.mark, excelize.Style{Font: font(11, false), Alignment: centre, Border: border}},
	} {
		id, err := book.NewStyle(&one.is)
		if err != nil {
			return out, err
		}
		*one.id = id
	}
	return out, nil
}

// page writes one sheet from the top down and remembers the first error.
type page struct {
	book *excelize.File
	name string
	row  int
	err  error
}

func (p *page) do(err error) {
	if p.err == nil {
		p.err = err
	}
}

func (p *page) put(column, text string, style int) {
	cell := column + strconv.Itoa(p.row)
	p.do(p.book.SetCellStr(p.name, cell, text))
	p.do(p.book.SetCellStyle(p.name, cell, cell, style))
}

// wide writes a text over all columns of marks.
func (p *page) wide(text string, style int) {
	row := strconv.Itoa(p.row)
	p.put("B", text, style)
	p.do(p.book.SetCellStyle(p.name, "B"+row, lastMark+row, style))
	p.do(p.book.MergeCell(p.name, "B"+row, lastMark+row))
}

func writePage(book *excelize.File, name string, looks styles, pupil *reportingpb.SampledPupil, what sheetFor) error {
	p := &page{book: book, name: name, row: 1}
	_, err := book.NewSheet(name)
	p.do(err)
	p.layout()
	p.put("A", "PHIẾU ĐỐI CHIẾU VỚI HỒ SƠ GIẤY", looks.title)
	p.put(fieldColumn, pupil.GetPupil(), looks.label)
	p.put(seenColumn, hex.EncodeToString(pupil.GetSeen()), looks.label)
	for _, text := range []string{
		fmt.Sprintf("Trường: %s. Lớp: %s. Mẫu số %d, trang %s.", what.place(), pupil.GetClass(), what.seed, name),
		"Đợt: " + what.windowName(),
		"Đánh x vào cột cuối ở dòng nào khác với học bạ hoặc giấy tờ; dòng khớp thì để trống.",
	} {
		p.row++
		p.do(book.SetCellStr(name, "A"+strconv.Itoa(p.row), text))
	}
	p.row += 2
	p.lines(looks, linesOf(what.drive.Catalogue, pupil))
	p.row += 2
	p.do(book.SetCellStr(name, "A"+strconv.Itoa(p.row), "Người đối chiếu (ký, ghi rõ họ tên)"))
	p.do(book.SetCellStr(name, "G"+strconv.Itoa(p.row), "Đại diện nhà trường (ký, ghi rõ họ tên)"))
	return p.err
}

// layout fits the sheet on one page of A4 and hides what is not for people.
func (p *page) layout() {
	p.do(p.book.SetColWidth(p.name, "A", "A", 24))
	p.do(p.book.SetColWidth(p.name, "B", lastMark, 10))
	p.do(p.book.SetColWidth(p.name, tickColumn, tickColumn, 11))
	p.do(p.book.SetColVisible(p.name, fieldColumn+":"+seenColumn, false))
	a4, one, fit := 9, 1, true
	upright := "portrait"
	p.do(p.book.SetPageLayout(p.name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &upright, FitToWidth: &one, FitToHeight: &one}))
	p.do(p.book.SetSheetProps(p.name, &excelize.SheetPropsOptions{FitToPage: &fit}))
}

// lines writes first what is known of the person, then the table of the results.
func (p *page) lines(looks styles, lines []sheetLine) {
	tick := "Khác giấy (x)"
	inMarks := false
	p.put("A", "Mục", looks.head)
	p.wide("Trên hệ thống", looks.head)
	p.put(tickColumn, tick, looks.head)
	for _, line := range lines {
		p.row++
		if line.marks != nil && !inMarks {
			inMarks = true
			p.row++
			p.marksHead(looks, tick)
		}
		p.put("A", line.label, looks.label)
		p.put(fieldColumn, line.field, looks.label)
		p.put(tickColumn, "", looks.mark)
		if line.marks == nil {
			p.wide(line.value, looks.value)
			continue
		}
		for i, text := range line.marks {
			p.put(string(rune('B'+i)), text, looks.mark)
		}
	}
}

func (p *page) marksHead(looks styles, tick string) {
	p.put("A", "Môn, xếp loại", looks.head)
	p.put(tickColumn, tick, looks.head)
	for i := range terms {
		p.put(string(rune('B'+i)), fmt.Sprintf("Lớp %d %s", 10+i/3, []string{"HK1", "HK2", "Cả năm"}[i%3]), looks.head)
	}
	p.row++
}

// readSheet reads the result of a comparison: the lines of each pupil that somebody ticked.
func readSheet(c *cobra.Command, path string) ([]*reportingpb.Compared, error) {
	notSheet := usage(c, "Tệp không phải phiếu mà sample draw đã viết; hãy dùng đúng phiếu đã đánh dấu",
		"The file is no sheet that sample draw wrote: use the sheet that was ticked")
	file, err := input.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // read only
	book, err := excelize.OpenReader(file, excelize.Options{UnzipSizeLimit: 64 << 20})
	if err != nil {
		return nil, notSheet
	}
	defer func() { _ = book.Close() }() // read only
	var out []*reportingpb.Compared
	for _, name := range book.GetSheetList() {
		rows, err := book.GetRows(name)
		if err != nil || len(rows) == 0 {
			return nil, notSheet
		}
		one := &reportingpb.Compared{Pupil: at(rows[0], fieldColumn)}
		if one.Seen, err = hex.DecodeString(at(rows[0], seenColumn)); err != nil || one.GetPupil() == "" {
			return nil, notSheet
		}
		for _, row := range rows[1:] {
			if field := at(row, fieldColumn); field != "" && strings.TrimSpace(at(row, tickColumn)) != "" {
				one.Differing = append(one.Differing, field)
			}
		}
		out = append(out, one)
	}
	return out, nil
}

// at returns the cell of a column.
func at(row []string, column string) string {
	if i := int(column[0] - 'A'); i < len(row) {
		return row[i]
	}
	return ""
}
