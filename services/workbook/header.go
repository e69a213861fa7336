package workbook

import (
	"regexp"
	"strings"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// maxTitleRows is how many rows of titles may stand above the header.
const maxTitleRows = 30

// maxHeaderRows is how many rows a header may have.
const maxHeaderRows = 3

// heading is what the texts above one column say.
type heading struct {
	field   field
	term    term
	subject string // the text that names a subject; "" for another field
}

// header is where a sheet's header stands and what its columns are.
type header struct {
	top, bottom int // indexes of its first and last row
	columns     []heading
	texts       []string // of each column, for people
}

// headers recognises the texts of headers; the subjects are the catalogue's. It remembers what a text of the first rows is: pupils' rows repeat
// theirs, and to find that a text is nothing takes a dozen foldings.
type headers struct {
	catalogue *drive.Catalogue
	read      map[string]counted
}

func newHeaders(c *drive.Catalogue) headers { return headers{c, map[string]counted{}} }

// counted is what a text adds to the fields that its row names: a field of one value, another one, or nothing.
type counted struct {
	simple field
	other  bool
}

var parenthesised = regexp.MustCompile(`\([^()]*\)`)

// bare takes notes such as "(dd/mm/yyyy)" and "(*)" away from a header.
func bare(text string) string { return parenthesised.ReplaceAllString(text, " ") }

func (h headers) simple(text string) field {
	if f, ok := simpleFields[key(text)]; ok {
		return f
	}
	return simpleFields[key(bare(text))]
}

func (h headers) summary(text string) field {
	if f, ok := summaryFields[key(text)]; ok {
		return f
	}
	return summaryFields[key(bare(text))]
}

func (h headers) term(text string) term {
	if t, ok := termNames.read(text); ok {
		return t
	}
	t, _ := termNames.read(bare(text))
	return t
}

// isSubject reports whether any programme knows the subject.
func (h headers) isSubject(text string) bool {
	for _, p := range []student.Programme{student.Upper2006, student.Upper2018, student.Continuing} {
		if _, ok := h.subject(text, p); ok {
			return true
		}
	}
	return false
}

// codePrefix stands before a subject's code where its name would be read as another subject's.
const codePrefix = "Mã môn "

var byCode = regexp.MustCompile(`^(?i:mã môn)\s*:?\s*([A-Z0-9]{1,16})$`)

// subject returns the code of the subject that a header names under a programme.
func (h headers) subject(text string, p student.Programme) (string, bool) {
	text = student.Clean(text)
	if text == "" {
		return "", false
	}
	if m := byCode.FindStringSubmatch(text); m != nil {
		return m[1], true
	}
	if s, ok := h.catalogue.SubjectByName(text, p); ok {
		return s.Code, true
	}
	without := bare(text)
	if without != text {
		if s, ok := h.catalogue.SubjectByName(without, p); ok {
			return s.Code, true
		}
	}
	if english, ok := englishSubjects[key(without)]; ok {
		if s, ok := h.catalogue.SubjectByName(english, p); ok {
			return s.Code, true
		}
	}
	if s, ok := h.catalogue.Subject(text); ok {
		return s.Code, true
	}
	return "", false
}

func (h headers) known(text string) bool {
	return h.simple(text) != fNone || h.summary(text) != fNone || h.term(text) != noTerm || h.isSubject(text)
}

// find looks for the header among the first rows of a sheet; false when no row looks like one.
func (h headers) find(rows [][]string) (header, bool) {
	top, best := -1, 0
	for i, row := range rows {
		n, code := h.count(row)
		if n >= 3 && code {
			top = i
			break
		}
		if n >= 5 && n > best { // a header that lacks the code: worth saying so
			top, best = i, n
		}
	}
	if top < 0 {
		return header{}, false
	}
	bottom := top
	for bottom+1 < len(rows) && bottom-top+1 < maxHeaderRows && h.continues(rows[bottom+1], 1) {
		bottom++
	}
	if top > 0 && bottom-top+1 < maxHeaderRows && h.continues(rows[top-1], 2) {
		top--
	}
	return h.resolve(rows[top:bottom+1], top, bottom), true
}

// count counts the different fields that a row names, and tells whether the pupil code is one of them.
func (h headers) count(row []string) (n int, code bool) {
	seen := map[field]bool{}
	for _, text := range row {
		if text == "" || len(text) > 200 {
			continue
		}
		c, ok := h.read[text]
		if !ok {
			c.simple = h.simple(text)
			c.other = c.simple == fNone && (h.summary(text) != fNone || h.isSubject(text) || h.flat(text).field != fNone)
			h.read[text] = c
		}
		if c.other {
			n++
		}
		if c.simple != fNone && !seen[c.simple] {
			seen[c.simple] = true
			n++
		}
	}
	return n, seen[fCode]
}

// continues reports whether a row belongs to the header: most of its texts are known ones, and at least so
// many.
func (h headers) continues(row []string, least int) bool {
	known, texts := 0, 0
	for _, text := range row {
		if text == "" {
			continue
		}
		texts++
		if len(text) <= 200 && h.simple(text) != fCode && h.known(text) {
			known++
		}
	}
	return known >= least && 5*known >= 3*texts
}

// resolve reads each column's texts from the top down. A merged cell has its text in its first column, so a
// blank above a text takes what stands to its left.
func (h headers) resolve(rows [][]string, top, bottom int) header {
	width := 0
	for _, row := range rows {
		width = max(width, len(row))
	}
	out := header{top: top, bottom: bottom, columns: make([]heading, width), texts: make([]string, width)}
	at := func(r, c int) string {
		if c < len(rows[r]) {
			return rows[r][c]
		}
		return ""
	}
	left := make([]string, len(rows))
	for c := range width {
		var texts []string
		for r := range rows {
			text := at(r, c)
			if text != "" {
				left[r] = text
				for below := r + 1; below < len(rows); below++ {
					left[below] = "" // a new group begins
				}
			} else if below(rows, r, c, at) {
				text = left[r]
			}
			if text != "" {
				texts = append(texts, text)
			}
		}
		out.columns[c] = h.heading(texts)
		out.texts[c] = strings.Join(texts, " – ")
	}
	return out
}

// below reports whether the column has a text under row r.
func below(rows [][]string, r, c int, at func(r, c int) string) bool {
	for r++; r < len(rows); r++ {
		if at(r, c) != "" {
			return true
		}
	}
	return false
}

// heading reads the texts above one column.
func (h headers) heading(texts []string) heading {
	if len(texts) == 0 {
		return heading{}
	}
	var out heading
	for i := len(texts) - 1; i >= 0; i-- {
		text := texts[i]
		if len(text) > 200 {
			return heading{}
		}
		if t := h.term(text); t != noTerm && out.term == noTerm && (i > 0 || len(texts) > 1) {
			out.term = t
			continue
		}
		if out.field == fNone {
			if f := h.summary(text); f != fNone {
				out.field = f
			} else if h.isSubject(text) {
				out.field, out.subject = fSubject, text
			}
		}
	}
	if out.field != fNone && out.term != noTerm {
		return out
	}
	if last := texts[len(texts)-1]; out.term != noTerm && h.term(texts[0]) != noTerm && h.isSubject(last) {
		return heading{field: fSubject, term: h.term(texts[0]), subject: last} // "CN" under "HK1" is Công nghệ
	}
	if out.term != noTerm { // a term under something that nobody knows
		return heading{field: fSubject, term: out.term, subject: texts[0]}
	}
	if f := h.inGroup(texts); f != fNone {
		return heading{field: f}
	}
	if flat := h.flat(texts[len(texts)-1]); flat.field != fNone {
		return flat
	}
	return out
}

// others head groups of columns that are not of the pupil or not of the pupil's residence.
var others = regexp.MustCompile(`noisinh|quequan|tamtru|noiohiennay|khaisinh|^cha|^me$|^bo$|giamho|thongtincha|thongtinme|thongtinbo|placeofbirth|hometown|father|mother|guardian`)

// inGroup finds the field of a column of one value, perhaps under the title of its group: "Nơi thường trú"
// above "Tỉnh" is the residence, "Quê quán" above it is not.
func (h headers) inGroup(texts []string) field {
	last := texts[len(texts)-1]
	if len(texts) > 1 {
		if f := h.simple(last + " " + texts[0]); f != fNone {
			return f
		}
		if others.MatchString(key(texts[0])) {
			return fNone
		}
	}
	return h.simple(last)
}

// flat reads a header of one row that says both: "Toán HK1", "HK2 Ngữ văn".
func (h headers) flat(text string) heading {
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '_' || r == '-' || r == '.' })
	for n := 1; n <= 3 && n < len(parts); n++ {
		for _, split := range [][2][]string{{parts[:len(parts)-n], parts[len(parts)-n:]}, {parts[n:], parts[:n]}} {
			name, t := strings.Join(split[0], " "), h.term(strings.Join(split[1], " "))
			if t == noTerm {
				continue
			}
			if f := h.summary(name); f != fNone {
				return heading{field: f, term: t}
			}
			if h.isSubject(name) {
				return heading{field: fSubject, term: t, subject: name}
			}
		}
	}
	return heading{}
}
