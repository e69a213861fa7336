package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/nats-io/nats.go"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/run"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/recordfeed/changes"
	"github.com/rasoat/rasoat/services/standalone/examtable"
	"github.com/spf13/cobra"
)

// watchCommand is "rasoat watch records --into …" with SQLite, which the command line of rasoat does not link and hands over to this program. It takes
// the same flags.
func watchCommand() *cobra.Command {
	var cfg recordfeed.Config
	var into, file, creds, language, wait string
	var asJSON bool
	parent := &cobra.Command{Use: "watch", Short: "Follow the verified records", Args: cobra.NoArgs}
	c := &cobra.Command{
		Use:   "records",
		Short: "Keep a table of the verified records in step, as exam registration does",
		Long: `Keep a table of the verified records in step, as exam registration does. The next run goes on where this one ended; an empty table is filled
from the start.

Exit codes: 0 fine; 1 something failed; 2 wrong usage.`,
		Example: `  rasoat-standalone watch records --into sqlite --file exam.sqlite --name exam`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if file == "" || cfg.Name == "" {
				return fault.New(fault.Invalid, "standalone.watch", "Cần --file và --name.", "--file and --name are needed")
			}
			table, err := openTable(into, file)
			if err != nil {
				return err
			}
			defer table.Close()
			if creds != "" {
				cfg.Options = append(cfg.Options, nats.UserCredentials(creds))
			}
			cfg.CutOffs = true
			kept, err := recordfeed.Keep(cmd.Context(), cfg, table)
			if err != nil {
				return err
			}
			if asJSON {
				return fault.Wrap(fault.Internal, "standalone.watch", json.NewEncoder(os.Stdout).Encode(kept))
			}
			fmt.Println(kept)
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&cfg.URL, "nats", run.EnvOr("RASOAT_NATS", nats.DefaultURL), "URL of the broker (RASOAT_NATS)")
	f.StringVar(&creds, "creds", "", "file of the broker's credentials")
	f.StringVar(&into, "into", "sqlite", "sqlite, csv or ndjson")
	f.StringVar(&file, "file", "", "file of the table")
	f.StringVar(&cfg.Name, "name", "", "the subscriber's own name, for ever the same")
	f.BoolVar(&cfg.FromStart, "from-start", false, "receive everything anew")
	f.BoolVar(&cfg.Once, "once", false, "end when the present state has been received")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	for name, unused := range map[string]*string{"lang": &language, "wait": &wait} { // of the command line of rasoat
		f.StringVar(unused, name, "", "no effect here")
		_ = f.MarkHidden(name) // the flag is there
	}
	parent.AddCommand(c)
	return parent
}

func openTable(format, file string) (recordfeed.Table, error) {
	if format == "sqlite" {
		return examtable.Open(file)
	}
	return changes.Open(file, changes.Format(format))
}

// heldCommand prints what a table holds, for "rasoat cutoff compare".
func heldCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "held", Short: "Print the versions and digests that a SQLite table of records holds, a line of JSON each",
		Long: "Print the versions and digests that a SQLite table of records holds, a line of JSON each. Prints nothing personal.", Example: "  rasoat-standalone held --file exam.sqlite",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := os.Stat(file); err != nil {
				return fault.New(fault.Invalid, "standalone.held", "Không có tệp này.", "there is no such file")
			}
			table, err := examtable.Open(file)
			if err != nil {
				return err
			}
			defer table.Close()
			out := json.NewEncoder(os.Stdout)
			return table.Each(cmd.Context(), func(h recordfeed.Held) error { return out.Encode(h) })
		},
	}
	c.Flags().StringVar(&file, "file", "", "file of the table")
	return c
}
