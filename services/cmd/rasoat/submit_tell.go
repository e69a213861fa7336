package main

import (
	"strconv"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/portal"
)

// tellReports prints the table, the problems and the next step.
func (a *app) tellReports(reports []*fileReport, s submission) {
	accepted := fault.Text{Vi: "Đã nhận", En: "Accepted"}
	if s.dryRun {
		accepted = fault.Text{Vi: "Đọc được", En: "Read"}
	}
	headings := []fault.Text{{Vi: "Tệp", En: "File"}, {Vi: "Lô", En: "Batches"}, accepted, {Vi: "Từ chối", En: "Refused"},
		{Vi: "Không đọc được", En: "Unreadable"}, {Vi: "Cảnh báo", En: "Warnings"}, {Vi: "Quá hạn", En: "Late"}}
	var rows [][]string
	failed, accepting := false, 0
	for _, r := range reports {
		m := r.summary
		if r.err == nil || m.Batches > 0 { // of another the error says everything
			rows = append(rows, []string{r.name, strconv.Itoa(m.Batches), strconv.Itoa(m.Accepted), strconv.Itoa(m.Refused),
				strconv.Itoa(m.Unreadable), strconv.Itoa(m.Warnings), strconv.Itoa(m.Late)})
		}
		failed = failed || m.Refused+m.Unreadable+m.Warnings > 0
		accepting += m.Accepted
	}
	if !s.preview && len(rows) > 0 {
		a.table(headings, rows)
	}
	for _, r := range reports {
		a.tellProblems(r, len(reports) > 1, s.problems)
		a.tellUnapplied(r)
		a.complain(r.err)
	}
	switch {
	case failed:
		a.printf("%s\n", a.text("Việc tiếp theo: sửa các ô trên rồi gửi lại tệp; phần đúng không bị gửi hai lần.",
			"Next: mend the cells above and hand the file in again; what is right is not taken twice."))
	case s.dryRun:
		a.printf("%s\n", a.text("Việc tiếp theo: bỏ --dry-run để gửi.", "Next: leave out --dry-run to hand it in."))
	}
	if accepting > 0 && !s.dryRun {
		a.printf("%s rasoat status %s --pupils\n", a.text("Xem kết quả kiểm tra:", "To see what the checks find:"), s.school)
	}
}

// tellProblems prints the problems of a file, at most so many. What is said of every batch is said once.
func (a *app) tellProblems(r *fileReport, named bool, most int) {
	type said struct{ path, rule string }
	times := map[said]int{}
	var once []portal.Problem
	for _, p := range r.summary.Problems {
		at := said{p.Path, p.Rule}
		if times[at]++; times[at] == 1 {
			once = append(once, p)
		}
	}
	shown := len(once)
	if most > 0 {
		shown = min(shown, most)
	}
	for _, p := range once[:shown] {
		n := times[said{p.Path, p.Rule}]
		if named {
			p.Path = r.name + " " + p.Path
		}
		a.problem(p, n)
	}
	if more := len(once) - shown + r.summary.MoreProblems; more > 0 {
		a.printf("  %s: +%d (--problems 0, --json)\n", r.name, more)
	}
}
