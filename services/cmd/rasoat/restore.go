package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rasoat/rasoat/services/internal/backup"
	"github.com/rasoat/rasoat/services/internal/clock"
	"github.com/spf13/cobra"
)

// restoring is what the restore command was told.
type restoring struct {
	broker
	backup.Options
	check bool
}

func (a *app) restoreCommand() *cobra.Command {
	var w restoring
	c := &cobra.Command{
		Use:   "restore DIR",
		Short: "Khôi phục từ bản sao lưu / Put a backup back",
		Long: `Khôi phục một bản sao lưu vào NATS trống và kho dữ liệu trống:
  1. dừng mọi bản của mọi dịch vụ, chuẩn bị NATS và kho dữ liệu trống
  2. chạy một bản của mỗi dịch vụ với --hold (rasoat-standalone up --hold): chỉ trả lời người vận hành, không xử lý gì
  3. rasoat restore DIR
  4. chạy lại các dịch vụ như thường: nhật ký đưa mọi thứ về hiện tại
Trước khi đụng vào đâu, lệnh kiểm tra từng tệp (SHA-256), NATS và các kho. Bị ngắt giữa chừng thì chạy lại đúng lệnh đó; tới khi xong không dịch vụ nào
chạy được. Những gì nộp sau lúc sao lưu không có trong đó: trường nộp lại, hệ thống đăng ký thi nhận lại từ đầu vào bảng mới nếu bảng của họ mới hơn.

Put a backup back into an empty broker and empty stores:
  1. stop every copy of every service; have an empty broker and empty stores
  2. start one copy of each service with --hold (rasoat-standalone up --hold): it answers operators alone and works on nothing
  3. rasoat restore DIR
  4. start the services as always: the log brings everything up to date
Before it touches anything it checks every file (SHA-256), the broker and the stores. Broken off, it is run again just so; until it has ended no service
starts. What was handed in after the backup is not in it: schools hand in again, and exam registration receives everything anew into a new table where
its own is newer than the backup.

Mã thoát / exit codes: 0 xong / done; 1 không được phép / denied; 2 sai cách dùng, hoặc bản sao lưu hỏng / wrong usage, or the backup is damaged; 3 không tới
được NATS hoặc dịch vụ / the broker or a service cannot be reached; 4 NATS hoặc kho không trống, hoặc dịch vụ đang chạy / broker or store is not empty,
or a service runs.`,
		Example: `  rasoat restore /backup/2023-05-20 --check
  rasoat restore /backup/2023-05-20
  rasoat restore /backup/2023-05-20 --replicas 3 --nats nats://n1:4222 --server intake=i:7246,validation=v:7246,matching=m:7246,reporting=r:7246
  rasoat restore /backup/2023-05-20 --replace reporting,matching`,
		Args: oneFolder,
		RunE: func(c *cobra.Command, args []string) error {
			if w.Replicas < 0 || w.Replicas > 5 {
				return usage(c, "--replicas từ 0 đến 5", "--replicas is from 0 to 5")
			}
			for _, name := range w.Replace {
				if !slices.Contains(backup.Services, name) {
					return usage(c, "--replace nêu intake, validation, matching hoặc reporting", "--replace names intake, validation, matching or reporting")
				}
			}
			if w.check {
				return a.checkBackup(c.Context(), args[0])
			}
			return a.restore(c.Context(), args[0], w)
		},
	}
	f := c.Flags()
	f.BoolVar(&w.check, "check", false, "only check the files of the backup")
	f.StringSliceVar(&w.Replace, "replace", nil, "services whose stores are dropped first")
	f.IntVar(&w.Replicas, "replicas", 0, "copies of each stream; 0 for as many as there were")
	w.flags(c)
	a.serverFlags(c)
	return c
}

// checkBackup compares a backup with its manifest.
func (a *app) checkBackup(ctx context.Context, dir string) error {
	m, err := backup.Read(dir)
	if err != nil {
		return err
	}
	bar := a.bar("check")
	err = backup.Verify(ctx, dir, m, bar.backup)
	bar.finish()
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(m)
	}
	a.tellBackup(m)
	a.printf("%s\n", a.text(fmt.Sprintf("Bản sao lưu trọn vẹn: đợt %s, lấy lúc %s, %s.", m.Services[0].Drive, clock.Time(m.Began), amount(uint64(m.Size()))),
		fmt.Sprintf("The backup is whole: drive %s, taken at %s, %s.", m.Services[0].Drive, clock.Time(m.Began), amount(uint64(m.Size())))))
	return nil
}

func (a *app) restore(ctx context.Context, dir string, w restoring) error {
	sys, closing, err := a.system(ctx, w.broker, "rasoat restore")
	defer closing()
	if err != nil {
		return err
	}
	bar := a.bar("restore")
	r, err := backup.Give(ctx, sys, dir, w.Options, bar.backup)
	bar.finish()
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(r)
	}
	if len(r.OtherDigests) > 0 {
		names := strings.Join(r.OtherDigests, ", ")
		a.errorf("%s\n", a.text("Chú ý: "+names+" chạy với quy định khác lúc sao lưu; mọi hồ sơ sẽ được xét lại.",
			"Note: "+names+" run with another book of the drive than when it was saved; everything is judged again."))
	}
	total := 0.0
	for _, s := range r.Seconds {
		total += s
	}
	a.tellBackup(r.Manifest)
	a.printf("%s\n", a.text(
		fmt.Sprintf("Đã khôi phục %d luồng (%d có sẵn từ lần trước), %d bộ đọc, %s trong %.1f s. Hãy chạy lại các dịch vụ, không có --hold.",
			len(r.Streams), len(r.There), r.Durables, amount(uint64(r.Manifest.Size())), total),
		fmt.Sprintf("Put back %d streams (%d were there from a run before), %d readers, %s in %.1f s. Start the services again, without --hold.",
			len(r.Streams), len(r.There), r.Durables, amount(uint64(r.Manifest.Size())), total)))
	since := clock.Time(r.Manifest.Began)
	a.printf("%s\n", a.text(
		"Những gì gửi sau "+since+" không có trong bản này: yêu cầu các phần mềm gửi lại từ lúc đó (cùng mã lô; gửi hai lần không hại gì); hệ thống thi nào bị từ chối thì nhận lại từ đầu.",
		"What came after "+since+" is not in it: have the portals send again what they sent since (the same ids; twice does no harm); an exam system that is refused receives everything anew."))
	return nil
}
