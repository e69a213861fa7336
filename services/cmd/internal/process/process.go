// Package process is what the mains of the services have in common: the settings that every service needs, and
// the parts that they are made of. Settings come from flags, then from RASOAT_… in the environment, then from defaults.
package process

import (
	"context"
	"encoding/base64"
	"flag"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/internal/run"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/mongo"
	"github.com/rasoat/rasoat/services/internal/telemetry"
	"github.com/rasoat/rasoat/services/student"
)

// Parts is what a service is made of, ready to use.
type Parts struct {
	Drive    *drive.Drive
	Key      student.Key
	Log      *eventlog.Log
	Store    store.DB
	Registry string // address of the population registry; of matching only
	Logger   *slog.Logger
}

// Main runs the service that build makes of the parts, until a signal.
func Main(name string, build func(Parts) (rpc.Service, error)) {
	run.Main(func(ctx context.Context) error { return serve(ctx, name, build) })
}

func serve(ctx context.Context, name string, build func(Parts) (rpc.Service, error)) error {
	set := flag.NewFlagSet(name, flag.ContinueOnError)
	grpcListen := set.String("grpc-listen", ":7246", "address of the gRPC server")
	httpListen := set.String("http-listen", ":7247", "address of REST, metrics and probes")
	natsURL := set.String("nats-url", "nats://127.0.0.1:4222", "addresses of the NATS cluster, separated by commas")
	replicas := set.Int("replicas", 0, "copies of each stream; 0 takes the streams as they are")
	mongoURI := set.String("mongodb-uri", "mongodb://127.0.0.1:27017", "MongoDB, a replica set or a sharded cluster")
	driveDir := set.String("drive", "", "folder that describes the drive")
	keyFile := set.String("key-file", "", "file with the reference key, at least 32 bytes in base64; the same for every service, for the whole drive")
	registry := set.String("registry", "127.0.0.1:7248", "address of the population registry (matching only)")
	rebuild := set.Bool("rebuild", false, "throw away the service's collections and make them from the log anew; one copy only, once")
	if err := run.ParseFlags(set, os.Args[1:], "RASOAT"); err != nil {
		return err
	}
	d, err := drive.LoadDir(*driveDir)
	if err != nil {
		return err
	}
	key, err := ReadKey(*keyFile)
	if err != nil {
		return err
	}
	settings, err := telemetry.ConfigFromEnv("rasoat-"+name, "")
	if err != nil {
		return err
	}
	t, err := telemetry.Start(ctx, settings)
	if err != nil {
		return err
	}
	defer stop(t)
	nc, err := eventlog.Connect(*natsURL, "rasoat-"+name)
	if err != nil {
		return err
	}
	defer nc.Close()
	log, err := eventlog.Open(ctx, nc, eventlog.Config{Service: name, Replicas: *replicas, Logger: t.Logger})
	if err != nil {
		return err
	}
	db, err := mongo.Open(ctx, *mongoURI, "rasoat_"+name)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	service, err := build(Parts{Drive: d, Key: key, Log: log, Store: db, Registry: *registry, Logger: t.Logger})
	if err != nil {
		return err
	}
	if *rebuild {
		r, ok := service.(interface{ Rebuild(context.Context) error })
		if !ok {
			return fault.New(fault.Invalid, "process.rebuild", "Dịch vụ này không dựng lại được.", "this service cannot be rebuilt")
		}
		if err := r.Rebuild(ctx); err != nil {
			return err
		}
	}
	t.Logger.InfoContext(ctx, "serving", slog.String("service", name), slog.String("drive", d.ID), slog.String("digest", d.Digest))
	return rpc.Serve(ctx, rpc.Config{GRPCListen: *grpcListen, HTTPListen: *httpListen, Telemetry: t}, service)
}

func stop(t *telemetry.Telemetry) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = t.Shutdown(ctx)
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
