package workbook

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// relation is an entry of a part's relationships.
type relation struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
}

func relsName(part string) string { return path.Dir(part) + "/_rels/" + path.Base(part) + ".rels" }

// relations returns the relationships of a part, their targets as names of parts; none when it has no file of them.
func (p *parts) relations(part string) ([]relation, error) {
	name := relsName(part)
	if !p.has(name) {
		return nil, nil
	}
	data, err := p.read(name)
	if err != nil {
		return nil, err
	}
	var list struct {
		Relationship []relation
	}
	if err := xml.Unmarshal(data, &list); err != nil {
		return nil, err
	}
	for i, r := range list.Relationship {
		if strings.HasPrefix(r.Target, "/") {
			list.Relationship[i].Target = strings.TrimPrefix(path.Clean(r.Target), "/")
		} else {
			list.Relationship[i].Target = path.Join(path.Dir(part), r.Target)
		}
	}
	return list.Relationship, nil
}

const (
	officeRelations  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packageRelations = "http://schemas.openxmlformats.org/package/2006/relationships"
	xmlHead          = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
)

// relate adds a relationship from one part to another and gives its id.
func (p *parts) relate(from, kind, to string) (string, error) {
	list, err := p.relations(from)
	if err != nil {
		return "", err
	}
	n := len(list) + 1
	id := func() string { return "rId" + strconv.Itoa(n) }
	for slices.ContainsFunc(list, func(r relation) bool { return r.ID == id() }) {
		n++
	}
	name := relsName(from)
	data := []byte(xmlHead + `<Relationships xmlns="` + packageRelations + `"></Relationships>`)
	if len(list) > 0 {
		if data, err = p.read(name); err != nil {
			return "", err
		}
	}
	entry := fmt.Sprintf(`Relationship Id="%s" Type="%s/%s" Target="/%s"/>`, id(), officeRelations, kind, to)
	if data, err = intoRoot(data, entry); err != nil {
		return "", err
	}
	p.set(name, data)
	return id(), nil
}

// declare says in the list of content types what a new part is.
func (p *parts) declare(part, contentType string) error {
	const name = "[Content_Types].xml"
	data, err := p.read(name)
	if err != nil {
		return err
	}
	if data, err = intoRoot(data, fmt.Sprintf(`Override PartName="/%s" ContentType="%s"/>`, part, contentType)); err != nil {
		return err
	}
	p.set(name, data)
	return nil
}

// intoRoot puts an element, from its name on, behind the last of the root's.
func intoRoot(data []byte, element string) ([]byte, error) {
	at := bytes.LastIndex(data, []byte("</"))
	if at < 0 {
		return nil, errors.New("a list of parts is empty")
	}
	prefix := ""
	if name, _, ok := bytes.Cut(data[at+2:], []byte(":")); ok && !bytes.ContainsAny(name, "> ") {
		prefix = string(name) + ":"
	}
	return slices.Concat(data[:at], []byte("<"+prefix+element), data[at:]), nil
}

// sheetPart is a sheet and the part that holds it.
type sheetPart struct{ name, part string }

const workbookPart = "xl/workbook.xml"

// sheets lists the sheets in the order of the workbook.
func (p *parts) sheets() ([]sheetPart, error) {
	data, err := p.read(workbookPart)
	if err != nil {
		return nil, err
	}
	var book struct {
		Sheets struct {
			Sheet []struct {
				Name  string     `xml:"name,attr"`
				Attrs []xml.Attr `xml:",any,attr"`
			} `xml:"sheet"`
		} `xml:"sheets"`
	}
	if err := xml.Unmarshal(data, &book); err != nil {
		return nil, err
	}
	relations, err := p.relations(workbookPart)
	if err != nil {
		return nil, err
	}
	var out []sheetPart
	for _, s := range book.Sheets.Sheet {
		for _, a := range s.Attrs {
			i := slices.IndexFunc(relations, func(r relation) bool { return r.ID == a.Value })
			if a.Name.Local == "id" && i >= 0 {
				out = append(out, sheetPart{s.Name, relations[i].Target})
			}
		}
	}
	return out, nil
}
