// Command bench measures the pipeline, for growing nations, against the floors of its parts on the
// same machine in the same run. The pipeline runs from the first submission of a school to the last
// record for exam registration. The floors are the same bytes through JetStream and the same facets
// through SQLite. Each size runs in a process of its own, so that its peak memory is its own.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/run"
	"github.com/spf13/cobra"
)

func main() {
	run.Main(func(ctx context.Context) error {
		var sizes []int
		var one, feed, rebuild, progress, scale, saved int
		var profile, service, data string
		var asJSON bool
		cmd := &cobra.Command{
			Use:   "bench",
			Short: "Measure the pipeline against the floors of its parts",
			Example: `  bench
  bench --sizes 5000,20000,80000
  bench --one 20000 --cpuprofile cpu.prof
  bench --feed 200000
  bench --scale 20000
  bench --backup 100000
  bench --rebuild 200000 --service reporting
  bench --progress 1000000 --data ./nation`,
			Args:          cobra.NoArgs,
			SilenceUsage:  true,
			SilenceErrors: true,
			RunE: func(cmd *cobra.Command, _ []string) error {
				if feed > 0 {
					return feedBench(cmd.Context(), feed, asJSON, os.Stdout)
				}
				if scale > 0 {
					return scaleBench(cmd.Context(), scale, asJSON, os.Stdout)
				}
				if saved > 0 {
					return backupBench(cmd.Context(), saved, asJSON, os.Stdout)
				}
				if rebuild > 0 {
					return rebuildBench(cmd.Context(), service, rebuild, profile, asJSON, os.Stdout)
				}
				if progress > 0 {
					return progressBench(cmd.Context(), progress, data, profile, asJSON, os.Stdout)
				}
				if one > 0 {
					row, err := measure(cmd.Context(), one, profile)
					if err != nil {
						return err
					}
					return json.NewEncoder(os.Stdout).Encode(row)
				}
				return all(cmd.Context(), sizes, asJSON)
			},
		}
		cmd.Flags().IntSliceVar(&sizes, "sizes", []int{5000, 20000, 80000}, "pupils of each nation")
		cmd.Flags().IntVar(&one, "one", 0, "measure one size in this process and print a line of JSON")
		cmd.Flags().IntVar(&feed, "feed", 0, "measure the feed of this many verified records, and nothing else")
		cmd.Flags().IntVar(&scale, "scale", 0, "measure each stage over three brokers with one copy of validation and with more, on this many pupils, and nothing else")
		cmd.Flags().IntVar(&saved, "backup", 0, "measure a backup of this many pupils while submissions run, and its restore, and nothing else")
		cmd.Flags().IntVar(&rebuild, "rebuild", 0, "measure the rebuild of a service that holds this many pupils, while submissions run, and nothing else")
		cmd.Flags().StringVar(&service, "service", "reporting", "with --rebuild: the service; reporting, validation or matching")
		cmd.Flags().IntVar(&progress, "progress", 0, "measure GetProgress of a nation of this many pupils, while submissions run, and nothing else")
		cmd.Flags().StringVar(&data, "data", "", "with --progress: folder that keeps the nation for the next time")
		cmd.Flags().StringVar(&profile, "cpuprofile", "", "with --one, --rebuild or --progress: write a CPU profile into this file")
		cmd.Flags().BoolVar(&asJSON, "json", false, "one line of JSON a size")
		return cmd.ExecuteContext(ctx)
	})
}

// The nation of which matching is tried: another than the weights were fitted on.
const (
	identitySeed   = 20230421
	identityPupils = 200_000
)

// all measures every size, each in a process of its own.
func all(ctx context.Context, sizes []int, asJSON bool) error {
	if !asJSON {
		parse, err := parseRate()
		if err != nil {
			return err
		}
		fmt.Printf("workbooks: %.0f rows a second read on one core\n", parse)
		r := rules(50_000)
		fmt.Printf("validation: %.0f pupils a second on one core (profile and three grades), %.1f allocations a pupil; across records %.0f pupils a second; %d false alarms in %d pupils\n",
			r.PerSecond, r.Allocations, r.Across, r.FalseAlarms, r.Pupils)
		ids, err := identities(identitySeed, identityPupils, 30)
		if err != nil {
			return err
		}
		ids.print(os.Stdout)
		fmt.Println()
		fmt.Printf("%8s  %9s  %9s  %12s  %13s  %8s  %9s  %9s  %8s  %9s\n",
			"pupils", "seconds", "pupils/s", "log floor/s", "store floor/s", "ratio", "cpu ms/p", "peak MiB", "records", "log MB")
	}
	if asJSON {
		if err := json.NewEncoder(os.Stdout).Encode(rules(50_000)); err != nil {
			return fault.Wrap(fault.Internal, "bench", err)
		}
	}
	if asJSON {
		ids, err := identities(identitySeed, identityPupils, 30)
		if err != nil {
			return err
		}
		if err := json.NewEncoder(os.Stdout).Encode(ids); err != nil {
			return fault.Wrap(fault.Internal, "bench", err)
		}
	}
	for _, size := range sizes {
		cmd := exec.CommandContext(ctx, os.Args[0], "--one", strconv.Itoa(size))
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return fault.Wrap(fault.Internal, "bench", err)
		}
		if asJSON {
			fmt.Println(strings.TrimSpace(string(out)))
			continue
		}
		var r row
		if err := json.Unmarshal(out, &r); err != nil {
			return fault.Wrap(fault.Internal, "bench", err)
		}
		fmt.Printf("%8d  %9.1f  %9.0f  %12.0f  %13.0f  %8.2f  %9.2f  %9.0f  %8d  %9.0f\n",
			r.Pupils, r.Seconds, r.Rate, r.LogFloor, r.StoreFloor, r.Ratio, r.CPU, r.PeakMiB, r.Records, r.LogMB)
	}
	return nil
}
