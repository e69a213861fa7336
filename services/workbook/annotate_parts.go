package workbook

import (
	"archive/zip"
	"errors"
	"io"
)

// parts are those of a workbook file, some of them changed or new.
type parts struct {
	files   []*zip.File
	names   map[string]*zip.File
	changed map[string][]byte
	added   []string // names of new parts, in order
}

func newParts(archive *zip.Reader) *parts {
	p := &parts{files: archive.File, names: map[string]*zip.File{}, changed: map[string][]byte{}}
	for _, f := range archive.File {
		p.names[f.Name] = f
	}
	return p
}

var errNoPart = errors.New("a part of the workbook is missing")

// has reports whether there is a part of this name.
func (p *parts) has(name string) bool {
	return p.names[name] != nil || p.changed[name] != nil
}

func (p *parts) read(name string) ([]byte, error) {
	if data, ok := p.changed[name]; ok {
		return data, nil
	}
	f := p.names[name]
	if f == nil {
		return nil, errNoPart
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // read to its end, or failed already
	return io.ReadAll(r)
}

func (p *parts) set(name string, data []byte) {
	if !p.has(name) {
		p.added = append(p.added, name)
	}
	p.changed[name] = data
}

// write writes the archive: what did not change goes as it came, compressed as it was.
func (p *parts) write(out io.Writer) error {
	w := zip.NewWriter(out)
	for _, f := range p.files {
		data, changed := p.changed[f.Name]
		if !changed {
			if err := w.Copy(f); err != nil {
				return err
			}
			continue
		}
		if err := writePart(w, f.Name, data); err != nil {
			return err
		}
	}
	for _, name := range p.added {
		if err := writePart(w, name, p.changed[name]); err != nil {
			return err
		}
	}
	return w.Close()
}

func writePart(w *zip.Writer, name string, data []byte) error {
	part, err := w.Create(name)
	if err != nil {
		return err
	}
	_, err = part.Write(data)
	return err
}
