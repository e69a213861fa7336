package workbook

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// styled is a style of the workbook with a colour of ours.
type styled struct {
	style    int
	severity string
}

// sheetStyles gives styles of the workbook another fill, one new style for each style and severity.
type sheetStyles struct {
	parts  *parts
	part   string
	data   []byte
	own    []string // the styles of cells, each as it is written
	old    []string // the fills, each as it is written
	fills  tag      // the end of the list of fills
	cells  tag      // the end of the list of styles of cells
	starts [2]tag   // of both lists

	made  map[styled]int
	fresh []string       // the new styles
	fill  map[string]int // the place of each severity's fill among the new ones
	order []string       // severities in that order
}

// load reads the styles of the workbook.
func (s *sheetStyles) load() error {
	s.made, s.fill = map[styled]int{}, map[string]int{}
	relations, err := s.parts.relations(workbookPart)
	if err != nil {
		return err
	}
	for _, r := range relations {
		if strings.HasSuffix(r.Type, "/styles") {
			s.part = r.Target
		}
	}
	if s.part == "" {
		return errNoPart
	}
	if s.data, err = s.parts.read(s.part); err != nil {
		return err
	}
	var path []string
	from := 0
	err = tags(s.data, func(t tag) error {
		if t.start {
			path = append(path, t.name)
			switch at := strings.Join(path, "/"); at {
			case "styleSheet/fills":
				s.starts[0] = t
			case "styleSheet/cellXfs":
				s.starts[1] = t
			case "styleSheet/fills/fill", "styleSheet/cellXfs/xf":
				from = t.from
			}
			return nil
		}
		switch strings.Join(path, "/") {
		case "styleSheet/fills":
			s.fills = t
		case "styleSheet/cellXfs":
			s.cells = t
		case "styleSheet/fills/fill":
			s.old = append(s.old, string(s.data[from:t.to]))
		case "styleSheet/cellXfs/xf":
			s.own = append(s.own, string(s.data[from:t.to]))
		}
		if len(path) > 0 {
			path = path[:len(path)-1]
		}
		return nil
	})
	if err == nil && (len(s.own) == 0 || len(s.old) == 0 || s.fills.from == s.fills.to || s.cells.from == s.cells.to) {
		err = errors.New("the workbook has no styles of cells")
	}
	return err
}

// of returns the style that differs from a style of the workbook by the fill of a severity; without a severity, by having no fill where
// it has one of ours.
func (s *sheetStyles) of(style int, severity string) (int, error) {
	if s.made == nil {
		if err := s.load(); err != nil {
			return 0, err
		}
	}
	if style < 0 || style >= len(s.own) {
		style = 0
	}
	key := styled{style, severity}
	if id, ok := s.made[key]; ok {
		return id, nil
	}
	fill, ok := s.fill[severity]
	switch {
	case severity == "" && !s.coloured(style):
		return style, nil
	case severity != "" && !ok:
		fill = len(s.old) + len(s.order)
		s.fill[severity] = fill
		s.order = append(s.order, severity)
	}
	s.fresh = append(s.fresh, withAttr(withAttr(s.own[style], "fillId", strconv.Itoa(fill)), "applyFill", "1"))
	id := len(s.own) + len(s.fresh) - 1
	s.made[key] = id
	return id, nil
}

var fillID = regexp.MustCompile(`\sfillId\s*=\s*["'](\d+)`)

// coloured reports whether a style of the workbook has a fill of ours, of an earlier time.
func (s *sheetStyles) coloured(style int) bool {
	m := fillID.FindStringSubmatch(s.own[style])
	if m == nil {
		return false
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n >= len(s.old) {
		return false
	}
	for _, colour := range colours {
		if strings.Contains(s.old[n], `rgb="`+colour+`"`) {
			return true
		}
	}
	return false
}

// save writes the new styles behind those of the workbook.
func (s *sheetStyles) save() error {
	if len(s.fresh) == 0 {
		return nil
	}
	var fills strings.Builder
	for _, severity := range s.order {
		fmt.Fprintf(&fills, `<%s><%s patternType="solid"><%s rgb="%s"/><%s indexed="64"/></%[2]s></%[1]s>`,
			s.fills.element("fill"), s.fills.element("patternFill"), s.fills.element("fgColor"), colours[severity], s.fills.element("bgColor"))
	}
	e := edits{data: s.data}
	for i, list := range []struct {
		count int
		end   tag
		text  string
	}{
		{len(s.old) + len(s.order), s.fills, fills.String()},
		{len(s.own) + len(s.fresh), s.cells, strings.Join(s.fresh, "")},
	} {
		start := s.starts[i]
		e.replace(start.from, start.to, withAttr(string(s.data[start.from:start.to]), "count", strconv.Itoa(list.count)))
		e.replace(list.end.from, list.end.from, list.text)
	}
	data, err := e.result()
	if err != nil {
		return err
	}
	s.parts.set(s.part, data)
	return nil
}
