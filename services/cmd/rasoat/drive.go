package main

import (
	"strconv"
	"strings"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/reporting/export"
	"github.com/spf13/cobra"
)

func (a *app) driveCommand() *cobra.Command {
	var schools, catalogues bool
	c := &cobra.Command{
		Use:   "drive [SCOPE]",
		Short: "Xem đợt rà soát: hạn, trường, danh mục, bộ quy tắc / Show the drive: windows, schools, catalogues, book of rules",
		Long: `SCOPE: để trống là cả nước, "01" một tỉnh, "01/01000701" một trường; hạn in ra là hạn của phạm vi đó, tính cả gia hạn. Với --json in toàn bộ.
SCOPE: empty for the nation, "01" for a province, "01/01000701" for a school; the closes are those of the scope, extensions counted. With
--json everything is printed.

` + exitCodes,
		Example: `  rasoat drive
  rasoat drive 01 --schools
  rasoat drive 01/01000701 --catalogues --json`,
		Args: oneScope,
		RunE: func(c *cobra.Command, args []string) error {
			req := &intakepb.GetDriveRequest{Scope: strings.Join(args, ""), Catalogues: catalogues}
			if !anyScope.MatchString(req.Scope) {
				return usage(c, "Phạm vi phải có dạng 01 hoặc 01/01000701", "A scope is like 01 or 01/01000701")
			}
			conn, err := a.connect()
			if err != nil {
				return err
			}
			defer func() { _ = conn.Close() }() // the answer is in
			resp, err := call(c.Context(), a, intakepb.NewWindowServiceClient(conn).GetDrive, req)
			if err != nil {
				return err
			}
			for _, w := range resp.GetWindows() {
				for _, e := range w.GetExtensions() {
					e.PersonalReason = ""
				}
			}
			if a.json {
				return a.printProto(resp)
			}
			a.tellDrive(resp, schools)
			return nil
		},
	}
	c.Flags().BoolVar(&schools, "schools", false, "list the schools of the scope")
	c.Flags().BoolVar(&catalogues, "catalogues", false, "with --json: the catalogues too")
	a.serverFlags(c)
	return c
}

func (a *app) tellDrive(d *intakepb.GetDriveResponse, schools bool) {
	a.printf("%s  %s\n", d.GetId(), d.GetName())
	a.printf("%s: %d (%.12s)\n", a.text("Bộ quy tắc", "Book of rules"), d.GetBook(), d.GetBookDigest())
	a.printf("%s: %s\n", a.text("Sửa lỗi của phần nộp đúng hạn đến", "On-time parts may be corrected until"), when(d.GetCorrections()))
	a.printf("%s: %d\n\n", a.text("Số trường", "Schools"), len(d.GetSchools()))
	var rows [][]string
	for _, w := range d.GetWindows() {
		rows = append(rows, []string{w.GetWindow(), a.say(fault.Text{Vi: w.GetNameVi(), En: w.GetNameEn()}), when(w.GetCloses()), when(w.GetClosesHere()), a.parts(w.GetParts())})
		for _, e := range w.GetExtensions() {
			scope := e.GetScope()
			if scope == "" {
				scope = a.text("cả nước", "the nation")
			}
			rows = append(rows, []string{"", "+ " + scope + ", " + e.GetOfficer(), "", when(e.GetCloses()), ""})
		}
	}
	a.table([]fault.Text{{Vi: "Cửa sổ", En: "Window"}, {Vi: "Tên", En: "Name"}, {Vi: "Hạn của đợt", En: "Closes"}, {Vi: "Hạn ở đây", En: "Closes here"},
		{Vi: "Phần", En: "Parts"}}, rows)
	if !schools {
		return
	}
	rows = nil
	for _, s := range d.GetSchools() {
		rows = append(rows, []string{s.GetProvince() + "/" + s.GetSchool(), s.GetName(), s.GetKind(), strconv.FormatInt(s.GetDeclared(), 10)})
	}
	a.printf("\n")
	a.table([]fault.Text{{Vi: "Trường", En: "School"}, {Vi: "Tên", En: "Name"}, {Vi: "Loại", En: "Kind"}, export.InDirectory}, rows)
}
