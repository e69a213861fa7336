package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/screen"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/folder"
	"github.com/rasoat/rasoat/services/standalone/node"
	"github.com/spf13/cobra"
)

// show is what the command demo was told.
type show struct {
	settings
	report string // file of the report; "-" for standard output
	exit   bool
}

func demoCommand() *cobra.Command {
	d := &show{}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Chạy trọn một đợt trên dữ liệu tổng hợp / Play a whole drive on a synthetic sample",
		Long: `Chạy trọn một đợt trên dữ liệu tổng hợp: khởi động mọi dịch vụ, viết bảng tính của các trường, gửi qua cửa gRPC công
khai, chờ đánh giá và đối chiếu xong, nhận hồ sơ như hệ thống đăng ký thi, rồi in ra từng học sinh ở đâu, sai gì và làm gì
tiếp. Không có --exit thì chạy đến khi bấm Ctrl-C. Mỗi lần bắt đầu lại từ đầu: dữ liệu demo lần trước được chuyển vào thư
mục "previous" bên trong --data, dữ liệu của lần trước nữa bị xoá. Tệp bạn tự tạo hoặc đã sửa thì không bao giờ bị xoá: chúng
được chuyển vào "kept". Thư mục không do demo tạo ra thì không bị động đến.

Plays a whole drive on a synthetic sample: starts every service, writes the workbooks of the schools, submits them through
the public gRPC door, waits until all is judged and matched, subscribes to RECORDS as exam registration does, and prints
where every pupil stands, what was wrong, and what to do next. Without --exit it stays up until Ctrl-C. It starts afresh
each time: the data of the last demo move into the folder "previous" inside --data, and those of the demo before it are
deleted. Files that you made or changed are never deleted: they move to "kept". A folder that no demo made is left alone.

` + exitCodes,
		Example: `  rasoat-standalone demo
  rasoat-standalone demo --exit
  rasoat-standalone demo --pupils 500 --seed 7 --report rasoat-data/report.json
  rasoat-standalone up                  # go on with the demo's data after Ctrl-C`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := d.check(cmd); err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			if d.report == "-" {
				out = cmd.ErrOrStderr() // standard output is the report's alone
			}
			return d.run(cmd.Context(), out)
		},
	}
	d.flags(cmd.Flags())
	cmd.Flags().StringVar(&d.report, "report", "", "write the report as JSON into this file; - for standard output")
	cmd.Flags().BoolVar(&d.exit, "exit", false, "end when the report is written")
	return cmd
}

// run plays the drive, and stays up until ctx ends unless the demo is to end by itself.
func (d *show) run(ctx context.Context, out io.Writer) (err error) {
	f, err := d.claim("demo")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	renewed, err := f.Renew()
	if err != nil {
		return err
	}
	d.of.MadeBy = folder.ByDemo
	if err := f.Keep(d.of); err != nil {
		return err
	}
	sayRenewed(out, renewed)

	sample := d.sample()
	registry, err := sample.ServeRegistry(ctx, d.registry)
	if err != nil {
		return err
	}
	progress := screen.New(os.Stderr)
	s, err := d.start(ctx, node.Config{Drive: sample.Drive, Key: sample.Key}, registry, progress)
	if err != nil {
		return err
	}
	failed := d.play(ctx, sample, s, progress, out)
	progress.Close()
	err = s.stop(ctx)
	sayStopped(out, d.data)

	// Ctrl-C is an end like any other, wherever the demo was.
	if ctx.Err() != nil && !errors.Is(failed, errWrong) {
		return err
	}
	return errors.Join(failed, err)
}

// errWrong is the end of a demo whose report is not as it must be.
var errWrong = errors.New("the report is not as it must be")

// play plays the drive against a running server, and prints what became of it.
func (d *show) play(ctx context.Context, sample *demo.Sample, s *server, progress *screen.Screen, out io.Writer) error {
	conn, err := s.who.Dial(s.GRPCAddr())
	if err != nil {
		return err
	}
	defer conn.Close()
	sayPlaying(out, d.data, s, sample.Nation.Pupils())
	report, err := sample.Run(ctx, demo.System{Doors: conn, Broker: s.Conn(), Log: s.Log()}, d.data, progress.Progress)
	if err != nil {
		return err
	}
	report.Print(out)
	if err := writeReport(report, d.report); err != nil {
		return err
	}
	if !d.exit {
		sayNext(out, d.data, s, report)
		s.wait(ctx)
	}
	return judge(report)
}

// judge fails when a fault of the sample was missed, when something was found that is none, or when pupils got lost.
func judge(r *demo.Report) error {
	if r.Faults.Missed == 0 && r.Faults.FalseAlarms == 0 && r.Conserved {
		return nil
	}
	return &fault.Error{Kind: fault.Internal, Op: "demo", Err: errWrong, Text: fault.Text{
		Vi: "Kết quả không như phải có: xem số lỗi bị sót, số báo nhầm và dòng cộng ở trên; hãy giữ thư mục dữ liệu và báo lại.",
		En: "the report is not as it must be: see the faults that were missed, the false alarms and the sums above; keep the data folder and report this",
	}}
}

func writeReport(r *demo.Report, file string) error {
	const op = "demo.report"
	if file == "" {
		return nil
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fault.Wrap(fault.Internal, op, err)
	}
	text = append(text, '\n')
	if file == "-" {
		_, err = os.Stdout.Write(text)
	} else {
		err = os.WriteFile(file, text, 0o600)
	}
	return fault.Wrap(fault.Unavailable, op, err)
}
