package export

import (
	"io"
	"strconv"
	"time"

	"github.com/rasoat/rasoat/services/internal/clock"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/reporting"
)

// Progress is the table that a province sends up: a line a school, or a line a province of the nation.
type Progress struct {
	Head    Head
	Windows []Window
	Rows    []Row
}

// Row is one school, or one province whose Code is empty.
type Row struct {
	Province, Code, Name string
	Declared             int64    // pupils by the directory
	Counts               []Counts // in the order of the windows
}

// Counts is how a row stands in one window.
type Counts struct {
	Expected   int64
	By         [reporting.Statuses]int64
	Unexpected int64     // beside the sum
	Returned   int64     // of those awaiting approval: given back by the province
	DeclaredAt time.Time // when the school declared itself complete; zero if it did not
	ApprovedAt time.Time // when it was approved last
}

// sum returns the sum of the statuses.
func (c Counts) sum() int64 {
	var sum int64
	for s := reporting.Missing; s < reporting.Statuses; s++ {
		sum += c.By[s]
	}
	return sum
}

// percent returns the share of the verified with one decimal, "97.5%"; "0.0%" when nobody is expected.
func (c Counts) percent() string {
	tenths := int64(0)
	if c.Expected > 0 {
		tenths = (c.By[reporting.Verified]*1000 + c.Expected/2) / c.Expected
	}
	return strconv.FormatInt(tenths/10, 10) + "." + strconv.FormatInt(tenths%10, 10) + "%"
}

func (c *Counts) add(o Counts) {
	c.Expected += o.Expected
	c.Unexpected += o.Unexpected
	c.Returned += o.Returned
	for i := range c.By {
		c.By[i] += o.By[i]
	}
}

// order is the order of the statuses in the tables: from done to what is to be done.
var order = []reporting.Status{
	reporting.Verified, reporting.AwaitingApproval, reporting.Waiting, reporting.Missing, reporting.Rejected,
	reporting.UnexplainedWarning, reporting.Duplicate, reporting.Mismatched, reporting.NeedsPerson,
}

// WriteProgress writes the table. It fails with Unavailable or Internal when it cannot be written.
func WriteProgress(w io.Writer, format Format, p Progress) error {
	const op = "export.progress"
	switch format {
	case XLSX:
		return failed(op, progressWorkbook(w, p))
	case CSV:
		return failed(op, progressCSV(w, p))
	}
	return failed(op, progressJSON(w, p))
}

func progressCSV(w io.Writer, p Progress) error {
	header := []fault.Text{{Vi: "Đợt", En: "Window"}, {Vi: "Mã tỉnh", En: "Province"}, {Vi: "Mã trường", En: "School code"}, {Vi: "Tên", En: "Name"},
		InDirectory, {Vi: "Số HS phải rà soát", En: "Expected"}}
	for _, s := range order {
		header = append(header, statuses[s])
	}
	header = append(header, fault.Text{Vi: "Cộng các trạng thái", En: "Sum of the statuses"}, statuses[reporting.NotExpected], ofReturned,
		fault.Text{Vi: "Tỷ lệ xác thực", En: "Share verified"}, fault.Text{Vi: "Trường báo đủ", En: "Declared complete"}, fault.Text{Vi: "Tỉnh duyệt", En: "Approved"})
	c, err := newCSV(w, header)
	if err != nil {
		return err
	}
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	for _, r := range p.Rows {
		for i, window := range p.Windows {
			k := r.Counts[i]
			line := []string{window.ID, r.Province, r.Code, r.Name, number(r.Declared), number(k.Expected)}
			for _, s := range order {
				line = append(line, number(k.By[s]))
			}
			if err := c.line(append(line, number(k.sum()), number(k.Unexpected), number(k.Returned), k.percent(), clock.Time(k.DeclaredAt), clock.Time(k.ApprovedAt))); err != nil {
				return err
			}
		}
	}
	return c.close()
}

// progressLine is a row in one window, for programs.
type progressLine struct {
	Window             string     `json:"window"`
	Province           string     `json:"province"`
	School             string     `json:"school,omitempty"`
	Name               string     `json:"name"`
	Declared           int64      `json:"declared"`
	Expected           int64      `json:"expected"`
	Verified           int64      `json:"verified"`
	AwaitingApproval   int64      `json:"awaiting_approval"`
	Waiting            int64      `json:"waiting"`
	Missing            int64      `json:"missing"`
	Rejected           int64      `json:"rejected"`
	UnexplainedWarning int64      `json:"unexplained_warning"`
	Duplicate          int64      `json:"duplicate"`
	Mismatched         int64      `json:"mismatched"`
	NeedsPerson        int64      `json:"needs_person"`
	Unexpected         int64      `json:"unexpected"`
	Returned           int64      `json:"returned"`
	Conserved          bool       `json:"conserved"`
	DeclaredAt         *time.Time `json:"declared_at,omitempty"`
	ApprovedAt         *time.Time `json:"approved_at,omitempty"`
	AsOf               time.Time  `json:"as_of"`
}

func progressJSON(w io.Writer, p Progress) error {
	out := newJSON(w)
	instant := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		t = t.UTC()
		return &t
	}
	for _, r := range p.Rows {
		for i, window := range p.Windows {
			k := r.Counts[i]
			if err := out.Encode(progressLine{
				Window: window.ID, Province: r.Province, School: r.Code, Name: r.Name, Declared: r.Declared, Expected: k.Expected,
				Verified: k.By[reporting.Verified], AwaitingApproval: k.By[reporting.AwaitingApproval], Waiting: k.By[reporting.Waiting],
				Missing: k.By[reporting.Missing], Rejected: k.By[reporting.Rejected], UnexplainedWarning: k.By[reporting.UnexplainedWarning],
				Duplicate: k.By[reporting.Duplicate], Mismatched: k.By[reporting.Mismatched], NeedsPerson: k.By[reporting.NeedsPerson],
				Unexpected: k.Unexpected, Returned: k.Returned, Conserved: k.sum() == k.Expected,
				DeclaredAt: instant(k.DeclaredAt), ApprovedAt: instant(k.ApprovedAt), AsOf: p.Head.AsOf.UTC(),
			}); err != nil {
				return err
			}
		}
	}
	return out.to.Flush()
}
