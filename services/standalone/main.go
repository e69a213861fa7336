// Command standalone is rasoat in one process: every service, an embedded NATS server that syncs every write, and SQLite,
// in one data folder. A newcomer needs nothing else; production runs the services apart.
package main

import (
	"context"
	"os"

	"github.com/rasoat/rasoat/services/internal/commandline"
	"github.com/rasoat/rasoat/services/internal/run"
	"github.com/spf13/cobra"
)

func main() {
	run.Main(func(ctx context.Context) error {
		root := &cobra.Command{
			Use:   "rasoat-standalone",
			Short: "Every service of rasoat in one process",
			Long: `Every service of rasoat in one process, on an embedded NATS server and SQLite.

Exit codes: 0 fine; 1 something failed; 2 wrong usage or configuration; 3 an address or the data folder is taken.`,
			SilenceUsage:  true,
			SilenceErrors: true,
		}
		root.AddCommand(upCommand(), demoCommand(), tableCommand())
		commandline.Dress(root)
		root.SetArgs(os.Args[1:])
		return root.ExecuteContext(ctx)
	})
}
