package intake

import (
	"strconv"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
)

// Source is the kind of system that a school keeps a part in. A part has one source in each school, so that a portal's nightly push does
// not revert what a clerk corrected in a workbook, nor the reverse; a decision changes it.
type Source string

// The sources.
const (
	Portal   Source = "portal"
	Workbook Source = "workbook"
)

// Sources is the source of each part of a school; a part that is not there takes the first that sends it.
type Sources map[student.Part]Source

// Problem tells that a record of a part comes from another source than the part's; nil when it does not.
func (s Sources) Problem(h Header, index int, part student.Part) []fault.Field {
	of, decided := s[part]
	if !decided || of == h.Source {
		return nil
	}
	names := map[Source]fault.Text{
		Portal: {Vi: "phần mềm của trường", En: "the school's portal"}, Workbook: {Vi: "bảng tính", En: "workbooks"},
	}
	command := "rasoat source " + h.Province + "/" + h.School + " " + string(h.Source) + " --part " + string(part) + ` --reason "…"`
	return []fault.Field{{
		Path: "records[" + strconv.Itoa(index) + "]", Rule: "SOURCE_OF_RECORD",
		Text: fault.Text{Vi: "Phần " + string(part) + " của trường lấy từ " + names[of].Vi + ", không nhận từ nguồn khác.",
			En: "The part " + string(part) + " of this school comes from " + names[of].En + "; another source is not taken."},
		Remedy: fault.Text{Vi: "Sửa ở nguồn đó; hoặc quyết định đổi nguồn: " + command, En: "Mend it there; or decide that the source changes: " + command},
	}}
}

// New returns the parts of accepted records that have no source yet.
func (s Sources) New(accepted []Accepted) []student.Part {
	var out []student.Part
	for _, part := range student.Parts {
		if _, decided := s[part]; decided {
			continue
		}
		for _, a := range accepted {
			if a.Part == part {
				out = append(out, part)
				break
			}
		}
	}
	return out
}
