// Command matching runs the matching service on its own: NATS, MongoDB and the population registry by address, the drive
// by folder.
package main

import (
	registrypb "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	"github.com/rasoat/rasoat/services/cmd/internal/process"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/matching/server"
)

func main() {
	process.Main("matching", func(p process.Parts) (rpc.Service, error) {
		registry, err := rpc.Dial(p.Registry)
		if err != nil {
			return nil, err
		}
		return server.New(server.Config{Drive: p.Drive, Key: p.Key}, server.Deps{
			Log: p.Log, Store: p.Store, Registry: registrypb.NewRegistryServiceClient(registry), Logger: p.Logger,
		}), nil
	})
}
