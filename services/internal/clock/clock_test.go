package clock_test

import (
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/internal/clock"
)

// Times are in the zone of Vietnam whatever the zone of the value and of the machine, and are never rounded up to a deadline.
func TestForms(t *testing.T) {
	newYork := time.FixedZone("EDT", -4*60*60)
	close := time.Date(2023, 4, 21, 6, 0, 0, 0, newYork)
	before := close.Add(-time.Nanosecond)
	for _, tt := range []struct{ got, want string }{
		{clock.Time(close), "17:00:00 21/04/2023 (giờ VN, UTC+7)"},
		{clock.Time(before), "16:59:59 21/04/2023 (giờ VN, UTC+7)"},
		{clock.Exact(close), "17:00:00.000 21/04/2023 (giờ VN, UTC+7)"},
		{clock.Exact(before), "16:59:59.999 21/04/2023 (giờ VN, UTC+7)"},
		{clock.Day(time.Date(2023, 4, 21, 23, 0, 0, 0, time.UTC)), "22/04/2023 (giờ VN, UTC+7)"},
		{clock.FileStamp(close), "20230421-1700"},
		{clock.Time(time.Time{}) + clock.Exact(time.Time{}) + clock.Day(time.Time{}), ""},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

// What is printed can be typed again.
func TestParse(t *testing.T) {
	want := time.Date(2023, 4, 21, 10, 0, 0, 0, time.UTC)
	for _, text := range []string{
		"2023-04-21 17:00", "2023-04-21 17:00:00", "17:00 21/04/2023", " 17:00:00 21/04/2023 ", "2023-04-21T17:00:00+07:00", "2023-04-21T10:00:00Z",
		clock.Time(want), clock.Exact(want),
	} {
		if got, ok := clock.Parse(text); !ok || !got.Equal(want) {
			t.Errorf("%q: got %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "tomorrow", "2023-04-21", "21/4", "2023-04-21T17:00:00", "2023-02-30 17:00"} {
		if got, ok := clock.Parse(text); ok {
			t.Errorf("%q: got %v", text, got)
		}
	}
}
