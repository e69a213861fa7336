package main

import (
	"strconv"
	"time"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/timestamppb"
)

func (a *app) historyCommand() *cobra.Command {
	req := &reportingpb.GetHistoryRequest{}
	var window string
	var last time.Duration
	c := &cobra.Command{
		Use:   "history [SCOPE]",
		Short: "Tiến độ từng giờ / Progress hour by hour",
		Long: `Số liệu của phạm vi vào cuối mỗi giờ, rồi hiện nay; giờ không có gì đổi thì bỏ qua.
How the scope stood at the end of each hour, then now; hours in which nothing changed are left out.

` + exitCodes,
		Example: `  rasoat history
  rasoat history 01 --last 48h --window first
  rasoat history 01/01000701 --json`,
		Args: oneScope,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				req.Scope = args[0]
			}
			if !anyScope.MatchString(req.GetScope()) {
				return usage(c, "Phạm vi phải có dạng 01 hoặc 01/01000701", "A scope is like 01 or 01/01000701")
			}
			if last > 0 {
				req.Since = timestamppb.New(time.Now().Add(-last))
			}
			return a.history(c, req, window)
		},
	}
	f := c.Flags()
	f.DurationVar(&last, "last", 0, "only so far back, like 48h; 0 for the whole drive")
	f.StringVar(&window, "window", "", "only this window, like first")
	a.serverFlags(c)
	return c
}

func (a *app) history(c *cobra.Command, req *reportingpb.GetHistoryRequest, window string) error {
	conn, err := a.connect()
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // the answer is in
	resp, err := call(c.Context(), a, reportingpb.NewProgressServiceClient(conn).GetHistory, req)
	if err != nil {
		return err
	}
	if a.json {
		return a.printProto(resp)
	}
	var rows [][]string
	windows := a.titles(c.Context(), req.GetScope())
	for _, h := range resp.GetHours() {
		rows = append(rows, a.hourRows(when(h.GetAt()), h, window, windows)...)
	}
	// What happened since the last full hour is in none of the rows above.
	rows = append(rows, a.hourRows(a.text("Hiện nay", "Now"), resp.GetPresent(), window, windows)...)
	a.table([]fault.Text{{Vi: "Lúc", En: "When"}, {Vi: "Đợt", En: "Window"}, {Vi: "Tổng", En: "Expected"}, {Vi: "Xong", En: "Verified"}, approvalHeading,
		{Vi: "Chờ", En: "Waiting"}, {Vi: "Thiếu", En: "Missing"}, {Vi: "Cần sửa", En: "To fix"}}, rows)
	a.printf("%s\n", a.say(lag))
	if resp.GetNextAt() == nil {
		return nil
	}
	a.printf("%s: %s\n", a.text("Số liệu cuối giờ tiếp theo được ghi lúc", "The next hour is noted at"), when(resp.GetNextAt()))
	return nil
}

// hourRows are the rows of an hour, one a window; only the first says when.
func (a *app) hourRows(at string, h *reportingpb.Hour, window string, windows titles) [][]string {
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	var rows [][]string
	for _, w := range h.GetWindows() {
		if window != "" && window != w.GetWindow() {
			continue
		}
		open := w.GetRejected() + w.GetUnexplainedWarning() + w.GetDuplicate() + w.GetMismatched() + w.GetNeedsPerson()
		rows = append(rows, []string{at, a.say(windows.of(w.GetWindow())), number(w.GetExpected()), number(w.GetVerified()), awaiting(w),
			number(w.GetWaiting()), number(w.GetMissing()), number(open)})
		at = ""
	}
	return rows
}
