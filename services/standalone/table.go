package main

import (
	"os"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/recordfeed/rows"
	"github.com/rasoat/rasoat/services/recordfeed/tablepipe"
	"github.com/rasoat/rasoat/services/standalone/examtable"
	"github.com/spf13/cobra"
)

// tableCommand serves a SQLite table to the command line of rasoat, which links no database: "rasoat watch records --into
// sqlite" and "rasoat cutoff compare" start it. Nobody types it.
func tableCommand() *cobra.Command {
	var file, folder string
	var read bool
	c := &cobra.Command{
		Use: "table", Short: "Serve a SQLite table of the records to the command rasoat", Args: cobra.NoArgs, Hidden: true,
		RunE: func(c *cobra.Command, _ []string) error {
			return tablepipe.Serve(c.Context(), os.Stdin, os.Stdout, func() (recordfeed.Table, error) {
				if read {
					return examtable.Read(file)
				}
				d, err := drive.Default(), error(nil)
				if folder != "" {
					d, err = drive.LoadDir(folder)
				}
				if err != nil {
					return nil, err
				}
				return examtable.Open(file, rows.For(d))
			})
		},
	}
	c.Flags().StringVar(&file, "file", "", "file of the table")
	c.Flags().StringVar(&folder, "drive-dir", "", "folder of the drive")
	c.Flags().BoolVar(&read, "read", false, "only read the table")
	return c
}
