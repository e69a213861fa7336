// Command reporting runs the reporting service on its own: NATS and MongoDB by address, the drive by folder.
package main

import (
	"github.com/rasoat/rasoat/services/cmd/internal/process"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/reporting/server"
)

func main() {
	process.Main("reporting", func(p process.Parts) (rpc.Service, error) {
		return server.New(server.Config{Drive: p.Drive}, server.Deps{Log: p.Log, Store: p.Store, Logger: p.Logger}), nil
	})
}
