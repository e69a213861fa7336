package export

import (
	"io"
	"strconv"

	"github.com/rasoat/rasoat/services/internal/clock"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/xuri/excelize/v2"
)

// column is a column of the progress table.
type column struct {
	text  fault.Text
	width float64
	cell  func(l looks, at place, r Row, c Counts) any
	total func(l looks, at place, sum Counts, declared int64) any
}

// place is where a row stands, and which rows a total is over.
type place struct {
	row, first, last int
	number           int    // of the school in the table, from 1
	column           string // the letters of the column
}

// The columns that formulas name: see columns.
const (
	colExpected  = "E"
	colVerified  = "F"
	colLastState = "N" // the statuses stand from colVerified to here
)

// columns returns the columns of the table. Whatever follows from others is a formula, with its value beside it for viewers that do not
// compute.
func columns() []column {
	count := func(text fault.Text, of func(Counts) int64) column {
		return column{text, countWidth,
			func(l looks, _ place, _ Row, c Counts) any { return excelize.Cell{StyleID: l.number, Value: of(c)} },
			func(l looks, at place, sum Counts, _ int64) any {
				return excelize.Cell{StyleID: l.total, Formula: at.sum(), Value: of(sum)}
			}}
	}
	empty := func(l looks, _ place, _ Counts, _ int64) any { return excelize.Cell{StyleID: l.totalText} }
	out := []column{
		{fault.Text{Vi: "STT", En: "No."}, 6, func(l looks, at place, _ Row, _ Counts) any {
			return excelize.Cell{StyleID: l.textCentre, Value: strconv.Itoa(at.number)}
		}, empty},
		{fault.Text{Vi: "Mã đơn vị", En: "Code"}, 12, func(l looks, _ place, r Row, _ Counts) any {
			code := r.Code
			if code == "" {
				code = r.Province
			}
			return excelize.Cell{StyleID: l.textCentre, Value: plain(code)}
		}, empty},
		{fault.Text{Vi: "Tên đơn vị", En: "Name"}, nameWidth, func(l looks, _ place, r Row, _ Counts) any {
			return excelize.Cell{StyleID: l.wrapped, Value: plain(r.Name)}
		}, func(l looks, _ place, _ Counts, _ int64) any {
			return excelize.Cell{StyleID: l.totalText, Value: "CỘNG / TOTAL"}
		}},
		{InDirectory, countWidth, func(l looks, _ place, r Row, _ Counts) any {
			return excelize.Cell{StyleID: l.number, Value: r.Declared}
		}, func(l looks, at place, _ Counts, declared int64) any {
			return excelize.Cell{StyleID: l.total, Formula: at.sum(), Value: declared}
		}},
		count(fault.Text{Vi: "Số HS phải rà soát", En: "Expected"}, func(c Counts) int64 { return c.Expected }),
	}
	for _, s := range order {
		out = append(out, count(statuses[s], func(c Counts) int64 { return c.By[s] }))
	}
	difference := func(row int) string {
		r := strconv.Itoa(row)
		return "SUM(" + colVerified + r + ":" + colLastState + r + ")-" + colExpected + r
	}
	share := func(row int) string {
		r := strconv.Itoa(row)
		return "IF(" + colExpected + r + "=0,0," + colVerified + r + "/" + colExpected + r + ")"
	}
	date := func(text fault.Text, of func(Counts) string) column {
		return column{text, 34, func(l looks, _ place, _ Row, c Counts) any { return excelize.Cell{StyleID: l.textCentre, Value: of(c)} }, empty}
	}
	return append(out,
		column{fault.Text{Vi: "Kiểm tra cộng", En: "Adds up"}, 9, func(l looks, at place, _ Row, c Counts) any {
			return excelize.Cell{StyleID: l.check, Formula: difference(at.row), Value: c.sum() - c.Expected}
		}, func(l looks, at place, c Counts, _ int64) any {
			return excelize.Cell{StyleID: l.totalOK, Formula: difference(at.row), Value: c.sum() - c.Expected}
		}},
		column{fault.Text{Vi: "Tỷ lệ xác thực", En: "Share verified"}, 9, func(l looks, at place, _ Row, c Counts) any {
			return excelize.Cell{StyleID: l.share, Formula: share(at.row), Value: c.share()}
		}, func(l looks, at place, c Counts, _ int64) any {
			return excelize.Cell{StyleID: l.totalShare, Formula: share(at.row), Value: c.share()}
		}},
		count(statuses[reporting.NotExpected], func(c Counts) int64 { return c.Unexpected }),
		count(ofReturned, func(c Counts) int64 { return c.Returned }),
		date(fault.Text{Vi: "Trường báo đủ", En: "Declared complete"}, func(c Counts) string { return clock.Time(c.DeclaredAt) }),
		date(fault.Text{Vi: "Tỉnh duyệt", En: "Approved"}, func(c Counts) string { return clock.Time(c.ApprovedAt) }),
	)
}

// The widths of the columns of names and of counts.
const (
	nameWidth  = 44
	countWidth = 11
)

// share returns the share of the verified as a spreadsheet computes it; 0 when nobody is expected.
func (c Counts) share() float64 {
	if c.Expected == 0 {
		return 0
	}
	return float64(c.By[reporting.Verified]) / float64(c.Expected)
}

// sum is the sum of the column that a total stands in.
func (p place) sum() string {
	if p.last < p.first {
		return "0"
	}
	return "SUM(" + p.column + strconv.Itoa(p.first) + ":" + p.column + strconv.Itoa(p.last) + ")"
}

// headRows is how many rows stand above the header of the table.
const headRows = 5

// progressWorkbook writes a sheet a window.
func progressWorkbook(w io.Writer, p Progress) error {
	return workbook(w, func(f *excelize.File, l looks) error {
		for i, window := range p.Windows {
			if err := progressSheet(f, l, p, i, window); err != nil {
				return err
			}
		}
		return nil
	})
}

func progressSheet(f *excelize.File, l looks, p Progress, i int, window Window) error {
	cols := columns()
	widths := make([]float64, len(cols))
	for i, c := range cols {
		widths[i] = c.width
	}
	s, err := newSheet(f, l, "Đợt "+strconv.Itoa(i+1), widths, headRows+2)
	if err != nil {
		return err
	}
	if err := s.head(p.Head, "BÁO CÁO TIẾN ĐỘ RÀ SOÁT, CẬP NHẬT DỮ LIỆU HỌC SINH LỚP 12", window.Name.Vi+" (hạn / closes "+clock.Time(window.Closes)+")"); err != nil {
		return err
	}
	texts := make([]fault.Text, len(cols))
	for i, c := range cols {
		texts[i] = c.text
	}
	if err := s.header(texts); err != nil {
		return err
	}
	at := place{first: s.next}
	var sum Counts
	var declared int64
	for n, r := range p.Rows {
		at.row, at.number = s.next, n+1
		sum.add(r.Counts[i])
		declared += r.Declared
		cells := make([]any, len(cols))
		for k, c := range cols {
			cells[k] = c.cell(l, at, r, r.Counts[i])
		}
		if err := s.row(heightFor(r.Name, nameWidth), cells...); err != nil {
			return err
		}
	}
	at.row, at.last = s.next, s.next-1
	cells := make([]any, len(cols))
	for k, c := range cols {
		if at.column, err = excelize.ColumnNumberToName(k + 1); err != nil {
			return err
		}
		cells[k] = c.total(l, at, sum, declared)
	}
	if err := s.row(24, cells...); err != nil {
		return err
	}
	if err := s.signatures(p.Head); err != nil {
		return err
	}
	return s.Flush()
}

// head writes what stands above a table, in headRows rows.
func (s *sheet) head(h Head, title, what string) error {
	third := s.columns / 3
	for _, row := range []struct {
		height float64
		spans  []across
	}{
		{0, []across{{1, third, s.small, h.Above}, {s.columns - third + 1, s.columns, s.authority, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"}}},
		{0, []across{{1, third, s.authority, h.Authority}, {s.columns - third + 1, s.columns, s.authority, "Độc lập – Tự do – Hạnh phúc"}}},
		{30, []across{{1, s.columns, s.title, title}}},
		{0, []across{{1, s.columns, s.subtitle, h.Drive + " – " + h.Scope}}},
		{24, []across{{1, s.columns, s.subtitle, what + " – số liệu lúc / as of " + clock.Time(h.AsOf)}}},
	} {
		if err := s.spread(row.height, row.spans...); err != nil {
			return err
		}
	}
	return nil
}

// header writes the two rows of the header: Vietnamese, and small below it English.
func (s *sheet) header(texts []fault.Text) error {
	vi, en := make([]any, len(texts)), make([]any, len(texts))
	for i, t := range texts {
		vi[i], en[i] = excelize.Cell{StyleID: s.looks.header, Value: t.Vi}, excelize.Cell{StyleID: s.english, Value: t.En}
	}
	if err := s.row(50, vi...); err != nil {
		return err
	}
	return s.row(26, en...)
}

// signatures writes what is signed by hand.
func (s *sheet) signatures(h Head) error {
	third := s.columns / 3
	right := s.columns - third + 1
	for _, row := range []struct{ spans []across }{
		{nil},
		{[]across{{right, s.columns, s.signNote, h.Place + ", ngày …… tháng …… năm 20……"}}},
		{[]across{{1, third, s.sign, "NGƯỜI LẬP BIỂU"}, {right, s.columns, s.sign, h.Signer}}},
		{[]across{{1, third, s.signNote, "(Ký, ghi rõ họ tên)"}, {right, s.columns, s.signNote, "(Ký, ghi rõ họ tên, đóng dấu)"}}},
	} {
		if err := s.spread(0, row.spans...); err != nil {
			return err
		}
	}
	return nil
}
