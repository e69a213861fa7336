package reporting

import (
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// lookBack is how far back a pace looks.
const lookBack = 24 * time.Hour

// ForecastMethod says how a forecast is computed.
var ForecastMethod = fault.Text{
	Vi: "Xong = đã xác thực + chờ duyệt (không kể em bị trả lại) + đang kiểm tra. Còn lại = số học sinh trừ số xong; trường chưa báo hoàn tất thì tính ít nhất bằng số " +
		"trong danh mục. Tốc độ = số xong tăng thêm trong 24 giờ gần nhất có ghi nhận, chia đều theo giờ, tính đến lúc này. Lúc xong = bây giờ + còn lại / tốc độ. " +
		"Trễ hạn = còn lại mà không có tốc độ, hoặc lúc xong không trước giờ đóng (kể cả gia hạn). Thiếu = số còn lại khi đóng nếu giữ tốc độ đó.",
	En: "Done = verified + awaiting approval (without those given back) + being judged. Remaining = pupils less done; until a school declares itself complete it has at " +
		"least as many pupils as the directory says. Pace = pupils done gained over the last 24 hours that have notes, spread evenly over the hours, the present included. " +
		"Done at = now + remaining / pace. Misses = something remains and there is no pace, or it is not done before the close (extensions counted). " +
		"Short = what remains at the close at that pace.",
}

// Point is how many pupils were done at some time.
type Point struct {
	At   time.Time
	Done int64
}

// Pace returns the pace of a school in hundredths of pupils an hour: what was gained since 24 hours ago. What stood then is the newest point that
// is as old as that, taken as of then; without one, the oldest point there is. Less than an hour counts as an hour, and a loss as no pace.
// The points are in order of time.
func Pace(now time.Time, done int64, points []Point) int64 {
	if len(points) == 0 {
		return 0
	}
	from, began := points[0], now.Add(-lookBack)
	for _, p := range points {
		if p.At.After(began) {
			break
		}
		from = Point{began, p.Done}
	}
	over := max(int64(now.Sub(from.At)/time.Second), 3600)
	return max(done-from.Done, 0) * 100 * 3600 / over
}

// Work is what a school has done and what remains, in one window, by a close.
type Work struct {
	Done, Remaining int64
	Pace            int64 // hundredths of pupils an hour
	Closes          time.Time
}

// Outlook is what becomes of a school at its pace.
type Outlook struct {
	DoneAt   time.Time // zero when nothing remains or there is no pace
	WillMiss bool
	Short    int64 // pupils that remain at the close
}

// WorkOf returns the work of a school with so many pupils in the directory. Until it has declared itself complete it has at least those.
func WorkOf(c Counts, directory int64, declared bool) Work {
	total := c.Expected
	if !declared {
		total = max(total, directory)
	}
	done := c.Done()
	return Work{Done: done, Remaining: max(total-done, 0)}
}

// farthest is how far a forecast looks; it is farther than any drive, and what takes longer takes this long.
const farthest = 10 * 365 * 24 * time.Hour

// Forecast looks ahead from now. A part stored at the close is late.
func (w Work) Forecast(now time.Time) Outlook {
	left := max(w.Closes.Sub(now), 0)
	switch {
	case w.Remaining <= 0:
		return Outlook{}
	case w.Pace <= 0:
		return Outlook{WillMiss: true, Short: w.Remaining}
	}
	takes := farthest
	if hours := w.Remaining * 100 / w.Pace; hours < int64(farthest/time.Hour) {
		takes = time.Duration(w.Remaining * 100 * int64(time.Hour/time.Millisecond) / w.Pace * int64(time.Millisecond))
	}
	out := Outlook{DoneAt: now.Add(takes)}
	if out.WillMiss = !out.DoneAt.Before(w.Closes); out.WillMiss {
		out.Short = max(w.Remaining-w.Pace*int64(left/time.Second)/(100*3600), 1)
	}
	return out
}
