package store

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/internal/fault"
)

func TestRevisionOrder(t *testing.T) {
	ascending := []Revision{
		{}, {0, 1}, {0, math.MaxUint64}, {1, 0}, {1, 5}, {2, 0},
		{1 << 63, 0}, {math.MaxUint64, 0}, {math.MaxUint64, math.MaxUint64},
	}
	for i, a := range ascending {
		for j, b := range ascending {
			if got := a.Less(b); got != (i < j) {
				t.Errorf("%v.Less(%v): got %v, want %v", a, b, got, i < j)
			}
			if got := a.Compare(b) == 0; got != (i == j) {
				t.Errorf("%v.Compare(%v) == 0: got %v, want %v", a, b, got, i == j)
			}
		}
	}
}

func TestDocFacets(t *testing.T) {
	var doc Doc
	for _, name := range []string{"identity", "results", "results/10", "results/12/1", "resultsX", "verdict/results/10"} {
		doc.Facets = append(doc.Facets, Facet{Name: name})
	}
	if f, ok := doc.Facet("results/10"); !ok || f.Name != "results/10" {
		t.Errorf("Facet: got %v %v", f, ok)
	}
	if _, ok := doc.Facet("results/11"); ok {
		t.Error("Facet found what is not there")
	}
	for prefix, want := range map[string][]string{
		"results/": {"results/10", "results/12/1"},
		"results":  {"results", "results/10", "results/12/1", "resultsX"},
		"":         {"identity", "results", "results/10", "results/12/1", "resultsX", "verdict/results/10"},
		"w":        {},
		"a":        {},
	} {
		got := []string{}
		for _, f := range doc.Prefix(prefix) {
			got = append(got, f.Name)
		}
		if !slices.Equal(got, want) {
			t.Errorf("Prefix(%q): got %q, want %q", prefix, got, want)
		}
	}
}

func TestCoalesceKeepsTheNewest(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 200 {
		patches := make([]Patch, rng.IntN(30))
		want := map[string]Patch{}
		for i := range patches {
			p := Patch{
				ID:    fmt.Sprint(rng.IntN(5)),
				Facet: fmt.Sprint(rng.IntN(3)),
				Rev:   Revision{rng.Uint64N(3), rng.Uint64N(3)},
				Value: []byte{byte(i)},
			}
			patches[i] = p
			key := p.ID + "/" + p.Facet
			if old, seen := want[key]; !seen || old.Rev.Less(p.Rev) {
				want[key] = p
			}
		}
		before := slices.Clone(patches)
		got := Coalesce(patches)
		if !slices.EqualFunc(patches, before, func(a, b Patch) bool { return &a.Value[0] == &b.Value[0] }) {
			t.Fatalf("round %d: the argument was changed", round)
		}
		if len(got) != len(want) || !inOrder(got) {
			t.Fatalf("round %d: got %v, want %d sorted", round, got, len(want))
		}
		for _, p := range got {
			if w := want[p.ID+"/"+p.Facet]; w.Rev != p.Rev || w.Value[0] != p.Value[0] {
				t.Fatalf("round %d: got %v, want %v", round, p, w)
			}
		}
	}
}

func TestChecks(t *testing.T) {
	for name, err := range map[string]error{
		"collection": CheckCollection("t", "pupils_2-x"),
		"patch":      CheckPatches("t", []Patch{{ID: "2022-2023-12/đ", Facet: "verdict/results/10"}}),
		"scan":       CheckScan("t", "", "", 1),
	} {
		if err != nil {
			t.Errorf("%s: got %v, want none", name, err)
		}
	}
	secret := "Nguyễn Văn A\x00"
	refused := map[string]error{
		"no collection":   CheckCollection("t", ""),
		"upper case":      CheckCollection("t", "Pupils"),
		"digit first":     CheckCollection("t", "1x"),
		"dot":             CheckCollection("t", "a.b"),
		"long collection": CheckCollection("t", strings.Repeat("a", 49)),
		"no id":           CheckPatches("t", []Patch{{Facet: "f"}}),
		"NUL in id":       CheckPatches("t", []Patch{{ID: secret, Facet: "f"}}),
		"id not UTF-8":    CheckPatches("t", []Patch{{ID: "\xff", Facet: "f"}}),
		"no facet":        CheckPatches("t", []Patch{{ID: "a"}}),
		"facet with dot":  CheckPatches("t", []Patch{{ID: "a", Facet: "f.g"}}),
		"facet with $":    CheckPatches("t", []Patch{{ID: "a", Facet: "$f"}}),
		"facet with NUL":  CheckPatches("t", []Patch{{ID: "a", Facet: "f\x00"}}),
		"no id to get":    CheckIDs("t", []string{"a", ""}),
		"bad prefix":      CheckScan("t", "\xc3", "", 1),
		"bad after":       CheckScan("t", "", "\x00", 1),
		"no limit":        CheckScan("t", "", "", 0),
	}
	for name, err := range refused {
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: got %v, want Invalid", name, err)
			continue
		}
		if strings.Contains(fmt.Sprintf("%+v", err), "Nguyễn") {
			t.Errorf("%s: the refusal repeats the value", name)
		}
	}
}
