// Package eventlogtest gives tests a real log: a NATS server inside the test, on disk, with every write
// synced as in production. It is for tests alone; no program links it.
package eventlogtest

import (
	"log/slog"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventually"
)

// Server is a broker of one node that belongs to a test.
type Server struct {
	tb   testing.TB
	opts server.Options
	srv  *server.Server
	url  string
}

// Start starts a broker in a folder of the test. It is stopped when the test ends. The functions given
// change its options first (users and their permissions, limits).
func Start(tb testing.TB, change ...func(*server.Options)) *Server {
	tb.Helper()
	s := &Server{tb: tb, opts: server.Options{
		ServerName: "test",
		Host:       "127.0.0.1",
		Port:       server.RANDOM_PORT,
		JetStream:  true,
		StoreDir:   tb.TempDir(),
		SyncAlways: true,
		NoSigs:     true,
		MaxPayload: 4 << 20,
	}}
	for _, c := range change {
		c(&s.opts)
	}
	tb.Cleanup(s.Stop)
	s.Run()
	return s
}

// Run starts the broker again after Stop: the same folder, the same port.
func (s *Server) Run() {
	s.tb.Helper()
	opts := s.opts
	srv, err := server.NewServer(&opts)
	if err != nil {
		s.tb.Fatalf("eventlogtest: make a broker: %v", err)
	}
	srv.Start()
	if !srv.ReadyForConnections(eventually.Patience) {
		s.tb.Fatalf("eventlogtest: the broker is not ready after %v", eventually.Patience)
	}
	s.srv = srv
	s.opts.Port = opts.Port
	s.url = srv.ClientURL()
}

// Stop stops the broker and waits until it is gone.
func (s *Server) Stop() {
	if s.srv != nil {
		s.srv.Shutdown()
		s.srv.WaitForShutdown()
		s.srv = nil
	}
}

// URL is where the broker listens; the same after a restart.
func (s *Server) URL() string { return s.url }

// Conn connects to the broker as every program does.
func (s *Server) Conn(tb testing.TB, opts ...nats.Option) *nats.Conn {
	tb.Helper()
	nc, err := eventlog.Connect(s.URL(), tb.Name(), append([]nats.Option{nats.ReconnectWait(20 * time.Millisecond),
		nats.ReconnectJitter(time.Millisecond, time.Millisecond)}, opts...)...)
	if err != nil {
		tb.Fatalf("eventlogtest: connect: %v", err)
	}
	tb.Cleanup(nc.Close)
	return nc
}

// Log opens the log for a service, on a connection of its own. Without a logger in the configuration
// what it logs is dropped.
func (s *Server) Log(tb testing.TB, cfg eventlog.Config) *eventlog.Log {
	tb.Helper()
	return OpenLog(tb, s.Conn(tb), cfg)
}

// OpenLog opens the log for a service on a connection.
func OpenLog(tb testing.TB, nc *nats.Conn, cfg eventlog.Config) *eventlog.Log {
	tb.Helper()
	if cfg.Service == "" {
		cfg.Service = "test"
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	l, err := eventlog.Open(eventually.Context(tb), nc, cfg)
	if err != nil {
		tb.Fatalf("eventlogtest: open the log: %v", err)
	}
	return l
}

// NewLog starts a broker and opens its log: what most tests need.
func NewLog(tb testing.TB, service string) *eventlog.Log {
	tb.Helper()
	return Start(tb).Log(tb, eventlog.Config{Service: service})
}
