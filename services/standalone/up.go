package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	registrypb "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/internal/telemetry"
	reporting "github.com/rasoat/rasoat/services/reporting/server"
	"github.com/rasoat/rasoat/services/standalone/actors"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/node"
	"github.com/rasoat/rasoat/services/student"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// settings are the flags that up and demo share.
type settings struct {
	data, grpc, http, nats, registryListen string
	natsPort                               int
	seed                                   uint64
	pupils, faults                         int
	approval                               bool
}

func (s *settings) flags(f *pflag.FlagSet) {
	f.StringVar(&s.data, "data", s.data, "data folder; made when it is not there")
	f.StringVar(&s.grpc, "grpc-listen", "127.0.0.1:7246", "address of every gRPC service")
	f.StringVar(&s.http, "http-listen", "127.0.0.1:7247", "address of REST, metrics and probes")
	f.StringVar(&s.nats, "nats-host", "127.0.0.1", "address of the embedded NATS server")
	f.IntVar(&s.natsPort, "nats-port", 4222, "port of the embedded NATS server; -1 for any free one")
	f.StringVar(&s.registryListen, "registry-listen", "127.0.0.1:7248", "address of the sample's population registry")
	f.Uint64Var(&s.seed, "seed", 1, "seed of the sample; the same seed gives the same sample")
	f.IntVar(&s.pupils, "pupils", 2000, "pupils of the sample")
	f.IntVar(&s.faults, "faults", 30, "pupils in a thousand of whom something wrong is reported; 0 for none")
	f.BoolVar(&s.approval, "approval", true, "the sample's provinces must approve before records are published")
}

func (s *settings) sample() *demo.Sample {
	faults := s.faults
	if faults == 0 {
		faults = -1
	}
	sample := demo.NewSample(s.seed, s.pupils, faults)
	if s.approval {
		sample.AskApproval()
	}
	return sample
}

func upCommand() *cobra.Command {
	s := &settings{data: "rasoat-data"}
	var driveDir, registryAddr string
	var rebuild []string
	var webhooks string
	var hold bool
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Run every service until a signal",
		Long: `Run every service until a signal.

Without --drive it runs a sample drive whose windows are open, with a population registry of its own; give the same --seed,
--pupils and --faults when you start it again on the same data folder.`,
		Example: `  rasoat-standalone up
  rasoat-standalone up --data ./data --grpc-listen :7246
  rasoat-standalone up --drive deploy/drives/2022-2023-12 --registry registry.example:443 --data ./data
  rasoat-standalone up --data ./data --rebuild reporting`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			t, err := startTelemetry(ctx)
			if err != nil {
				return err
			}
			who, err := actors.In(s.data)
			if err != nil {
				return err
			}
			cfg := s.node(t, who)
			cfg.Rebuild, cfg.Hold = rebuild, hold
			if cfg.Webhooks, err = reporting.LoadWebhooks(webhooks); err != nil {
				return err
			}
			if driveDir == "" {
				sample := s.sample()
				cfg.Drive, cfg.Key = sample.Drive, sample.Key
				if registryAddr == "" {
					if registryAddr, err = sample.ServeRegistry(ctx, s.registryListen); err != nil {
						return err
					}
				}
			} else {
				if cfg.Drive, err = drive.LoadDir(driveDir); err != nil {
					return err
				}
				if cfg.Key, err = ownKey(filepath.Join(s.data, "reference.key")); err != nil {
					return err
				}
			}
			if registryAddr == "" {
				return fault.New(fault.Invalid, "up", "Thiếu --registry: địa chỉ dịch vụ CSDL dân cư.", "--registry is missing: a drive of your own needs the address of the population registry")
			}
			n, err := startNode(ctx, cfg, registryAddr)
			if err != nil {
				return err
			}
			printAddresses(os.Stdout, n, cfg.Drive, registryAddr)
			printToken(os.Stdout, s.data)
			select {
			case <-ctx.Done():
			case <-n.Done():
			}
			return errors.Join(n.Stop(), t.Shutdown(context.WithoutCancel(ctx)))
		},
	}
	s.flags(cmd.Flags())
	cmd.Flags().StringSliceVar(&rebuild, "rebuild", nil, "services that make what they keep from the log anew before they start: intake, validation, matching, reporting")
	cmd.Flags().BoolVar(&hold, "hold", false, "run no service and answer operators alone, for rasoat restore into an empty data folder")
	cmd.Flags().StringVar(&webhooks, "webhooks", "", "file that lists the webhooks which reminders are sent to: name, url, scope, secret_file")
	cmd.Flags().StringVar(&driveDir, "drive", "", "folder that describes the drive; default: the sample's")
	cmd.Flags().StringVar(&registryAddr, "registry", "", "address of the population registry; default: the sample's")
	return cmd
}

func startTelemetry(ctx context.Context) (*telemetry.Telemetry, error) {
	cfg, err := telemetry.ConfigFromEnv("rasoat", "")
	if err != nil {
		return nil, err
	}
	return telemetry.Start(ctx, cfg)
}

func (s *settings) node(t *telemetry.Telemetry, who *actors.Actors) node.Config {
	return node.Config{Dir: s.data, GRPCListen: s.grpc, HTTPListen: s.http, NATSHost: s.nats, NATSPort: s.natsPort, Telemetry: t,
		Access: who.Verifier, Token: who.Service()}
}

func startNode(ctx context.Context, cfg node.Config, registryAddr string) (*node.Node, error) {
	conn, err := rpc.Dial(registryAddr)
	if err != nil {
		return nil, err
	}
	cfg.Registry = registrypb.NewRegistryServiceClient(conn)
	return node.Start(ctx, cfg)
}

func printAddresses(w io.Writer, n *node.Node, d *drive.Drive, registryAddr string) {
	_, _ = fmt.Fprintf(w, `rasoat is up, drive %s
  gRPC      %s
  REST      http://%s  (/openapi.json, /metrics, /readyz)
  NATS      %s
  registry  %s
Ctrl-C drains and stops.
`, d.ID, n.GRPCAddr(), n.HTTPAddr(), n.NATSURL(), registryAddr)
}

// printToken says how an account gets its token: every call needs one.
func printToken(w io.Writer, data string) {
	_, _ = fmt.Fprintf(w, "Every call needs a token. One for the ministry:\n  export RASOAT_TOKEN=$(%s)\n", tokenCommand(data, access.Ministry, "'*'", "lan"))
}

// tokenCommand is the command that issues a token with the key of a data folder.
func tokenCommand(data string, role access.Role, scope, account string) string {
	return fmt.Sprintf("go run ./services/cmd/rasoat token --key %s --role %s --scope %s --subject %s --for 24h", access.KeyFile(data), role, scope, account)
}

// ownKey reads the reference key of a data folder, or makes one: lost, every reference of the drive is lost with it.
func ownKey(file string) (student.Key, error) {
	const op = "up.key"
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		key := make([]byte, 32)
		_, _ = rand.Read(key) // never fails
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return nil, fault.Wrap(fault.Unavailable, op, err)
		}
		text = []byte(base64.StdEncoding.EncodeToString(key))
		return key, fault.Wrap(fault.Unavailable, op, os.WriteFile(file, text, 0o600))
	}
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, op, err)
	}
	key, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil || len(key) < 32 {
		return nil, fault.New(fault.Invalid, op, "Tệp khoá "+file+" bị hỏng.", "the key file "+file+" is damaged: restore it from a backup, every reference depends on it")
	}
	return key, nil
}
