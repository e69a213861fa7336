package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"testing"

	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/mongo"
	"golang.org/x/sync/errgroup"
)

// startStandIn starts a stand-in on a folder and gives what ends it.
func startStandIn(t *testing.T, address, dir string) (string, func()) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- serve(ctx, l, dir) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("serve: %v", err)
		}
	})
	t.Cleanup(stop)
	return l.Addr().String(), stop
}

func mustOpen(t *testing.T, address string) store.DB {
	t.Helper()
	db, err := mongo.Open(t.Context(), "mongodb://"+address+"/", "rasoat_test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// TestStandIn: several clients write the same documents in commands of many updates, stale ones among them, and nothing is lost; the documents are
// there after a new start.
func TestStandIn(t *testing.T) {
	dir := t.TempDir()
	address, stop := startStandIn(t, "127.0.0.1:0", dir)
	const writers, docs, rounds = 2, 30, 2
	g, ctx := errgroup.WithContext(t.Context())
	for w := range writers {
		c := mustOpen(t, address).Collection("pupils")
		g.Go(func() error {
			for round := range rounds {
				var patches []store.Patch
				for d := range docs {
					rev := store.Revision{Major: uint64(round + 1)}
					patches = append(patches,
						store.Patch{ID: fmt.Sprint("p/", d), Facet: fmt.Sprint("own", w), Rev: rev, Value: []byte{byte(round)}},
						store.Patch{ID: fmt.Sprint("p/", d), Facet: "shared", Rev: rev, Value: []byte{byte(round)}})
				}
				if err := c.Merge(ctx, patches); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	check := func(address string) {
		t.Helper()
		found, err := mustOpen(t, address).Collection("pupils").Scan(t.Context(), "p/", "", docs+1)
		if err != nil || len(found) != docs {
			t.Fatalf("got %d documents, %v, want %d", len(found), err, docs)
		}
		for _, d := range found {
			if len(d.Facets) != writers+1 {
				t.Errorf("%s has %d facets, want %d: an update was lost", d.ID, len(d.Facets), writers+1)
			}
			for _, f := range d.Facets {
				if f.Rev.Major != rounds || f.Value[0] != rounds-1 {
					t.Errorf("%s %s stands at %v", d.ID, f.Name, f.Rev)
				}
			}
		}
	}
	check(address)
	stop()
	address, _ = startStandIn(t, address, dir)
	check(address)
}
