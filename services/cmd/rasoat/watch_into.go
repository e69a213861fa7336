package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"

	"github.com/rasoat/rasoat/services/drive"
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
	table, err := a.openTable(c.Context(), w.into, w.file)
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
		if w.once {
			a.errorf("%s\n", a.text("Đã nhận đủ; kết thúc theo --once.", "Caught up; this ends here, as --once asks."))
			return
		}
		a.errorf("%s\n", a.text("Đã nhận đủ; tiếp tục theo dõi.", "Caught up; following."))
	}
	kept, err := recordfeed.Keep(ctx, cfg, table)
	return kept, feedFault(err)
}

// openTable opens a table to be kept in step.
func (a *app) openTable(ctx context.Context, format, file string) (recordfeed.Table, error) {
	d, why, err := a.tableDrive(ctx)
	if err != nil {
		return nil, err
	}
	var table recordfeed.Table
	if format == sqliteFormat {
		table, err = sqliteTableFor(file, d)
	} else {
		table, err = changes.Open(file, changes.Format(format), rows.For(d))
	}
	if err != nil || why == (fault.Text{}) {
		return table, err
	}
	return &unnamed{Table: table, say: sync.OnceFunc(func() {
		a.errorf("%s\n", a.text("Cột school_name để trống: "+why.Vi+". Muốn có tên trường, nêu token vai trò exam với phạm vi '*' (RASOAT_TOKEN) hoặc --drive-dir, với một bảng mới.",
			"The column school_name stays empty: "+why.En+". For names of schools give a token of the role exam for the scope '*' (RASOAT_TOKEN) or --drive-dir, and a new table."))
	})}, nil
}

// unnamed is a table without names of schools, which says so before its first row.
type unnamed struct {
	recordfeed.Table
	say func()
}

func (u *unnamed) Handle(ctx context.Context, records []recordfeed.Record) error {
	u.say()
	return u.Table.Handle(ctx, records)
}

// tableDrive returns the drive by which a table has names: that of --drive-dir, or else the one that the services run. Where
// they do not tell it, it returns one without schools, and why: the names of another drive would be wrong.
func (a *app) tableDrive(ctx context.Context) (d *drive.Drive, why fault.Text, err error) {
	why = fault.Text{Vi: "không có token", En: "there is no token"}
	token, err := a.credential()
	switch {
	case err != nil:
		return nil, why, err
	case a.driveDir != "":
		why = fault.Text{}
	case token != nil:
		conn, err := a.connect()
		if err != nil {
			return nil, why, err
		}
		defer func() { _ = conn.Close() }() // every answer is in
		d, err := a.driveOf(ctx, conn, "")
		if !fault.Is(err, fault.Denied) && !fault.Is(err, fault.Unauthenticated) && !fault.Is(err, fault.Unavailable) {
			return d, fault.Text{}, err
		}
		why = fault.Worded(err).Text
	}
	d, err = a.drive()
	return d, why, err
}

// sqliteTableFor opens a table for a drive, which the other program reads from a folder meanwhile.
func sqliteTableFor(file string, d *drive.Drive) (recordfeed.Table, error) {
	dir, err := os.MkdirTemp("", "rasoat-drive-")
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, "rasoat.table", err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // nothing in it is personal
	if err := d.WriteDir(dir); err != nil {
		return nil, err
	}
	return sqliteTable("--file", file, "--drive-dir", dir)
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
		fmt.Sprintf("withdrawn records: %d; newest version %d; digest %s", kept.Withdrawn, kept.Newest, kept.Digest)))
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
