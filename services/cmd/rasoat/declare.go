package main

import (
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/spf13/cobra"
)

func (a *app) declareCommand() *cobra.Command {
	req := &reportingpb.DeclareRequest{}
	c := &cobra.Command{
		Use:   "declare SCHOOL --window WINDOW",
		Short: "Trường báo đã hoàn thành một cửa sổ nộp / A school declares itself complete for a window",
		Long: `Báo Sở rằng dữ liệu của trường trong cửa sổ này đã đủ, hoặc rút lại với --withdraw. Nếu số học sinh khác danh mục thì phải nêu vì sao (--note).
Tells the province that the school's data of the window are complete, or takes that back with --withdraw. Where the number of pupils
differs from the directory's, --note has to say why.

` + exitCodes,
		Example: `  rasoat declare 01/01000701 --window first
  rasoat declare 01/01000701 --window first --note "Hai em đã chuyển đi tháng 3"
  rasoat declare 01/01000701 --window first --withdraw`,
		Args: oneSchool,
		RunE: func(c *cobra.Command, args []string) error {
			req.Scope = args[0]
			client, closeIt, err := a.approval(c, req.GetWindow())
			if err != nil {
				return err
			}
			defer closeIt()
			resp, err := call(c.Context(), a, client.Declare, req)
			if err != nil {
				return err
			}
			if a.json {
				return a.printProto(resp)
			}
			done := a.text("Đã báo hoàn thành", "Declared complete")
			if req.GetWithdraw() {
				done = a.text("Đã rút báo hoàn thành", "No longer declared complete")
			}
			a.printf("%s %s (%d, %s)\n", done, req.GetScope(), resp.GetSequence(), exactly(resp.GetStoredAt()))
			n := resp.GetCounts()
			a.printf("%s: %d, %s: %d, %s: %d\n", a.text("Học sinh", "Pupils"), n.GetExpected(), a.text("đã duyệt", "verified"), n.GetVerified(),
				a.text("chờ duyệt", "awaiting approval"), n.GetAwaitingApproval()-n.GetReturned())
			if n.GetReturned() > 0 {
				a.printf("%s: %d\n", a.text("Bị Sở trả lại", "Returned by the province"), n.GetReturned())
			}
			if open := n.GetExpected() - n.GetVerified() - n.GetAwaitingApproval() + n.GetReturned(); open > 0 {
				a.errorf("%s: %d (rasoat status %s --pupils)\n", a.text("Học sinh còn việc mở", "Pupils with something open"), open, req.GetScope())
			}
			return nil
		},
	}
	windowFlag(c, &req.Window)
	c.Flags().StringVar(&req.Note, "note", "", "what the school adds; required where the number of pupils differs from the directory's")
	c.Flags().BoolVar(&req.Withdraw, "withdraw", false, "take the declaration back")
	a.serverFlags(c)
	return c
}
