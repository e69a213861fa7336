package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/recordfeed/changes"
	"github.com/spf13/cobra"
)

// sqliteFormat is the format that another program writes: this one links no database.
const sqliteFormat = "sqlite"

// keep keeps a table in step with RECORDS until it is stopped, or, with --once, until it has caught up.
func (a *app) keep(c *cobra.Command, w watching) error {
	if w.file == "" || w.name == "" {
		return usage(c, "--into cần --file và --name", "--into needs --file and --name")
	}
	if w.into == sqliteFormat {
		return a.throughStandalone(c.Context(), os.Args[1:]...)
	}
	table, err := changes.Open(w.file, changes.Format(w.into))
	if err != nil {
		return err
	}
	defer table.Close()
	cfg := recordfeed.Config{URL: w.url, Name: w.name, FromStart: w.fromStart, Once: w.once, CutOffs: true, Options: w.options()}
	cfg.CaughtUp = func() {
		a.errorf("%s\n", a.text("Đã nhận đủ; tiếp tục theo dõi.", "Caught up; following."))
	}
	kept, err := recordfeed.Keep(c.Context(), cfg, table)
	if err != nil {
		return feedFault(err)
	}
	if a.json {
		return a.printJSON(kept)
	}
	a.tellKept(kept)
	return nil
}

// tellKept says what a table holds.
func (a *app) tellKept(kept recordfeed.Kept) {
	a.printf("%s\n%s\n", a.say(recordfeed.InForce(kept.Verified)), a.text(
		fmt.Sprintf("%d hồ sơ đã thu hồi; bản mới nhất %d; digest %s", kept.Withdrawn, kept.Newest, kept.Digest),
		fmt.Sprintf("%d records are withdrawn; newest version %d; digest %s", kept.Withdrawn, kept.Newest, kept.Digest)))
}

// feedFault gives an error of the feed its kind.
func feedFault(err error) error {
	f := &fault.Error{Kind: fault.Unavailable, Op: "rasoat.watch", Err: err, Text: fault.Text{
		Vi: "Việc nhận hồ sơ bị dừng.", En: "The feed of records ended: " + err.Error()}}
	switch {
	case errors.As(err, new(*fault.Error)):
		return err
	case errors.Is(err, recordfeed.ErrConfig):
		f.Kind, f.Text.Vi = fault.Invalid, "Cấu hình nhận hồ sơ không hợp lệ: tên gồm chữ, số, '-' và '_'."
	case errors.Is(err, recordfeed.ErrRestored):
		f.Kind = fault.Conflict
		f.Text = fault.Text{
			Vi: "Luồng hồ sơ đã được khôi phục từ bản sao lưu, còn tệp này có thể mới hơn: chuyển tệp đi nơi khác rồi chạy lại để nhận từ đầu.",
			En: "The records were put back from a backup, and the file may be newer than they: move the file away and run this again, which receives everything anew.",
		}
	case errors.Is(err, recordfeed.ErrTaken):
		f.Kind, f.Text.Vi = fault.Conflict, "Tên này đã thuộc một bộ đọc loại khác."
	}
	return f
}

// throughStandalone runs the program that writes SQLite, rasoat-standalone, which lies beside this one or in the PATH, with some arguments.
func (a *app) throughStandalone(ctx context.Context, args ...string) error {
	cmd, err := standalone(ctx, args...)
	if err != nil {
		return err
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = a.in, a.out, a.err
	err = cmd.Run()
	var ended *exec.ExitError
	if errors.As(err, &ended) && ended.Exited() {
		return exitWith(ended.ExitCode())
	}
	return fault.Wrap(fault.Unavailable, "rasoat.standalone", err)
}

func standalone(ctx context.Context, args ...string) (*exec.Cmd, error) {
	const name = "rasoat-standalone"
	path := ""
	if self, err := os.Executable(); err == nil {
		path, _ = exec.LookPath(filepath.Join(filepath.Dir(self), name)) // beside this program, or "" for not there
	}
	if path == "" {
		var err error
		if path, err = exec.LookPath(name); err != nil {
			return nil, fault.New(fault.Invalid, "rasoat.standalone",
				"Bảng SQLite do chương trình rasoat-standalone ghi; hãy đặt nó cạnh rasoat hoặc trong PATH, hoặc dùng csv hay ndjson.",
				"SQLite is written by the program rasoat-standalone: put it beside rasoat or into the PATH, or use csv or ndjson")
		}
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // it finishes its batch
	return cmd, nil
}
