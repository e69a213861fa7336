package process

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"
	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/nats-io/nats-server/v2/server"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/rpc"
)

// counting is a service that consumes slowly.
type counting struct {
	log     *eventlog.Log
	working chan struct{} // told at each message
	release chan struct{} // closed to let the handler go on

	mu         sync.Mutex
	handled    int
	deliveries uint64 // the most of one message
}

func (c *counting) Name() string                                                       { return "validation" }
func (c *counting) Register(grpc.ServiceRegistrar)                                     {}
func (c *counting) Gateway(context.Context, *runtime.ServeMux, *grpc.ClientConn) error { return nil }

func (c *counting) Run(ctx context.Context) error {
	return c.log.Consume(ctx, eventlog.Consumer{Stream: eventlog.Submissions, Durable: "counting", MaxRecords: 4, Handle: func(_ context.Context, batch []eventlog.Message) error {
		select {
		case c.working <- struct{}{}:
		default:
		}
		<-c.release
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, m := range batch {
			c.handled++
			c.deliveries = max(c.deliveries, m.Delivered)
		}
		return nil
	}})
}

// running is a process under test.
type running struct {
	*rpc.Server
	log  lines
	stop context.CancelFunc
	done chan error
}

type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// start runs a process until it listens.
func start(t *testing.T, service *counting, settings map[string]string) *running {
	t.Helper()
	quiet(t)
	all := files(t)
	delete(all, "token-file")
	for k, v := range settings {
		all[k] = v
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{stop: cancel, done: make(chan error, 1)}
	listening := make(chan *rpc.Server, 1)
	p := program{name: "validation", out: io.Discard, log: &r.log, listening: func(s *rpc.Server) { listening <- s },
		build: func(parts *Parts) (rpc.Service, error) { service.log = parts.Log; return service, nil }}
	go func() { r.done <- p.serve(ctx, line(all)) }()
	t.Cleanup(cancel)
	select {
	case r.Server = <-listening:
	case err := <-r.done:
		t.Fatalf("it ended: %v", err)
	case <-time.After(eventually.Patience):
		t.Fatal("it does not listen")
	}
	return r
}

// get asks a probe.
func (r *running) get(t *testing.T, path string) (int, string) {
	t.Helper()
	ctx := eventually.Context(t)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.HTTPAddr()+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// ended waits for the end.
func (r *running) ended(t *testing.T) error {
	t.Helper()
	return eventually.Received(t, "it ends", r.done)
}

// freePort gives a port that nobody listens at.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// startFerret starts FerretDB, which speaks MongoDB's wire protocol.
func startFerret(t *testing.T, port int) {
	t.Helper()
	f, err := ferretdb.New(&ferretdb.Config{
		Listener: ferretdb.ListenerConfig{TCP: fmt.Sprint("127.0.0.1:", port)}, Logger: slog.New(slog.DiscardHandler),
		Handler: "sqlite", SQLiteURL: "file:" + t.TempDir() + "/?_pragma=synchronous(off)",
	})
	if err != nil {
		t.Fatalf("FerretDB: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var run sync.WaitGroup
	run.Go(func() { _ = f.Run(ctx) })
	t.Cleanup(func() { cancel(); run.Wait() })
}

// TestStartsInAnyOrder: a process lives, and says for what it waits, before its broker and its database are there. It says so, is ready
// when they are there, and says when one is lost. The connection is encrypted, with a certificate on each side.
func TestStartsInAnyOrder(t *testing.T) {
	broker, db := freePort(t), freePort(t)
	ca, cert, key := certificates(t, t.TempDir())
	service := &counting{release: make(chan struct{})}
	r := start(t, service, map[string]string{
		"nats-url": fmt.Sprint("nats://rasoat:geheim@127.0.0.1:", broker), "nats-ca": ca, "nats-cert": cert, "nats-key": key,
		"mongodb-uri": fmt.Sprint("mongodb://127.0.0.1:", db, "/?maxPoolSize=1&heartbeatFrequencyMS=500"),
	})
	waits := func(names ...string) func() bool {
		return func() bool {
			code, body := r.get(t, "/readyz")
			for _, name := range names {
				if !strings.Contains(body, `{"on":"`+name+`","why":`) {
					return false
				}
			}
			return code == http.StatusServiceUnavailable && strings.Count(body, `"on"`) == len(names) && !strings.Contains(body, "not asked")
		}
	}
	if code, _ := r.get(t, "/healthz"); code != http.StatusOK {
		t.Errorf("/healthz: got %d", code)
	}
	eventually.True(t, "it waits for both", waits("nats", "mongodb"))
	conn, err := rpc.Dial(r.GRPCAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	resp, err := grpc_health_v1.NewHealthClient(conn).Check(t.Context(), &grpc_health_v1.HealthCheckRequest{Service: "validation"})
	if err != nil || resp.GetStatus() != grpc_health_v1.HealthCheckResponse_NOT_SERVING {
		t.Errorf("health: got %v, %v", resp, err)
	}
	s := eventlogtest.Start(t, func(o *server.Options) {
		o.Port, o.TLS, o.TLSVerify, o.Username, o.Password = broker, true, true, "rasoat", "geheim"
		o.TLSConfig = serverTLS(t, ca, cert, key)
	})
	eventually.True(t, "it waits for the database", waits("mongodb"))
	startFerret(t, db)
	eventually.True(t, "it is ready", func() bool {
		code, body := r.get(t, "/readyz")
		return code == http.StatusOK && strings.Contains(body, `"ready"`)
	})
	s.Stop()
	eventually.True(t, "it waits for the broker", waits("nats"))
	r.stop()
	close(service.release)
	if err := r.ended(t); err != nil {
		t.Errorf("got %v", err)
	}
	said := r.log.String()
	// On a slow machine a check may miss its time and be told as well: each is told at least so often. That it is told once each is a test of rpc.
	for text, want := range map[string]int{"msg=waiting on=nats": 2, "msg=waiting on=mongodb": 1, `msg="it is there" on=nats`: 1, `msg="it is there" on=mongodb`: 1, "msg=serving": 1, "waiting for the streams": 1} {
		if got := strings.Count(said, text); got < want {
			t.Errorf("%q stands %d times in the log, want %d\n%s", text, got, want, said)
		}
	}
	if strings.Contains(said, "geheim") {
		t.Errorf("the password stands in the log\n%s", said)
	}
}

// TestDrain: a process that is stopped finishes and acknowledges what it has in hand, and gives nothing back that it could have done.
func TestDrain(t *testing.T) {
	s := eventlogtest.Start(t)
	db := freePort(t)
	startFerret(t, db)
	l := s.Log(t, eventlog.Config{})
	var events []eventlog.Event
	for i := range 40 {
		events = append(events, eventlog.Event{Subject: fmt.Sprintf("submission.roster.01.01000701.s%d", i), Type: "rasoat.test.v1", Records: 1, Data: []byte("x")})
	}
	if err := l.AppendBatch(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	service := &counting{working: make(chan struct{}, 1), release: make(chan struct{})}
	r := start(t, service, map[string]string{"nats-url": s.URL(), "mongodb-uri": fmt.Sprint("mongodb://127.0.0.1:", db, "/?maxPoolSize=1"), "drain": eventually.Patience.String()})
	<-service.working
	r.stop()
	eventually.True(t, "it does not listen any more", func() bool {
		conn, err := net.Dial("tcp", r.HTTPAddr())
		if err == nil {
			_ = conn.Close()
		}
		return err != nil
	})
	close(service.release)
	if err := r.ended(t); err != nil {
		t.Errorf("got %v", err)
	}
	eventually.True(t, "what was handled is acknowledged, and no more", func() bool {
		n, err := l.Pending(t.Context(), eventlog.Submissions, "counting")
		return err == nil && n == uint64(40-service.handled)
	})
	first := service.handled
	// Another copy takes the rest, and nothing of it was given out before.
	second := &counting{release: service.release}
	r = start(t, second, map[string]string{"nats-url": s.URL(), "mongodb-uri": fmt.Sprint("mongodb://127.0.0.1:", db, "/?maxPoolSize=1")})
	eventlogtest.Settled(t, l, eventlog.Submissions, "counting")
	r.stop()
	if err := r.ended(t); err != nil {
		t.Errorf("got %v", err)
	}
	if first == 0 || first+second.handled != 40 || max(service.deliveries, second.deliveries) > 1 {
		t.Errorf("%d were handled before the stop and %d after, one of them given out %d times", first, second.handled, max(service.deliveries, second.deliveries))
	}
}

// TestDrainEnds: a handler that hangs does not hold the process longer than --drain.
func TestDrainEnds(t *testing.T) {
	s := eventlogtest.Start(t)
	db := freePort(t)
	startFerret(t, db)
	if _, err := s.Log(t, eventlog.Config{}).Append(t.Context(), eventlog.Event{Subject: "submission.roster.01.01000701.s", Type: "rasoat.test.v1", Data: []byte("x")}); err != nil {
		t.Fatal(err)
	}
	service := &counting{working: make(chan struct{}, 1), release: make(chan struct{})}
	t.Cleanup(func() { close(service.release) })
	r := start(t, service, map[string]string{"nats-url": s.URL(), "mongodb-uri": fmt.Sprint("mongodb://127.0.0.1:", db, "/?maxPoolSize=1"), "drain": "1s"})
	<-service.working
	r.stop()
	if err := r.ended(t); err == nil || !strings.Contains(err.Error(), "did not stop") {
		t.Errorf("got %v, want a complaint about the consumer", err)
	}
}

// certificates makes an authority and a certificate for 127.0.0.1 of it, and gives the files.
func certificates(t *testing.T, dir string) (ca, cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return write("ca.pem", "CERTIFICATE", der), write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", secret)
}

// serverTLS is the broker's side.
func serverTLS(t *testing.T, ca, cert, key string) *tls.Config {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(ca)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert}
}
