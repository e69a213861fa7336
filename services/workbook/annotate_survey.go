package workbook

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// span is a range of cells, both corners in it.
type span struct{ from, to cellAt }

func (s span) has(c cellAt) bool {
	return c.row >= s.from.row && c.row <= s.to.row && c.col >= s.from.col && c.col <= s.to.col
}

// survey is what of a sheet must be known before its cells are walked through.
type survey struct {
	merged  []span
	columns map[int]int // the style of each column that has one, up to the last column marked
	drawing string      // the id of the relationship to the drawing of its comments
	// Where such a drawing belongs that the sheet does not have, and the tag whose prefix it takes.
	place int
	root  tag
}

// behindDrawing are the elements of a sheet that stand behind the drawing of its comments.
var behindDrawing = []string{"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "AlternateContent", "webPublishItems", "tableParts", "extLst"}

// surveySheet looks at everything of a sheet but its cells.
func surveySheet(data []byte) (*survey, error) {
	s := &survey{columns: map[int]int{}}
	depth, cells := 0, false
	err := tags(data, func(t tag) error {
		if !t.start {
			depth--
			if t.name == "sheetData" {
				cells = true
			}
			if depth == 0 && s.place == 0 {
				s.place = t.from
			}
			return nil
		}
		depth++
		switch {
		case depth == 1:
			s.root = t
			if t.name != "worksheet" {
				return errors.New("the marked sheet is not one of cells")
			}
		case t.name == "col" && !cells:
			first, err1 := strconv.Atoi(t.attr("min"))
			last, err2 := strconv.Atoi(t.attr("max"))
			style, err3 := strconv.Atoi(t.attr("style"))
			if err := errors.Join(err1, err2, err3); err != nil {
				return nil // without a style
			}
			for c := first; c <= min(last, excelize.MaxColumns); c++ {
				s.columns[c] = style
			}
		case t.name == "mergeCell":
			if from, to, err := rangeOf(t.attr("ref")); err == nil {
				s.merged = append(s.merged, span{from, to})
			}
		case t.name == "legacyDrawing" && depth == 2:
			s.drawing = t.attr("id")
		case cells && depth == 2 && s.place == 0 && slices.Contains(behindDrawing, t.name):
			s.place = t.from
		}
		return nil
	})
	if err == nil && (!cells || s.place == 0) {
		err = errors.New("the marked sheet has no cells")
	}
	return s, err
}

func rangeOf(ref string) (from, to cellAt, err error) {
	first, last, ok := strings.Cut(ref, ":")
	if !ok {
		last = first
	}
	if from.col, from.row, err = excelize.CellNameToCoordinates(first); err != nil {
		return from, to, err
	}
	to.col, to.row, err = excelize.CellNameToCoordinates(last)
	return from, to, err
}

// uncover moves what is to be told at a cell that a merged one covers to the merged cell.
func (s *survey) uncover(cells map[cellAt][]Mark) map[cellAt][]Mark {
	out := make(map[cellAt][]Mark, len(cells))
	for _, c := range slices.SortedFunc(maps.Keys(cells), compareCells) {
		at := c
		if i := slices.IndexFunc(s.merged, func(m span) bool { return m.has(c) }); i >= 0 {
			at = s.merged[i].from
		}
		out[at] = append(out[at], cells[c]...)
	}
	return out
}
