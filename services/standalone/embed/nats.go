package embed

import (
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// NATSConfig says where the embedded broker keeps its log and who reaches it.
type NATSConfig struct {
	Dir  string // folder of the log
	Host string // "127.0.0.1" when empty
	Port int    // -1 for any free port, 0 for none: then only this process reaches it
}

const (
	// maxPayload is several times the largest batch: 200 records of results are about 250 KB.
	maxPayload = 4 << 20
	// readyWithin covers the recovery of a large log after a kill.
	readyWithin = 5 * time.Minute
)

// NATS is an embedded broker.
type NATS struct{ srv *server.Server }

// StartNATS starts a broker of one node. Every write is synced before it is acknowledged: the default may lose two
// minutes at a power cut. It fails with Unavailable when the folder or the port is taken.
func StartNATS(cfg NATSConfig) (*NATS, error) {
	const op = "embed.nats"
	opts := &server.Options{
		ServerName: "rasoat", Host: cfg.Host, Port: cfg.Port, DontListen: cfg.Port == 0,
		JetStream: true, StoreDir: cfg.Dir, SyncAlways: true, NoSigs: true, MaxPayload: maxPayload,
	}
	if opts.Host == "" {
		opts.Host = "127.0.0.1"
	}
	srv, err := server.NewServer(opts)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, op, err)
	}
	srv.Start()
	if !srv.ReadyForConnections(readyWithin) {
		srv.Shutdown()
		return nil, fault.New(fault.Unavailable, op,
			"Máy chủ NATS nhúng không khởi động được: thư mục dữ liệu hoặc cổng đang bị chiếm.",
			"the embedded NATS server does not start: is its folder or its port taken by another process?")
	}
	return &NATS{srv}, nil
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
}
