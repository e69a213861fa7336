package main

import (
	"strings"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/spf13/cobra"
)

func (a *app) claimCommand() *cobra.Command {
	req := &reportingpb.SettleClaimRequest{}
	c := &cobra.Command{
		Use:   "claim SCHOOL PUPIL --reason REASON",
		Short: "Quyết định học sinh thuộc trường nào khi nhiều trường cùng ghi danh / Decide at which school a pupil is whom several enrol",
		Long: `SCHOOL là trường của học sinh; ghi danh của các trường khác không được tính chừng nào còn như khi xem. Trong một tỉnh thì Sở quyết định, nhiều tỉnh
thì Bộ. PUPIL là mã của Bộ, mã tham chiếu, hoặc ô như hoso.xlsx!A5. Quyết định sau thay quyết định trước.

SCHOOL is where the pupil is; what the other schools enrol does not count while it stays as it was seen. Within a province the province decides,
across provinces the ministry. PUPIL is ` + pupilForms + `. A later decision takes the place of an earlier one.

` + exitCodes,
		Example: `  rasoat claim 01/01000701 q7Zt0c --reason "Học bạ gốc đang ở trường này"`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 2 || !schoolScope.MatchString(args[0]) {
				return usage(c, "Nêu trường và học sinh", "Name the school and the pupil")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			req.Scope, req.Pupil = args[0], args[1]
			if req.GetReason() == "" {
				return usage(c, "Thiếu --reason", "--reason is missing")
			}
			var err error
			if req.Pupil, err = a.resolveOne(c.Context(), req.GetScope(), req.GetPupil()); err != nil {
				return err
			}
			client, closeIt, err := a.approval(c, "")
			if err != nil {
				return err
			}
			defer closeIt()
			resp, err := call(c.Context(), a, client.SettleClaim, req)
			if err != nil {
				return err
			}
			if a.json {
				return a.printProto(resp)
			}
			if resp.GetSequence() == 0 {
				a.printf("%s\n", a.text("Đã quyết định như vậy từ trước", "It was decided so before"))
			} else {
				a.printf("%s (%d, %s)\n", a.text("Đã ghi quyết định", "The decision is stored"), resp.GetSequence(), exactly(resp.GetStoredAt()))
			}
			a.printf("%s: %s\n", a.text("Không tính ghi danh của", "Not counted are the enrolments of"), strings.Join(resp.GetOverruled(), ", "))
			return nil
		},
	}
	c.Flags().StringVar(&req.Reason, "reason", "", "why, in words (required)")
	a.serverFlags(c)
	return c
}
