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
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/operator"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/internal/run"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/mongo"
	"github.com/rasoat/rasoat/services/internal/telemetry"
	"github.com/rasoat/rasoat/services/student"
)

// Parts is what a service is made of, ready to use.
type Parts struct {
	Drive     *drive.Drive
	Key       student.Key
	Log       *eventlog.Log
	Store     store.DB
	Registry  string        // address of the population registry; of matching only
	Reporting string        // address of reporting; of intake only
	Peers     Peers         // of reporting only
	Webhooks  string        // file of the webhooks; of reporting only
	Token     access.Source // of this service's own calls; nil when it has none
	Logger    *slog.Logger
}

// Peers are the addresses of the other services, "" for one that is not asked.
type Peers struct{ Intake, Validation, Matching string }

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
	reporting := set.String("reporting", "127.0.0.1:7246", "address of the reporting service (intake only)")
	var peers Peers
	set.StringVar(&peers.Intake, "intake", "", "address of the intake service, for timelines (reporting only)")
	set.StringVar(&peers.Validation, "validation", "", "address of the validation service, for timelines (reporting only)")
	set.StringVar(&peers.Matching, "matching", "", "address of the matching service, for timelines (reporting only)")
	webhooks := set.String("webhooks", "", "file that lists the webhooks which reminders are sent to (reporting only)")
	var guard guarding
	set.StringVar(&guard.keys, "access-keys", "", "file with the public keys that tokens are checked with, PEM or a JSON Web Key Set")
	set.StringVar(&guard.jwks, "access-jwks", "", "in its place: address of the JSON Web Key Set of the identity provider")
	set.StringVar(&guard.issuer, "access-issuer", access.DefaultIssuer, "who issues the tokens: their claim iss")
	tokenFile := set.String("token-file", "", "file with the token of this service's own calls, of the role service; read again when it changes (intake needs it)")
	rebuild := set.Bool("rebuild", false, "before serving, make the service's collections from the log anew, whatever the old ones hold; while it serves, rasoat rebuild does so")
	if err := run.ParseFlags(set, os.Args[1:], "RASOAT"); err != nil {
		return err
	}
	verifier, err := guard.verifier()
	if err != nil {
		return err
	}
	var token access.Source
	if *tokenFile != "" {
		token = access.File(*tokenFile)
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
	service, err := build(Parts{Drive: d, Key: key, Log: log, Store: db, Registry: *registry, Reporting: *reporting, Peers: peers, Webhooks: *webhooks, Token: token, Logger: t.Logger})
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
	return rpc.Serve(ctx, rpc.Config{GRPCListen: *grpcListen, HTTPListen: *httpListen, Telemetry: t, Access: verifier}, service, operator.New(service))
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
