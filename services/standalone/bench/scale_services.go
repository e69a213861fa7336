package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	registrypb "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	intake "github.com/rasoat/rasoat/services/intake/server"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/internal/store"
	matching "github.com/rasoat/rasoat/services/matching/server"
	reporting "github.com/rasoat/rasoat/services/reporting/server"
	"github.com/rasoat/rasoat/services/standalone/cluster"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/embed"
	"github.com/rasoat/rasoat/services/standalone/node"
	validation "github.com/rasoat/rasoat/services/validation/server"
	"google.golang.org/grpc"
)

// bench runs services in this process, over the brokers of a cluster, each with a SQLite of its own, which its copies share.
type bench struct {
	s      *scaling
	c      *cluster.Cluster
	sample *demo.Sample
	dir    string
	conn   *grpc.ClientConn // to intake
	ends   []func() error
}

func (s *scaling) bench(ctx context.Context, r *scaled, dir string) (*bench, error) {
	b := &bench{s: s, sample: s.sample(r), dir: filepath.Join(dir, "stores")}
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return nil, fault.Wrap(fault.Unavailable, "bench.scale", err)
	}
	var err error
	if b.c, err = s.brokers(ctx, b.sample, dir); err != nil {
		return nil, err
	}
	b.ends = append(b.ends, b.c.Stop)
	return b, nil
}

// close ends everything, what was started last first.
func (b *bench) close() error {
	var errs []error
	for i := len(b.ends) - 1; i >= 0; i-- {
		errs = append(errs, b.ends[i]())
	}
	b.ends = nil
	return errors.Join(errs...)
}

// run runs copies of a service until close.
func (b *bench) run(ctx context.Context, name string, copies int) error {
	db, err := embed.OpenSQLite(filepath.Join(b.dir, name+".sqlite"))
	if err != nil {
		return err
	}
	b.ends = append(b.ends, db.Close)
	for range copies {
		if err := b.copy(ctx, name, db); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) copy(ctx context.Context, name string, db store.DB) error {
	log, err := eventlog.Open(ctx, b.c.Broker(), eventlog.Config{Service: name, Replicas: 3, Logger: b.s.tele.Logger})
	if err != nil {
		return err
	}
	service, err := b.service(name, log, db)
	if err != nil {
		return err
	}
	who := b.c.Actors()
	server, err := rpc.New(rpc.Config{GRPCListen: "127.0.0.1:0", Telemetry: b.s.tele, Access: who.Verifier}, service)
	if err != nil {
		return err
	}
	work, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- server.Run(work) }()
	b.ends = append(b.ends, func() error { cancel(); return <-done })
	if name == "intake" {
		if b.conn, err = who.Dial(server.GRPCAddr()); err != nil {
			return err
		}
		b.ends = append(b.ends, b.conn.Close)
	}
	return nil
}

// service makes one copy of a service.
func (b *bench) service(name string, log *eventlog.Log, db store.DB) (rpc.Service, error) {
	d, key, logger := b.sample.Drive, b.sample.Key, b.s.tele.Logger
	switch name {
	case "intake":
		return intake.New(intake.Config{Drive: d, Key: key}, intake.Deps{Log: log, Store: db, Logger: logger}), nil
	case "validation":
		return validation.New(validation.Config{Drive: d, Key: key}, validation.Deps{Log: log, Store: db, Logger: logger}), nil
	case "matching":
		conn, err := rpc.Dial(b.c.Process("registry").GRPCAddr())
		if err != nil {
			return nil, err
		}
		b.ends = append(b.ends, conn.Close)
		return matching.New(matching.Config{Drive: d, Key: key},
			matching.Deps{Log: log, Store: db, Registry: registrypb.NewRegistryServiceClient(conn), Logger: logger}), nil
	}
	return reporting.New(reporting.Config{Drive: d}, reporting.Deps{Log: log, Store: db, Logger: logger}), nil
}

// atOnce plays the nation through all services at once.
func (s *scaling) atOnce(ctx context.Context, r *scaled, dir string) (err error) {
	b, err := s.bench(ctx, r, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	u := startUse(b.c)
	if err := b.play(ctx, r.Copies); err != nil {
		return err
	}
	u.stop(r)
	return stages(ctx, b.c, r)
}

// play plays the nation through all services, until nothing is under way.
func (b *bench) play(ctx context.Context, copies int) error {
	for _, name := range []string{"reporting", "matching", "validation", "intake"} {
		n := 1
		if name == "validation" {
			n = copies
		}
		if err := b.run(ctx, name, n); err != nil {
			return err
		}
	}
	if err := submitAll(ctx, b.sample, b.conn); err != nil {
		return err
	}
	log, err := b.c.Log(ctx)
	if err != nil {
		return err
	}
	return node.Settle(ctx, log, b.sample.Drive)
}

// alone has intake take the nation, and then validation judge it, with nothing else beside either.
func (s *scaling) alone(ctx context.Context, r *scaled, dir string) (err error) {
	b, err := s.bench(ctx, r, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.run(ctx, "intake", 1); err != nil {
		return err
	}
	if err := submitAll(ctx, b.sample, b.conn); err != nil {
		return err
	}
	if err := stages(ctx, b.c, r); err != nil {
		return err
	}
	log, err := b.c.Log(ctx)
	if err != nil {
		return err
	}
	began, u := time.Now(), startUse(b.c)
	if err := b.run(ctx, "validation", r.Copies); err != nil {
		return err
	}
	if err := judged(ctx, log); err != nil {
		return err
	}
	r.Judged = float64(r.Pupils) / time.Since(began).Seconds()
	u.stop(r)
	return nil
}

// judged waits until validation has nothing left to judge.
func judged(ctx context.Context, log *eventlog.Log) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var left uint64
		err := log.Patiently(ctx, func() (err error) { // brokers at their limit answer late
			left, err = node.Judging(ctx, log)
			return err
		})
		if err != nil {
			return err
		}
		if left == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
