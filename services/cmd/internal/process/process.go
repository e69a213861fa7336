// Package process is what the mains of the services have in common: the settings that every service needs, the parts that they are made of, and
// their life. README.md tells it for the operator.
//
// The one rule that a reader must not miss: a process listens before anything else is there, and waits. Nothing that needs the broker or the
// database may stand before the server runs; it belongs into prepare.
package process

import (
	"context"
	"encoding/base64"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/operator"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/internal/run"
	"github.com/rasoat/rasoat/services/internal/seen"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/mongo"
	"github.com/rasoat/rasoat/services/internal/telemetry"
	"github.com/rasoat/rasoat/services/student"
)

// Parts is what a service is made of, ready to use; log and store may still be waiting for broker and database.
type Parts struct {
	Drive    *drive.Drive
	Key      student.Key // not of reporting
	Log      *eventlog.Log
	Store    store.DB
	Webhooks string        // file of the webhooks; of reporting only
	Token    access.Source // of this service's own calls; nil when it has none
	Logger   *slog.Logger

	settings *settings
	needs    []rpc.Need
	closers  []func() error
}

// Wrong says that the value of a setting cannot be, with the error that came of it; of kind Invalid.
func (p *Parts) Wrong(setting string, err error) error { return p.settings.Wrong(setting, err) }

// Main runs the service that build makes of the parts, until a signal.
func Main(name string, build func(*Parts) (rpc.Service, error)) {
	run.Main(func(ctx context.Context) error {
		return program{name: name, build: build, out: os.Stdout}.serve(ctx, os.Args[1:])
	})
}

// program is a service as a process.
type program struct {
	name      string
	build     func(*Parts) (rpc.Service, error)
	out       io.Writer
	listening func(*rpc.Server) // of tests: told when the addresses are bound
	log       io.Writer         // of tests: where the log goes
}

// serve runs until ctx ends.
func (p program) serve(ctx context.Context, args []string) error {
	v := newSettings(p.name)
	if err := v.Parse(args, p.out); err != nil {
		return err
	}
	parts, verifier, err := v.read()
	if err != nil {
		return err
	}
	connect, err := v.nats()
	if err != nil {
		return err
	}
	cfg, err := v.telemetry()
	if err != nil {
		return err
	}
	cfg.LogWriter = p.log
	t, err := telemetry.Start(ctx, cfg)
	if err != nil {
		return err
	}
	parts.Logger = t.Logger
	parts.closers = append(parts.closers, func() error { return t.Shutdown(context.WithoutCancel(ctx)) })
	defer func() { parts.close(ctx, v.drain) }()

	nc, err := eventlog.Connect(v.natsURL, "rasoat-"+p.name, connect...)
	if err != nil {
		return v.Wrong("nats-url", err)
	}
	parts.closers = append(parts.closers, func() error { nc.Close(); return nil })
	if parts.Log, err = eventlog.New(nc, eventlog.Config{Service: p.name, Replicas: v.replicas, Logger: t.Logger, Grace: grace(v.drain)}); err != nil {
		return err
	}
	db, err := mongo.Open(ctx, v.mongoURI, "rasoat_"+p.name)
	if err != nil {
		return v.Wrong("mongodb-uri", err)
	}
	parts.Store = store.Reading(db, store.Newest)
	parts.closers = append(parts.closers, db.Close)
	parts.needs = []rpc.Need{{On: "nats", Check: parts.Log.Ready}, {On: "mongodb", Check: parts.Store.Ping}, {On: "version", Check: parts.Log.Outdated}}

	service, err := p.build(parts)
	if err != nil {
		return err
	}
	server, err := rpc.New(rpc.Config{
		GRPCListen: v.grpcListen, HTTPListen: v.httpListen, Telemetry: t, Access: verifier, Drain: serverDrain(v.drain), Needs: parts.needs,
		OnHold:  v.hold,
		Prepare: func(ctx context.Context) error { return prepare(ctx, parts.Log, db, service, v) },
	}, v.served(service)...)
	if err != nil {
		return err
	}
	if p.listening != nil {
		p.listening(server)
	}
	t.Logger.InfoContext(ctx, "starting", slog.String("service", p.name), slog.String("drive", parts.Drive.ID), slog.String("digest", parts.Drive.Digest))
	return server.Run(ctx)
}

// read reads what the settings name: the drive and the keys. It fails with Invalid and names the setting.
func (v *settings) read() (*Parts, *access.Verifier, error) {
	if err := v.check(); err != nil {
		return nil, nil, err
	}
	parts := &Parts{settings: v, Webhooks: v.webhooks}
	verifier, err := v.verifier()
	if err != nil {
		return nil, nil, err
	}
	if v.tokenFile != "" {
		if _, err := os.Stat(v.tokenFile); err != nil {
			return nil, nil, v.Wrong("token-file", err)
		}
		parts.Token = access.File(v.tokenFile)
	}
	if parts.Drive, err = drive.LoadDir(v.driveDir); err != nil {
		return nil, nil, v.Wrong("drive", err)
	}
	if slices.Contains(needsKey, v.Program) {
		if parts.Key, err = ReadKey(v.keyFile); err != nil {
			return nil, nil, v.Wrong("key-file", err)
		}
	}
	return parts, verifier, nil
}

// prepare is what has to be done with broker and database before a call is answered and anything is consumed. It waits for them until ctx ends, and
// fails with Conflict when the log is older than what the database holds. A service that is held touches nothing.
func prepare(ctx context.Context, log *eventlog.Log, db store.DB, service rpc.Service, v *settings) error {
	if v.hold {
		return nil
	}
	if err := log.Prepare(ctx); err != nil {
		return err
	}
	if !v.rebuild {
		return seen.Watch(ctx, log, db, nil)
	}
	r, ok := service.(interface{ Rebuild(context.Context) error })
	if !ok {
		return fault.New(fault.Invalid, "process.rebuild", "Dịch vụ này không dựng lại được.", "this service cannot be rebuilt")
	}
	return seen.Watch(ctx, log, db, r.Rebuild)
}

// served is what the server serves: the service and the operator's door, or of a service that is held the door alone.
func (v *settings) served(service rpc.Service) []rpc.Service {
	door := operator.New(service)
	if v.hold {
		return []rpc.Service{door.Held()}
	}
	return []rpc.Service{service, door}
}

// The shares of --drain: the handlers of messages are cut after seven tenths, calls after nine, and the last is for closing.
func grace(drain time.Duration) time.Duration       { return drain * 7 / 10 }
func serverDrain(drain time.Duration) time.Duration { return drain * 9 / 10 }
func closing(drain time.Duration) time.Duration     { return drain / 10 }

// close lets go of everything in the reverse order of its start, and does not wait for what takes longer than its share of drain.
func (p *Parts) close(ctx context.Context, drain time.Duration) {
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing(drain))
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, c := range slices.Backward(p.closers) {
			if err := c(); err != nil {
				p.Logger.WarnContext(limit, "not closed well", slog.String("error", err.Error()))
			}
		}
	}()
	select {
	case <-done:
	case <-limit.Done():
		p.Logger.WarnContext(ctx, "closing took too long and was left")
	}
}

// ReadKey reads the reference key. It fails with Invalid when there is none or it is too short to be a secret.
func ReadKey(file string) (student.Key, error) {
	const op = "process.key"
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, op, err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) < 32 {
		return nil, fault.New(fault.Invalid, op, "Tệp khoá phải chứa ít nhất 32 byte dạng base64.",
			"the key file must hold at least 32 bytes in base64: make one with \"openssl rand -base64 32\"")
	}
	return key, nil
}
