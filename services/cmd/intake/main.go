// Command intake runs the intake service on its own: NATS and MongoDB by address, the drive by folder.
package main

import (
	"github.com/rasoat/rasoat/services/cmd/internal/process"
	"github.com/rasoat/rasoat/services/intake/server"
	"github.com/rasoat/rasoat/services/internal/rpc"
)

func main() {
	process.Main("intake", func(p process.Parts) (rpc.Service, error) {
		return server.New(server.Config{Drive: p.Drive, Key: p.Key}, server.Deps{Log: p.Log, Store: p.Store, Logger: p.Logger}), nil
	})
}
