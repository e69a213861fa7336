package main

import (
	"slices"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"github.com/spf13/cobra"
)

func (a *app) sourceCommand() *cobra.Command {
	var parts []string
	var reason string
	c := &cobra.Command{
		Use:   "source SCHOOL [portal|workbook]",
		Short: "Xem hoặc đổi nguồn dữ liệu của trường / Show or change from which source a school's parts come",
		Long: `Mỗi phần dữ liệu của một trường có một nguồn: phần mềm của trường (portal) hoặc bảng tính (workbook); nguồn gửi trước là nguồn của phần
đó. Bản ghi từ nguồn khác không được nhận, để lần gửi tự động ban đêm không ghi đè điều người phụ trách đã sửa.

Each part of a school has one source, its portal or workbooks: the one that sent it first. Records from the other are not taken, so that a
nightly push does not revert a clerk's correction. Changing the source is a decision, with a reason.

` + exitCodes,
		Example: `  rasoat source 01/01000701
  rasoat source 01/01000701 workbook --part profile --reason "Phần mềm của trường đang hỏng"`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return usage(c, "Nêu trường, và nguồn mới nếu muốn đổi", "Name the school, and the new source to change it")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			from, err := sender(c, "", args[0])
			if err != nil {
				return err
			}
			conn, err := a.connect()
			if err != nil {
				return err
			}
			defer func() { _ = conn.Close() }() // every answer is in
			client := intakepb.NewIntakeServiceClient(conn)
			if len(args) == 1 {
				resp, err := call(c.Context(), a, client.GetSources, &intakepb.GetSourcesRequest{Province: from.Province, School: from.School})
				return a.tellSources(resp.GetSources(), err)
			}
			req := &intakepb.SetSourceRequest{Province: from.Province, School: from.School, Reason: reason}
			switch args[1] {
			case "portal":
				req.Source = intakepb.Source_SOURCE_PORTAL
			case "workbook":
				req.Source = intakepb.Source_SOURCE_WORKBOOK
			default:
				return usage(c, "Nguồn là portal hoặc workbook", "A source is portal or workbook")
			}
			for _, p := range parts {
				if !slices.Contains(student.Parts, student.Part(p)) {
					return usage(c, "Không có phần "+p, "There is no part "+p)
				}
				req.Parts = append(req.Parts, wire.ToPart(student.Part(p)))
			}
			resp, err := call(c.Context(), a, client.SetSource, req)
			return a.tellSources(resp.GetSources(), err)
		},
	}
	c.Flags().StringSliceVar(&parts, "part", nil, "only these parts: enrolment, profile, results/10, results/11, results/12/1, results/12/2")
	c.Flags().StringVar(&reason, "reason", "", "why the source changes (required for a change)")
	a.serverFlags(c)
	return c
}

func (a *app) tellSources(sources []*intakepb.PartSource, err error) error {
	if err != nil {
		return err
	}
	type line struct {
		Part   string `json:"part"`
		Source string `json:"source"`
		Reason string `json:"reason,omitempty"`
	}
	var rows [][]string
	for _, s := range sources {
		l := line{string(wire.FromPart(s.GetPart())), "portal", s.GetReason()}
		if s.GetSource() == intakepb.Source_SOURCE_WORKBOOK {
			l.Source = "workbook"
		}
		if a.json {
			if err := a.printJSON(l); err != nil {
				return err
			}
		}
		rows = append(rows, []string{a.part(s.GetPart()), a.source(s.GetSource()), l.Reason})
	}
	if !a.json {
		a.table([]fault.Text{{Vi: "Phần", En: "Part"}, {Vi: "Nguồn", En: "Source"}, {Vi: "Lý do", En: "Reason"}}, rows)
	}
	return nil
}
