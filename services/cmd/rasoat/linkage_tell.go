package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/matching/linkage"
)

func (a *app) tellEvaluation(r evaluationJSON) {
	a.table([]fault.Text{{Vi: "Độ chính xác", En: "Precision"}, {Vi: "Độ phủ", En: "Recall"}, {Vi: "F1", En: "F1"}, {Vi: "Cần xem", En: "Review"}, {Vi: "Ngưỡng", En: "Threshold"},
		{Vi: "Nối đúng", En: "True links"}, {Vi: "Nối sai", En: "False links"}, {Vi: "Sót", En: "Missed"}, {Vi: "Sót, đã nêu", En: "Missed, shown"}, {Vi: "Không có ai, bị nối", En: "Nobody, linked"}},
		[][]string{append(measureCells(r.Measure), strconv.Itoa(r.TrueLinks), strconv.Itoa(r.FalseLinks), strconv.Itoa(r.Missed), strconv.Itoa(r.MissedInReview), fmt.Sprintf("%d/%d", r.UnpairedLinked, r.Unpaired))})
	a.tellCurve(r.Curve)
	a.tellSlices(r.Report)
	if w := r.WorstSlice; w != nil {
		a.printf("\n%s: %s = %s (F1 %s)\n", a.text("Nhóm kém nhất", "Worst slice"), w.Column, w.Value, percent(w.F1))
	}
	for _, m := range r.Mistakes {
		a.printf("%s  %s → %s  %v\n", m.Kind, m.Profile, m.True, m.Slices)
		for _, c := range []*linkage.Candidate{m.Found, m.TrueAs} {
			if c != nil {
				a.printf("    %s  %+.1f bit (%s %+.1f, %s %+.1f)  %s\n", c.Key, c.Confidence, a.text("ngưỡng", "threshold"), r.Threshold,
					a.text("chưa tính các ứng viên khác", "before other candidates"), c.Score, a.levels(c.Levels))
			}
		}
	}
	a.printf("%s: %d  %s: %d  %s: %d  %s: %d  %s: %d  %.1f s  %d MiB\n", a.text("Hồ sơ", "Profiles"), r.Profiles, a.text("dân số", "population"), r.Population,
		a.text("cặp đúng", "pairs of the truth"), r.Pairs, a.text("cặp đã so", "pairs compared"), r.Compared, a.text("khối bị cắt", "cut"), r.Cut, r.Seconds, r.PeakMemory>>20)
}

// tellCurve prints what every threshold would give; of thresholds that give the same, the first.
func (a *app) tellCurve(curve []linkage.Measure) {
	var rows [][]string
	for i, m := range curve {
		if i > 0 {
			before := curve[i-1]
			if before.Threshold = m.Threshold; before == m {
				continue
			}
		}
		cells := measureCells(m)
		rows = append(rows, append([]string{cells[4]}, cells[:4]...))
	}
	a.printf("\n")
	a.table([]fault.Text{{Vi: "Nếu ngưỡng là", En: "At threshold"}, {Vi: "Chính xác", En: "Precision"}, {Vi: "Phủ", En: "Recall"}, {Vi: "F1", En: "F1"},
		{Vi: "Cần xem", En: "Review"}}, rows)
}

// tellSlices prints the slices of the kinds of fault, and of the others those below the whole; the worst first.
func (a *app) tellSlices(r *linkage.Report) {
	const shown = 40
	var some []linkage.Slice
	for _, s := range r.Slices {
		if s.Column == "kind" || s.F1 < r.F1 {
			some = append(some, s)
		}
	}
	if len(some) == 0 {
		return
	}
	slices.SortStableFunc(some, func(x, y linkage.Slice) int { return cmp.Compare(x.F1, y.F1) })
	var rows [][]string
	for _, s := range some[:min(shown, len(some))] {
		rows = append(rows, append([]string{s.Column, s.Value, strconv.Itoa(s.Pairs)}, measureCells(s.Measure)[:4]...))
	}
	a.printf("\n")
	a.table([]fault.Text{{Vi: "Nhóm", En: "Slice"}, {Vi: "Giá trị", En: "Value"}, {Vi: "Cặp", En: "Pairs"}, {Vi: "Chính xác", En: "Precision"},
		{Vi: "Phủ", En: "Recall"}, {Vi: "F1", En: "F1"}, {Vi: "Cần xem", En: "Review"}}, rows)
}

func measureCells(m linkage.Measure) []string {
	return []string{percent(m.Precision), percent(m.Recall), percent(m.F1), percent(m.ReviewRate), fmt.Sprintf("%.1f", m.Threshold)}
}

func percent(share float64) string { return fmt.Sprintf("%.3f%%", 100*share) }

// levels says field by field how two people agree.
func (a *app) levels(l matching.Levels) string {
	var lines []string
	for _, f := range []struct {
		field matching.Field
		level fmt.Stringer
	}{
		{matching.IDNumber, l.Number}, {matching.FullName, l.Name}, {matching.DateOfBirth, l.Date},
		{matching.Gender, l.Gender}, {matching.Residence, l.Residence},
	} {
		lines = append(lines, a.say(agreement(f.field, f.level.String())))
	}
	return strings.Join(lines, "; ")
}
