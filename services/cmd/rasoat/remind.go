package main

import (
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/spf13/cobra"
)

func (a *app) remindCommand() *cobra.Command {
	req := &reportingpb.RemindRequest{}
	c := &cobra.Command{
		Use:   "remind [SCOPE] --window WINDOW",
		Short: "Nhắc các trường chưa xong / Remind the schools that are not done",
		Long: `Gửi lời nhắc cho mỗi trường chưa xong của phạm vi, kèm số liệu lúc này; không nhắc hai lần về cùng một tình trạng. Lời nhắc cũng đến các webhook đã cấu hình.
Sends a reminder to each school of the scope that is not done, with its figures as they are now; never twice for the same state. Reminders go to
the webhooks that are configured as well.

` + exitCodes,
		Example: `  rasoat remind 01 --window first
  rasoat remind 01/01000701 --window first --note "Trường liên hệ phòng Quản lý chất lượng trước 15 giờ"`,
		Args: oneScope,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				req.Scope = args[0]
			}
			if !anyScope.MatchString(req.GetScope()) {
				return usage(c, "Phạm vi phải có dạng 01 hoặc 01/01000701", "A scope is like 01 or 01/01000701")
			}
			if req.GetWindow() == "" {
				return usage(c, "Thiếu --window", "--window is missing")
			}
			return a.remind(c, req)
		},
	}
	windowFlag(c, &req.Window)
	c.Flags().StringVar(&req.Note, "note", "", "a sentence of one's own, sent with the reminder")
	a.serverFlags(c)
	return c
}

func (a *app) remind(c *cobra.Command, req *reportingpb.RemindRequest) error {
	conn, err := a.connect()
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // the answer is in
	resp, err := call(c.Context(), a, reportingpb.NewProgressServiceClient(conn).Remind, req)
	if err != nil {
		return err
	}
	if a.json {
		return a.printProto(resp)
	}
	a.printf("%s: %d  %s: %d  %s: %d\n", a.text("Đã nhắc", "Reminded"), resp.GetReminded(), a.text("đã nhắc trước đó", "reminded of this before"), resp.GetAlready(),
		a.text("đã xong", "done"), resp.GetDone())
	return nil
}
