package mongo

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/event"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
)

// TestOneTrip: whatever a caller asks for at once, no answer needs a second trip of its cursor, which
// would not be of one instant.
func TestOneTrip(t *testing.T) {
	var mu sync.Mutex
	var commands []string
	d, err := open(t.Context(), startFerret(t), "rasoat_test", &event.CommandMonitor{
		Started: func(_ context.Context, e *event.CommandStartedEvent) {
			mu.Lock()
			defer mu.Unlock()
			commands = append(commands, e.CommandName)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	d.bulkSize = ferretBulk
	c := d.Collection("c")
	const n = 150 // more than the 101 of a batch that nobody sized
	var patches []store.Patch
	var ids []string
	for i := range n {
		ids = append(ids, fmt.Sprintf("doc%03d", i))
		patches = append(patches, store.Patch{ID: ids[i], Facet: "f", Rev: store.Revision{Major: 1}})
	}
	if err := c.Merge(t.Context(), patches); err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func() ([]store.Doc, error){
		"Get":                 func() ([]store.Doc, error) { return c.Get(t.Context(), ids) },
		"Scan":                func() ([]store.Doc, error) { return c.Scan(t.Context(), "doc", "", n) },
		"Scan of more":        func() ([]store.Doc, error) { return c.Scan(t.Context(), "doc", "", n+1) },
		"Scan of a first few": func() ([]store.Doc, error) { return c.Scan(t.Context(), "doc", "", n-1) },
	} {
		mu.Lock()
		commands = nil
		mu.Unlock()
		docs, err := read()
		if err != nil || len(docs) < n-1 {
			t.Errorf("%s: %d documents, %v", name, len(docs), err)
		}
		mu.Lock()
		if !slices.Equal(commands, []string{"find"}) {
			t.Errorf("%s: got commands %q, want one find", name, commands)
		}
		mu.Unlock()
	}
}

// TestFrozenServer: a server that keeps its connections and answers nothing is unavailable, by the
// limits of the URI and not by the caller's patience; and it is well again when it answers again.
func TestFrozenServer(t *testing.T) {
	uri, err := url.Parse(startFerret(t))
	if err != nil {
		t.Fatal(err)
	}
	p := startProxy(t, uri.Host)
	uri.Host = p.addr()
	uri.RawQuery += "&connectTimeoutMS=300&heartbeatFrequencyMS=500&serverSelectionTimeoutMS=300&timeoutMS=1000"
	d := mustOpen(t, uri.String(), "rasoat_test")
	c := d.Collection("c")
	patches := []store.Patch{{ID: "a", Facet: "f", Rev: store.Revision{Major: 1}}}
	again := func() error {
		for {
			err := c.Merge(t.Context(), patches)
			if err == nil || !fault.Is(err, fault.Unavailable) || t.Context().Err() != nil {
				return err
			}
		}
	}
	if err := again(); err != nil {
		t.Fatal(err)
	}
	p.freeze()
	for name, call := range map[string]func() error{
		"Merge": func() error { return c.Merge(t.Context(), patches) },
		"Get":   func() error { _, err := c.Get(t.Context(), []string{"a"}); return err },
		"Scan":  func() error { _, err := c.Scan(t.Context(), "", "", 1); return err },
		"Drop":  func() error { return c.Drop(t.Context()) },
		"Ping":  func() error { return d.Ping(t.Context()) },
	} {
		if err := call(); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: got %v, want Unavailable", name, err)
		}
	}
	p.thaw()
	if err := again(); err != nil {
		t.Errorf("after the server answers again: %v", err)
	}
}

// proxy stands between the driver and a server, and stops forwarding while it is frozen.
type proxy struct {
	listener net.Listener
	upstream string
	mu       sync.RWMutex // held for writing while frozen
	works    sync.WaitGroup
}

func startProxy(t *testing.T, upstream string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, upstream: upstream}
	ctx, cancel := context.WithCancel(context.Background())
	p.works.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			p.works.Go(func() { p.serve(ctx, client) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		cancel()
		p.works.Wait()
	})
	return p
}

func (p *proxy) addr() string { return p.listener.Addr().String() }
func (p *proxy) freeze()      { p.mu.Lock() }
func (p *proxy) thaw()        { p.mu.Unlock() }

// serve forwards a connection both ways until one end closes it or ctx ends.
func (p *proxy) serve(ctx context.Context, client net.Conn) {
	defer client.Close()
	server, err := (&net.Dialer{}).DialContext(ctx, "tcp", p.upstream)
	if err != nil {
		return
	}
	defer server.Close()
	defer context.AfterFunc(ctx, func() { _ = client.Close(); _ = server.Close() })()
	done := make(chan struct{}, 2)
	forward := func(to io.Writer, from io.Reader) {
		defer func() { done <- struct{}{} }()
		buffer := make([]byte, 32<<10)
		for {
			n, err := from.Read(buffer)
			p.mu.RLock()
			if n > 0 {
				_, _ = to.Write(buffer[:n])
			}
			p.mu.RUnlock()
			if err != nil {
				return
			}
		}
	}
	p.works.Go(func() { forward(server, client) })
	p.works.Go(func() { forward(client, server) })
	<-done
}
