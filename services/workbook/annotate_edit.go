package workbook

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
)

// edits are changes of a text, in the order of their places.
type edits struct {
	data []byte
	done int
	out  bytes.Buffer
	err  error
}

var errOrder = errors.New("elements stand where they cannot")

// replace puts text in place of the bytes from and before to. Places never go back: where the elements of a file stand in no order,
// result fails.
func (e *edits) replace(from, to int, text string) {
	if from < e.done || to < from {
		e.err = errOrder
		return
	}
	e.out.Write(e.data[e.done:from])
	e.out.WriteString(text)
	e.done = to
}

func (e *edits) result() ([]byte, error) {
	e.out.Write(e.data[e.done:])
	e.done = len(e.data)
	return e.out.Bytes(), e.err
}

// tag is a start or end of an element and where it stands.
type tag struct {
	prefix, name string
	attrs        []xml.Attr
	start        bool
	from, to     int
}

func (t tag) attr(name string) string {
	for _, a := range t.attrs {
		if a.Name.Local == name && a.Name.Space != "xmlns" {
			return a.Value
		}
	}
	return ""
}

// element writes a name with the prefix of the tag.
func (t tag) element(name string) string {
	if t.prefix == "" {
		return name
	}
	return t.prefix + ":" + name
}

// tags walks through the tags of a text, which must nest. A tag that closes itself comes as a start and an end at one place.
func tags(data []byte, yield func(tag) error) error {
	dec := xml.NewDecoder(bytes.NewReader(data))
	dec.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if strings.EqualFold(label, "us-ascii") {
			return in, nil
		}
		return nil, errors.New("the workbook is not in UTF-8") // places would not be those of the bytes
	}
	var open []xml.Name
	for {
		from := int(dec.InputOffset())
		token, err := dec.RawToken()
		if errors.Is(err, io.EOF) && len(open) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
		t := tag{from: from, to: int(dec.InputOffset())}
		switch token := token.(type) {
		case xml.StartElement:
			t.prefix, t.name, t.attrs, t.start = token.Name.Space, token.Name.Local, token.Attr, true
			if open = append(open, token.Name); len(open) > maxDepth {
				return errDepth
			}
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1] != token.Name {
				return errOrder
			}
			open = open[:len(open)-1]
			t.prefix, t.name = token.Name.Space, token.Name.Local
		default:
			continue
		}
		if err := yield(t); err != nil {
			return err
		}
	}
}

// settable are the attributes that withAttr can set, as they stand in a tag.
var settable = map[string]*regexp.Regexp{}

func init() {
	for _, name := range []string{"s", "fillId", "applyFill", "count"} {
		settable[name] = regexp.MustCompile(`\s` + name + `\s*=\s*("[^"]*"|'[^']*')`)
	}
}

// withAttr returns a start tag with one attribute set.
func withAttr(tag, name, value string) string {
	set := " " + name + `="` + value + `"`
	if at := settable[name].FindStringIndex(tag); at != nil {
		return tag[:at[0]] + set + tag[at[1]:]
	}
	end := strings.IndexAny(tag, " \t\r\n/>")
	return tag[:end] + set + tag[end:]
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a builder never fails
	return b.String()
}
