package workbook

import (
	"bytes"
	"fmt"
	"strings"
)

// maxComment is how many characters a comment may have.
const maxComment = 32000

// commentWriter writes the comments of one sheet.
type commentWriter struct {
	parts   *parts
	sheet   string // the part of the sheet
	number  int    // its place in the workbook, from 1
	drawing string // the id of the relationship to its drawing; "" for none
	texts   map[cellAt]told
	gone    []cellAt // whose words of an earlier time were taken away
}

// write puts the texts into the comments of the sheet and draws the boxes of the new ones. It gives the id of the relationship to the
// drawing where the sheet had none.
func (w *commentWriter) write() (string, error) {
	relations, err := w.parts.relations(w.sheet)
	if err != nil {
		return "", err
	}
	comments, drawing := "", ""
	for _, r := range relations {
		if strings.HasSuffix(r.Type, "/comments") && w.parts.has(r.Target) {
			comments = r.Target
		}
		if r.ID == w.drawing && w.parts.has(r.Target) {
			drawing = r.Target
		}
	}
	newComments, newDrawing := w.freeNames()
	if comments == "" {
		comments = newComments
		if _, err := w.parts.relate(w.sheet, "comments", comments); err != nil {
			return "", err
		}
		if err := w.parts.declare(comments, "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"); err != nil {
			return "", err
		}
		w.parts.set(comments, []byte(xmlHead+`<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><authors></authors><commentList></commentList></comments>`))
	}
	data, err := w.parts.read(comments)
	if err != nil {
		return "", err
	}
	e := commentEdit{edits: edits{data: data}, texts: w.texts}
	fresh, err := e.write()
	if err != nil {
		return "", err
	}
	if data, err = e.result(); err != nil {
		return "", err
	}
	w.parts.set(comments, data)
	w.gone = e.gone
	rel := ""
	if drawing == "" {
		drawing = newDrawing
		if rel, err = w.parts.relate(w.sheet, "vmlDrawing", drawing); err != nil {
			return "", err
		}
		if err := w.parts.declare(drawing, "application/vnd.openxmlformats-officedocument.vmlDrawing"); err != nil {
			return "", err
		}
		w.parts.set(drawing, []byte(emptyDrawing))
	}
	old, err := w.parts.read(drawing)
	if err != nil {
		return "", err
	}
	drawn, err := drawBoxes(withoutBoxes(string(old), e.empty), w.number, fresh, w.texts)
	if err != nil {
		return "", err
	}
	w.parts.set(drawing, drawn)
	return rel, nil
}

// annotated reports whether the comments of a sheet hold words of ours, of an earlier time.
func (p *parts) annotated(sheet string) bool {
	relations, err := p.relations(sheet)
	if err != nil {
		return false
	}
	for _, r := range relations {
		if strings.HasSuffix(r.Type, "/comments") && p.has(r.Target) {
			data, err := p.read(r.Target)
			return err == nil && bytes.Contains(data, []byte(author+":<"))
		}
	}
	return false
}

// freeNames returns names of parts that no other sheet has.
func (w *commentWriter) freeNames() (comments, drawing string) {
	for n := 1; ; n++ {
		comments, drawing = fmt.Sprintf("xl/comments%d.xml", n), fmt.Sprintf("xl/drawings/vmlDrawing%d.vml", n)
		if !w.parts.has(comments) && !w.parts.has(drawing) {
			return comments, drawing
		}
	}
}
