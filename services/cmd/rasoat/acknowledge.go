package main

import (
	"context"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/spf13/cobra"
)

// answer is what the acknowledge command was told.
type answer struct {
	scope, rule, pupil, class, reason string
	list, lapsed, withdraw            bool
}

func (a *app) acknowledgeCommand() *cobra.Command {
	var w answer
	c := &cobra.Command{
		Use:   "acknowledge SCOPE",
		Short: "Xác nhận cảnh báo kèm lý do, hoặc xem các cảnh báo đã xác nhận / Answer warnings with a reason, or list the answers",
		Long: `Xác nhận các cảnh báo đang mở của một trường, theo quy tắc, lớp hoặc học sinh. Xác nhận gắn với các giá trị đã xem: giá trị đổi thì xác
nhận tự hết hiệu lực. Với --list, xem các cảnh báo đã xác nhận của trường hoặc của tỉnh.

Answers the open warnings of a school, by rule, class or pupil. An answer binds to the values that were seen and lapses by itself when one
of them changes. With --list it shows the answers of a school or a province.

` + exitCodes,
		Example: `  rasoat acknowledge 01/01000701 --rule RATING --class 12A1 --reason "Hội đồng xét lại sau thi lại"
  rasoat acknowledge 01 --list
  rasoat acknowledge 01/01000701 --list --lapsed --json`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(c, "Nêu trường (01/01000701) hoặc, với --list, tỉnh", "Name a school (01/01000701) or, with --list, a province")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			w.scope = args[0]
			return a.acknowledge(c, w)
		},
	}
	f := c.Flags()
	f.StringVar(&w.rule, "rule", "", "code of the rule; required, but for --list")
	f.StringVar(&w.pupil, "pupil", "", "only this pupil: "+pupilForms)
	f.StringVar(&w.class, "class", "", "only this class")
	f.StringVar(&w.reason, "reason", "", "why the values are right, in words")
	f.BoolVar(&w.withdraw, "withdraw", false, "take answers back")
	f.BoolVar(&w.list, "list", false, "list the answers of a school or a province")
	f.BoolVar(&w.lapsed, "lapsed", false, "with --list: those that have lapsed as well")
	a.serverFlags(c)
	return c
}

func (a *app) acknowledge(c *cobra.Command, w answer) error {
	conn, err := a.connect()
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // every answer is in
	client := reportingpb.NewReportingServiceClient(conn)
	switch {
	case w.list:
		return a.listAnswers(c.Context(), client, w)
	case w.rule == "" || w.reason == "":
		return usage(c, "Thiếu --rule hoặc --reason", "--rule or --reason is missing")
	}
	if w.pupil, err = a.resolveOne(c.Context(), w.scope, w.pupil); err != nil {
		return err
	}
	warnings, err := a.warnings(c.Context(), client, w)
	if err != nil {
		return err
	}
	acknowledged, refused := 0, 0
	const most = 500
	for from := 0; from < len(warnings); from += most {
		req := &reportingpb.AcknowledgeRequest{Scope: w.scope, Acknowledgements: warnings[from:min(from+most, len(warnings))]}
		resp, err := call(c.Context(), a, client.Acknowledge, req)
		if err != nil {
			return err
		}
		acknowledged += int(resp.GetAcknowledged())
		refused += len(resp.GetRefused())
		for _, p := range resp.GetRefused() {
			a.errorf("✗ %s  %s  [%s]\n    → %s\n", p.GetPath(), a.text(p.GetMessageVi(), p.GetMessageEn()), p.GetRule(), a.text(p.GetRemedyVi(), p.GetRemedyEn()))
		}
	}
	if a.json {
		if err := a.printJSON(map[string]int{"acknowledged": acknowledged, "refused": refused}); err != nil {
			return err
		}
	} else {
		a.printf("%s: %d\n", a.text("Đã xác nhận", "Acknowledged"), acknowledged)
	}
	if refused > 0 {
		return exitWith(exitFindings)
	}
	return nil
}

// warnings gives the open warnings that are meant; to take back, those that are answered.
func (a *app) warnings(ctx context.Context, client reportingpb.ReportingServiceClient, w answer) ([]*reportingpb.Acknowledgement, error) {
	var out []*reportingpb.Acknowledgement
	named := w.pupil == "" // whoever was named is there
	req := &reportingpb.ListPupilsRequest{Scope: w.scope, PageSize: 500}
	for {
		page, err := call(ctx, a, client.ListPupils, req)
		if err != nil {
			return nil, err
		}
		for _, p := range page.GetPupils() {
			named = named || p.GetPupil() == w.pupil
			if w.pupil != "" && p.GetPupil() != w.pupil || w.class != "" && p.GetClass() != w.class {
				continue
			}
			for _, part := range p.GetParts() {
				answered := map[string]bool{}
				for _, e := range part.GetExplanations() {
					answered[string(e.GetValues())] = true
				}
				for _, f := range part.GetFindings() {
					if f.GetRule() == w.rule && f.GetSeverity() == validationpb.Severity_SEVERITY_WARNING && answered[string(f.GetValues())] == w.withdraw {
						out = append(out, &reportingpb.Acknowledgement{
							Pupil: p.GetPupil(), Part: part.GetPart(), Rule: f.GetRule(), Values: f.GetValues(), Reason: w.reason, Withdraw: w.withdraw,
						})
					}
				}
			}
		}
		if req.PageToken = page.GetNextPageToken(); req.PageToken == "" {
			if !named {
				return nil, noSuchPupil(w.scope)
			}
			return out, nil
		}
	}
}

// listAnswers prints the acknowledged warnings of a scope.
func (a *app) listAnswers(ctx context.Context, client reportingpb.ReportingServiceClient, w answer) error {
	var rows [][]string
	shown := a.showing(ctx, w.scope)
	req := &reportingpb.ListAcknowledgementsRequest{Scope: w.scope, Rule: w.rule, Lapsed: w.lapsed, PageSize: 500}
	for {
		page, err := call(ctx, a, client.ListAcknowledgements, req)
		if err != nil {
			return err
		}
		for _, x := range page.GetAcknowledgements() {
			if a.json {
				if err := a.printProto(x); err != nil {
					return err
				}
			}
			f, state := x.GetFinding(), a.text("còn hiệu lực", "in force")
			if x.GetLapsed() {
				state = a.text("hết hiệu lực", "lapsed")
			}
			rows = append(rows, []string{
				x.GetSchool(), x.GetClass(), shown(x.GetPupil()), a.part(x.GetPart()), f.GetRule(), a.field(f.GetField()), x.GetReason(),
				when(x.GetStoredAt()), state,
			})
		}
		if req.PageToken = page.GetNextPageToken(); req.PageToken == "" {
			break
		}
	}
	if !a.json {
		a.table([]fault.Text{{Vi: "Trường", En: "School"}, {Vi: "Lớp", En: "Class"}, {Vi: "Học sinh", En: "Pupil"}, {Vi: "Phần", En: "Part"}, {Vi: "Quy tắc", En: "Rule"},
			{Vi: "Ô", En: "Field"}, {Vi: "Lý do", En: "Reason"}, {Vi: "Lúc", En: "When"}, {Vi: "Trạng thái", En: "State"}}, rows)
	}
	return nil
}
