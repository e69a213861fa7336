package changes

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/recordfeed/rows"
	"github.com/rasoat/rasoat/services/spreadsheet"
	"github.com/rasoat/rasoat/services/student"
)

// digestColumn stands behind the columns of the layout.
const digestColumn = "digest"

// header is the first line of a CSV file: the columns of a pupil, those of the results of each grade, and the digest.
func header(l *rows.Layout) string {
	var names []string
	for _, c := range l.Pupil {
		names = append(names, c.Name)
	}
	for _, grade := range rows.Grades {
		for _, c := range l.Results[1:] {
			names = append(names, c.Name+"_"+strconv.Itoa(grade))
		}
	}
	return strings.Join(append(names, digestColumn), ",") + "\n"
}

// writeCSV adds a version as a line.
func writeCSV(w *csv.Writer, l *rows.Layout, row rows.Row, digest string) error {
	line := make([]string, 0, len(l.Pupil)+len(rows.Grades)*len(l.Results)+1)
	for i, c := range l.Pupil {
		line = append(line, cell(c.Kind, row.Pupil[i]))
	}
	for _, grade := range rows.Grades {
		results := ofGrade(row, grade)
		for i, c := range l.Results[1:] {
			if results == nil {
				line = append(line, "")
			} else {
				line = append(line, cell(c.Kind, results[i+1]))
			}
		}
	}
	return w.Write(append(line, spreadsheet.Text(digest)))
}

func ofGrade(row rows.Row, grade int) []any {
	for _, r := range row.Results {
		if r[0] == int64(grade) {
			return r
		}
	}
	return nil
}

// cell writes a value as a spreadsheet shows it.
func cell(kind rows.Kind, v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case int64:
		return strconv.FormatInt(v, 10)
	case student.Mark:
		return spreadsheet.Tenths(int(v))
	case string:
		if kind == rows.Date || kind == rows.Time { // a spreadsheet takes the first for the day that it is, and the other for a text
			return v
		}
		return spreadsheet.Text(v)
	}
	return ""
}

// writeJSON adds a version as a line: the columns of a pupil under their names, and "results", one object a grade, in
// which the marks of a subject stand together. What has no value is left out.
func writeJSON(out *bytes.Buffer, l *rows.Layout, row rows.Row, digest string) error {
	var o object
	for i, c := range l.Pupil {
		o.put(c.Name, row.Pupil[i])
	}
	var results []json.RawMessage
	for _, r := range row.Results {
		var grade object
		first := l.Marks[0].First
		for i, c := range l.Results[:first] {
			grade.put(c.Name, r[i])
		}
		var marks object
		for _, m := range l.Marks {
			var subject object
			for i, term := range rows.Terms {
				subject.put(term, r[m.First+i])
			}
			if subject.fields > 0 {
				marks.put(m.Subject.Code, subject.raw())
			}
		}
		if marks.fields > 0 {
			grade.put("marks", marks.raw())
		}
		last := len(l.Results) - 1
		grade.put(l.Results[last].Name, r[last])
		results = append(results, grade.raw())
	}
	if len(results) > 0 {
		o.put("results", results)
	}
	o.put(digestColumn, digest)
	if o.err != nil {
		return fault.Wrap(fault.Internal, "changes.line", o.err)
	}
	out.Write(o.raw())
	return out.WriteByte('\n')
}

// object is a JSON object in the order in which its fields are put. The zero value is empty and ready.
type object struct {
	text   bytes.Buffer
	fields int
	err    error
}

func (o *object) put(name string, v any) {
	if v == nil {
		return
	}
	if m, ok := v.(student.Mark); ok {
		v = json.RawMessage(m.String())
	}
	var value bytes.Buffer
	enc := json.NewEncoder(&value)
	enc.SetEscapeHTML(false)
	o.err = errors.Join(o.err, enc.Encode(v))
	if o.fields++; o.fields > 1 {
		o.text.WriteByte(',')
	}
	o.text.WriteString(strconv.Quote(name) + ":")
	o.text.Write(bytes.TrimSuffix(value.Bytes(), []byte("\n")))
}

func (o *object) raw() json.RawMessage { return json.RawMessage("{" + o.text.String() + "}") }

// readHeader notes where the columns of a CSV file stand. It reports whether the file is one that this table may read, and
// write where it writes.
func (t *Table) readHeader(line string) bool {
	if t.layout != nil && line != t.header {
		return false
	}
	t.columns = map[string]int{}
	for i, name := range strings.Split(strings.TrimSpace(strings.TrimPrefix(line, spreadsheet.BOM)), ",") {
		t.columns[name] = i
	}
	for _, name := range []string{"pupil", "version", "state", "province", "school", digestColumn} {
		if _, ok := t.columns[name]; !ok {
			return false
		}
	}
	return true
}

// begins reports whether a file of less than a line is what a kill left of one of ours. A file that is something else is often
// no more than that, and must not be taken for it.
func (t *Table) begins(raw string) bool {
	own := t.header
	if t.format == NDJSON && t.layout != nil {
		own = `{"` + t.layout.Pupil[0].Name + `":`
		raw = raw[:min(len(raw), len(own))]
	}
	return t.layout == nil || strings.HasPrefix(own, raw)
}

// parse reads what a line holds of a version; false for a line that is none.
func (t *Table) parse(raw []byte) (recordfeed.Held, bool) {
	var l struct {
		Pupil    string
		Version  uint64
		State    string
		Province string
		School   string
		Digest   string
		Record   json.RawMessage // of files before the columns
	}
	if t.format == NDJSON {
		if json.Unmarshal(raw, &l) != nil || l.Record != nil {
			return recordfeed.Held{}, false
		}
	} else {
		fields, err := csv.NewReader(bytes.NewReader(raw)).Read()
		if err != nil || len(fields) != len(t.columns) {
			return recordfeed.Held{}, false
		}
		at := func(name string) string { return spreadsheet.Read(fields[t.columns[name]]) }
		l.Pupil, l.State, l.Province, l.School, l.Digest = at("pupil"), at("state"), at("province"), at("school"), at(digestColumn)
		if l.Version, err = strconv.ParseUint(at("version"), 10, 64); err != nil {
			return recordfeed.Held{}, false
		}
	}
	h := recordfeed.Held{Pupil: l.Pupil, Version: l.Version, Verified: l.State == recordfeed.StateVerified, Province: l.Province, School: l.School}
	var ok bool
	h.Digest, ok = recordfeed.ReadDigest(l.Digest)
	return h, ok && h.Pupil != ""
}
