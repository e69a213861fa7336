// Command intake runs the intake service on its own: NATS, MongoDB and the reporting service by address, the drive by folder.
package main

import (
	"github.com/rasoat/rasoat/services/cmd/internal/process"
	"github.com/rasoat/rasoat/services/intake/server"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"google.golang.org/grpc"
)

func main() {
	process.Main("intake", func(p *process.Parts) (rpc.Service, error) {
		reporting, err := p.Dial("reporting", []grpc.DialOption{rpc.WithToken(p.Token)})
		if err != nil {
			return nil, err
		}
		return server.New(server.Config{Drive: p.Drive, Key: p.Key}, server.Deps{
			Log: p.Log, Store: p.Store, Logger: p.Logger, Correctable: server.AskReporting(reporting),
		}), nil
	})
}
