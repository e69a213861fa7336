package embed

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/standalone/folder"
)

// NATSConfig says where the embedded broker keeps its log and who reaches it.
type NATSConfig struct {
	Dir    string       // folder of the log; made when it is missing, and locked
	Host   string       // "127.0.0.1" when empty
	Port   int          // -1 for any free port, 0 for none: then only this process reaches it
	Logger *slog.Logger // what the broker has to say; slog.Default() when nil
}

const (
	// maxPayload is several times the largest message. 200 records of results are about 250 KB, and so are the findings
	// on them; with a finding on every mark they may pass the broker's default of 1 MB. Above 8 MB the broker itself
	// advises against. A cluster has to be set to the same.
	maxPayload = 4 << 20
	// readyWithin covers the recovery of a large log after a kill.
	readyWithin = 5 * time.Minute
)

// NATS is an embedded broker.
type NATS struct {
	srv  *server.Server
	lock *os.File
}

// StartNATS starts a broker of one node. Every write is synced before it is acknowledged: the default may lose two
// minutes at a power cut. The log may take three quarters of the disk that is free at the start; then it refuses new
// messages. It fails with Unavailable when the folder or the port is taken by another process.
func StartNATS(cfg NATSConfig) (*NATS, error) {
	const op = "embed.nats"
	opts := &server.Options{
		ServerName: "rasoat", Host: cfg.Host, Port: cfg.Port, DontListen: cfg.Port == 0,
		JetStream: true, StoreDir: cfg.Dir, SyncAlways: true, NoSigs: true, MaxPayload: maxPayload,
	}
	if opts.Host == "" {
		opts.Host = "127.0.0.1"
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	// The broker does not look whether another one has the folder open, and two of them spoil the log.
	lock, err := folder.Lock(cfg.Dir, opts.ServerName)
	if err != nil {
		return nil, fault.Wrap("", op, err)
	}
	srv, err := server.NewServer(opts)
	if err != nil {
		_ = lock.Close()
		return nil, notStarted(op, opts, err)
	}
	fatal := make(chan error, 1)
	srv.SetLoggerV2(natsLogger{cfg.Logger.With(slog.String("component", "nats")), fatal}, false, false, false)
	n := &NATS{srv: srv, lock: lock}
	srv.Start()
	for end := time.Now().Add(readyWithin); !srv.ReadyForConnections(100 * time.Millisecond); {
		select {
		case err = <-fatal:
		default:
			if time.Now().Before(end) {
				continue
			}
			err = fmt.Errorf("not ready within %v", readyWithin)
		}
		n.Shutdown()
		return nil, notStarted(op, opts, err)
	}
	return n, nil
}

func notStarted(op string, opts *server.Options, err error) error {
	address := net.JoinHostPort(opts.Host, strconv.Itoa(opts.Port))
	return &fault.Error{Kind: fault.Unavailable, Op: op, Err: err, Text: fault.Text{
		Vi: fmt.Sprintf("Máy chủ NATS nhúng không khởi động được ở %s với thư mục %s: kiểm tra cổng còn trống và đĩa còn chỗ.", address, opts.StoreDir),
		En: fmt.Sprintf("the embedded NATS server does not start at %s in %s: check that the port is free and that the disk has room", address, opts.StoreDir),
	}}
}

// Connect connects within the process, without a socket.
func (n *NATS) Connect(name string) (*nats.Conn, error) {
	return eventlog.Connect(n.srv.ClientURL(), name, nats.InProcessServer(n.srv))
}

// URL is where others reach the broker.
func (n *NATS) URL() string { return n.srv.ClientURL() }

// Shutdown stops the broker and waits until its log is closed.
func (n *NATS) Shutdown() {
	n.srv.Shutdown()
	n.srv.WaitForShutdown()
	_ = n.lock.Close()
}

// natsLogger passes on what the broker logs, and what it cannot start without. It logs subjects and names of streams,
// never what a message holds.
type natsLogger struct {
	to    *slog.Logger
	fatal chan<- error
}

func (l natsLogger) log(level slog.Level, format string, args []any) {
	l.to.Log(context.Background(), level, fmt.Sprintf(format, args...))
}

func (l natsLogger) Fatalf(format string, args ...any) {
	l.log(slog.LevelError, format, args)
	select {
	case l.fatal <- fmt.Errorf(format, args...):
	default:
	}
}

func (l natsLogger) Errorf(format string, args ...any)  { l.log(slog.LevelError, format, args) }
func (l natsLogger) Warnf(format string, args ...any)   { l.log(slog.LevelWarn, format, args) }
func (l natsLogger) Noticef(format string, args ...any) { l.log(slog.LevelDebug, format, args) }
func (l natsLogger) Debugf(string, ...any)              {}
func (l natsLogger) Tracef(string, ...any)              {}
