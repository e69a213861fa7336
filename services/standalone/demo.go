package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/standalone/actors"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/spf13/cobra"
)

func demoCommand() *cobra.Command {
	s := &settings{}
	var reportFile string
	var exit bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Play a whole drive on a synthetic sample: workbooks in, verified records out",
		Long: `Play a whole drive on a synthetic sample: start every service, write the workbooks of the schools, submit them through the
public gRPC door, wait until all is judged and matched, subscribe to RECORDS as exam registration would, and print where
every pupil stands, what was wrong, and what to do next. It stays up until Ctrl-C, unless --exit.

Exit codes: 0 fine; 1 something failed, a fault was missed, a false alarm was raised, or the report does not add up; 2 wrong usage;
3 an address or the data folder is taken.`,
		Example: `  rasoat-standalone demo
  rasoat-standalone demo --pupils 2000 --seed 7 --report r.json --exit`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDemo(cmd.Context(), s, reportFile, exit) },
	}
	s.flags(cmd.Flags())
	cmd.Flags().Lookup("data").Usage = "data folder, which must be new; default: a temporary one"
	cmd.Flags().StringVar(&reportFile, "report", "", "write the report as JSON into this file; - for standard output")
	cmd.Flags().BoolVar(&exit, "exit", false, "end when the report is written")
	return cmd
}

func runDemo(ctx context.Context, s *settings, reportFile string, exit bool) (err error) {
	if s.data == "" {
		if s.data, err = demo.TempDir(); err != nil {
			return err
		}
		if exit {
			defer func() { err = errors.Join(err, os.RemoveAll(s.data)) }()
		}
	} else if entries, _ := os.ReadDir(s.data); len(entries) > 0 {
		return fault.New(fault.Invalid, "demo", "Thư mục dữ liệu đã có nội dung; chọn thư mục mới.",
			"the data folder is not empty: choose a new one, or run \"up\" on this one")
	}
	t, err := startTelemetry(ctx)
	if err != nil {
		return err
	}
	sample := s.sample()
	registry, err := sample.ServeRegistry(ctx, s.registryListen)
	if err != nil {
		return err
	}
	who, err := actors.In(s.data)
	if err != nil {
		return err
	}
	cfg := s.node(t, who)
	cfg.Drive, cfg.Key = sample.Drive, sample.Key
	n, err := startNode(ctx, cfg, registry)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Stop(), t.Shutdown(context.WithoutCancel(ctx))) }()
	people := io.Writer(os.Stdout)
	if reportFile == "-" {
		people = os.Stderr
	}
	printAddresses(people, n, cfg.Drive, registry)
	conn, err := who.Dial(n.GRPCAddr())
	if err != nil {
		return err
	}
	defer conn.Close()
	report, err := sample.Run(ctx, demo.System{Doors: conn, Broker: n.Conn(), Log: n.Log()}, s.data, demo.Bars(os.Stderr))
	if err != nil {
		return err
	}
	report.Print(people)
	if err := writeReport(report, reportFile); err != nil {
		return err
	}
	failed := report.Faults.Missed > 0 || report.Faults.FalseAlarms > 0 || !report.Conserved
	if !exit {
		nextSteps(people, cfg.Drive.ID, n.GRPCAddr(), n.HTTPAddr(), n.NATSURL(), s.data, report)
		select {
		case <-ctx.Done():
		case <-n.Done():
		}
	}
	if failed {
		return fault.Internalf("demo", "%d faults missed, %d false alarms, adds up: %v", report.Faults.Missed, report.Faults.FalseAlarms, report.Conserved)
	}
	return nil
}

func nextSteps(w io.Writer, drive, grpc, http, nats, data string, r *demo.Report) {
	scope := r.Schools[0].Province + "/" + r.Schools[0].Code
	_, _ = fmt.Fprintf(w, `
What to do next:
  be an officer of a school           export RASOAT_TOKEN=$(%s)
  read what a school has to mend      go run ./services/cmd/rasoat status %s --pupils --server %s
  mend a cell in a workbook below     %s/workbooks
  and submit it again                 go run ./services/cmd/rasoat submit FILE.xlsx --school %s --drive %s --server %s
  watch the records                   go run ./services/cmd/rasoat watch records --nats %s
  read the progress                   curl -H "Authorization: Bearer $RASOAT_TOKEN" 'http://%s/v1/progress?scope=%s'
Ctrl-C ends.
`, tokenCommand(data, access.School, scope, "lan"), scope, grpc, data, scope, drive, grpc, nats, http, scope)
}

func writeReport(r *demo.Report, file string) error {
	if file == "" {
		return nil
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fault.Wrap(fault.Internal, "demo.report", err)
	}
	text = append(text, '\n')
	if file == "-" {
		_, err = os.Stdout.Write(text)
	} else {
		err = os.WriteFile(file, text, 0o600)
	}
	return fault.Wrap(fault.Unavailable, "demo.report", err)
}
