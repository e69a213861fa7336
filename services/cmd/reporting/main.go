// Command reporting runs the reporting service on its own: NATS, MongoDB and the other services by address, the drive by folder.
package main

import (
	"github.com/rasoat/rasoat/services/cmd/internal/process"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/reporting/server"
	"google.golang.org/grpc"
)

func main() {
	process.Main("reporting", func(p *process.Parts) (rpc.Service, error) {
		var conns [3]grpc.ClientConnInterface // nil where there is no address
		for i, peer := range []string{"intake", "validation", "matching"} {
			conn, err := p.Dial(peer, nil)
			if err != nil {
				return nil, err
			}
			if conn != nil {
				conns[i] = conn
			}
		}
		hooks, err := server.LoadWebhooks(p.Webhooks)
		if err != nil {
			return nil, p.Wrong("webhooks", err)
		}
		return server.New(server.Config{Drive: p.Drive, Webhooks: hooks}, server.Deps{
			Log: p.Log, Store: p.Store, Logger: p.Logger, Peers: server.PeersAt(conns[0], conns[1], conns[2]),
		}), nil
	})
}
