package rpc

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// jsonText is what was read of a body behind its last whole value, so that a complaint can name a line and a column. The
// complaints of the libraries count from the start of one value, or not at all.
type jsonText struct {
	from         io.Reader
	kept         []byte
	base         int64 // the offset of kept in the body
	line, column int   // of the first byte of kept, from 1
}

func newJSONText(r io.Reader) *jsonText { return &jsonText{from: r, line: 1, column: 1} }

// Read implements io.Reader.
func (t *jsonText) Read(p []byte) (int, error) {
	n, err := t.from.Read(p)
	t.kept = append(t.kept, p[:n]...)
	return n, err
}

// forget lets go of what stands before an offset.
func (t *jsonText) forget(offset int64) {
	t.line, t.column = t.place(offset)
	n := min(int(offset-t.base), len(t.kept))
	t.kept, t.base = t.kept[n:], t.base+int64(n)
}

func (t *jsonText) place(offset int64) (line, column int) {
	before := t.kept[:max(0, min(int(offset-t.base), len(t.kept)))]
	line, column = t.line, t.column
	if newLine := bytes.LastIndexByte(before, '\n'); newLine >= 0 {
		line, column = line+bytes.Count(before, []byte("\n")), 1
		before = before[newLine+1:]
	}
	return line, column + utf8.RuneCount(before)
}

// at names a place of the body: "line 3:7".
func (t *jsonText) at(offset int64) string {
	line, column := t.place(offset)
	return "line " + strconv.Itoa(line) + ":" + strconv.Itoa(column)
}

// The libraries' texts: `proto: (line 3:7): unknown field "x"`. They vary the space after the colon on purpose.
const jsonWhere = `^proto:.\(line \d+:\d+\): `

var (
	jsonPosition = regexp.MustCompile(`^proto:.(?:syntax error )?\(line (\d+):(\d+)\)`)
	jsonRules    = []struct {
		rule    string
		pattern *regexp.Regexp
	}{
		{"request.unknown_field", regexp.MustCompile(jsonWhere + `unknown field "([^"\\]{1,64})"`)},
		{"request.duplicate_field", regexp.MustCompile(jsonWhere + `(?:duplicate field|error parsing) "([^"\\]{1,64})"`)},
		{"request.bad_value", regexp.MustCompile(jsonWhere + `invalid value for \w+ field (\w{1,64}):`)},
	}
)

// complaint is what is wrong with one JSON value, and where: by the names of the contract and, when it can be told, at which
// byte. It holds nothing of what was sent but names.
type complaint struct {
	rule string
	path string // "records[0].enrolment.state"; "" when the value as a whole is meant
	at   int    // offset in the value; -1 when nobody can tell
}

// complaintOf reads an error of protojson about a value.
func complaintOf(err error, value []byte) complaint {
	text := err.Error()
	out := complaint{rule: "request.bad_json", at: -1}
	if m := jsonPosition.FindStringSubmatch(text); m != nil {
		line, _ := strconv.Atoi(m[1])
		column, _ := strconv.Atoi(m[2])
		out.at = offsetOf(value, line, column)
		out.path = pathAt(value, out.at)
	} else if strings.HasSuffix(text, io.ErrUnexpectedEOF.Error()) {
		out.at = len(value)
	}
	for _, r := range jsonRules {
		if m := r.pattern.FindStringSubmatch(text); m != nil {
			out.rule = r.rule
			if out.path == "" {
				out.path = contractName(m[1])
			}
			return out
		}
	}
	return out
}

// JSONPlace says where protojson found fault with one value: "enrolment.state, column 40". It is "" when nobody can tell.
func JSONPlace(err error, value []byte) string {
	c := complaintOf(err, value)
	out := c.path
	if c.at >= 0 {
		out += ", column " + strconv.Itoa(utf8.RuneCount(value[:c.at])+1)
	}
	return strings.TrimPrefix(out, ", ")
}

// offsetOf turns a line and a column, counted in characters from 1, into the offset of a byte.
func offsetOf(value []byte, line, column int) int {
	at := 0
	for ; line > 1; line-- {
		next := bytes.IndexByte(value[at:], '\n')
		if next < 0 {
			return len(value)
		}
		at += next + 1
	}
	for ; column > 1 && at < len(value); column-- {
		_, size := utf8.DecodeRune(value[at:])
		at += size
	}
	return at
}

// jsonLevel is an object or a list that a place stands in.
type jsonLevel struct {
	list  bool
	index int
	key   string
	named bool // the key was read, its value comes next
}

// pathAt names the token that stands at an offset by the names of the contract: "records[0].enrolment". A name that no contract
// can have is written as "?", because nobody knows what it holds.
func pathAt(value []byte, at int) string {
	in := json.NewDecoder(bytes.NewReader(value))
	var stack []jsonLevel
	for {
		token, err := in.Token()
		if err != nil {
			return ""
		}
		here := in.InputOffset() > int64(at)
		delim, _ := token.(json.Delim)
		if delim == '}' || delim == ']' {
			stack = stack[:len(stack)-1]
			passed(stack)
			continue
		}
		if n := len(stack); n > 0 && !stack[n-1].list && !stack[n-1].named {
			stack[n-1].key, _ = token.(string)
			stack[n-1].named = true
			if here {
				return pathOf(stack)
			}
			continue
		}
		switch {
		case here:
			return pathOf(stack)
		case delim == '{' || delim == '[':
			stack = append(stack, jsonLevel{list: delim == '['})
		default:
			passed(stack)
		}
	}
}

// passed notes that a value of the innermost object or list has been read.
func passed(stack []jsonLevel) {
	if n := len(stack); n > 0 {
		stack[n-1].index++
		stack[n-1].named = false
	}
}

func pathOf(stack []jsonLevel) string {
	var b strings.Builder
	for _, l := range stack {
		switch {
		case l.list:
			b.WriteString("[" + strconv.Itoa(l.index) + "]")
		case l.named:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			if plainName.MatchString(l.key) {
				b.WriteString(contractName(l.key))
			} else {
				b.WriteByte('?')
			}
		}
	}
	return b.String()
}

// contractName returns the name that a field such as dateOfBirth has in the contract.
func contractName(name string) string {
	var out strings.Builder
	for i, r := range name {
		if r >= 'A' && r <= 'Z' && i > 0 {
			out.WriteByte('_')
			r += 'a' - 'A'
		}
		out.WriteRune(r)
	}
	return out.String()
}
