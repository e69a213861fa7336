package storetest

import (
	"fmt"
	"testing"

	"github.com/rasoat/rasoat/services/internal/store"
)

// TestHiding: some documents are hidden, missing or older, each for a few reads; in the end the database keeps the contract.
func TestHiding(t *testing.T) {
	const n, reads = 200, 3
	db := &Hiding{DB: NewMemory(), Seed: 1, PerMille: 300, Reads: reads, Spread: 4}
	c := db.Collection("c")
	var ids []string
	for i := range n {
		ids = append(ids, fmt.Sprintf("doc%03d", i))
		mustMerge(t, c, patch(ids[i], "f", 1, 0))
		mustMerge(t, c, patch(ids[i], "f", 2, 0))
	}
	missing, older := map[string]int{}, map[string]int{}
	for range 4 + reads {
		for _, d := range mustGet(t, c, ids...) {
			switch f, ok := d.Facet("f"); {
			case !ok:
				missing[d.ID]++
			case f.Rev == store.Revision{Major: 1}:
				older[d.ID]++
			}
		}
	}
	for _, some := range []map[string]int{missing, older} {
		if len(some) == 0 || len(some) > n/3 {
			t.Errorf("%d of %d documents are hidden in one way", len(some), n)
		}
		for id, times := range some {
			if times > reads {
				t.Errorf("%s is hidden %d times", id, times)
			}
		}
	}
	if docs := mustScan(t, c, "", "", n); len(docs) != n {
		t.Errorf("in the end a scan shows %d of %d", len(docs), n)
	}
}

// TestHidingInAScan: what is hidden from a page makes room for others, so that a page is not mistaken for the last.
func TestHidingInAScan(t *testing.T) {
	const n = 100
	db := &Hiding{DB: NewMemory(), Seed: 2, PerMille: 300, Reads: 1}
	c := db.Collection("c")
	for i := range n {
		mustMerge(t, c, patch(fmt.Sprintf("doc%03d", i), "f", 1, 0))
	}
	if docs := mustScan(t, c, "", "", n/2); len(docs) != n/2 || db.Hidden() == 0 {
		t.Errorf("a page has %d of %d documents, %d hidden", len(docs), n/2, db.Hidden())
	}
	rest := mustScan(t, c, "", "", n)
	if again := mustScan(t, c, "", "", n); len(again) != n || len(rest) == n {
		t.Errorf("the whole: %d, and again: %d of %d", len(rest), len(again), n)
	}
}

// TestHidingAgain: a document that is hidden at some time is hidden again later, and whole where nothing older may be shown.
func TestHidingAgain(t *testing.T) {
	const rounds, every = 5, 10
	db := &Hiding{DB: NewMemory(), Seed: 3, PerMille: 1000, Reads: 1, Spread: 3, Every: every, NoOlder: true}
	c := db.Collection("c")
	mustMerge(t, c, patch("doc", "f", 1, 0))
	mustMerge(t, c, patch("doc", "f", 2, 0))
	missing := 0
	for range rounds * every {
		switch f, ok := mustGet(t, c, "doc")[0].Facet("f"); {
		case !ok:
			missing++
		case f.Rev != store.Revision{Major: 2}:
			t.Errorf("shown at %v", f.Rev)
		}
	}
	if missing != rounds {
		t.Errorf("hidden %d times in %d rounds", missing, rounds)
	}
}
