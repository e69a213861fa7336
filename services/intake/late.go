package intake

import (
	"slices"
	"strconv"
	"time"

	"github.com/rasoat/rasoat/services/internal/clock"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
)

// Late returns the pupils of whom a record would be late if it arrived then, each once: of them it has to be known what they may still correct.
func (b Batch) Late(arrived time.Time) []student.Ref {
	var out []student.Ref
	for _, a := range b.Accepted {
		if a.Until.Late(arrived) && !slices.Contains(out, a.Pupil) {
			out = append(out, a.Pupil)
		}
	}
	return out
}

// Close refuses what would be late if it arrived then. Of correctable pupils the parts given may come until the drive's date of corrections.
// It fails with Invalid when no record is left, with the problems of each.
func (b Batch) Close(w Windows, arrived time.Time, correctable map[student.Ref][]student.Part) (Batch, error) {
	out := Batch{Refused: slices.Clone(b.Refused)}
	for _, a := range b.Accepted {
		if a.Until.Late(arrived) && slices.Contains(correctable[a.Pupil], a.Part) {
			a.Until = w.Corrections(a.Until)
		}
		if a.Until.Late(arrived) {
			out.Refused = append(out.Refused, Refused{Index: a.Index, Problems: []fault.Field{w.closed(a)}})
			continue
		}
		out.Accepted = append(out.Accepted, a)
	}
	slices.SortFunc(out.Refused, func(a, b Refused) int { return a.Index - b.Index })
	return out, out.none()
}

// closed says that a record is too late, and the way out.
func (w Windows) closed(a Accepted) fault.Field {
	u := a.Until
	f := fault.Field{Path: "records[" + strconv.Itoa(a.Index) + "]", Rule: "WINDOW_CLOSED"}
	at, fix := clock.Time(u.NotAfter), clock.Time(w.Drive.Corrections)
	switch u.By {
	case ByUnlock:
		f.Text = fault.Text{Vi: "Lần mở lại " + u.Unlock + " của \"" + u.Window.Name.Vi + "\" đã hết lúc " + at + ".",
			En: "The late unlock " + u.Unlock + " of \"" + u.Window.Name.En + "\" ended at " + at + "."}
	case ByCorrections:
		f.Text = fault.Text{Vi: "Hạn sửa lỗi của \"" + u.Window.Name.Vi + "\" đã hết lúc " + at + ".",
			En: "The corrections of \"" + u.Window.Name.En + "\" ended at " + at + "."}
	default:
		f.Text = fault.Text{Vi: "\"" + u.Window.Name.Vi + "\" đã đóng lúc " + at + ".",
			En: "\"" + u.Window.Name.En + "\" closed at " + at + "."}
	}
	f.Remedy = fault.Text{
		Vi: "Đề nghị Sở mở lại (rasoat unlock ask); không có mở lại thì chỉ phần nộp đúng hạn còn lỗi chưa sửa mới được sửa, đến " + fix + ".",
		En: "Ask the province for a late unlock (rasoat unlock ask); without one only parts that came in time and have an open finding may be corrected, until " + fix + ".",
	}
	return f
}

// none is the error of a batch of which no record is left; nil when one is.
func (b Batch) none() error {
	if len(b.Accepted) > 0 {
		return nil
	}
	e := fault.New(fault.Invalid, "intake.admit",
		"Không có bản ghi nào trong lô nhận được; mã lô chưa bị dùng. Sửa các lỗi bên dưới rồi gửi lại.",
		"No record of the batch can be taken; its id is still free. Mend the problems below and send again.")
	for _, r := range b.Refused {
		e.Fields = append(e.Fields, r.Problems...)
	}
	return e
}

// classOf returns the class that a record names.
func classOf(r student.Record) string {
	switch {
	case r.Enrolled != nil:
		return r.Enrolled.Class
	case r.Profile != nil:
		return r.Profile.Class
	case r.Results != nil:
		return r.Results.Class
	}
	return ""
}
