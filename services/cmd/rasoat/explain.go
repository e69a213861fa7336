package main

import (
	"strconv"
	"strings"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/spf13/cobra"
)

func (a *app) explainCommand() *cobra.Command {
	req := &reportingpb.ExplainRequest{}
	c := &cobra.Command{
		Use:   "explain SCHOOL",
		Short: "Kể lại đường đi của một học sinh hoặc một lô / Tell the whole way of a pupil or of a submission",
		Long: `Kể theo thứ tự thời gian: đã nhận gì, xét thế nào, hỏi và trả lời ra sao, ai quyết định gì, đã công bố gì. Dùng khi trường gọi hỏi.
Tells in order of time what was received, judged, asked, answered, decided and published. For when a school calls.

` + exitCodes,
		Example: `  rasoat explain 01/01000701 --pupil h7Kq…
  rasoat explain 01/01000701 --submission hoso-20230412-1
  rasoat explain 01/01000701 --pupil h7Kq… --json`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 || !schoolScope.MatchString(args[0]) {
				return usage(c, "Nêu một trường, như 01/01000701", "Name one school, like 01/01000701")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			req.Scope = args[0]
			if (req.GetPupil() == "") == (req.GetSubmissionId() == "") {
				return usage(c, "Nêu --pupil hoặc --submission", "Name either --pupil or --submission")
			}
			return a.explain(c, req)
		},
	}
	f := c.Flags()
	f.StringVar(&req.Pupil, "pupil", "", "the pupil: "+pupilForms)
	f.StringVar(&req.SubmissionId, "submission", "", "the submission, by its id")
	a.serverFlags(c)
	return c
}

func (a *app) explain(c *cobra.Command, req *reportingpb.ExplainRequest) error {
	conn, err := a.connect()
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // the answer is in
	if req.Pupil, err = a.resolveOne(c.Context(), req.GetScope(), req.GetPupil()); err != nil {
		return err
	}
	resp, err := call(c.Context(), a, reportingpb.NewProgressServiceClient(conn).Explain, req)
	if err != nil {
		return err
	}
	if a.json {
		return a.printProto(resp)
	}
	var rows [][]string
	shown := a.showing(c.Context(), req.GetScope())
	for _, e := range resp.GetEvents() {
		rows = append(rows, a.step(e, shown))
	}
	a.table([]fault.Text{{Vi: "Lúc", En: "When"}, {Vi: "Dịch vụ", En: "Service"}, {Vi: "Vị trí", En: "Position"}, {Vi: "Học sinh", En: "Pupil"}, {Vi: "Phần", En: "Part"},
		{Vi: "Cán bộ", En: "Officer"}, {Vi: "Việc", En: "What"}}, rows)
	windows := a.titles(c.Context(), req.GetScope())
	for _, w := range resp.GetPupil().GetWindows() {
		a.printf("%s: %s\n", a.say(windows.of(w.GetWindow())), a.say(standingText(w)))
	}
	for _, r := range resp.GetPupil().GetReturned() {
		a.printf("%s\n", a.say(returnText(r, windows)))
	}
	if len(resp.GetUnavailable()) > 0 {
		a.errorf("%s: %s\n", a.text("Chưa đầy đủ, không hỏi được", "Incomplete, these did not answer"), strings.Join(resp.GetUnavailable(), ", "))
	}
	return nil
}

// step is one line of a timeline.
func (a *app) step(e *studentpb.Event, shown func(string) string) []string {
	return []string{
		exactly(e.GetAt()), e.GetService(), e.GetStream() + " " + strconv.FormatUint(e.GetSequence(), 10), shown(e.GetPupil()), a.part(e.GetPart()),
		e.GetOfficer(), a.text(e.GetMessageVi(), e.GetMessageEn()),
	}
}
