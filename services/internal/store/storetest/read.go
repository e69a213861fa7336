package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
)

func getOrder(t *testing.T, c store.Collection, opts Options) {
	want := model{}
	var ids []string
	for i := range opts.rounds(2300, 60) { // more than any adapter asks for at once
		id := fmt.Sprintf("doc%04d", i)
		ids = append(ids, id)
		if i%3 > 0 {
			want.merge(patch(id, "f", uint64(i), 0))
		}
		if i%3 > 1 {
			want.merge(patch(id, "e", uint64(i), 1))
		}
	}
	var patches []store.Patch
	for _, doc := range want {
		for _, p := range doc {
			patches = append(patches, p)
		}
	}
	mustMerge(t, c, patches...)
	rng := rand.New(rand.NewPCG(3, 4))
	rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	ids = append(ids, ids[:50]...) // some twice
	for _, doc := range mustGet(t, c, ids...) {
		same(t, "Get", doc, want.doc(doc.ID))
	}
	if docs := mustGet(t, c); len(docs) != 0 {
		t.Errorf("Get of no ids: got %d documents", len(docs))
	}
}

// roster holds ids of which some are prefixes of others, and neighbours in byte order that a scan
// could trip over.
func roster() model {
	want := model{}
	for _, id := range []string{
		"2022-2023-12/01/01000701/12A1/p1", "2022-2023-12/01/01000701/12A1/p2", "2022-2023-12/01/01000701/12A10/p3",
		"2022-2023-12/01/01000701/12A2/p4", "2022-2023-12/01/01000702/12A1/p5", "2022-2023-12/1/p6", "2022-2023-12",
		"a", "a/", "a/1", "a/10", "a/2", "a0", "ab", "a\x7f", "a\u0080", "a\u00e9", "a\u00e9/x", "a\u00e9x", "a\u00ea",
		"a\u07ff", "a\u0800", "a\uffff", "a\U0001F600", "a\U0010FFFF", "a\U0010FFFFz", "A", "A/1", "b", "Đ/1", "đ/1", "đ/2",
		"\u07ff/1", "\u0800/1", "\ud7ff/1", "\ue000/1", "\U0010FFFF", "\U0010FFFF\U0010FFFF", "%", "_", "\x01",
	} {
		want.merge(patch(id, "f", 1, 0), patch(id, "g/h", 2, 3))
		if len(id)%2 == 0 {
			want.merge(patch(id, "e", 4, 0))
		}
	}
	return want
}

func (m model) store(t *testing.T, c store.Collection) {
	t.Helper()
	var patches []store.Patch
	for _, doc := range m {
		for _, p := range doc {
			patches = append(patches, p)
		}
	}
	mustMerge(t, c, patches...)
}

func scanPages(t *testing.T, c store.Collection, opts Options) {
	want := roster()
	want.store(t, c)
	prefixes := append(want.ids("", ""), "", "2022-2023-12/", "2022-2023-12/01/01000701/", "2022-2023-12/01/01000701/12A1",
		"2022-2023-12/01/01000701/12A1/", "zzz", "c", "đ/", "\ud7ff", "\u0800", "\x02")
	limits := []int{1, 2, 3, 7, 1000}
	if opts.Small {
		limits = []int{3, 1000}
	}
	for i, prefix := range prefixes {
		for j, limit := range limits {
			if opts.Small && (i+j)%len(limits) > 0 {
				continue
			}
			var got []string
			after := ""
			for {
				page := mustScan(t, c, prefix, after, limit)
				for _, doc := range page {
					same(t, "Scan", doc, want.doc(doc.ID))
					got = append(got, doc.ID)
				}
				if len(page) > limit {
					t.Fatalf("Scan(%q, %q, %d): got %d documents", prefix, after, limit, len(page))
				}
				if len(page) < limit {
					break
				}
				if len(got) > len(want) {
					t.Fatalf("Scan of %q by %d goes round in circles: %q", prefix, limit, got)
				}
				after = page[len(page)-1].ID
			}
			if ids := want.ids(prefix, ""); !slices.Equal(got, ids) {
				t.Errorf("Scan of %q by %d:\n got %q\nwant %q", prefix, limit, got, ids)
			}
		}
	}
}

// scanBounds begins after strings that are no ids, before and behind the prefix.
func scanBounds(t *testing.T, c store.Collection, _ Options) {
	if docs := mustScan(t, c, "", "", 5); len(docs) != 0 {
		t.Errorf("Scan of an empty collection: got %d documents", len(docs))
	}
	want := roster()
	want.store(t, c)
	for _, prefix := range []string{"", "a", "a/", "a/1", "đ/", "2022-2023-12/01/"} {
		for _, after := range []string{"", "\x01", "0", "2022-2023-12/01/0100070", "a", "a/", "a/0", "a/1", "a/9", "a\uffff", "az", "z", "đ/1", "\U0010FFFF"} {
			var got []string
			for _, doc := range mustScan(t, c, prefix, after, 1000) {
				got = append(got, doc.ID)
			}
			if ids := want.ids(prefix, after); !slices.Equal(got, ids) {
				t.Errorf("Scan(%q, %q):\n got %q\nwant %q", prefix, after, got, ids)
			}
		}
	}
}

func drop(t *testing.T, c store.Collection, _ Options) {
	for major := uint64(3); major > 0; major-- { // an older revision counts again after each Drop
		mustMerge(t, c, patch("a", "f", major, 0), patch("b", "f", major, 0))
		want := model{}
		want.merge(patch("a", "f", major, 0), patch("b", "f", major, 0))
		want.check(t, c)
		for range 2 {
			if err := c.Drop(t.Context()); err != nil {
				t.Fatalf("Drop: %v", err)
			}
		}
		model{}.check(t, c)
		if got := mustGet(t, c, "a")[0]; len(got.Facets) != 0 {
			t.Errorf("after Drop: got %v", got)
		}
	}
}

func collectionsAreSeparate(t *testing.T, db store.DB) {
	one, two := db.Collection("suite_one"), db.Collection("suite-one")
	mustMerge(t, one, patch("a", "f", 2, 0))
	mustMerge(t, two, patch("a", "f", 1, 0))
	if got := mustGet(t, two, "a")[0]; got.Facets[0].Rev.Major != 1 {
		t.Errorf("the second collection sees the first: %v", got)
	}
	if err := two.Drop(t.Context()); err != nil {
		t.Fatalf("Drop: %v", err)
	}
	again := db.Collection("suite_one")
	if got := mustGet(t, again, "a")[0]; len(got.Facets) != 1 {
		t.Errorf("the first collection went with the second: %v", got)
	}
	if err := again.Drop(t.Context()); err != nil {
		t.Fatalf("Drop: %v", err)
	}
}

func badCollectionName(t *testing.T, db store.DB) {
	for _, name := range []string{"", "Upper", "with.dot", "1digit", `q"uote`, "$x", "đ"} {
		c := db.Collection(name)
		_, getErr := c.Get(t.Context(), []string{"a"})
		_, scanErr := c.Scan(t.Context(), "", "", 1)
		for method, err := range map[string]error{
			"Merge": c.Merge(t.Context(), []store.Patch{patch("a", "f", 1, 0)}),
			"Get":   getErr, "Scan": scanErr, "Drop": c.Drop(t.Context()),
		} {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%s on collection %q: got %v, want Invalid", method, name, err)
			}
		}
	}
}

// reopen closes the database after each acknowledged step.
func reopen(t *testing.T, db store.DB, opts Options) {
	want := model{}
	for step := range uint64(3) {
		patches := []store.Patch{patch("a", "f", 5+step, 0), patch("a", fmt.Sprint("g", step), 1, 2), patch(fmt.Sprint("d", step), "f", 1, 0)}
		want.merge(patches...)
		mustMerge(t, db.Collection("suite_reopen"), patches...)
		db = opts.Reopen(t, db)
		c := db.Collection("suite_reopen")
		want.check(t, c)
		mustMerge(t, c, patch("a", "f", 2, 9)) // still stale
		want.check(t, c)
	}
	if err := db.Collection("suite_reopen").Drop(t.Context()); err != nil {
		t.Errorf("Drop: %v", err)
	}
}
