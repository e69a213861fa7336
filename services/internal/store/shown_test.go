package store

import "testing"

func TestLacking(t *testing.T) {
	at := func(major, minor uint64) Revision { return Revision{Major: major, Minor: minor} }
	docs := []Doc{
		{ID: "a", Facets: []Facet{{Name: "f", Rev: at(3, 1)}, {Name: "g", Rev: at(1, 0)}}},
		{ID: "b"},
	}
	for name, test := range map[string]struct {
		merged []Patch
		shown  bool
	}{
		"nothing":               {nil, true},
		"as it was merged":      {[]Patch{{ID: "a", Facet: "f", Rev: at(3, 1)}}, true},
		"overtaken":             {[]Patch{{ID: "a", Facet: "f", Rev: at(2, 9)}, {ID: "a", Facet: "f", Rev: at(3, 0)}}, true},
		"older":                 {[]Patch{{ID: "a", Facet: "f", Rev: at(3, 2)}}, false},
		"one of two older":      {[]Patch{{ID: "a", Facet: "g", Rev: at(1, 0)}, {ID: "a", Facet: "f", Rev: at(4, 0)}}, false},
		"without the facet":     {[]Patch{{ID: "a", Facet: "h"}}, false},
		"without any facet":     {[]Patch{{ID: "b", Facet: "f"}}, false},
		"a document never read": {[]Patch{{ID: "c", Facet: "f"}}, false},
	} {
		if lacking := Lacking(docs, test.merged); (len(lacking) == 0) != test.shown {
			t.Errorf("%s: lacks %v", name, lacking)
		}
	}
}
