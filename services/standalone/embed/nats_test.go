package embed

import (
	"log/slog"
	"net/url"
	"strconv"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
)

func mustStartNATS(t *testing.T, cfg NATSConfig) *NATS {
	t.Helper()
	n, err := StartNATS(cfg)
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	return n
}

func mustOpenLog(t *testing.T, n *NATS) (*nats.Conn, *eventlog.Log) {
	t.Helper()
	nc, err := n.Connect("test")
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	ctx := eventually.Context(t)
	l, err := eventlog.Open(ctx, nc, eventlog.Config{Service: "test"})
	if err != nil {
		t.Fatalf("open the log: %v", err)
	}
	return nc, l
}

// Without a port the log works within the process, and is there after a restart.
func TestNATSWithoutAPort(t *testing.T) {
	cfg := NATSConfig{Dir: t.TempDir() + "/nats"}
	ctx := eventually.Context(t)

	n := mustStartNATS(t, cfg)
	nc, l := mustOpenLog(t, n)
	if got := nc.MaxPayload(); got != maxPayload {
		t.Errorf("largest message: got %d, want %d", got, maxPayload)
	}
	if _, err := l.Append(ctx, eventlog.Event{Subject: "record.a", Type: "rasoat.test.v1", Data: []byte("kept")}); err != nil {
		t.Errorf("append: %v", err)
	}
	nc.Close()
	n.Shutdown()

	n = mustStartNATS(t, cfg)
	defer n.Shutdown()
	nc, l = mustOpenLog(t, n)
	defer nc.Close()
	if m, err := l.Last(ctx, "record.a"); err != nil || string(m.Data) != "kept" {
		t.Errorf("after a restart: got %q, %v", m.Data, err)
	}
}

func TestNATSFolderAndPortAreTakenOnce(t *testing.T) {
	dir := t.TempDir()
	n := mustStartNATS(t, NATSConfig{Dir: dir, Port: -1})
	defer n.Shutdown()
	if _, err := StartNATS(NATSConfig{Dir: dir, Port: -1}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a second broker on the folder: got %v, want unavailable", err)
	}
	nc, err := nats.Connect(n.URL())
	if err != nil {
		t.Fatalf("connect by %s: %v", n.URL(), err)
	}
	nc.Close()
	at, err := url.Parse(n.URL())
	if err != nil {
		t.Fatalf("the URL of the broker: %v", err)
	}
	port, err := strconv.Atoi(at.Port())
	if err != nil {
		t.Fatalf("the port of the broker: %v", err)
	}
	if _, err := StartNATS(NATSConfig{Dir: t.TempDir(), Port: port, Logger: slog.New(slog.DiscardHandler)}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a second broker on the port: got %v, want unavailable", err)
	}
}
