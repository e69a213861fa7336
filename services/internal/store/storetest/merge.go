package storetest

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
)

// mergeOrders delivers three revisions in every order, the last one twice, each in its own call.
func mergeOrders(t *testing.T, c store.Collection, _ Options) {
	orders := [][]uint64{{1, 2, 3}, {1, 3, 2}, {2, 1, 3}, {2, 3, 1}, {3, 1, 2}, {3, 2, 1}}
	for i, order := range orders {
		id := fmt.Sprintf("doc%d", i)
		for _, major := range order {
			mustMerge(t, c, patch(id, "profile", major, 0))
		}
		mustMerge(t, c, patch(id, "profile", order[2], 0))
		want := model{}
		want.merge(patch(id, "profile", 3, 0))
		same(t, fmt.Sprint(order), mustGet(t, c, id)[0], want.doc(id))
	}

	other := patch("doc0", "profile", 3, 0)
	other.Value = []byte("an equal revision changes nothing")
	mustMerge(t, c, other)
	if err := whole(mustGet(t, c, "doc0")[0]); err != nil {
		t.Error(err)
	}
}

// pairRevisions orders by the first number, then by the second, over all of uint64.
func pairRevisions(t *testing.T, c store.Collection, _ Options) {
	ascending := []store.Revision{
		{}, {Minor: 1}, {Minor: math.MaxUint64}, {Major: 1}, {Major: 1, Minor: 9}, {Major: 1, Minor: 10},
		{Major: 9, Minor: 100}, {Major: 10}, {Major: 255, Minor: 3}, {Major: 256, Minor: 2},
		{Major: math.MaxInt64, Minor: 7}, {Major: 1 << 63}, {Major: math.MaxUint64, Minor: math.MaxInt64},
		{Major: math.MaxUint64, Minor: 1 << 63}, {Major: math.MaxUint64, Minor: math.MaxUint64},
	}
	var patches []store.Patch
	for i, older := range ascending {
		newer := ascending[min(i+1, len(ascending)-1)]
		for _, rev := range []store.Revision{newer, older} {
			patches = append(patches, patch(fmt.Sprintf("down%02d", i), "v", rev.Major, rev.Minor))
		}
		for _, rev := range []store.Revision{older, newer} {
			patches = append(patches, patch(fmt.Sprintf("up%02d", i), "v", rev.Major, rev.Minor))
		}
	}
	want := model{}
	want.merge(patches...)
	for half := range 2 { // first the first of each couple, then the second
		var call []store.Patch
		for i := half; i < len(patches); i += 2 {
			call = append(call, patches[i])
		}
		mustMerge(t, c, call...)
	}
	want.check(t, c)
}

func facetsAreIndependent(t *testing.T, c store.Collection, _ Options) {
	want := model{}
	for _, p := range []store.Patch{
		patch("a", "verdict/results/10", 9, 3), patch("a", "profile", 5, 0), patch("a", "results/10", 9, 0),
		patch("b", "profile", 1, 0), patch("a", "verdict/results/10", 9, 2), patch("a", "identity", 5, 8),
	} {
		mustMerge(t, c, p)
		want.merge(p)
	}
	want.check(t, c)
}

func repeatsInOneCall(t *testing.T, c store.Collection, _ Options) {
	first := patch("a", "f", 7, 1)
	equal := patch("a", "f", 7, 1)
	equal.Value = []byte("of equal revisions the first stays")
	patches := []store.Patch{
		patch("b", "g", 2, 0), patch("a", "f", 3, 0), first, equal, patch("a", "f", 6, 9),
		patch("b", "g", 1, 0), patch("a", "g", 1, 0), patch("b", "g", 4, 0),
	}
	before := slices.Clone(patches)
	want := model{}
	want.merge(patches...)
	mustMerge(t, c, patches...)
	want.check(t, c)
	for i := range patches {
		if patches[i].ID != before[i].ID || patches[i].Rev != before[i].Rev {
			t.Fatalf("Merge reordered the caller's patches")
		}
	}
	mustMerge(t, c, patches...)
	want.check(t, c)
	mustMerge(t, c) // nothing to do
}

func values(t *testing.T, c store.Collection, _ Options) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	want := model{}
	for i, value := range [][]byte{nil, {}, {0}, every, []byte(`{"q":"'"}`), bytes.Repeat([]byte{0xff, 0}, 100<<10)} {
		for major := range uint64(2) {
			p := store.Patch{ID: "v", Facet: fmt.Sprint("f", i), Rev: store.Revision{Major: major}, Value: value}
			mustMerge(t, c, p)
			want.merge(p)
		}
	}
	p := store.Patch{ID: "v", Facet: "f5", Rev: store.Revision{Major: 9}} // from long to empty
	mustMerge(t, c, p)
	want.merge(p)
	want.check(t, c)
}

// schemas keeps the number of the layout with the value that it belongs to, and decides nothing by it.
func schemas(t *testing.T, c store.Collection, _ Options) {
	want := model{}
	numbered := func(id, facet string, major uint64, schema uint32) store.Patch {
		p := patch(id, facet, major, 0)
		p.Schema = schema
		return p
	}
	for _, call := range [][]store.Patch{
		{numbered("a", "none", 1, 0), numbered("a", "first", 1, 1), numbered("a", "later", 1, 2), numbered("a", "last", 1, math.MaxUint32)},
		{numbered("a", "none", 2, 7), numbered("a", "later", 2, 0)}, // both ways, by revision alone
		{numbered("a", "none", 1, 9), numbered("a", "last", 1, 3)},  // stale
		{numbered("b", "f", 1, 2), numbered("b", "f", 3, 4), numbered("b", "f", 2, 8)},
	} {
		mustMerge(t, c, call...)
		want.merge(call...)
		want.check(t, c)
	}
}

// names stores ids and facets with every character that some query language is touchy about.
func names(t *testing.T, c store.Collection, _ Options) {
	odd := []string{
		"results/12/1", "10", "0", "a b", "Đoàn", "d", "D", `q"q`, "q'q", `b\s`, "new\nline", "%", "_", "*", "[0]",
		"(?i)", "a:b", "{x}", "-1", "null", "__proto__", "_id", "r", "v", "\u00e9", "e\u0301", "\U0001F600", "\x01",
	}
	want := model{}
	for _, name := range odd {
		want.merge(patch(name, "f", 1, 0), patch("one", name, 1, 0))
	}
	want.merge(patch("$set", "f", 1, 0), patch("a.b", "f", 1, 0), patch("f.g.h", "f", 1, 0), patch(".", "f", 1, 0))
	for major := range uint64(2) {
		var call []store.Patch
		for _, doc := range want {
			for _, p := range doc {
				call = append(call, patch(p.ID, p.Facet, major+1, 0))
			}
		}
		mustMerge(t, c, call...)
		want.merge(call...)
	}
	want.check(t, c)
}

func largeMerge(t *testing.T, c store.Collection, opts Options) {
	n := opts.rounds(2500, 60)
	facets := []string{"profile", "verdict/profile", "identity"}
	var patches []store.Patch
	for i := range n {
		patches = append(patches, patch(fmt.Sprintf("2022-2023-12/%04d", i*7919%n), facets[i%3], uint64(i), 0))
	}
	want := model{}
	want.merge(patches...)
	mustMerge(t, c, patches...)
	for i := range patches { // a second call finds the first half stale, and the rest new
		p := patches[i]
		if i > n/2 {
			p = patch(p.ID, p.Facet, p.Rev.Major+uint64(n), 4)
		}
		patches[i] = p
	}
	patches = append(patches, patch("another", "profile", 1, 0))
	want.merge(patches...)
	slices.Reverse(patches)
	mustMerge(t, c, patches...)
	want.check(t, c)
}

func refusals(t *testing.T, c store.Collection, _ Options) {
	good := patch("good", "f", 1, 0)
	for name, bad := range map[string]store.Patch{
		"no id": patch("", "f", 1, 0), "no facet": patch("x", "", 1, 0), "dot": patch("x", "f.g", 1, 0),
		"dollar": patch("x", "$f", 1, 0), "NUL": patch("x\x00", "f", 1, 0), "not UTF-8": patch("x\xc3", "f", 1, 0),
		"facet not UTF-8": patch("x", "f\xff", 1, 0), "facet NUL": patch("x", "\x00", 1, 0),
	} {
		err := c.Merge(t.Context(), []store.Patch{good, bad})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("Merge with %s: got %v, want Invalid", name, err)
		}
	}
	if docs := mustScan(t, c, "", "", 10); len(docs) != 0 {
		t.Errorf("a refused Merge wrote %d documents", len(docs))
	}
	if _, err := c.Get(t.Context(), []string{"good", ""}); !fault.Is(err, fault.Invalid) {
		t.Errorf("Get of an empty id: got %v, want Invalid", err)
	}
	if _, err := c.Scan(t.Context(), "\xff", "", 1); !fault.Is(err, fault.Invalid) {
		t.Errorf("Scan of a prefix that is not UTF-8: got %v, want Invalid", err)
	}
	if _, err := c.Scan(t.Context(), "", "", 0); !fault.Is(err, fault.Invalid) {
		t.Errorf("Scan with limit 0: got %v, want Invalid", err)
	}
}

func cancelledContext(t *testing.T, c store.Collection, _ Options) {
	mustMerge(t, c, patch("a", "f", 1, 0))
	ctx := cancelled(t)
	_, getErr := c.Get(ctx, []string{"a"})
	_, scanErr := c.Scan(ctx, "", "", 1)
	for name, err := range map[string]error{
		"Merge": c.Merge(ctx, []store.Patch{patch("a", "f", 2, 0)}),
		"Get":   getErr, "Scan": scanErr, "Drop": c.Drop(ctx),
	} {
		if !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s with a context that ended: got %v, want Unavailable", name, err)
		}
	}
	mustMerge(t, c, patch("a", "f", 3, 0)) // and all is well afterwards
	if got := mustGet(t, c, "a")[0]; len(got.Facets) != 1 || got.Facets[0].Rev.Major != 3 {
		t.Errorf("after that: got %v", got)
	}
}
