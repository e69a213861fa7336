// Command standalone is rasoat in one process: every service, an embedded NATS server that syncs every write, and SQLite,
// in one data folder. A newcomer needs nothing else; production runs the services apart.
package main

import (
	"cmp"
	"context"
	"os"

	"github.com/rasoat/rasoat/services/internal/commandline"
	"github.com/rasoat/rasoat/services/internal/output"
	"github.com/rasoat/rasoat/services/internal/run"
	"github.com/rasoat/rasoat/services/standalone/folder"
	"github.com/rasoat/rasoat/services/standalone/foreground"
	"github.com/spf13/cobra"
)

func main() {
	if code, ended := foreground.Run(); ended {
		os.Exit(code)
	}
	folder.Private()
	run.Main(func(ctx context.Context) error {
		root := &cobra.Command{
			Use:   "rasoat-standalone",
			Short: "Mọi dịch vụ của rasoat trong một tiến trình / Every service of rasoat in one process",
			Long: `Mọi dịch vụ của rasoat trong một tiến trình, với máy chủ NATS nhúng và SQLite.
Every service of rasoat in one process, on an embedded NATS server and SQLite.

` + exitCodes,
			Example: `  rasoat-standalone demo    # make demo
  rasoat-standalone up`,
			SilenceUsage:  true,
			SilenceErrors: true,
		}
		root.AddCommand(upCommand(), demoCommand(), tableCommand())
		commandline.Dress(root)
		root.SetArgs(os.Args[1:])
		printed := output.Check(os.Stdout, nil)
		root.SetOut(printed)
		return cmp.Or(root.ExecuteContext(ctx), printed.Err())
	})
}
