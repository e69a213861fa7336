package reporting

import (
	"testing"
	"time"
)

func urging(key string, remaining, pace int64, hours int, change func(*Urging)) Urging {
	u := Urging{Work: Work{Done: 5, Remaining: remaining, Pace: pace, Closes: noon.Add(time.Duration(hours) * time.Hour)}, Key: key, Approval: true}
	u.Counts.Expected = remaining + 5
	u.Counts.By[Missing], u.Counts.By[Verified] = remaining, 5
	if change != nil {
		change(&u)
	}
	u.Outlook = u.Forecast(noon)
	return u
}

func TestUrgentOrder(t *testing.T) {
	schools := []Urging{
		urging("in time, much to mend", 10, 10_000, 10, func(u *Urging) { u.Counts.By[Rejected] = 10 }),
		urging("in time", 10, 10_000, 10, nil),
		urging("short of 20", 20, 0, 10, nil),
		urging("in time, less time", 10, 10_000, 5, nil),
		urging("short of 60", 100, 1000, 4, nil),
		urging("approval only", 0, 0, 1, func(u *Urging) { u.Counts.By[AwaitingApproval] = 5 }),
	}
	SortUrging(noon, schools)
	for i, want := range []string{"short of 60", "short of 20", "in time, less time", "in time, much to mend", "in time", "approval only"} {
		if schools[i].Key != want || !schools[i].Called() {
			t.Errorf("place %d: got %q (called %v), want %q", i, schools[i].Key, schools[i].Called(), want)
		}
	}
	if done := urging("done", 0, 0, 1, nil); done.Called() {
		t.Error("a school that is done is on the list")
	}
}

func TestReason(t *testing.T) {
	for _, c := range []struct {
		u    Urging
		want string
	}{
		{urging("", 0, 0, 1, func(u *Urging) { u.Counts.By[AwaitingApproval] = 5 }), "đã xong phần trường, chờ Sở duyệt"},
		{urging("", 40, 0, 1, func(u *Urging) { u.Done, u.Counts = 0, Counts{} }), "chưa gửi học sinh nào"},
		{urging("", 40, 0, 1, func(u *Urging) { u.Done = 0 }), "chưa có học sinh nào đủ dữ liệu"},
		{urging("", 3, 0, 1, func(u *Urging) { u.Counts.By[Rejected] = 3 }), "chỉ còn 3 em cần sửa, nhưng 24 giờ qua không tiến thêm"},
		{urging("", 40, 0, 1, nil), "24 giờ qua không tiến thêm, còn 40 em"},
		{urging("", 140, 1000, 2, nil), "tốc độ hiện nay thiếu 120 em"},
		{urging("", 5, 1000, 2, func(u *Urging) { u.Counts.By[Mismatched] = 2 }), "kịp hạn, nhưng 2 em cần sửa"},
		{urging("", 5, 1000, 2, nil), "kịp hạn, còn 5 em"},
	} {
		got := c.u.Reason()
		if got.Vi != c.want || got.En == "" {
			t.Errorf("got %q (%q), want %q", got.Vi, got.En, c.want)
		}
	}
}
