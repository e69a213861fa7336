package workbook

import (
	"archive/zip"
	"cmp"
	"encoding/xml"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html/charset"
)

// rowSpan is a cell that is merged over the rows top to bottom, counted from 1; its value stands in the first of
// them, in the column col, counted from 0.
type rowSpan struct{ col, top, bottom int }

// maxMerges limits the cells of one sheet that are merged over several rows; they are kept in memory.
const maxMerges = 200_000

var errMerges = errors.New("too many merged cells")

// spanOf reads a mergeCell element; false for one of a single row, and for a reference that is none.
func spanOf(element xml.StartElement) (rowSpan, bool) {
	for _, a := range element.Attr {
		if a.Name.Local != "ref" {
			continue
		}
		first, last, ok := strings.Cut(a.Value, ":")
		if !ok {
			return rowSpan{}, false
		}
		col, top, err := excelize.CellNameToCoordinates(first)
		if err != nil {
			return rowSpan{}, false
		}
		_, bottom, err := excelize.CellNameToCoordinates(last)
		return rowSpan{col - 1, top, bottom}, err == nil && bottom > top
	}
	return rowSpan{}, false
}

// sharedFields are those of which one merged cell may speak for the pupils of several rows. What is a pupil's
// own (code, name, number, marks) is never taken from another row.
var sharedFields = []field{fClass, fSchoolYear, fSchool, fProgramme, fSpecialised, fLanguage}

// placeMerges gives each sheet the merged cells of its shared columns below its header. merges are by part.
func (b *Book) placeMerges(archive *zip.Reader, merges map[string][]rowSpan) {
	if len(merges) == 0 {
		return
	}
	parts := sheetParts(archive)
	for _, s := range b.sheets {
		for _, m := range merges[parts[s.name]] {
			for _, f := range sharedFields {
				if col, ok := s.simple[f]; ok && col == m.col && m.top > s.header.bottom+1 {
					if s.merges == nil {
						s.merges = map[int][]rowSpan{}
					}
					s.merges[col] = append(s.merges[col], m)
				}
			}
		}
		for _, list := range s.merges {
			slices.SortFunc(list, func(x, y rowSpan) int { return cmp.Compare(x.top, y.top) })
		}
	}
}

// sheetParts returns the part of each sheet, in small letters, by the sheet's name.
func sheetParts(archive *zip.Reader) map[string]string {
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
			// Strict is the same in a file of the strict variant of the format.
			Strict string `xml:"http://purl.oclc.org/ooxml/officeDocument/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var relations struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	decodePart(archive, "xl/workbook.xml", &book)
	decodePart(archive, "xl/_rels/workbook.xml.rels", &relations)
	targets := map[string]string{}
	for _, r := range relations.List {
		target := strings.ToLower(strings.ReplaceAll(r.Target, `\`, "/"))
		if !strings.HasPrefix(target, "/") {
			target = path.Join("xl", target)
		}
		targets[r.ID] = strings.TrimPrefix(target, "/")
	}
	out := map[string]string{}
	for _, s := range book.Sheets {
		out[s.Name] = targets[cmp.Or(s.ID, s.Strict)]
	}
	return out
}

// decodePart decodes what it can of a part; the library has read both parts before, so that one which is not
// there or broken leaves nothing to be filled.
func decodePart(archive *zip.Reader, name string, into any) {
	for _, part := range archive.File {
		if !strings.EqualFold(part.Name, name) {
			continue
		}
		r, err := part.Open()
		if err != nil {
			return
		}
		dec := xml.NewDecoder(r)
		dec.CharsetReader = charset.NewReaderLabel
		_ = dec.Decode(into) // as above
		_ = r.Close()        // read only
		return
	}
}

// filler gives the rows of a sheet, walked from the top down, the values of the merged cells that reach over them.
type filler struct{ columns []filling }

// filling is one column: the spans that are still to come or open, and the value of the first.
type filling struct {
	col   int
	spans []rowSpan
	value string
}

func newFiller(s *sheet) *filler {
	f := &filler{}
	for col, spans := range s.merges {
		f.columns = append(f.columns, filling{col: col, spans: spans})
	}
	return f
}

// row fills one row; rows come in order.
func (f *filler) row(number int, cells []string) []string {
	for i := range f.columns {
		c := &f.columns[i]
		for len(c.spans) > 0 && c.spans[0].bottom < number {
			c.spans, c.value = c.spans[1:], ""
		}
		switch {
		case len(c.spans) == 0 || number < c.spans[0].top:
		case number == c.spans[0].top:
			if c.col < len(cells) {
				c.value = cells[c.col]
			}
		case c.value != "":
			for len(cells) <= c.col {
				cells = append(cells, "")
			}
			if cells[c.col] == "" {
				cells[c.col] = c.value
			}
		}
	}
	return cells
}
