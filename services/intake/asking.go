package intake

import (
	"slices"
	"strconv"
	"time"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/clock"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// AskProblems tells why an unlock cannot be asked for at a time.
func AskProblems(d *drive.Drive, u Unlock, now time.Time) []fault.Field {
	return until(d, "expires", u.Expires, now)
}

// DecideProblem tells why an account cannot decide this of an unlock at a time; nil when it can.
func DecideProblem(u Unlock, officer string, decision Decision, now time.Time) error {
	const op = "intake.decide_unlock"
	if officer == u.AskedBy {
		return fault.New(fault.Denied, op, "Người đề nghị mở lại không được tự quyết định; cần một tài khoản khác.",
			"who asked for a late unlock does not decide about it: a different account has to")
	}
	state := u.State(now)
	want := StateAsked
	if decision == Revoke {
		want = StateOpen
	}
	if state != want {
		return fault.New(fault.Conflict, op, "Đề nghị này đang ở trạng thái "+stateNames[state].Vi+", không quyết định như vậy được.",
			"this unlock is "+stateNames[state].En+": that cannot be decided about it now")
	}
	return nil
}

var stateNames = map[State]fault.Text{
	StateAsked: {Vi: "chờ duyệt", En: "waiting for a decision"}, StateOpen: {Vi: "đang mở", En: "open"}, StateRefused: {Vi: "bị từ chối", En: "refused"},
	StateRevoked: {Vi: "đã thu hồi", En: "revoked"}, StateExpired: {Vi: "đã hết hạn", En: "expired"},
}

// ExtendProblems tells why a window cannot be moved so: there is no such window or province, it would close before the drive says, or too late.
func ExtendProblems(d *drive.Drive, e Extension) []fault.Field {
	var out []fault.Field
	i := slices.IndexFunc(d.Windows, func(w drive.Window) bool { return w.ID == e.Window })
	if i < 0 {
		ids := ""
		for _, w := range d.Windows {
			ids += " " + w.ID
		}
		return append(out, fault.Field{Path: "window", Rule: "WINDOW_UNKNOWN",
			Text:   fault.Text{Vi: "Đợt rà soát không có cửa sổ này.", En: "The drive has no such window."},
			Remedy: fault.Text{Vi: "Dùng một trong:" + ids + ".", En: "Use one of:" + ids + "."}})
	}
	if _, ok := d.Catalogue.Province(e.Scope); e.Scope != "" && !ok {
		out = append(out, fault.Field{Path: "scope", Rule: "PROVINCE_UNKNOWN",
			Text:   fault.Text{Vi: "Danh mục của đợt không có tỉnh này.", En: "The drive's catalogue has no such province."},
			Remedy: fault.Text{Vi: "Dùng mã tỉnh của Tổng cục Thống kê.", En: "Use the GSO code of the province."}})
	}
	if closes := d.Windows[i].Closes; e.Closes.Before(closes) {
		out = append(out, fault.Field{Path: "closes", Rule: "EXTENSION_EARLIER",
			Text:   fault.Text{Vi: "Không được đóng sớm hơn hạn của đợt: " + clock.Time(closes) + ".", En: "A window never closes before what the drive says: " + clock.Time(closes) + "."},
			Remedy: fault.Text{Vi: "Chọn giờ đóng muộn hơn.", En: "Name a later close."}})
	}
	return append(out, notTooFar(d, "closes", e.Closes)...)
}

// until checks an expiry: after now, and not too far.
func until(d *drive.Drive, path string, at, now time.Time) []fault.Field {
	if !at.After(now) {
		return []fault.Field{{Path: path, Rule: "EXPIRY_PAST",
			Text:   fault.Text{Vi: "Thời điểm hết hạn đã qua: bây giờ là " + clock.Time(now) + ".", En: "The expiry has passed: it is " + clock.Time(now) + " now."},
			Remedy: fault.Text{Vi: "Chọn thời điểm sau bây giờ.", En: "Name one after now."}}}
	}
	return notTooFar(d, path, at)
}

func notTooFar(d *drive.Drive, path string, at time.Time) []fault.Field {
	latest := d.Corrections.Add(MaxAfter)
	if !at.After(latest) {
		return nil
	}
	days := strconv.Itoa(int(MaxAfter / (24 * time.Hour)))
	return []fault.Field{{Path: path, Rule: "EXPIRY_TOO_LATE",
		Text: fault.Text{Vi: "Quá muộn: nhiều nhất là " + days + " ngày sau hạn sửa lỗi của đợt, tức " + clock.Time(latest) + ".",
			En: "Too late: at most " + days + " days after the drive's date of corrections, " + clock.Time(latest) + "."},
		Remedy: fault.Text{Vi: "Chọn thời điểm sớm hơn.", En: "Name an earlier one."}}}
}
