package mongo

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
)

// ferretBulk keeps below the 100 updates of one command at which FerretDB waits for itself for ever:
// each keeps a connection to SQLite until the command ends, and there are 100.
const ferretBulk = 40

// startFerret starts FerretDB, which speaks MongoDB's wire protocol over SQLite, in this process
// and gives its URI. One connection at a time: it loses updates of one document that overlap.
func startFerret(t *testing.T) string {
	t.Helper()
	f, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Logger:    slog.New(slog.DiscardHandler),
		Handler:   "sqlite",
		SQLiteURL: "file:" + t.TempDir() + "/?_pragma=synchronous(off)",
	})
	if err != nil {
		t.Fatalf("FerretDB: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("FerretDB: %v", err)
		}
	})
	return f.MongoDBURI() + "?maxPoolSize=1"
}

func mustOpen(t *testing.T, uri, database string) *DB {
	t.Helper()
	d, err := Open(t.Context(), uri, database)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { _ = d.Close() }) // a test may have closed it
	if err := d.Ping(t.Context()); err != nil {
		t.Fatalf("Ping: %v", err)
	}
	return d
}

// TestContract runs the suite over FerretDB, and with MONGODB_URI set against that server as well.
func TestContract(t *testing.T) {
	t.Run("FerretDB", func(t *testing.T) { contract(t, startFerret(t), ferretBulk) })
	if uri := os.Getenv("MONGODB_URI"); uri != "" {
		t.Run("MONGODB_URI", func(t *testing.T) { contract(t, uri, bulkSize) })
	}
}

func contract(t *testing.T, uri string, size int) {
	n := 0
	open := func(t *testing.T) store.DB {
		n++
		d := mustOpen(t, uri, fmt.Sprintf("rasoat_test_%d_%d", time.Now().UnixNano(), n))
		d.bulkSize = size
		return d
	}
	storetest.Run(t, func(t *testing.T) store.DB {
		d := open(t).(*DB)
		t.Cleanup(func() { _ = d.database.Drop(context.Background()) })
		return d
	}, storetest.Options{
		Small: size < bulkSize,
		Reopen: func(t *testing.T, old store.DB) store.DB {
			name := old.(*DB).database.Name()
			if err := old.Close(); err != nil {
				t.Fatalf("Close: %v", err)
			}
			d := mustOpen(t, uri, name)
			d.bulkSize = size
			return d
		},
	})
}

func TestOpenRefusesAMalformedURI(t *testing.T) {
	_, err := Open(t.Context(), "mongodb://user:s3cret@:::/", "x")
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("got %v, want Invalid", err)
	}
	if strings.Contains(fmt.Sprintf("%v", err), "s3cret") {
		t.Error("the error repeats the password")
	}
}

func TestServerAwayIsUnavailable(t *testing.T) {
	d, err := Open(t.Context(), "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50&connectTimeoutMS=50", "x")
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	defer d.Close()
	c := d.Collection("c")
	_, getErr := c.Get(t.Context(), []string{"a"})
	_, scanErr := c.Scan(t.Context(), "", "", 1)
	for name, err := range map[string]error{
		"Merge": c.Merge(t.Context(), []store.Patch{{ID: "a", Facet: "f"}}),
		"Get":   getErr, "Scan": scanErr, "Drop": c.Drop(t.Context()), "Ping": d.Ping(t.Context()),
	} {
		if !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: got %v, want Unavailable", name, err)
		}
	}
}

// TestForeignDocument reads what somebody else wrote into the collection.
func TestForeignDocument(t *testing.T) {
	d := mustOpen(t, startFerret(t), "rasoat_test")
	for i, doc := range []bson.D{
		{{Key: "_id", Value: "a"}},
		{{Key: "_id", Value: "a"}, {Key: "f", Value: 1}},
		{{Key: "_id", Value: "a"}, {Key: "f", Value: bson.D{{Key: "x", Value: 1}}}},
		{{Key: "_id", Value: "a"}, {Key: "f", Value: bson.D{{Key: "x", Value: bson.D{{Key: "r", Value: "1"}, {Key: "v", Value: bson.Binary{}}}}}}},
	} {
		name := fmt.Sprint("c", i)
		if _, err := d.database.Collection(name).InsertOne(t.Context(), doc); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Collection(name).Get(t.Context(), []string{"a"}); !fault.Is(err, fault.Internal) {
			t.Errorf("%v: got %v, want Internal", doc, err)
		}
	}
}

func TestPrefixEnd(t *testing.T) {
	for prefix, want := range map[string]string{
		"": "", "a": "b", "a/": "a0", "aé": "aê", "a\x7f": "a\u0080", "a\u07ff": "a\u0800", "a\uffff": "a\U00010000",
		"a\ud7ff": "a\ue000", "a\U0010FFFF": "b", "\U0010FFFF\U0010FFFF": "",
	} {
		if got := prefixEnd(prefix); got != want {
			t.Errorf("prefixEnd(%q): got %q, want %q", prefix, got, want)
		}
	}
}

// TestProductionLinksNoServer: FerretDB is for tests, and what a service links is MongoDB's driver.
func TestProductionLinksNoServer(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	if !strings.Contains(string(out), "go.mongodb.org/mongo-driver/v2/mongo\n") {
		t.Fatal("go list does not show the driver")
	}
	for _, path := range strings.Fields(string(out)) {
		for _, server := range []string{"FerretDB", "modernc.org", "nats-server"} {
			if strings.Contains(path, server) {
				t.Errorf("the package links %s", path)
			}
		}
	}
}
