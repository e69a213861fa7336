// Command validation runs the validation service on its own: NATS and MongoDB by address, the drive by folder.
package main

import (
	"github.com/rasoat/rasoat/services/cmd/internal/process"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/validation/server"
)

func main() {
	process.Main("validation", func(p *process.Parts) (rpc.Service, error) {
		return server.New(server.Config{Drive: p.Drive, Key: p.Key}, server.Deps{Log: p.Log, Store: p.Store, Logger: p.Logger}), nil
	})
}
