package workbook

import (
	"errors"
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
)

// commentEdit changes the part of a sheet's comments.
type commentEdit struct {
	edits
	texts map[cellAt]told
	gone  []cellAt // whose words of an earlier time were taken away
	empty []cellAt // of these, where no comment is left
}

// standing is a comment that the sheet has.
type standing struct {
	at         cellAt
	start, all tag // of the comment
	text, end  tag // of its text
	ours       int // where our earlier words begin in its text; 0 for none
}

// write puts the texts behind the comments that there are, and new comments behind all. It gives the cells of the new ones.
func (e *commentEdit) write() ([]cellAt, error) {
	var list []standing
	var authors, all tag
	count, known := 0, -1
	var run, words tag
	err := tags(e.data, func(t tag) error {
		last := len(list) - 1
		switch {
		case t.name == "comment" && t.start:
			from, _, err := rangeOf(t.attr("ref"))
			if err != nil {
				return err
			}
			list = append(list, standing{at: from, start: t})
		case t.name == "comment" && last >= 0:
			list[last].all = t
		case t.name == "author" && t.start:
			words = t
		case t.name == "author":
			if string(e.data[words.to:t.from]) == author {
				known = count
			}
			count++
		case t.name == "authors":
			authors = t
		case t.name == "commentList":
			all = t
		case last < 0:
		case t.name == "text" && t.start:
			list[last].text = t
		case t.name == "text":
			list[last].end = t
		case t.name == "r" && t.start:
			run = t
		case t.name == "t" && t.start:
			words = t
		case t.name == "t" && list[last].ours == 0 && strings.TrimSpace(html.UnescapeString(string(e.data[words.to:t.from]))) == author+":":
			list[last].ours = run.from
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if authors.to == 0 || all.to == 0 {
		return nil, errors.New("the comments are no list of authors and comments")
	}
	if known < 0 && len(e.texts) > 0 {
		known = count
		e.into(authors, "<"+authors.element("author")+">"+author+"</"+authors.element("author")+">")
	}
	left := maps.Clone(e.texts)
	for _, c := range list {
		m, ok := left[c.at]
		words := c.ours > 0 && strings.TrimSpace(string(e.data[c.text.to:c.ours])) == ""
		switch {
		case !ok && words:
			e.replace(c.start.from, c.all.to, "")
			e.gone, e.empty = append(e.gone, c.at), append(e.empty, c.at)
			continue
		case !ok && c.ours > 0:
			e.replace(c.ours, c.end.from, "")
			e.gone = append(e.gone, c.at)
			continue
		case !ok:
			continue
		}
		delete(left, c.at)
		if c.text.to == 0 {
			return nil, errors.New("a comment has no text")
		}
		if c.end.from == c.end.to { // a text that closes itself
			name := c.text.element("text")
			e.replace(c.text.from, c.text.to, "<"+name+">"+ourWords(c.text, m.text, false)+"</"+name+">")
			continue
		}
		from := c.end.from
		if c.ours > 0 {
			from = c.ours
		}
		e.replace(from, c.end.from, ourWords(c.text, m.text, strings.TrimSpace(string(e.data[c.text.to:from])) != ""))
	}
	fresh := slices.SortedFunc(maps.Keys(left), compareCells)
	var text strings.Builder
	for _, at := range fresh {
		fmt.Fprintf(&text, `<%[1]s ref="%s" authorId="%d"><%s>%s</%[4]s></%[1]s>`,
			all.element("comment"), at.name(), known, all.element("text"), ourWords(all, left[at].text, false))
	}
	e.into(all, text.String())
	return fresh, nil
}

// into puts text at the end of an element.
func (e *commentEdit) into(end tag, text string) {
	if end.from < end.to {
		e.replace(end.from, end.from, text)
		return
	}
	at := end.from - len("/>")
	e.replace(at, end.from, ">"+text+"</"+end.element(end.name)+">")
}

// ourWords writes our words: who says them, on a line of its own, then the text.
func ourWords(near tag, text string, behind bool) string {
	first := ""
	if behind {
		first = "\n"
	}
	run := func(bold, text string) string {
		return fmt.Sprintf(`<%[1]s><%[2]s>%[3]s<%[4]s val="9"/></%[2]s><%[5]s xml:space="preserve">%[6]s</%[5]s></%[1]s>`,
			near.element("r"), near.element("rPr"), bold, near.element("sz"), near.element("t"), escape(text))
	}
	return run("<"+near.element("b")+"/>", first+author+":") + run("", "\n"+cut(text, maxComment))
}
