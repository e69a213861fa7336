package linkage

import (
	"errors"
	"io"
	"strings"
)

// Truth says which person a profile is of.
type Truth struct {
	// Slices are the columns beyond the two keys, by which an evaluation is broken down.
	Slices []string
	of     map[string]answer
}

type answer struct {
	person string // "" for no counterpart
	values []string
}

// ReadTruth reads profile_key, population_key and the columns of slices.
func ReadTruth(in Input) (*Truth, error) {
	r, err := in.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // nothing was written
	t, err := newTable(r, 2, "profile_key", "population_key")
	if err != nil {
		return nil, err
	}
	out := &Truth{of: map[string]answer{}}
	var extra []int
	for i, name := range t.columns {
		if i != t.at[0] && i != t.at[1] && name != "" {
			extra = append(extra, i)
			out.Slices = append(out.Slices, name)
		}
	}
	values := map[string]string{} // one of each
	for {
		row, err := t.next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		key := strings.TrimSpace(row.cells[0])
		if key == "" {
			return nil, bad(row.line, t.at[0]+1, "profile_key", "thiếu khoá", "the key is missing")
		}
		if _, ok := out.of[key]; ok {
			return nil, bad(row.line, t.at[0]+1, "profile_key", "khoá này đã có ở một dòng trên", "the key is that of a line above")
		}
		a := answer{person: strings.TrimSpace(row.cells[1])}
		for _, at := range extra {
			value := ""
			if at < len(row.all) {
				value = strings.TrimSpace(row.all[at])
			}
			if _, ok := values[value]; !ok {
				values[value] = value
			}
			a.values = append(a.values, values[value])
		}
		out.of[key] = a
	}
}

// Person returns the key of the person whom a profile is of; "" for nobody in the population.
func (t *Truth) Person(profile string) string { return t.of[profile].person }
