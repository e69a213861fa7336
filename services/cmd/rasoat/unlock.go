package main

import (
	"slices"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"github.com/spf13/cobra"
)

func (a *app) unlockCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "unlock",
		Short: "Mở lại sau hạn cho một trường / Let parts of a school come after the hour",
		Long: `Sau giờ đóng, dữ liệu của trường không được nhận nữa. Một người đề nghị mở lại (ask), một người khác duyệt (approve); hết hạn thì tự đóng.
After the hour nothing of a school is taken. One person asks for a late unlock, a different one approves it; it closes by itself.`,
		Example: `  rasoat unlock ask 01/01000701 --part results/12/1 --until "2023-04-25 17:00" --reason "Mất điện cả ngày 21/4"
  rasoat unlock list 01
  rasoat unlock approve 01/01000701 u7kq2m4x6aa --reason "Đã kiểm tra với điện lực"`,
	}
	c.AddCommand(a.unlockAskCommand(), a.unlockListCommand(),
		a.unlockDecideCommand("approve", "Duyệt một đề nghị mở lại / Approve a late unlock", intakepb.UnlockDecision_UNLOCK_DECISION_APPROVE),
		a.unlockDecideCommand("refuse", "Từ chối một đề nghị mở lại / Refuse a late unlock", intakepb.UnlockDecision_UNLOCK_DECISION_REFUSE),
		a.unlockDecideCommand("revoke", "Thu hồi một lần mở lại trước hạn / End a late unlock before it expires", intakepb.UnlockDecision_UNLOCK_DECISION_REVOKE))
	return c
}

func (a *app) unlockAskCommand() *cobra.Command {
	var req intakepb.AskUnlockRequest
	var parts []string
	var until string
	c := &cobra.Command{
		Use:   "ask SCHOOL",
		Short: "Đề nghị mở lại / Ask for a late unlock",
		Long: `Đề nghị cho trường gửi sau hạn: cả trường, một lớp (--class) hoặc vài học sinh (--pupil), mọi phần hoặc vài phần (--part). Chưa mở gì cho đến khi
một tài khoản khác duyệt. Đề nghị lại y hệt không tạo thêm đề nghị.

Asks that a school may send after the hour: all of it, a class or some pupils, every part or some. It opens nothing until a different account
approves it. The same asked twice is one.

` + exitCodes,
		Example: `  rasoat unlock ask 01/01000701 --until "2023-04-25 17:00" --reason "Mất điện cả ngày 21/4"
  rasoat unlock ask 01/01000701 --class 12A1 --part profile --part results/10 --until "2023-04-25 17:00" --reason "Lớp mới nhập điểm xong"
  rasoat unlock ask 01/01000701 --pupil q7Zt0c --until "2023-04-25 17:00" --reason "Học sinh mới chuyển đến"`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(c, "Nêu trường, như 01/01000701", "Name the school, like 01/01000701")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if _, err := sender(c, "", args[0]); err != nil {
				return err
			}
			req.Scope = args[0]
			var err error
			if req.Expires, err = instant(c, "until", until); err != nil {
				return err
			}
			if req.Parts, err = partsOf(c, parts); err != nil {
				return err
			}
			conn, err := a.connect()
			if err != nil {
				return err
			}
			defer func() { _ = conn.Close() }() // the answer is in
			if req.Pupils, err = a.resolve(c.Context(), req.GetScope(), req.GetPupils()...); err != nil {
				return err
			}
			resp, err := call(c.Context(), a, intakepb.NewWindowServiceClient(conn).AskUnlock, &req)
			if err != nil {
				return err
			}
			return a.tellUnlock(resp.GetUnlock())
		},
	}
	f := c.Flags()
	f.StringVar(&req.Class, "class", "", "only this class")
	f.StringArrayVar(&req.Pupils, "pupil", nil, "only this pupil: "+pupilForms+"; may be repeated")
	f.StringArrayVar(&parts, "part", nil, "only this part: enrolment, profile, results/10, results/11, results/12/1, results/12/2; may be repeated")
	f.StringVar(&until, "until", "", `when it closes by itself, in the time of Vietnam: "2023-04-25 17:00" (required)`)
	f.StringVar(&req.Reason, "reason", "", "why, in words (required)")
	a.serverFlags(c)
	return c
}

func (a *app) unlockDecideCommand(name, short string, decision intakepb.UnlockDecision) *cobra.Command {
	req := intakepb.DecideUnlockRequest{Decision: decision}
	c := &cobra.Command{
		Use:   name + " SCHOOL ID",
		Short: short,
		Long: short + `.
Người quyết định phải khác người đề nghị. ID là mã mà rasoat unlock list in ra.
Who decides is a different account from the one that asked. ID is what rasoat unlock list prints.

` + exitCodes,
		Example: `  rasoat unlock ` + name + ` 01/01000701 u7kq2m4x6aa --reason "Đã kiểm tra với trường"`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage(c, "Nêu trường và mã của lần mở lại", "Name the school and the id of the unlock")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if _, err := sender(c, "", args[0]); err != nil {
				return err
			}
			req.Scope, req.Unlock = args[0], args[1]
			conn, err := a.connect()
			if err != nil {
				return err
			}
			defer func() { _ = conn.Close() }() // the answer is in
			resp, err := call(c.Context(), a, intakepb.NewWindowServiceClient(conn).DecideUnlock, &req)
			if err != nil {
				return err
			}
			return a.tellUnlock(resp.GetUnlock())
		},
	}
	c.Flags().StringVar(&req.Reason, "reason", "", "why, in words (required)")
	a.serverFlags(c)
	return c
}

// partsOf reads parts by their names.
func partsOf(c *cobra.Command, names []string) ([]studentpb.Part, error) {
	var out []studentpb.Part
	for _, p := range names {
		if !slices.Contains(student.Parts, student.Part(p)) {
			return nil, usage(c, "Không có phần "+p, "There is no part "+p)
		}
		out = append(out, wire.ToPart(student.Part(p)))
	}
	return out, nil
}

var unlockStates = map[intakepb.UnlockState]fault.Text{
	intakepb.UnlockState_UNLOCK_STATE_ASKED: {Vi: "chờ duyệt", En: "asked"}, intakepb.UnlockState_UNLOCK_STATE_OPEN: {Vi: "đang mở", En: "open"},
	intakepb.UnlockState_UNLOCK_STATE_REFUSED: {Vi: "từ chối", En: "refused"}, intakepb.UnlockState_UNLOCK_STATE_REVOKED: {Vi: "thu hồi", En: "revoked"},
	intakepb.UnlockState_UNLOCK_STATE_EXPIRED: {Vi: "hết hạn", En: "expired"},
}
