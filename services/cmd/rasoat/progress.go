package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/reporting/export"
	"github.com/spf13/cobra"
)

// progressing is what the progress command was told.
type progressing struct {
	scope, by, window string
	watch, current    bool
	totals            bool // no other rows
	windows           titles
}

func (a *app) progressCommand() *cobra.Command {
	var p progressing
	c := &cobra.Command{
		Use:   "progress [SCOPE]",
		Short: "Bảng tiến độ theo tỉnh, trường hoặc lớp / The table of progress by province, school or class",
		Long: `SCOPE: để trống là cả nước, "01" một tỉnh, "01/01000701" một trường. Không nêu --by thì cả nước theo tỉnh, tỉnh theo trường, trường theo lớp.
SCOPE: empty for the nation, "01" for a province, "01/01000701" for a school. Without --by the nation is told by province, a province
by school and a school by class.

Số liệu chậm hơn hệ thống một, hai giây; --current tính lại ngay trường nào có tin mới. --watch: in cả bảng rồi in dòng nào đổi.
The figures are a second or two old; --current counts the schools that have news at once. --watch prints the table, then each row that changes.

` + exitCodes,
		Example: `  rasoat progress
  rasoat progress --by school --window first
  rasoat progress 01 --watch
  rasoat progress 01/01000701 --by class --json`,
		Args: oneScope,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				p.scope = args[0]
			}
			if !anyScope.MatchString(p.scope) {
				return usage(c, "Phạm vi phải có dạng 01 hoặc 01/01000701", "A scope is like 01 or 01/01000701")
			}
			switch p.by {
			case "":
				p.by = byOf(p.scope)
			case "province", "school", "class":
			default:
				return usage(c, "--by phải là province, school hoặc class", "--by is province, school or class")
			}
			if p.watch {
				return a.watchProgress(c.Context(), p)
			}
			_, err := a.progress(c.Context(), p)
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&p.by, "by", "", "rows: province, school or class")
	f.StringVar(&p.window, "window", "", "only this window, like first")
	f.BoolVar(&p.watch, "watch", false, "go on with each row that changes, until it is stopped; rows are schools")
	f.BoolVar(&p.current, "current", false, "count the schools anew that have news")
	f.BoolVar(&p.totals, "totals", false, "print the totals only")
	a.serverFlags(c)
	return c
}

// byOf is what the rows of a scope are, unless somebody says otherwise: the level below it.
func byOf(scope string) string { return []string{"province", "school", "class"}[depth(scope)] }

// depth is 0 for the nation, 1 for a province, 2 for a school.
func depth(scope string) int {
	switch {
	case scope == "":
		return 0
	case strings.Contains(scope, "/"):
		return 2
	}
	return 1
}

// progress prints the one table of progress, and returns what it was made of. It ends with exitFindings for a report that does
// not add up.
func (a *app) progress(ctx context.Context, p progressing) (*reportingpb.GetProgressResponse, error) {
	conn, err := a.connect()
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }() // every answer is in
	resp, err := call(ctx, a, reportingpb.NewReportingServiceClient(conn).GetProgress, &reportingpb.GetProgressRequest{
		Scope: p.scope, ByProvince: p.by == "province", ByClass: p.by == "class", Current: p.current,
	})
	if err != nil {
		return nil, err
	}
	if a.json {
		err = a.printProto(resp)
	} else {
		p.windows = a.titles(ctx, p.scope)
		a.tellRows(resp.GetSchools(), resp.GetTotals(), p)
		if resp.GetBehind() > 0 {
			a.printf("%s\n", a.text(fmt.Sprintf("%d trường có tin mới chưa được tính ở trên; --current tính lại ngay.", resp.GetBehind()),
				fault.Number(resp.GetBehind(), "school has", "schools have")+" news that is not counted above yet; --current counts all at once."))
		}
	}
	if err == nil && !resp.GetConserved() {
		a.alarm()
		err = exitWith(exitFindings)
	}
	return resp, err
}

// lag says how old totals are where nothing tells how much they lack.
var lag = fault.Text{
	Vi: "Số liệu hiện nay chậm hơn danh sách học sinh một, hai giây; rasoat progress --current tính lại ngay.",
	En: "The present figures are a second or two behind the list of pupils; rasoat progress --current counts all at once.",
}

// alarm tells that a report does not add up.
func (a *app) alarm() {
	a.errorf("%s\n", a.text("BÁO ĐỘNG: có trường mà tổng số không bằng tổng các trạng thái; báo cho người vận hành.",
		"ALARM: in some school the expected pupils are not the sum of the statuses; tell the operator."))
}

// tellRows prints the table of progress: rows, with the classes of each where they are wanted, and the totals below.
func (a *app) tellRows(rows []*reportingpb.SchoolProgress, totals []*reportingpb.Counts, p progressing) {
	headings := []fault.Text{{Vi: "Đơn vị", En: "Unit"}, {Vi: "Tên", En: "Name"}, export.InDirectory, {Vi: "Đợt", En: "Window"},
		{Vi: "Tổng", En: "Expected"}, {Vi: "Xong", En: "Verified"}, {Vi: "Thiếu", En: "Missing"}, {Vi: "Lỗi", En: "Rejected"},
		{Vi: "Cảnh báo", En: "Warning"}, {Vi: "Trùng", En: "Duplicate"}, {Vi: "Sai", En: "Mismatched"}, {Vi: "Cần người", En: "Person"},
		{Vi: "Chờ", En: "Waiting"}, approvalHeading, {Vi: "Ngoài DS", En: "Unexpected"}, {Vi: "Tình trạng", En: "Standing"}}
	var out [][]string
	add := func(unit, name, directory string, windows []*reportingpb.Counts, standing []*reportingpb.Standing) {
		for _, c := range windows {
			if p.window != "" && p.window != c.GetWindow() {
				continue
			}
			row := append(append([]string{unit, name, directory}, a.counts(c, p.windows)...), a.standing(standing, c.GetWindow()))
			out = append(out, row)
			unit, name, directory = "", "", ""
		}
	}
	if p.totals {
		rows = nil
	}
	for _, r := range rows {
		unit := r.GetProvince()
		if r.GetSchool() != "" {
			unit += "/" + r.GetSchool()
		}
		add(unit, r.GetName(), strconv.FormatInt(r.GetDeclared(), 10), r.GetWindows(), r.GetStanding())
		for _, class := range r.GetClasses() {
			add("  "+class.GetClass(), "", "", class.GetWindows(), nil)
		}
	}
	add(a.text("Cộng", "Total"), "", "", totals, nil)
	a.table(headings, out)
}

// standing says whether a school declared itself complete for a window and was approved.
func (a *app) standing(all []*reportingpb.Standing, window string) string {
	for _, s := range all {
		switch {
		case s.GetWindow() != window:
		case s.GetApprovedAt() != nil:
			return a.text(fmt.Sprintf("đã duyệt %d em", s.GetApproved()), fmt.Sprintf("%d approved", s.GetApproved()))
		case s.GetDeclaredAt() != nil:
			return a.text("báo hoàn thành", "declared")
		}
	}
	return ""
}

// watchProgress prints what changes until it is stopped; it begins anew when the service was away.
func (a *app) watchProgress(ctx context.Context, p progressing) error {
	conn, err := a.connect()
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // what was received was told
	client := reportingpb.NewProgressServiceClient(conn)
	p.windows = a.titles(ctx, p.scope)
	if !a.json {
		a.printf("%s\n", a.say(lag))
	}
	return a.watching(ctx, func(heard *time.Time) error { return a.watchOnce(ctx, client, p, heard) })
}

func (a *app) watchOnce(ctx context.Context, client reportingpb.ProgressServiceClient, p progressing, heard *time.Time) error {
	stream, err := client.WatchProgress(ctx, &reportingpb.WatchProgressRequest{Scope: p.scope})
	if err != nil {
		return rpc.FromStatus(err)
	}
	for {
		m, err := stream.Recv()
		if err != nil {
			return rpc.FromStatus(err)
		}
		*heard = time.Now()
		if a.json {
			if err := a.printProtoLine(m); err != nil {
				return err
			}
			continue
		}
		a.printf("%s\n", when(m.GetAsOf()))
		a.tellRows(m.GetSchools(), m.GetTotals(), p)
		if !m.GetConserved() {
			a.alarm()
		}
	}
}
