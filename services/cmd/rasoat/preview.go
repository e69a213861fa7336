package main

import (
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/portal"
	"github.com/rasoat/rasoat/services/student/wire"
)

// preview is what handing in a file would do to what is held.
type preview struct {
	New       int `json:"new"`       // parts of which nothing is held
	Unchanged int `json:"unchanged"` // parts that stay as they are
	Added     int `json:"added"`     // values
	Changed   int `json:"changed"`
	Erased    int `json:"erased"`
	// Absent are on the school's roster and not in the file.
	Absent []absent `json:"absent_from_file"`

	cells []previewCell
	file  holding // what the file says
}

type previewCell struct {
	where string
	portal.Change
}

// previewOf reads a file and compares it with what is held.
func (a *app) previewOf(d *drive.Drive, s portal.Sender, path string, held holding) (preview, error) {
	out := preview{file: holding{}}
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
			out.compare(entry.Origin, r, held)
		}
	}
	out.Absent = held.absentFrom(out.file)
	return out, nil
}

// compare counts what a record would do to what is held.
func (p *preview) compare(at portal.Origin, r *studentpb.Record, held holding) {
	p.file.put("", r)
	rec := wire.FromRecord(r)
	before := held.part(rec.Code(), rec.Part)
	if before == nil {
		p.New++
		return
	}
	changes := portal.Diff(before, wire.ToRecord(rec))
	if len(changes) == 0 {
		p.Unchanged++
	}
	for _, c := range changes {
		switch c.Kind {
		case portal.Added:
			p.Added++
		case portal.Changed:
			p.Changed++
		case portal.Erased:
			p.Erased++
		}
		p.cells = append(p.cells, previewCell{at.Locate(c.Path), c})
	}
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
		a.errorf("  %s %s  %s%s\n", changeMarks[c.Kind], c.where, a.field(c.Path), values)
	}
}

// errErase refuses a file that would erase something.
func errErase(name string) error {
	return fault.New(fault.Denied, "rasoat.submit", name+": tệp để trống những giá trị đang có trong hệ thống, nên chưa gửi gì. Điền lại các ô đó, hoặc thêm --allow-erase nếu đúng là phải xóa.",
		name+": the file leaves out values that the system holds, so nothing was sent. Fill the cells in, or add --allow-erase if they are to be erased.")
}
