package workbook

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// sheetEdit colours the cells of a sheet.
type sheetEdit struct {
	edits
	survey  *survey
	styles  *sheetStyles
	cells   map[cellAt]told
	pending []cellAt // still to be coloured, in order
	all     tag      // the start of the rows
	row     tag      // the row that is walked through
	number  int      // of that row
	err     error
}

// colour walks through the rows and gives each marked cell its style; a cell or row that is not there is put in its place.
func (e *sheetEdit) colour() error {
	e.pending = slices.SortedFunc(maps.Keys(e.cells), compareCells)
	col, inside := 0, false
	err := tags(e.data, func(t tag) error {
		switch {
		case t.name == "sheetData" && t.start:
			inside, e.all = true, t
		case t.name == "sheetData":
			e.missingRows(t, excelize.TotalRows+1)
			inside = false
		case !inside:
		case t.name == "row" && t.start:
			e.number = place(t.attr("r"), e.number)
			e.missingRows(t, e.number)
			e.row, col = t, 0
		case t.name == "row":
			e.missingCells(t, excelize.MaxColumns+1)
		case t.name == "c" && t.start:
			col++
			if c, _, err := excelize.CellNameToCoordinates(t.attr("r")); err == nil {
				col = c
			}
			e.missingCells(t, col)
			if at := (cellAt{e.number, col}); len(e.pending) > 0 && e.pending[0] == at {
				own, _ := strconv.Atoi(t.attr("s")) // none is the first
				e.replace(t.from, t.to, withAttr(string(e.data[t.from:t.to]), "s", e.style(own, at)))
				e.pending = e.pending[1:]
			}
		}
		return e.err
	})
	return err
}

// place is the number that an element gives for itself, or else the one behind the last.
func place(given string, last int) int {
	if n, err := strconv.Atoi(given); err == nil {
		return n
	}
	return last + 1
}

func (e *sheetEdit) style(own int, at cellAt) string {
	id, err := e.styles.of(own, e.cells[at].severity)
	if err != nil {
		e.err = err
	}
	return strconv.Itoa(id)
}

// missingCells writes the marked cells of the row that stand before a column and are not there.
func (e *sheetEdit) missingCells(before tag, col int) {
	text := ""
	for len(e.pending) > 0 && e.pending[0].row == e.number && e.pending[0].col < col {
		text += e.cell(before, e.row, e.pending[0])
		e.pending = e.pending[1:]
	}
	if text == "" {
		return
	}
	if before.from == before.to { // a row that closes itself
		start := string(e.data[e.row.from:e.row.to])
		e.replace(e.row.from, e.row.to, start[:len(start)-len("/>")]+">"+text+"</"+before.element("row")+">")
		return
	}
	e.replace(before.from, before.from, text)
}

// missingRows writes the marked rows that stand before a row and are not there.
func (e *sheetEdit) missingRows(before tag, row int) {
	text := ""
	for len(e.pending) > 0 && e.pending[0].row < row {
		number := e.pending[0].row
		text += fmt.Sprintf(`<%s r="%d">`, before.element("row"), number)
		for len(e.pending) > 0 && e.pending[0].row == number {
			text += e.cell(before, tag{}, e.pending[0])
			e.pending = e.pending[1:]
		}
		text += "</" + before.element("row") + ">"
	}
	if text == "" {
		return
	}
	if !before.start && before.from == before.to { // a sheet without rows
		name := before.element("sheetData")
		e.replace(e.all.from, e.all.to, "<"+name+">"+text+"</"+name+">")
		return
	}
	e.replace(before.from, before.from, text)
}

// cell writes a cell that was not there: it has the style of its row, or else of its column.
func (e *sheetEdit) cell(near, row tag, at cellAt) string {
	if e.cells[at].severity == "" {
		return "" // nothing to take away
	}
	own, err := strconv.Atoi(row.attr("s"))
	if err != nil {
		own = e.survey.columns[at.col]
	}
	return fmt.Sprintf(`<%s r="%s" s="%s"/>`, near.element("c"), at.name(), e.style(own, at))
}

// addDrawing puts the drawing of the comments into the sheet.
func (e *sheetEdit) addDrawing(rel string) {
	e.replace(e.survey.place, e.survey.place,
		fmt.Sprintf(`<%s xmlns:r="%s" r:id="%s"/>`, e.survey.root.element("legacyDrawing"), officeRelations, rel))
}
