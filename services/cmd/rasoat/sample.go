package main

import (
	"fmt"
	"io"
	"strconv"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/commandline"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/spf13/cobra"
)

func (a *app) sampleCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "sample draw|record SCHOOL",
		Short: "Rút mẫu học sinh để đối chiếu với hồ sơ giấy / Draw pupils to compare with the paper records",
		Long: `Sở rút một mẫu có hạt giống của trường, đối chiếu với học bạ và hồ sơ giấy rồi ghi kết quả: độ chính xác của dữ liệu được kiểm tra như vậy
(rasoat accuracy). Cùng hạt giống thì cùng mẫu. draw --out viết phiếu đối chiếu để in, mỗi em một trang, có dữ liệu cá nhân; đánh dấu x ở
dòng nào khác với giấy, rồi record --in phiếu đó.

A province draws a seeded sample of a school, compares it with the paper and records the result: that is how accuracy is checked (rasoat
accuracy). The same seed draws the same. draw --out writes the sheet to compare with, a page a pupil, which holds personal data; tick each line
where the paper says something else, then record --in that sheet.`,
		Example: `  rasoat sample draw 01/01000701 --window first --seed 7 --out phieu.xlsx
  rasoat sample record 01/01000701 --window first --seed 7 --in phieu.xlsx`,
	}
	c.AddCommand(a.drawCommand(), a.recordCommand())
	return c
}

func (a *app) drawCommand() *cobra.Command {
	req := &reportingpb.DrawSampleRequest{}
	var out string
	c := &cobra.Command{
		Use:   "draw SCHOOL --window WINDOW",
		Short: "Rút mẫu và viết phiếu đối chiếu / Draw the sample and write the sheet to compare with",
		Long: `Rút mẫu của một trường; với --out viết phiếu đối chiếu (.xlsx, in được, chỉ chủ tệp đọc được). Màn hình chỉ có mã tham chiếu và lớp.
Draws the sample of a school; with --out it writes the sheet to compare with (.xlsx, to be printed, for its owner alone). The screen has references and classes only.

` + exitCodes,
		Example: `  rasoat sample draw 01/01000701 --window first --seed 7 --size 20 --out phieu.xlsx`,
		Args:    oneSchool,
		RunE: func(c *cobra.Command, args []string) error {
			req.Scope = args[0]
			client, closeIt, err := a.approval(c, req.GetWindow())
			if err != nil {
				return err
			}
			defer closeIt()
			resp, err := call(c.Context(), a, client.DrawSample, req)
			if err != nil {
				return err
			}
			if out != "" {
				conn, err := a.connect()
				if err != nil {
					return err
				}
				defer func() { _ = conn.Close() }() // every answer is in
				d, err := a.driveOf(c.Context(), conn, req.GetScope())
				if err != nil {
					return err
				}
				what := sheetFor{req.GetScope(), req.GetWindow(), req.GetSeed(), d}
				if err := commandline.WriteFile(c, out, func(w io.Writer) error { return writeSheet(w, resp, what) }); err != nil {
					return err
				}
			}
			return a.tellSample(req, resp, out, a.showing(c.Context(), req.GetScope()))
		},
	}
	windowFlag(c, &req.Window)
	c.Flags().Uint64Var(&req.Seed, "seed", 1, "seed; the same draws the same")
	c.Flags().Int32Var(&req.Size, "size", 10, "how many pupils")
	commandline.OutputFile(c, &out, "out", "file of the sheet to compare with, .xlsx; it holds personal data", ".xlsx")
	a.driveFlag(c)
	a.serverFlags(c)
	return c
}

func (a *app) tellSample(req *reportingpb.DrawSampleRequest, resp *reportingpb.DrawSampleResponse, sheet string, shown func(string) string) error {
	if a.json {
		type line struct {
			Pupil string `json:"pupil"`
			Class string `json:"class"`
		}
		lines := []line{}
		for _, p := range resp.GetPupils() {
			lines = append(lines, line{p.GetPupil(), p.GetClass()})
		}
		return a.printJSON(map[string]any{"population": resp.GetPopulation(), "pupils": lines})
	}
	var rows [][]string
	for _, p := range resp.GetPupils() {
		rows = append(rows, []string{p.GetClass(), shown(p.GetPupil())})
	}
	a.table([]fault.Text{{Vi: "Lớp", En: "Class"}, {Vi: "Học sinh", En: "Pupil"}}, rows)
	a.printf("%s: %d / %d\n", a.text("Mẫu", "Sample"), len(resp.GetPupils()), resp.GetPopulation())
	if sheet != "" {
		a.printf("%s: %s\n", a.text("Phiếu đối chiếu, có dữ liệu cá nhân", "The sheet to compare with, with personal data"), sheet)
		next := fmt.Sprintf("rasoat sample record %s --window %s --seed %d --in %s", req.GetScope(), req.GetWindow(), req.GetSeed(), sheet)
		a.printf("%s\n", a.text("Việc tiếp theo: đối chiếu với giấy, đánh dấu x ở dòng nào khác, rồi "+next,
			"Next: compare with the paper, tick each line that differs, then "+next))
	}
	return nil
}

func (a *app) recordCommand() *cobra.Command {
	req := &reportingpb.RecordSampleRequest{}
	var in string
	c := &cobra.Command{
		Use:   "record SCHOOL --window WINDOW --seed SEED --in SHEET",
		Short: "Ghi kết quả đối chiếu với hồ sơ giấy / Record what the comparison with the paper found",
		Long: `Đọc phiếu mà draw đã viết, với các dòng đã đánh dấu x, và ghi kết quả. Ghi lại cùng hạt giống thì thay kết quả trước.
Reads the sheet that draw wrote, its lines ticked, and records the result. The same seed again takes the place of the result before.

` + exitCodes,
		Example: `  rasoat sample record 01/01000701 --window first --seed 7 --in phieu.xlsx`,
		Args:    oneSchool,
		RunE: func(c *cobra.Command, args []string) error {
			req.Scope = args[0]
			if in == "" || !c.Flags().Changed("seed") {
				return usage(c, "Thiếu --in hoặc --seed", "--in or --seed is missing")
			}
			var err error
			if req.Pupils, err = readSheet(c, in); err != nil {
				return err
			}
			client, closeIt, err := a.approval(c, req.GetWindow())
			if err != nil {
				return err
			}
			defer closeIt()
			resp, err := call(c.Context(), a, client.RecordSample, req)
			if err != nil {
				return err
			}
			if a.json {
				return a.printProto(resp)
			}
			a.printf("%s (%d, %s)\n", a.text("Đã ghi kết quả", "The result is stored"), resp.GetSequence(), exactly(resp.GetStoredAt()))
			a.tellAccuracy([]*reportingpb.Accuracy{resp.GetAccuracy()}, nil)
			return nil
		},
	}
	windowFlag(c, &req.Window)
	c.Flags().Uint64Var(&req.Seed, "seed", 0, "seed of the draw (required)")
	c.Flags().StringVar(&in, "in", "", "the sheet, ticked (required)")
	a.serverFlags(c)
	return c
}

func (a *app) accuracyCommand() *cobra.Command {
	req := &reportingpb.GetAccuracyRequest{}
	c := &cobra.Command{
		Use:   "accuracy [SCOPE] --window WINDOW",
		Short: "Xem độ chính xác mà các lần đối chiếu cho thấy / Show what the comparisons with the paper found",
		Long: `Mỗi trường đã đối chiếu một dòng: bao nhiêu học sinh, bao nhiêu khác giấy, và khoảng tin cậy 95 % (Wilson) của tỉ lệ khớp.
A line a school that was compared: how many pupils, how many differ from the paper, and the 95 % interval (Wilson) of the share that agrees.

` + exitCodes,
		Example: `  rasoat accuracy --window first
  rasoat accuracy 01 --window first --json`,
		Args: oneScope,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				req.Scope = args[0]
			}
			if !anyScope.MatchString(req.GetScope()) {
				return usage(c, "Phạm vi phải có dạng 01 hoặc 01/01000701", "A scope is like 01 or 01/01000701")
			}
			client, closeIt, err := a.approval(c, req.GetWindow())
			if err != nil {
				return err
			}
			defer closeIt()
			resp, err := call(c.Context(), a, client.GetAccuracy, req)
			if err != nil {
				return err
			}
			if a.json {
				return a.printProto(resp)
			}
			a.tellAccuracy(resp.GetSchools(), resp.GetTotal())
			return nil
		},
	}
	windowFlag(c, &req.Window)
	a.serverFlags(c)
	return c
}

// tellAccuracy prints a line a school; with a total unless it is nil.
func (a *app) tellAccuracy(schools []*reportingpb.Accuracy, total *reportingpb.Accuracy) {
	row := func(where string, r *reportingpb.Accuracy, officer, when string) []string {
		return []string{where, strconv.FormatInt(r.GetCompared(), 10), strconv.FormatInt(r.GetDiffering(), 10),
			a.say(between(r.GetAgreesFrom(), r.GetAgreesTo())), officer, when}
	}
	var rows [][]string
	for _, r := range schools {
		rows = append(rows, row(r.GetProvince()+"/"+r.GetSchool(), r, r.GetOfficer(), exactly(r.GetStoredAt())))
	}
	if total != nil {
		rows = append(rows, row(a.text("Cộng", "Total"), total, "", ""))
	}
	a.table([]fault.Text{{Vi: "Trường", En: "School"}, {Vi: "Đối chiếu", En: "Compared"}, {Vi: "Khác giấy", En: "Differing"}, {Vi: "Khớp (95 %)", En: "Agrees (95 %)"},
		{Vi: "Cán bộ", En: "Officer"}, {Vi: "Lúc", En: "When"}}, rows)
}

// between writes two shares in thousandths as percentages: "95,6–100,0 %" and "95.6–100.0 %".
func between(from, to int32) fault.Text {
	percent := func(thousandths int32) fault.Text {
		return fault.Decimal(fmt.Sprintf("%d.%d", thousandths/10, thousandths%10))
	}
	f, t := percent(from), percent(to)
	return fault.Text{Vi: f.Vi + "–" + t.Vi + " %", En: f.En + "–" + t.En + " %"}
}
