package workbook

import (
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/xuri/excelize/v2"
)

// Mark is what is to be told at one cell of a workbook.
type Mark struct {
	Cell     string // "DANH MUC!G17"
	Severity string // "error", "warning" or "info"
	Text     string
}

// colours of the severities: light red, amber and blue.
var colours = map[string]string{"error": "FFC7CE", "warning": "FFEB9C", "info": "DDEBF7"}

// gravest orders the severities.
var gravest = []string{"error", "warning", "info"}

// author of the comments.
const author = "rasoat"

// Annotate writes the workbook once more with each marked cell coloured by its gravest mark and all its marks in a comment, behind the
// comment that it has. Everything else stays: values, formulas, other styles of the cell, hidden sheets, lists. A mark
// without a cell, or of a sheet that there is not, is left out. It fails with Invalid where the workbook cannot be read, and with
// Unavailable where out cannot be written.
func Annotate(in io.Reader, out io.Writer, marks []Mark) error {
	const op = "workbook.annotate"
	f, err := excelize.OpenReader(in, excelize.Options{UnzipSizeLimit: defaultMaxUnzipped, UnzipXMLSizeLimit: defaultMaxUnzipped})
	if err != nil {
		return notWorkbook(op, err)
	}
	defer func() { _ = f.Close() }() // read only
	a := annotator{file: f, styles: map[styled]int{}, comments: map[string]map[string]string{}}
	cells := map[string][]Mark{}
	var order []string
	for _, m := range marks {
		if cells[m.Cell] == nil {
			order = append(order, m.Cell)
		}
		cells[m.Cell] = append(cells[m.Cell], m)
	}
	for _, cell := range order {
		if err := a.mark(cell, cells[cell]); err != nil {
			return fault.Wrap(fault.Invalid, op, err)
		}
	}
	if err := f.Write(out); err != nil {
		return fault.Wrap(fault.Unavailable, op, err)
	}
	return nil
}

// styled is a style of the workbook with a colour of ours.
type styled struct {
	style    int
	severity string
}

type annotator struct {
	file     *excelize.File
	styles   map[styled]int
	comments map[string]map[string]string // that stand in the workbook, by sheet and cell
}

func (a *annotator) mark(cell string, marks []Mark) error {
	at := strings.LastIndexByte(cell, '!')
	if at < 0 {
		return nil
	}
	sheet, name := strings.Trim(cell[:at], "'"), cell[at+1:]
	if i, err := a.file.GetSheetIndex(sheet); err != nil || i < 0 {
		return err
	}
	slices.SortStableFunc(marks, func(x, y Mark) int { return slices.Index(gravest, x.Severity) - slices.Index(gravest, y.Severity) })
	if err := a.colour(sheet, name, marks[0].Severity); err != nil {
		return err
	}
	var texts []string
	for _, m := range marks {
		if !slices.Contains(texts, m.Text) {
			texts = append(texts, m.Text)
		}
	}
	return a.comment(sheet, name, strings.Join(texts, "\n"))
}

// colour gives the cell the style that it has, with another fill.
func (a *annotator) colour(sheet, cell, severity string) error {
	own, err := a.file.GetCellStyle(sheet, cell)
	if err != nil {
		return err
	}
	key := styled{own, severity}
	id, ok := a.styles[key]
	if !ok {
		style, err := a.file.GetStyle(own)
		if err != nil {
			return err
		}
		style.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colours[severity]}}
		if id, err = a.file.NewStyle(style); err != nil {
			return err
		}
		a.styles[key] = id
	}
	return a.file.SetCellStyle(sheet, cell, cell, id)
}

// maxComment is how many characters a comment may have.
const maxComment = 32000

func (a *annotator) comment(sheet, cell, text string) error {
	if a.comments[sheet] == nil {
		a.comments[sheet] = map[string]string{}
		standing, err := a.file.GetComments(sheet)
		var none excelize.ErrSheetNotExist
		if err != nil && !errors.As(err, &none) {
			return err
		}
		for _, c := range standing {
			a.comments[sheet][c.Cell] = commentText(c)
		}
	}
	if old := a.comments[sheet][cell]; old != "" {
		text = old + "\n" + text
		if err := a.file.DeleteComment(sheet, cell); err != nil {
			return err
		}
	}
	lines := strings.Count(text, "\n") + len([]rune(text))/45
	return a.file.AddComment(sheet, excelize.Comment{
		Cell: cell, Author: author, Text: cut(text, maxComment), Width: 380, Height: uint(30 + 18*min(lines, 20)),
	})
}

// commentText gives the text of a comment.
func commentText(c excelize.Comment) string {
	if len(c.Paragraph) == 0 {
		return c.Text
	}
	var b strings.Builder
	for _, run := range c.Paragraph {
		b.WriteString(run.Text)
	}
	return b.String()
}
