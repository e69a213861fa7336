// Package node is every service of rasoat in one process, on an embedded NATS server and SQLite, in one data folder.
//
// It runs the same service code as the separate processes and is no special case of anything: the services are given a
// log, a store and a registry, and do not know whose. Acknowledged means on disk: NATS syncs every write, and so does
// SQLite.
package node

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	registrypb "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	"github.com/rasoat/rasoat/services/drive"
	intake "github.com/rasoat/rasoat/services/intake/server"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/operator"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/internal/seen"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/telemetry"
	matching "github.com/rasoat/rasoat/services/matching/server"
	reporting "github.com/rasoat/rasoat/services/reporting/server"
	"github.com/rasoat/rasoat/services/standalone/embed"
	"github.com/rasoat/rasoat/services/student"
	validation "github.com/rasoat/rasoat/services/validation/server"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
)

// Config says what to run and where.
type Config struct {
	Dir        string // data folder; made when it is not there
	GRPCListen string // "127.0.0.1:7246"; ":0" for any free port
	HTTPListen string
	NATSHost   string
	NATSPort   int // -1 for any free port
	Drive      *drive.Drive
	Key        student.Key
	Registry   registrypb.RegistryServiceClient
	Telemetry  *telemetry.Telemetry
	Access     *access.Verifier // checks the token of every call
	Token      access.Source    // gives the token of the services' own calls

	// Elsewhere names services that are not run here, because other processes on the same broker do.
	Elsewhere []string
	// Rebuild names services that make their collections from the log anew before they run, whatever the old ones hold: for a store that was lost.
	// While they run, OperatorService does.
	Rebuild []string
	// Hold runs no service and answers operators alone: for a restore into an empty data folder.
	Hold bool
	// Copies of each service that share the work; 0 means one.
	Copies int
	// Waits are the times that the services wait for one another.
	Waits Waits
	// Webhooks are where reminders go besides the log.
	Webhooks []reporting.Webhook
	// WrapStore is put around the store of each copy, for tests that disturb it; nil for none.
	WrapStore func(store.DB) store.DB
	// WrapHandler is put around every handler, for the same.
	WrapHandler func(eventlog.Handler) eventlog.Handler
}

// Waits are the times that the services wait for one another; 0 takes what a deployment has.
type Waits struct {
	Redelivery  time.Duration // until the messages of a process that fell silent go to another: eventlog.Config.AckWait
	Lease       time.Duration // until another copy asks the registry in the place of one that fell silent: matching.Config.LeaseTerm
	BreakerOpen time.Duration // until one question tries a registry that failed: matching.Config.BreakerOpen
}

// Node is a running system.
type Node struct {
	broker *embed.NATS
	conn   *nats.Conn
	log    *eventlog.Log
	dbs    []store.DB
	self   *grpc.ClientConn // calls the services of this node as everybody does
	server *rpc.Server
	done   chan struct{}
	err    error
	cancel context.CancelFunc
}

// Start brings everything up. Its errors are of kind Invalid (the configuration), Unavailable (an address or the folder is
// taken) or Internal. Stop must follow.
func Start(ctx context.Context, cfg Config) (*Node, error) {
	n := &Node{done: make(chan struct{})}
	if err := n.start(ctx, cfg); err != nil {
		return nil, errors.Join(err, n.close())
	}
	return n, nil
}

func (n *Node) start(ctx context.Context, cfg Config) error {
	if cfg.Access == nil || cfg.Token == nil {
		return fault.Internalf("node.start", "no keys to check tokens with, or no token of its own")
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return fault.Wrap(fault.Unavailable, "node.start", err)
	}
	var err error
	if n.broker, err = embed.StartNATS(embed.NATSConfig{Dir: filepath.Join(cfg.Dir, "nats"), Host: cfg.NATSHost, Port: cfg.NATSPort}); err != nil {
		return err
	}
	if n.conn, err = n.broker.Connect("rasoat"); err != nil {
		return err
	}
	if n.self, err = rpc.Dial("passthrough:///node", grpc.WithContextDialer(n.dial), rpc.WithToken(cfg.Token)); err != nil {
		return err
	}
	services, err := n.services(ctx, cfg)
	if err != nil {
		return err
	}
	n.server, err = rpc.New(rpc.Config{GRPCListen: cfg.GRPCListen, HTTPListen: cfg.HTTPListen, Telemetry: cfg.Telemetry, Access: cfg.Access, OnHold: cfg.Hold, Needs: n.needs()}, services...)
	if err != nil {
		return err
	}
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	n.cancel = cancel
	go func() {
		defer close(n.done)
		n.err = n.server.Run(run)
	}()
	return nil
}

// dial reaches this node's own address, which is known by the time that a service calls another.
func (n *Node) dial(ctx context.Context, _ string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", n.server.GRPCAddr())
}

// services makes the four services, each with its own log identity and its own database.
func (n *Node) services(ctx context.Context, cfg Config) ([]rpc.Service, error) {
	logger := cfg.Telemetry.Logger
	builders := []struct {
		name  string
		build func(*eventlog.Log, store.DB) rpc.Service
	}{
		{"intake", func(l *eventlog.Log, db store.DB) rpc.Service {
			return intake.New(intake.Config{Drive: cfg.Drive, Key: cfg.Key}, intake.Deps{Log: l, Store: db, Logger: logger, Correctable: intake.AskReporting(n.self)})
		}},
		{"validation", func(l *eventlog.Log, db store.DB) rpc.Service {
			return validation.New(validation.Config{Drive: cfg.Drive, Key: cfg.Key}, validation.Deps{Log: l, Store: db, Logger: logger})
		}},
		{"matching", func(l *eventlog.Log, db store.DB) rpc.Service {
			return matching.New(matching.Config{Drive: cfg.Drive, Key: cfg.Key, LeaseTerm: cfg.Waits.Lease, BreakerOpen: cfg.Waits.BreakerOpen}, matching.Deps{Log: l, Store: db, Registry: cfg.Registry, Logger: logger})
		}},
		{"reporting", func(l *eventlog.Log, db store.DB) rpc.Service {
			return reporting.New(reporting.Config{Drive: cfg.Drive, Webhooks: cfg.Webhooks}, reporting.Deps{Log: l, Store: db, Logger: logger, Peers: reporting.PeersAt(n.self, n.self, n.self)})
		}},
	}
	services := make([]rpc.Service, 0, len(builders)+1)
	var firsts []rpc.Service
	for _, b := range builders {
		if slices.Contains(cfg.Elsewhere, b.name) {
			continue
		}
		log, err := eventlog.Open(ctx, n.conn, eventlog.Config{Service: b.name, Replicas: 1, Logger: logger, AckWait: cfg.Waits.Redelivery, Wrap: cfg.WrapHandler})
		if err != nil {
			return nil, err
		}
		n.log = log
		db, err := embed.OpenSQLite(file(cfg.Dir, b.name))
		if err != nil {
			return nil, err
		}
		db = store.Reading(db, store.Newest)
		n.dbs = append(n.dbs, db)
		wrap := cfg.WrapStore
		if wrap == nil {
			wrap = func(db store.DB) store.DB { return db }
		}
		first := copies{Service: b.build(log, wrap(db))}
		var anew func(context.Context) error
		if slices.Contains(cfg.Rebuild, b.name) {
			anew = func(ctx context.Context) error { return rebuild(ctx, first.Service) }
		}
		if !cfg.Hold {
			if err := seen.Watch(ctx, log, db, anew); err != nil {
				return nil, err
			}
		}
		for range max(cfg.Copies, 1) - 1 {
			first.others = append(first.others, b.build(log, wrap(db)))
		}
		services, firsts = append(services, first), append(firsts, first.Service)
	}
	door := operator.New(firsts...).On(cfg.Dir)
	if cfg.Hold {
		return []rpc.Service{door.Held()}, nil
	}
	return append(services, door), nil
}

// Check refuses, with Invalid, a data folder in which another program's file stands in the place of one of ours. It writes
// nothing.
func Check(dir string) error {
	for _, service := range []string{"intake", "validation", "matching", "reporting"} {
		if err := embed.CheckSQLite(file(dir, service)); err != nil {
			return err
		}
	}
	return nil
}

// file is where a service keeps its collections.
func file(dir, service string) string { return filepath.Join(dir, service+".sqlite") }

// rebuild has a service make its collections anew.
func rebuild(ctx context.Context, s rpc.Service) error {
	r, ok := s.(interface{ Rebuild(context.Context) error })
	if !ok {
		return fault.New(fault.Invalid, "node.rebuild", "Dịch vụ "+s.Name()+" không dựng lại được.", "the service "+s.Name()+" cannot be rebuilt")
	}
	return r.Rebuild(ctx)
}

// copies is a service of which the first copy answers and all share the work.
type copies struct {
	rpc.Service
	others []rpc.Service
}

// Run runs every copy.
func (c copies) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, s := range append([]rpc.Service{c.Service}, c.others...) {
		g.Go(func() error { return s.Run(ctx) })
	}
	return g.Wait()
}

// GRPCAddr is the bound address of every gRPC service.
func (n *Node) GRPCAddr() string { return n.server.GRPCAddr() }

// HTTPAddr is the bound address of REST, metrics and probes.
func (n *Node) HTTPAddr() string { return n.server.HTTPAddr() }

// NATSURL is where portals and subscribers reach the broker.
func (n *Node) NATSURL() string { return n.broker.URL() }

// Conn is a connection to the broker within the process.
func (n *Node) Conn() *nats.Conn { return n.conn }

// Log is the log, for whoever looks on.
func (n *Node) Log() *eventlog.Log { return n.log }

// Done is closed when the services have ended, by Stop or by an error of theirs that Stop returns.
func (n *Node) Done() <-chan struct{} { return n.done }

// Stop drains the services, then closes stores and broker, in reverse order of their start.
func (n *Node) Stop() error {
	n.cancel()
	<-n.done
	return errors.Join(n.err, n.close())
}

func (n *Node) close() error {
	var errs []error
	if n.self != nil {
		_ = n.self.Close() // its only error is that it is closed already
	}
	if n.conn != nil {
		n.conn.Close()
	}
	for _, db := range n.dbs {
		errs = append(errs, db.Close())
	}
	if n.broker != nil {
		n.broker.Shutdown()
	}
	return errors.Join(errs...)
}
