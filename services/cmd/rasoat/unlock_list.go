package main

import (
	"strconv"
	"strings"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/spf13/cobra"
)

// listedStates are those that can be asked for by name.
var listedStates = []intakepb.UnlockState{
	intakepb.UnlockState_UNLOCK_STATE_ASKED, intakepb.UnlockState_UNLOCK_STATE_OPEN, intakepb.UnlockState_UNLOCK_STATE_REFUSED,
	intakepb.UnlockState_UNLOCK_STATE_REVOKED, intakepb.UnlockState_UNLOCK_STATE_EXPIRED,
}

func (a *app) unlockListCommand() *cobra.Command {
	var states []string
	var reasons bool
	c := &cobra.Command{
		Use:   "list [SCOPE]",
		Short: "Xem các lần mở lại, cả những lần đã hết / List late unlocks, those that have ended too",
		Long: `SCOPE: để trống là cả nước, "01" một tỉnh, "01/01000701" một trường. Mới nhất ở trên.
SCOPE: empty for the nation, "01" for a province, "01/01000701" for a school. The newest come first.

` + exitCodes,
		Example: `  rasoat unlock list 01
  rasoat unlock list 01 --state asked --reasons
  rasoat unlock list 01/01000701 --json`,
		Args: oneScope,
		RunE: func(c *cobra.Command, args []string) error {
			req := &intakepb.ListUnlocksRequest{Scope: strings.Join(args, "")}
			if !anyScope.MatchString(req.Scope) {
				return usage(c, "Phạm vi phải có dạng 01 hoặc 01/01000701", "A scope is like 01 or 01/01000701")
			}
			var err error
			if req.States, err = pick(c, "state", "UNLOCK_STATE_", listedStates, states); err != nil {
				return err
			}
			conn, err := a.connect()
			if err != nil {
				return err
			}
			defer func() { _ = conn.Close() }() // the answer is in
			resp, err := call(c.Context(), a, intakepb.NewWindowServiceClient(conn).ListUnlocks, req)
			if err != nil {
				return err
			}
			return a.tellUnlocks(resp.GetUnlocks(), reasons)
		},
	}
	c.Flags().StringSliceVar(&states, "state", nil, "only these: asked, open, refused, revoked, expired")
	c.Flags().BoolVar(&reasons, "reasons", false, "with the reasons, which people wrote and which may name someone")
	a.serverFlags(c)
	return c
}

// tellUnlock tells one after it was asked for or decided about; the reasons are known to who wrote them.
func (a *app) tellUnlock(u *intakepb.Unlock) error {
	if a.json {
		return a.printProtoLine(discreet(u, false))
	}
	a.unlockTable([]*intakepb.Unlock{u}, false)
	return nil
}

func (a *app) tellUnlocks(unlocks []*intakepb.Unlock, reasons bool) error {
	if !a.json {
		a.unlockTable(unlocks, reasons)
		return nil
	}
	for _, u := range unlocks {
		if err := a.printProtoLine(discreet(u, reasons)); err != nil {
			return err
		}
	}
	return nil
}

// discreet leaves out what people wrote, unless it was asked for.
func discreet(u *intakepb.Unlock, reasons bool) *intakepb.Unlock {
	if !reasons {
		u.PersonalReason, u.PersonalDecisionReason = "", ""
	}
	return u
}

func (a *app) unlockTable(unlocks []*intakepb.Unlock, reasons bool) {
	headings := []fault.Text{{Vi: "Trường", En: "School"}, {Vi: "Mã", En: "Id"}, {Vi: "Trạng thái", En: "State"}, {Vi: "Phạm vi", En: "For"}, {Vi: "Phần", En: "Parts"},
		{Vi: "Đến", En: "Until"}, {Vi: "Người đề nghị", En: "Asked by"}, {Vi: "Lúc", En: "At"}, {Vi: "Người quyết định", En: "Decided by"}, {Vi: "Lúc", En: "At"}}
	if reasons {
		headings = append(headings, fault.Text{Vi: "Lý do", En: "Reason"}, fault.Text{Vi: "Lý do quyết định", En: "Reason of the decision"})
	}
	var rows [][]string
	for _, u := range unlocks {
		row := []string{u.GetProvince() + "/" + u.GetSchool(), u.GetId(), a.say(unlockStates[u.GetState()]), a.unlockFor(u), a.parts(u.GetParts()),
			when(u.GetExpires()), u.GetAskedBy(), when(u.GetAskedAt()), u.GetDecidedBy(), when(u.GetDecidedAt())}
		if reasons {
			row = append(row, u.GetPersonalReason(), u.GetPersonalDecisionReason())
		}
		rows = append(rows, row)
	}
	a.table(headings, rows)
}

// unlockFor says for whom an unlock is.
func (a *app) unlockFor(u *intakepb.Unlock) string {
	var out []string
	if u.GetClass() != "" {
		out = append(out, u.GetClass())
	}
	if n := len(u.GetPupils()); n > 0 {
		out = append(out, a.text(strconv.Itoa(n)+" học sinh", fault.Number(n, "pupil", "pupils")))
	}
	if len(out) == 0 {
		return a.text("cả trường", "the school")
	}
	return strings.Join(out, ", ")
}
