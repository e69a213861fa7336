package demo

import (
	"fmt"
	"io"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/sandbox"
)

// Print writes the report for people.
func (r *Report) Print(w io.Writer) {
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }
	p("\nHọc sinh theo trường, cuối đợt sau cùng / Where the pupils stand at the end of the last window\n\n")
	rows := [][]string{
		{"Trường", "Tên", "Phải có", "Thiếu", "Sai", "Trùng", "Lệch", "Cần người xem", "Đang chờ", "Chờ duyệt", "Xong"},
		{"school", "name", "expected", "missing", "rejected", "duplicate", "mismatched", "needs person", "waiting", "to approve", "verified"},
	}
	for _, s := range r.Schools {
		rows = append(rows, append([]string{s.Province + "/" + s.Code, s.Name}, s.cells()...))
	}
	rows = append(rows, append([]string{"Tổng / total", ""}, r.cells()...))
	table(w, rows, 2)
	sumVi, sumEn := "Báo cáo khớp: ở mọi trường, số phải có bằng tổng các trạng thái", "The report adds up: expected is the sum of the statuses, at every school"
	if !r.Conserved {
		sumVi = "BÁO CÁO KHÔNG KHỚP: đây là báo động, hãy giữ thư mục dữ liệu và báo lại"
		sumEn = "The report DOES NOT ADD UP: this is an alarm, keep the data folder and report it"
	}
	p("\n%s.\n%s. Ngoài dự kiến / Unexpected pupils: %d.\n", sumVi, sumEn, r.Unexpected)

	if len(r.Approvals) > 0 {
		p("\nSở đã duyệt / What the provinces approved\n\n")
		rows = [][]string{
			{"Đợt", "Trường", "Đã chốt", "Đã duyệt", "Ngoại lệ", "Chưa duyệt", "Học sinh", "Ngoại lệ"},
			{"window", "schools", "declared", "approved", "by exception", "not approved", "pupils", "by exception"},
		}
		for _, a := range r.Approvals {
			rows = append(rows, a.cells())
		}
		table(w, rows, 1)
	}
	p("\nLỗi trong mẫu, và trường được báo gì / What was wrong with the sample, and what the school is told\n\n")
	rows = [][]string{{"Loại", "Đã đặt", "Đã thấy", ""}, {"kind", "injected", "detected", ""}}
	for _, k := range kinds(r.Faults) {
		rows = append(rows, []string{string(k), fmt.Sprint(r.Faults.Injected[k]), fmt.Sprint(r.Faults.Detected[k]), ""})
	}
	table(w, rows, 1)
	p("\nBỏ sót: %d. Báo nhầm: %d.\nMissed: %d. False alarms: %d.\n\n", r.Faults.Missed, r.Faults.FalseAlarms, r.Faults.Missed, r.Faults.FalseAlarms)
	for _, e := range r.Faults.Examples {
		p("  %-20s %s, %s\n    vi: %s\n    en: %s\n", e.Kind, e.School, e.Class, strings.TrimSpace(e.MessageVi+" "+e.RemedyVi), strings.TrimSpace(e.MessageEn+" "+e.RemedyEn))
	}
	if len(r.Problems) > 0 {
		p("\nÔ trong bảng tính cần người xem / Cells of the workbooks that somebody has to look at: %d\n", len(r.Problems))
		for _, q := range r.Problems[:min(3, len(r.Problems))] {
			p("  %s: %s %s\n    %s %s\n", q.Path, q.Text.Vi, q.Remedy.Vi, q.Text.En, q.Remedy.En)
		}
	}
	inForce := recordfeed.InForce(int64(r.Records.Distinct))
	p("\nBên đăng ký thi đã nhận %d tin. %s\n", r.Records.Received, inForce.Vi)
	p("Exam registration received %d messages. %s\n", r.Records.Received, inForce.En)
	if more := int64(r.Records.Distinct) - r.Verified; more > 0 {
		p("Ở đây nhiều hơn số đã xác thực trong bảng trên %d em.\nHere that is %d more than the verified pupils of the table above.\n", more, more)
	}
	p("Mã tổng của hồ sơ / Digest of the records (rasoat watch records --once --digest): %s\n", r.Records.Digest)
	p("%d học sinh trong %.1f giây / %d pupils in %.1f s: %.0f pupils a second, workbooks read, judged, matched and published.\n",
		r.Pupils, r.Seconds, r.Pupils, r.Seconds, r.PupilsPerSecond)
}

func (c Counts) cells() []string {
	out := make([]string, 0, 9)
	for _, n := range []int64{c.Expected, c.Missing, c.Rejected, c.Duplicate, c.Mismatched, c.NeedsPerson, c.Waiting, c.AwaitingApproval, c.Verified} {
		out = append(out, fmt.Sprint(n))
	}
	return out
}

func kinds(f *Faults) []sandbox.Kind {
	out := make([]sandbox.Kind, 0, len(f.Injected))
	for k := range f.Injected {
		out = append(out, k)
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return out
}

// table aligns columns by characters, not bytes: the first ones to the left, numbers to the right.
func table(w io.Writer, rows [][]string, left int) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i < left {
				line.WriteString("  " + cell + pad)
			} else {
				line.WriteString("  " + pad + cell)
			}
		}
		_, _ = fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}
