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
	"github.com/rasoat/rasoat/services/recordfeed/rows"
	"github.com/rasoat/rasoat/services/recordfeed/tablepipe"
	"github.com/spf13/cobra"
)

// sqliteFormat is the format that another program writes: this one links no database.
const sqliteFormat = "sqlite"

// keep keeps a table in step with RECORDS until it is stopped, or, with --once, until it has caught up.
func (a *app) keep(c *cobra.Command, w watching) error {
	if w.file == "" || w.name == "" {
		return usage(c, "--into cần --file và --name", "--into needs --file and --name")
	}
	table, err := a.openTable(w.into, w.file)
	if err != nil {
		return inFile(w.file, err)
	}
	kept, err := a.keepIn(c.Context(), w, table)
	if closed := table.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(kept)
	}
	a.tellKept(kept)
	return nil
}

func (a *app) keepIn(ctx context.Context, w watching, table recordfeed.Table) (recordfeed.Kept, error) {
	if err := a.brokerIsThere(ctx, w.broker); err != nil {
		return recordfeed.Kept{}, err
	}
	cfg := recordfeed.Config{URL: w.url, Name: w.name, FromStart: w.fromStart, Once: w.once, CutOffs: true, Options: w.options()}
	cfg.CaughtUp = func() {
		a.errorf("%s\n", a.text("Đã nhận đủ; tiếp tục theo dõi.", "Caught up; following."))
	}
	kept, err := recordfeed.Keep(ctx, cfg, table)
	return kept, feedFault(err)
}

// openTable opens a table to be kept in step.
func (a *app) openTable(format, file string) (recordfeed.Table, error) {
	if format == sqliteFormat {
		return sqliteTable("--file", file, "--drive-dir", a.driveDir)
	}
	d, err := a.drive()
	if err != nil {
		return nil, err
	}
	return changes.Open(file, changes.Format(format), rows.For(d))
}

// readTable opens a table only to be read.
func readTable(format, file string) (recordfeed.Table, error) {
	if format == sqliteFormat {
		return sqliteTable("--file", file, "--read")
	}
	return changes.Read(file, changes.Format(format))
}

// tellKept says what a table holds.
func (a *app) tellKept(kept recordfeed.Kept) {
	a.printf("%s\n%s\n", a.say(recordfeed.InForce(kept.Verified)), a.text(
		fmt.Sprintf("%d hồ sơ đã thu hồi; bản mới nhất %d; digest %s", kept.Withdrawn, kept.Newest, kept.Digest),
		fmt.Sprintf("%d records are withdrawn; newest version %d; digest %s", kept.Withdrawn, kept.Newest, kept.Digest)))
}

// feedFault gives an error of the feed its kind, and says what to do.
func feedFault(err error) error {
	f := &fault.Error{Kind: fault.Unavailable, Op: "rasoat.watch", Err: err, Text: fault.Text{
		Vi: "Việc nhận hồ sơ bị dừng. Hãy xem NATS có chạy ở địa chỉ --nats không rồi chạy lại: lệnh nhận tiếp từ chỗ đã dừng.",
		En: "The feed of records ended. Check that NATS runs at the address of --nats, then run this again: it goes on where it stopped.",
	}}
	switch {
	case err == nil, errors.As(err, new(*fault.Error)):
		return err
	case errors.Is(err, recordfeed.ErrConfig):
		f.Kind, f.Text = fault.Invalid, fault.Text{
			Vi: "Cấu hình nhận hồ sơ không hợp lệ. Hãy sửa --name: chỉ gồm chữ không dấu, số, '-' và '_'.",
			En: "The settings of the subscriber are not valid. Fix --name: only letters without marks, digits, '-' and '_'.",
		}
	case errors.Is(err, recordfeed.ErrRestored):
		f.Kind = fault.Conflict
		f.Text = fault.Text{
			Vi: "Luồng hồ sơ đã được khôi phục từ bản sao lưu, còn tệp này có thể mới hơn: chuyển tệp đi nơi khác rồi chạy lại để nhận từ đầu.",
			En: "The records were put back from a backup, and the file may be newer than they: move the file away and run this again, which receives everything again.",
		}
	case errors.Is(err, recordfeed.ErrTaken):
		f.Kind, f.Text = fault.Conflict, fault.Text{
			Vi: "Tên này đã thuộc một bộ đọc loại khác. Hãy chọn --name khác.",
			En: "This name belongs to a reader of another kind. Choose another --name.",
		}
	}
	return f
}

// standaloneName is the program that writes SQLite: it lies beside this one or in the PATH.
const standaloneName = "rasoat-standalone"

// sqliteTable opens a table that the other program serves.
func sqliteTable(args ...string) (recordfeed.Table, error) {
	path := ""
	if self, err := os.Executable(); err == nil {
		path, _ = exec.LookPath(filepath.Join(filepath.Dir(self), standaloneName)) // beside this program, or "" for not there
	}
	if path == "" {
		var err error
		if path, err = exec.LookPath(standaloneName); err != nil {
			return nil, fault.New(fault.Invalid, "rasoat.standalone",
				"Bảng SQLite do chương trình rasoat-standalone ghi. Hãy cài nó bên cạnh rasoat bằng make install, hoặc dùng --into csv hay ndjson.",
				"SQLite is written by the program rasoat-standalone. Install it beside rasoat with make install, or use --into csv or ndjson.")
		}
	}
	table, err := tablepipe.Open(exec.Command(path, append([]string{"table"}, args...)...))
	if err != nil {
		return nil, err
	}
	return table, nil
}
