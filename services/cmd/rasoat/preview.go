package main

import (
	"context"
	"maps"
	"slices"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/portal"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
)

// preview is what handing in a file would do to what is held.
type preview struct {
	New       int `json:"new"`       // parts of which nothing is held
	Unchanged int `json:"unchanged"` // parts that stay as they are
	Added     int `json:"added"`     // values
	Changed   int `json:"changed"`
	Erased    int `json:"erased"`

	cells []previewCell
}

type previewCell struct {
	where string
	portal.Change
}

// holding is what is held of a school, by pupil code and part.
type holding map[student.Code]map[student.Part]*studentpb.Record

// classes lists the classes on the roster, in order.
func (h holding) classes() []string {
	seen := map[string]bool{}
	for _, parts := range h {
		if entry := parts[student.Enrolment].GetEnrolment(); entry.GetState() == studentpb.EnrolmentState_ENROLMENT_STATE_JOINED {
			seen[entry.GetClass()] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// held asks what is held of a school.
func (a *app) held(ctx context.Context, client reportingpb.ReportingServiceClient, s portal.Sender) (holding, error) {
	out := holding{}
	req := &reportingpb.ListRecordsRequest{Scope: s.Province + "/" + s.School, PageSize: 500}
	for {
		page, err := call(ctx, a, client.ListRecords, req)
		if fault.Is(err, fault.NotFound) {
			return out, nil // intake says what is wrong with the school
		}
		if fault.Is(err, fault.Unavailable) {
			return nil, &fault.Error{Kind: fault.Unavailable, Op: "rasoat.submit", Err: err, Text: fault.Text{
				Vi: "Không liên lạc được với hệ thống, chưa gửi gì. Chạy lại lệnh này sau.", En: "The service cannot be reached; nothing was sent. Run the command again later."}}
		}
		if err != nil {
			return nil, err
		}
		for _, p := range page.GetPupils() {
			for _, r := range p.GetRecords() {
				rec := wire.FromRecord(r.GetPersonal())
				if out[rec.Code()] == nil {
					out[rec.Code()] = map[student.Part]*studentpb.Record{}
				}
				out[rec.Code()][rec.Part] = r.GetPersonal()
			}
		}
		if req.PageToken = page.GetNextPageToken(); req.PageToken == "" {
			return out, nil
		}
	}
}

// previewOf reads a file and compares it with what is held.
func (a *app) previewOf(d *drive.Drive, s portal.Sender, path string, held holding) (preview, error) {
	var out preview
	source, closeIt, err := a.open(path, d, s)
	if err != nil {
		return out, err
	}
	defer closeIt()
	for entry, err := range source {
		if err != nil {
			return out, inFile(path, err)
		}
		for _, r := range entry.Records {
			rec := wire.FromRecord(r)
			before := held[rec.Code()][rec.Part]
			if before == nil {
				out.New++
				continue
			}
			changes := portal.Diff(before, wire.ToRecord(rec))
			if len(changes) == 0 {
				out.Unchanged++
			}
			for _, c := range changes {
				switch c.Kind {
				case portal.Added:
					out.Added++
				case portal.Changed:
					out.Changed++
				case portal.Erased:
					out.Erased++
				}
				out.cells = append(out.cells, previewCell{entry.Origin.Locate(c.Path), c})
			}
		}
	}
	return out, nil
}

var changeMarks = map[portal.ChangeKind]string{portal.Added: "+", portal.Changed: "~", portal.Erased: "−"}

// tellPreview prints what a file would do, cell by cell on request.
func (a *app) tellPreview(name string, p preview, s submission) {
	a.errorf("%s: %s %d, %s %d, %s %d, %s %d, %s %d\n", name, a.text("phần mới", "new parts"), p.New, a.text("không đổi", "unchanged"), p.Unchanged,
		a.text("giá trị thêm", "values added"), p.Added, a.text("giá trị sửa", "values changed"), p.Changed, a.text("giá trị bị xóa", "values erased"), p.Erased)
	for _, c := range p.cells {
		if !s.diff && (c.Kind != portal.Erased || s.allowErase) {
			continue
		}
		values := ""
		if s.showValues {
			values = "  «" + c.Old + "» → «" + c.New + "»"
		}
		a.errorf("  %s %s  %s%s\n", changeMarks[c.Kind], c.where, c.Path, values)
	}
}

// errErase refuses a file that would erase something.
func errErase(name string) error {
	return fault.New(fault.Denied, "rasoat.submit", name+": tệp để trống những giá trị đang có trong hệ thống, nên chưa gửi gì. Điền lại các ô đó, hoặc thêm --allow-erase nếu đúng là phải xóa.",
		name+": the file leaves out values that the system holds, so nothing was sent. Fill the cells in, or add --allow-erase if they are to be erased.")
}
