package main

import (
	"regexp"
	"strconv"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/spf13/cobra"
)

var nationOrProvince = regexp.MustCompile(`^([0-9]{2})?$`)

func (a *app) urgentCommand() *cobra.Command {
	req := &reportingpb.ListUrgentRequest{}
	c := &cobra.Command{
		Use:   "urgent [PROVINCE] --window WINDOW",
		Short: "Cần gọi trường nào trước / Whom to call first",
		Long: `Các trường chưa xong, theo thứ tự cần gọi, mỗi trường kèm lý do và lần nhắc gần nhất; thứ tự được giải thích ở cuối.
The schools that are not done, whom to call first first, each with the reason and when it was last reminded; the order is explained at the end.

` + exitCodes,
		Example: `  rasoat urgent 01 --window first
  rasoat urgent --window first --limit 200 --json`,
		Args: oneScope,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				req.Scope = args[0]
			}
			if !nationOrProvince.MatchString(req.GetScope()) {
				return usage(c, "Nêu một tỉnh như 01, hoặc để trống", "Name a province like 01, or nothing")
			}
			if req.GetWindow() == "" {
				return usage(c, "Thiếu --window", "--window is missing")
			}
			return a.urgent(c, req)
		},
	}
	windowFlag(c, &req.Window)
	c.Flags().Int32Var(&req.Limit, "limit", 50, "at most this many schools, up to 5000")
	a.serverFlags(c)
	return c
}

func (a *app) urgent(c *cobra.Command, req *reportingpb.ListUrgentRequest) error {
	conn, err := a.connect()
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // the answer is in
	resp, err := call(c.Context(), a, reportingpb.NewProgressServiceClient(conn).ListUrgent, req)
	if err != nil {
		return err
	}
	if a.json {
		return a.printProto(resp)
	}
	var rows [][]string
	for i, u := range resp.GetSchools() {
		reminded := "–"
		if u.GetRemindedAt() != nil {
			reminded = when(u.GetRemindedAt())
		}
		f := u.GetForecast()
		rows = append(rows, append(append([]string{strconv.Itoa(i + 1), f.GetProvince() + "/" + f.GetSchool(), f.GetName(), a.text(u.GetReasonVi(), u.GetReasonEn())}, a.outlook(f)...), reminded))
	}
	a.table(append(append([]fault.Text{{Vi: "Thứ tự", En: "Order"}, {Vi: "Trường", En: "School"}, {Vi: "Tên", En: "Name"}, {Vi: "Lý do", En: "Why"}}, outlookHeadings...),
		fault.Text{Vi: "Đã nhắc", En: "Reminded"}), rows)
	a.printf("%s\n", a.text(resp.GetOrderVi(), resp.GetOrderEn()))
	return nil
}
