package main

import (
	"slices"
	"strconv"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/validation"
	"github.com/spf13/cobra"
)

func (a *app) rulesCommand() *cobra.Command {
	var markdown, full bool
	c := &cobra.Command{
		Use:   "rules [CODE...]",
		Short: "Liệt kê các quy tắc kiểm tra / List the rules that records are judged by",
		Long: `Các quy tắc của đợt, với mức độ mà đợt quy định; kể cả quy tắc riêng của đợt. Không cần kết nối.
The rules under a drive, with the severities that the drive gives them; its own rules among them. Works offline.

` + exitCodes,
		Example: `  rasoat rules
  rasoat rules YEAR_MARK RATING --full
  rasoat rules --json --drive-dir drives/2022-2023-12`,
		RunE: func(c *cobra.Command, args []string) error {
			if markdown {
				a.printf("%s\n", validation.Document())
				return nil
			}
			d, err := a.drive()
			if err != nil {
				return err
			}
			if err := validation.Fits(d); err != nil {
				return err
			}
			return a.rules(c, d, args, full)
		},
	}
	c.Flags().BoolVar(&full, "full", false, "with source, message and remedy")
	c.Flags().BoolVar(&markdown, "markdown", false, "print RULES.md: our rules, without those of a drive")
	a.driveFlag(c)
	return c
}

// ruleJSON is a line of rules --json.
type ruleJSON struct {
	Code      string `json:"code"`
	Version   int    `json:"version"`
	Severity  string `json:"severity"` // under the drive: error, warning, info or off
	Own       string `json:"own_severity"`
	Kind      string `json:"kind,omitempty"`
	Source    string `json:"source"`
	MessageVi string `json:"message_vi"`
	MessageEn string `json:"message_en"`
	RemedyVi  string `json:"remedy_vi"`
	RemedyEn  string `json:"remedy_en"`
	Fix       string `json:"fix,omitempty"`
	OfDrive   bool   `json:"of_drive,omitempty"`
}

func (a *app) rules(c *cobra.Command, d *drive.Drive, codes []string, full bool) error {
	var rows [][]string
	var chosen []validation.Rule
	for _, r := range validation.RulesIn(d) {
		if len(codes) > 0 && !slices.Contains(codes, r.Code) {
			continue
		}
		chosen = append(chosen, r)
		message, _ := r.InGeneral()
		rows = append(rows, []string{r.Code, strconv.Itoa(r.Version), a.severity(r.SeverityIn(d)), a.kind(r.Part), a.say(message)})
	}
	for _, code := range codes {
		if !slices.ContainsFunc(chosen, func(r validation.Rule) bool { return r.Code == code }) {
			return usage(c, "Không có quy tắc "+code, "There is no rule "+code)
		}
	}
	switch {
	case a.json:
		for _, r := range chosen {
			if err := a.printJSON(ruleJSON{r.Code, r.Version, string(r.SeverityIn(d)), string(r.Severity), string(r.Part), r.Source,
				r.Text.Vi, r.Text.En, r.Remedy.Vi, r.Remedy.En, string(r.Fix), r.OfDrive}); err != nil {
				return err
			}
		}
	case full:
		for _, r := range chosen {
			message, remedy := r.InGeneral()
			a.printf("%s v%d  %s  %s\n  %s\n  → %s\n  %s\n\n", r.Code, r.Version, a.severity(r.SeverityIn(d)), a.kind(r.Part), a.say(message), a.say(remedy), r.Source)
		}
	default:
		a.table([]fault.Text{{Vi: "Mã", En: "Code"}, {Vi: "Bản", En: "V"}, {Vi: "Mức", En: "Severity"}, {Vi: "Phần", En: "Kind"}, {Vi: "Nội dung", En: "Message"}}, rows)
		a.printf("%s: %d\n", a.text("Số quy tắc", "Rules"), len(rows))
	}
	return nil
}

func (a *app) severity(s validation.Severity) string {
	switch s {
	case validation.Error:
		return a.text("lỗi", "error")
	case validation.Warning:
		return a.text("cảnh báo", "warning")
	case validation.Info:
		return a.text("thông tin", "info")
	}
	return a.text("tắt", "off")
}

func (a *app) kind(k student.Kind) string {
	switch k {
	case student.KindProfile:
		return a.text("hồ sơ", "profile")
	case student.KindResults:
		return a.text("kết quả", "results")
	}
	return a.text("mọi phần", "any")
}
