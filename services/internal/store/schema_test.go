package store_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
)

// TestReadingStopsAtALaterSchema: what a newer version wrote is not read by an older one, is left as it is, and shows when it is asked how it is.
func TestReadingStopsAtALaterSchema(t *testing.T) {
	under := storetest.NewMemory()
	older, newer := store.Reading(under, 1), store.Reading(under, 2)
	merge := func(db store.DB, id string, schema uint32, major uint64) {
		t.Helper()
		patch := store.Patch{ID: id, Facet: "f", Schema: schema, Rev: store.Revision{Major: major}, Value: []byte("x")}
		if err := db.Collection("pupils").Merge(t.Context(), []store.Patch{patch}); err != nil {
			t.Fatalf("Merge: %v", err)
		}
	}
	merge(older, "old", 0, 1)
	merge(newer, "new", 2, 1)
	for _, test := range []struct {
		what string
		db   store.DB
		ids  []string
		want fault.Kind
	}{
		{"the older one, its own", older, []string{"old", "absent"}, ""},
		{"the older one, both", older, []string{"old", "new"}, fault.Unavailable},
		{"the newer one, both", newer, []string{"old", "new"}, ""},
	} {
		docs, err := test.db.Collection("pupils").Get(t.Context(), test.ids)
		if test.want == "" && (err != nil || len(docs) != len(test.ids)) || test.want != "" && (!fault.Is(err, test.want) || docs != nil) {
			t.Errorf("Get by %s: got %v, %v, want %q", test.what, docs, err, test.want)
		}
	}
	_, err := older.Collection("pupils").Scan(t.Context(), "", "", 9)
	var e *fault.Error
	if !errors.As(err, &e) || e.Kind != fault.Unavailable || !strings.Contains(e.Text.En, "upgrade this copy") || !strings.Contains(e.Text.Vi, "nâng cấp") {
		t.Errorf("Scan by the older one: got %v, want Unavailable and the way out", err)
	}
	if err := older.Ping(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("Ping of the older one: got %v, want Unavailable", err)
	}
	if err := newer.Ping(t.Context()); err != nil {
		t.Errorf("Ping of the newer one: got %v, want none", err)
	}
	merge(older, "new", 1, 2) // newest wins, whoever wrote it
	if docs, err := older.Collection("pupils").Scan(t.Context(), "", "", 9); err != nil || len(docs) != 2 {
		t.Errorf("Scan when it can be read again: got %v, %v", docs, err)
	}
}
