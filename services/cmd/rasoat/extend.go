package main

import (
	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/spf13/cobra"
)

func (a *app) extendCommand() *cobra.Command {
	var req intakepb.ExtendWindowRequest
	var until string
	c := &cobra.Command{
		Use:   "extend [PROVINCE]",
		Short: "Gia hạn một cửa sổ cho cả nước hoặc một tỉnh / Move the close of a window for the nation or a province",
		Long: `Không nêu tỉnh là cả nước. Không bao giờ đóng sớm hơn hạn của đợt; quyết định sau thay quyết định trước, nên đặt lại đúng hạn của đợt là hủy gia hạn.
Without a province it is for the nation. A window never closes before what the drive says; the last decision holds, so the drive's own close
takes an extension back.

` + exitCodes,
		Example: `  rasoat extend --window first --until "2023-04-24 17:00" --reason "Sự cố đường truyền toàn quốc"
  rasoat extend 01 --window first --until "2023-04-24 17:00" --reason "Mưa lũ"`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage(c, "Chỉ nêu một tỉnh", "One province at most")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				req.Scope = args[0]
			}
			if req.Window == "" {
				return usage(c, "Thiếu --window", "--window is missing")
			}
			var err error
			if req.Closes, err = instant(c, "until", until); err != nil {
				return err
			}
			conn, err := a.connect()
			if err != nil {
				return err
			}
			defer func() { _ = conn.Close() }() // the answer is in
			resp, err := call(c.Context(), a, intakepb.NewWindowServiceClient(conn).ExtendWindow, &req)
			if err != nil {
				return err
			}
			if a.json {
				resp.GetExtension().PersonalReason = ""
				return a.printProtoLine(resp)
			}
			a.printf("%s: %s, %s %s (%d, %s)\n", a.text("Đã gia hạn", "The window is moved"), req.GetWindow(), a.text("đóng lúc", "it closes at"),
				when(resp.GetExtension().GetCloses()), resp.GetSequence(), exactly(resp.GetStoredAt()))
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&req.Window, "window", "", "id of the window, as rasoat drive prints it (required)")
	f.StringVar(&until, "until", "", `when it closes, in the time of Vietnam: "2023-04-24 17:00" (required)`)
	f.StringVar(&req.Reason, "reason", "", "why, in words (required)")
	a.serverFlags(c)
	return c
}
