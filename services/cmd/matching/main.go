// Command matching runs the matching service on its own: NATS, MongoDB and the population registry by address, the drive
// by folder.
package main

import (
	"context"

	registrypb "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	"github.com/rasoat/rasoat/services/cmd/internal/process"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/matching/server"
)

func main() {
	process.Main("matching", func(p *process.Parts) (rpc.Service, error) {
		var s *server.Server
		registry, err := p.Dial("registry", nil, func(ctx context.Context) error { return s.Registry(ctx) })
		if err != nil {
			return nil, err
		}
		s = server.New(server.Config{Drive: p.Drive, Key: p.Key}, server.Deps{
			Log: p.Log, Store: p.Store, Registry: registrypb.NewRegistryServiceClient(registry), Logger: p.Logger,
		})
		return s, nil
	})
}
