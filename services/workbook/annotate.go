package workbook

import (
	"archive/zip"
	"bytes"
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
var colours = map[string]string{"error": "FFFFC7CE", "warning": "FFFFEB9C", "info": "FFDDEBF7"}

// gravest orders the severities.
var gravest = []string{"error", "warning", "info"}

// author of the comments.
const author = "rasoat"

// Annotate writes the workbook once more with each marked cell coloured by its gravest mark and all its marks in a comment, behind the
// comment that it has. Nothing else changes: the other parts of the file are copied byte for byte, and of the marked sheets only the
// styles of the cells. A mark on a cell that a merged one covers is told at the merged cell. What an earlier Annotate wrote is
// taken away: its words, and its colours where its words stand. A mark without a cell, or of a sheet that there is not, is left out.
// It fails with Invalid where the workbook cannot be read, and with Unavailable where out cannot be written.
func Annotate(in io.Reader, out io.Writer, marks []Mark) error {
	const op = "workbook.annotate"
	data, err := io.ReadAll(io.LimitReader(in, defaultMaxFile+1))
	if err != nil {
		return fault.Wrap(fault.Invalid, op, err)
	}
	if len(data) > defaultMaxFile {
		return tooLarge(op)
	}
	r := bytes.NewReader(data)
	if err := sniff(op, r, r.Size()); err != nil {
		return err
	}
	archive, err := zip.NewReader(r, r.Size())
	if err != nil {
		return notWorkbook(op, err)
	}
	if err := measure(op, archive, defaultMaxUnzipped); err != nil {
		return err
	}
	p := newParts(archive)
	sheets, err := p.sheets()
	if err != nil {
		return notWorkbook(op, err)
	}
	a := annotator{parts: p, styles: sheetStyles{parts: p}}
	for i, s := range sheets {
		cells := cellsOf(s.name, marks)
		if len(cells) == 0 && !p.annotated(s.part) {
			continue
		}
		if err := a.sheet(s.part, i+1, cells); err != nil {
			return fault.Wrap(fault.Invalid, op, err)
		}
	}
	if err := a.styles.save(); err != nil {
		return fault.Wrap(fault.Invalid, op, err)
	}
	if err := p.write(out); err != nil {
		return fault.Wrap(fault.Unavailable, op, err)
	}
	return nil
}

// cellAt is a cell by its row and column, from 1.
type cellAt struct{ row, col int }

func compareCells(x, y cellAt) int {
	if x.row != y.row {
		return x.row - y.row
	}
	return x.col - y.col
}

func (c cellAt) name() string {
	name, err := excelize.CoordinatesToCellName(c.col, c.row)
	if err != nil {
		return "" // cells come from names or from the sheet
	}
	return name
}

// cellsOf returns the marks of a sheet by cell.
func cellsOf(sheet string, marks []Mark) map[cellAt][]Mark {
	out := map[cellAt][]Mark{}
	for _, m := range marks {
		at := strings.LastIndexByte(m.Cell, '!')
		if at < 0 || !strings.EqualFold(strings.Trim(m.Cell[:at], "'"), sheet) {
			continue
		}
		if col, row, err := excelize.CellNameToCoordinates(m.Cell[at+1:]); err == nil {
			c := cellAt{row, col}
			out[c] = append(out[c], m)
		}
	}
	return out
}

// told is what stands at one cell: the gravest severity and the text.
type told struct {
	severity, text string
}

// tell puts the marks of each cell into one text, the gravest first, each text once.
func tell(cells map[cellAt][]Mark) map[cellAt]told {
	out := make(map[cellAt]told, len(cells))
	for c, marks := range cells {
		rank := func(m Mark) int {
			if i := slices.Index(gravest, m.Severity); i >= 0 {
				return i
			}
			return len(gravest) - 1
		}
		slices.SortStableFunc(marks, func(x, y Mark) int { return rank(x) - rank(y) })
		var texts []string
		for _, m := range marks {
			if !slices.Contains(texts, m.Text) {
				texts = append(texts, m.Text)
			}
		}
		out[c] = told{gravest[rank(marks[0])], strings.Join(texts, "\n")}
	}
	return out
}

// annotator marks the cells of the sheets.
type annotator struct {
	parts  *parts
	styles sheetStyles
}

// sheet marks the cells of the sheet in a part; number is its place in the workbook, from 1.
func (a *annotator) sheet(part string, number int, cells map[cellAt][]Mark) error {
	data, err := a.parts.read(part)
	if err != nil {
		return err
	}
	s, err := surveySheet(data)
	if err != nil {
		return err
	}
	texts := tell(s.uncover(cells))
	c := commentWriter{parts: a.parts, sheet: part, number: number, drawing: s.drawing, texts: texts}
	rel, err := c.write()
	if err != nil {
		return err
	}
	for _, at := range c.gone {
		texts[at] = told{}
	}
	e := sheetEdit{edits: edits{data: data}, survey: s, styles: &a.styles, cells: texts}
	if err := e.colour(); err != nil {
		return err
	}
	if rel != "" {
		e.addDrawing(rel)
	}
	if data, err = e.result(); err != nil {
		return err
	}
	a.parts.set(part, data)
	return nil
}
