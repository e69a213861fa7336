package reporting

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// UrgentOrder says in which order schools are to be called.
var UrgentOrder = fault.Text{
	Vi: "Trường thiếu nhiều học sinh nhất khi đóng gọi trước; rồi trường còn ít thời gian nhất cho mỗi học sinh còn lại; rồi trường có nhiều học sinh cần sửa nhất.",
	En: "First who will be short of most pupils at the close, then who has the least time for each pupil that remains, then who has most pupils with something to mend.",
}

// Urging is a school as the list of whom to call sees it.
type Urging struct {
	Work
	Outlook
	Counts   Counts
	Approval bool // the drive asks for approval by the province
	Key      string
}

// Called reports whether the school belongs on the list: something remains for it, or for its province.
func (u Urging) Called() bool { return u.Remaining > 0 || u.awaits() }

// awaits reports whether the school has done its part and only the approval is missing.
func (u Urging) awaits() bool {
	return u.Remaining == 0 && u.Approval && u.Counts.By[AwaitingApproval] > u.Counts.Returned
}

// each is how much time is left for one pupil of those that remain.
func (u Urging) each(now time.Time) time.Duration {
	if u.Remaining == 0 {
		return farthest
	}
	return max(u.Closes.Sub(now), 0) / time.Duration(u.Remaining)
}

// SortUrging puts the school to be called first first. Of schools that are alike the key decides, so that two answers do not differ.
func SortUrging(now time.Time, schools []Urging) {
	slices.SortFunc(schools, func(a, b Urging) int {
		return cmp.Or(cmp.Compare(b.Short, a.Short), cmp.Compare(a.each(now), b.each(now)), cmp.Compare(b.Counts.Open(), a.Counts.Open()), cmp.Compare(a.Key, b.Key))
	})
}

// Reason says in a sentence why a school is to be called; the most telling reason first.
func (u Urging) Reason() fault.Text {
	open := u.Counts.Open()
	switch {
	case u.awaits():
		return fault.Text{Vi: "đã xong phần trường, chờ Sở duyệt", En: "the school has done its part and waits for the province to approve"}
	case u.Counts.Expected == 0:
		return fault.Text{Vi: "chưa gửi học sinh nào", En: "has sent no pupil yet"}
	case u.Done == 0 && open == 0:
		return fault.Text{Vi: "chưa có học sinh nào đủ dữ liệu", En: "no pupil is complete yet"}
	case u.Pace == 0 && open == u.Remaining:
		return fault.Text{
			Vi: fmt.Sprintf("chỉ còn %d em cần sửa, nhưng 24 giờ qua không tiến thêm", open), En: fmt.Sprintf("nothing was gained in 24 hours; left are only pupils to be mended: %d", open),
		}
	case u.Pace == 0:
		return fault.Text{Vi: fmt.Sprintf("24 giờ qua không tiến thêm, còn %d em", u.Remaining), En: "nothing gained in 24 hours, " + fault.Number(u.Remaining, "pupil remains", "pupils remain")}
	case u.Short > 0:
		return fault.Text{Vi: fmt.Sprintf("tốc độ hiện nay thiếu %d em", u.Short), En: "short of " + fault.Number(u.Short, "pupil", "pupils") + " at the present pace"}
	case open > 0:
		return fault.Text{Vi: fmt.Sprintf("kịp hạn, nhưng %d em cần sửa", open), En: "in time, but " + fault.Number(open, "pupil has", "pupils have") + " something to mend"}
	}
	return fault.Text{Vi: fmt.Sprintf("kịp hạn, còn %d em", u.Remaining), En: "in time, " + fault.Number(u.Remaining, "pupil remains", "pupils remain")}
}
