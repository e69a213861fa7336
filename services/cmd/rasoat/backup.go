package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/rasoat/rasoat/services/internal/backup"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/spf13/cobra"
	"google.golang.org/grpc"
)

func (a *app) backupCommand() *cobra.Command {
	var b broker
	c := &cobra.Command{
		Use:   "backup DIR",
		Short: "Sao lưu nhật ký và dữ liệu của mọi dịch vụ / Save the log and what every service keeps",
		Long: `Sao lưu cả hệ thống vào thư mục DIR (chưa có) trong khi mọi thứ vẫn chạy: vị trí của từng bộ đọc, rồi dữ liệu của từng dịch vụ, rồi các luồng của nhật ký.
Thứ tự đó bảo đảm khi khôi phục thì nhật ký đưa mọi thứ về đúng chỗ. Bị ngắt giữa chừng thì không có DIR, chỉ có thư mục DIR.partial-…, xoá được.

Save the whole system into the folder DIR, which is not there yet, while everything runs: how far each reader has come, then what each service keeps, then
the streams of the log. That order is what lets the log bring everything up to date after a restore. A backup that is broken off leaves no DIR but a
folder DIR.partial-…, which may be deleted.

Tệp chứa dữ liệu cá nhân của học sinh: chỉ chủ sở hữu đọc được (0600, thư mục 0700); hãy mã hoá nơi cất giữ. Khoá (reference.key, access.key) không có
trong bản sao lưu: cất riêng, thiếu reference.key thì bản sao lưu vô dụng.
The files hold children's personal data: only their owner can read them (0600, folders 0700); keep them where the disk is encrypted. The keys (reference.key,
access.key) are not in it: keep them apart, since a backup is worth nothing without reference.key.

Mã thoát / exit codes: 0 xong / done; 1 không được phép / denied; 2 sai cách dùng / wrong usage; 3 không tới được NATS, dịch vụ hoặc đĩa / broker, service or
disk is ill; 4 DIR đã có / DIR is there already.`,
		Example: `  rasoat backup /backup/2023-05-20
  rasoat backup /backup/2023-05-20 --nats nats://n1:4222,nats://n2:4222 --server intake=i:7246,validation=v:7246,matching=m:7246,reporting=r:7246
  rasoat backup /backup/$(date +%F-%H) --json | jq '{id, size, seconds}'`,
		Args: oneFolder,
		RunE: func(c *cobra.Command, args []string) error { return a.backup(c.Context(), args[0], b) },
	}
	b.flags(c)
	a.serverFlags(c)
	return c
}

// oneFolder takes the folder of a backup.
func oneFolder(c *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage(c, "Nêu một thư mục", "Name one folder")
	}
	return nil
}

// system connects to everything that a backup is of; the caller calls the function that it gets.
func (a *app) system(ctx context.Context, b broker, name string) (backup.System, func(), error) {
	nc, _, err := b.connect(name, quiet()...)
	if err != nil {
		return backup.System{}, func() {}, err
	}
	copies, end, err := a.copies(ctx)
	closing := func() { nc.Close(); end() }
	if err == nil {
		err = a.await(ctx, b, nc)
	}
	if err != nil {
		return backup.System{}, closing, err
	}
	sys := backup.System{Conn: nc}
	for _, c := range copies {
		sys.Processes = append(sys.Processes, grpc.ClientConnInterface(c.ClientConn))
	}
	return sys, closing, nil
}

// saved is what the backup command tells in JSON.
type saved struct {
	ID       string             `json:"id"`
	Dir      string             `json:"dir"`
	Size     int64              `json:"size"`
	Seconds  map[string]float64 `json:"seconds"`
	Services []backup.Service   `json:"services"`
	Streams  []backup.Stream    `json:"streams"`
}

func (a *app) backup(ctx context.Context, dir string, b broker) error {
	sys, closing, err := a.system(ctx, b, "rasoat backup")
	defer closing()
	if err != nil {
		return err
	}
	for _, left := range backup.Leftovers(dir) {
		a.errorf("%s: %s\n", left, a.text("phần dở của một lần sao lưu trước hoặc đang chạy", "a part of a backup that was broken off, or that is running"))
	}
	bar := a.bar("backup")
	m, err := backup.Take(ctx, sys, dir, bar.backup)
	bar.finish()
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(saved{m.ID, dir, m.Size(), m.Seconds, m.Services, m.Streams})
	}
	a.tellBackup(m)
	a.printf("%s\n", a.text(fmt.Sprintf("Đã sao lưu vào %s: %s trong %.1f s.", dir, amount(uint64(m.Size())), m.Ended.Sub(m.Began).Seconds()),
		fmt.Sprintf("Saved in %s: %s in %.1f s.", dir, amount(uint64(m.Size())), m.Ended.Sub(m.Began).Seconds())))
	return nil
}

// tellBackup prints what a backup holds, without anything personal.
func (a *app) tellBackup(m *backup.Manifest) {
	var rows [][]string
	for _, s := range m.Services {
		rows = append(rows, []string{s.Service, strconv.FormatInt(s.Documents, 10), amount(uint64(s.Bytes)), amount(uint64(s.Size))})
	}
	for _, s := range m.Streams {
		rows = append(rows, []string{s.Stream, strconv.FormatUint(s.State.Messages, 10), amount(s.State.Bytes), amount(uint64(s.Size))})
	}
	a.table([]fault.Text{{Vi: "Dịch vụ, luồng", En: "Service, stream"}, {Vi: "Tài liệu, thông điệp", En: "Documents, messages"}, {Vi: "Dung lượng", En: "Size"},
		{Vi: "Trong bản sao lưu", En: "In the backup"}}, rows)
}

// stepWords say what a step of a backup or a restore does.
var stepWords = map[string]fault.Text{
	backup.Flooring: {Vi: "vị trí bộ đọc", En: "readers"}, backup.Saving: {Vi: "lưu dữ liệu", En: "saving"}, backup.Taking: {Vi: "lưu luồng", En: "streams"},
	backup.Verifying: {Vi: "kiểm tra tệp", En: "checking files"}, backup.Giving: {Vi: "khôi phục luồng", En: "streams"},
	backup.Loading: {Vi: "khôi phục dữ liệu", En: "loading"},
}

// backup shows how far a backup or a restore is.
func (b *bar) backup(step, what string, done, total int64) {
	words, ok := stepWords[step]
	if !ok {
		return
	}
	b.describe(b.app.say(words) + " " + what)
	switch {
	case total > 0:
		b.step(min(float64(done)/float64(total), 1))
	case done == 0:
		b.step(0)
	}
}
