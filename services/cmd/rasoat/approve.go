package main

import (
	"encoding/hex"
	"strconv"
	"strings"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/spf13/cobra"
)

func (a *app) approveCommand() *cobra.Command {
	req := &reportingpb.ApproveRequest{}
	var seen string
	c := &cobra.Command{
		Use:   "approve SCOPE --window WINDOW",
		Short: "Duyệt một trường, hoặc mọi trường đã sẵn sàng của tỉnh / Approve a school, or every school of a province that is ready",
		Long: `Sở duyệt dữ liệu của trường trong một cửa sổ nộp, khi trường đã báo hoàn thành, báo cáo cộng đủ và không còn việc nào mở. Duyệt gắn với đúng nội dung
đã xem của từng học sinh: gửi lại nội dung cũ không đổi gì, nội dung mới mở lại đúng học sinh đó. Với --exception, những học sinh đã sẵn sàng được
duyệt dù trường còn việc mở, kèm lý do. Trường không duyệt được thì được báo vì sao; các trường khác vẫn được duyệt.

A province approves a school for a window when the school declared itself complete, its report adds up and nothing is open. An approval covers
exactly the content that it saw of each pupil: the same content sent again changes nothing, other content reopens just that pupil. With
--exception the pupils who are ready are approved although something is open at the school, for a stated reason. A school that
cannot be approved is told why, and the others are approved.

` + exitCodes,
		Example: `  rasoat approve 01 --window first --dry-run
  rasoat approve 01 --window first
  rasoat approve 01/01000701 --window first --exception "Hai em chờ công an cấp lại số"
  rasoat approve 01/01000701 --window first --seen 5f0c…`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 || !anyScope.MatchString(args[0]) || args[0] == "" {
				return usage(c, "Nêu tỉnh (01) hoặc trường (01/01000701)", "Name a province (01) or a school (01/01000701)")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			req.Scope = args[0]
			var err error
			if req.Seen, err = hex.DecodeString(seen); err != nil {
				return usage(c, "--seen là dãy số hệ 16", "--seen is a number in hexadecimal")
			}
			return a.approve(c, req)
		},
	}
	f := c.Flags()
	windowFlag(c, &req.Window)
	f.BoolVar(&req.DryRun, "dry-run", false, "tell what would be approved, and do nothing")
	f.StringVar(&req.Exception, "exception", "", "why although something is open, was not declared or does not add up with the directory")
	f.StringVar(&seen, "seen", "", "of one school: the state that was looked at, in hexadecimal; another state is refused")
	a.serverFlags(c)
	return c
}

// windowFlag is that of the commands that are about one window.
func windowFlag(c *cobra.Command, window *string) {
	c.Flags().StringVar(window, "window", "", "window of the drive, like first (required)")
}

// approval makes a client of approvals; the caller calls the second result when the answers are in.
func (a *app) approval(c *cobra.Command, window string) (reportingpb.ApprovalServiceClient, func(), error) {
	if window == "" && c.Flags().Lookup("window") != nil {
		return nil, nil, usage(c, "Thiếu --window", "--window is missing")
	}
	conn, err := a.connect()
	if err != nil {
		return nil, nil, err
	}
	return reportingpb.NewApprovalServiceClient(conn), func() { _ = conn.Close() }, nil
}

func (a *app) approve(c *cobra.Command, req *reportingpb.ApproveRequest) error {
	client, closeIt, err := a.approval(c, req.GetWindow())
	if err != nil {
		return err
	}
	defer closeIt()
	resp, err := call(c.Context(), a, client.Approve, req)
	if err != nil {
		return err
	}
	refused := 0
	for _, s := range resp.GetSchools() {
		if len(s.GetRefused()) > 0 {
			refused++
		}
	}
	if a.json {
		if err := a.printProto(resp); err != nil {
			return err
		}
	} else {
		a.tellApproved(resp, req.GetDryRun())
	}
	if refused > 0 {
		return exitWith(exitFindings)
	}
	return nil
}

func (a *app) tellApproved(resp *reportingpb.ApproveResponse, dryRun bool) {
	heading := fault.Text{Vi: "Đã duyệt", En: "Approved"}
	if dryRun {
		heading = fault.Text{Vi: "Sẽ duyệt", En: "Would approve"}
	}
	var rows [][]string
	total := int64(0)
	for _, s := range resp.GetSchools() {
		state := a.text("xong", "done")
		switch {
		case len(s.GetRefused()) > 0:
			state = a.text("chưa duyệt được, lý do ở dưới", "not approved, the reasons are below")
		case s.GetApproved() == 0:
			state = a.text("không có gì mới", "nothing new")
		}
		total += s.GetApproved()
		rows = append(rows, []string{s.GetProvince() + "/" + s.GetSchool(), strconv.FormatInt(s.GetApproved(), 10), state})
	}
	rows = append(rows, []string{a.text("Cộng", "Total"), strconv.FormatInt(total, 10), ""})
	a.table([]fault.Text{{Vi: "Trường", En: "School"}, heading, {Vi: "Trạng thái", En: "State"}}, rows)
	for _, s := range resp.GetSchools() {
		a.tellRefused(s.GetProvince()+"/"+s.GetSchool(), s.GetRefused())
	}
}

// tellRefused tells what was refused and what to do about it; where is put before the path of each.
func (a *app) tellRefused(where string, problems []*studentpb.Problem) {
	for _, p := range problems {
		a.errorf("✗ %s  %s  [%s]\n    → %s\n", strings.TrimSpace(where+" "+p.GetPath()), a.text(p.GetMessageVi(), p.GetMessageEn()), p.GetRule(),
			a.text(p.GetRemedyVi(), p.GetRemedyEn()))
	}
}

// oneSchool takes a school and nothing else.
func oneSchool(c *cobra.Command, args []string) error {
	if len(args) != 1 || !schoolScope.MatchString(args[0]) {
		return usage(c, "Nêu một trường, như 01/01000701", "Name a school, like 01/01000701")
	}
	return nil
}
