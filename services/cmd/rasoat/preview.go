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

	cells     []previewCell
	file      holding // what the file says
	origins   map[partAt]portal.Origin
	differing map[partAt]uint64 // the parts that it would change or add, and the revisions of them that are held
	read      portal.Summary    // what could not be read, and what looks wrong
}

type previewCell struct {
	where string
	portal.Change
}

// previewOf reads a file and compares it with what is held.
func (a *app) previewOf(d *drive.Drive, s portal.Sender, path string, held holding) (preview, error) {
	out := preview{file: holding{}, origins: map[partAt]portal.Origin{}, differing: map[partAt]uint64{}}
	source, closeIt, err := a.open(path, d, s)
	if err != nil {
		return out, err
	}
	defer closeIt()
	for entry, err := range source {
		if err != nil {
			return out, inFile(path, err)
		}
		if len(entry.Problems) > 0 {
			out.read.Note(entry)
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
	p.file.put("", 0, r)
	rec := wire.FromRecord(r)
	p.origins[partOf(rec)] = at
	before := held.part(rec.Code(), rec.Part)
	if before == nil {
		p.New++
		p.differing[partOf(rec)] = 0
		return
	}
	changes := portal.Diff(before, wire.ToRecord(rec))
	if len(changes) == 0 {
		p.Unchanged++
		return
	}
	p.differing[partOf(rec)] = held.revision(partOf(rec))
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

// errErase refuses a file that would erase something. Where something in it could not be read nobody knows what it leaves out, and to erase
// is no way on.
func errErase(name string, p preview) error {
	if p.read.NotRead > 0 {
		return fault.New(fault.Denied, "rasoat.submit",
			name+": có ô hoặc cột không đọc được (nêu dưới đây) và thiếu những giá trị đang có trong hệ thống, nên chưa gửi gì. Sửa các chỗ đó rồi chạy lại.",
			name+": cells or columns cannot be read (see below) and values that the system holds are missing, so nothing was sent. Correct these and run this again.")
	}
	return fault.New(fault.Denied, "rasoat.submit", name+": tệp để trống những giá trị đang có trong hệ thống, nên chưa gửi gì. Điền lại các ô đó, hoặc thêm --allow-erase nếu đúng là phải xóa.",
		name+": the file leaves out values that the system holds, so nothing was sent. Fill the cells in, or add --allow-erase if they are to be erased.")
}
