package main

import (
	"fmt"
	"strconv"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/spf13/cobra"
)

func (a *app) forecastCommand() *cobra.Command {
	req := &reportingpb.GetForecastRequest{}
	var missing bool
	c := &cobra.Command{
		Use:   "forecast [SCOPE] --window WINDOW",
		Short: "Dự báo khi nào mỗi trường xong, trường nào trễ hạn / When each school will be done, and which will miss the hour",
		Long: `Theo tốc độ của 24 giờ gần nhất; cách tính được in ở cuối.
By the pace of the last 24 hours; how it is computed is printed at the end.

` + exitCodes,
		Example: `  rasoat forecast --window first --missing
  rasoat forecast 01 --window first
  rasoat forecast 01/01000701 --window second --json`,
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
			return a.forecast(c, req, missing)
		},
	}
	windowFlag(c, &req.Window)
	c.Flags().BoolVar(&missing, "missing", false, "only the schools that will miss the hour")
	a.serverFlags(c)
	return c
}

func (a *app) forecast(c *cobra.Command, req *reportingpb.GetForecastRequest, missing bool) error {
	conn, err := a.connect()
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // the answer is in
	resp, err := call(c.Context(), a, reportingpb.NewProgressServiceClient(conn).GetForecast, req)
	if err != nil {
		return err
	}
	if a.json {
		return a.printProto(resp)
	}
	var rows [][]string
	late := 0
	for _, f := range resp.GetSchools() {
		if f.GetWillMiss() {
			late++
		} else if missing {
			continue
		}
		rows = append(rows, append([]string{f.GetProvince() + "/" + f.GetSchool(), f.GetName()}, a.outlook(f)...))
	}
	a.table(append([]fault.Text{{Vi: "Trường", En: "School"}, {Vi: "Tên", En: "Name"}}, outlookHeadings...), rows)
	a.printf("%s\n", a.text(fmt.Sprintf("Đóng lúc %s. Dự báo trễ hạn: %d/%d trường.", when(resp.GetCloses()), late, len(resp.GetSchools())),
		fmt.Sprintf("Closes at %s. Will miss the hour: %d of %d schools.", when(resp.GetCloses()), late, len(resp.GetSchools()))))
	a.printf("%s\n", a.text(resp.GetMethodVi(), resp.GetMethodEn()))
	return nil
}

var outlookHeadings = []fault.Text{{Vi: "Xong", En: "Done"}, {Vi: "Còn", En: "Remaining"}, {Vi: "Em/giờ", En: "Pupils/h"}, {Vi: "Xong lúc", En: "Done at"}, {Vi: "Thiếu khi đóng", En: "Short at the close"}}

// outlook is the figures of a forecast.
func (a *app) outlook(f *reportingpb.Forecast) []string {
	at, short := "–", "–"
	if f.GetDoneAt() != nil {
		at = when(f.GetDoneAt())
	}
	if f.GetWillMiss() {
		short = strconv.FormatInt(f.GetShort(), 10)
	}
	pace := f.GetPaceHundredths()
	return []string{strconv.FormatInt(f.GetDone(), 10), strconv.FormatInt(f.GetRemaining(), 10), a.say(fault.Decimal(fmt.Sprintf("%d.%02d", pace/100, pace%100))), at, short}
}
