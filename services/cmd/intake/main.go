// Command intake runs the intake service on its own: NATS, MongoDB and the reporting service by address, the drive by folder.
package main

import (
	"github.com/rasoat/rasoat/services/cmd/internal/process"
	"github.com/rasoat/rasoat/services/intake/server"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
)

func main() {
	process.Main("intake", func(p process.Parts) (rpc.Service, error) {
		if p.Token == nil {
			return nil, fault.New(fault.Invalid, "intake", "Thiếu --token-file: mã truy cập của dịch vụ này khi hỏi dịch vụ báo cáo.",
				"--token-file is missing: intake asks reporting with a token of its own, of the role service")
		}
		reporting, err := rpc.Dial(p.Reporting, rpc.WithToken(p.Token))
		if err != nil {
			return nil, err
		}
		return server.New(server.Config{Drive: p.Drive, Key: p.Key}, server.Deps{
			Log: p.Log, Store: p.Store, Logger: p.Logger, Correctable: server.AskReporting(reporting),
		}), nil
	})
}
