// Package clock writes every time that a person reads, and reads every time that a person types.
//
// The one rule a reader must not miss: all of them are in the time of Vietnam and say so, whatever the zone of the
// machine. A deadline is at 17:00 there, and a clerk who compares two times must not have to guess which zone each is
// in. Machines get RFC 3339 with an offset instead.
package clock

import (
	"regexp"
	"strings"
	"time"
)

// Zone is the time of Vietnam, which has had no other since 1975. It needs no zone database.
var Zone = time.FixedZone("ICT", 7*60*60)

const (
	label   = " (giờ VN, UTC+7)"
	seconds = "15:04:05 02/01/2006"
	millis  = "15:04:05.000 02/01/2006"
	day     = "02/01/2006"
)

// Time writes an instant to the second: "17:00:00 21/04/2023 (giờ VN, UTC+7)". It returns "" for the zero time.
func Time(t time.Time) string { return write(t, seconds) }

// Exact writes an instant of the log to the millisecond, where a deadline is at issue:
// "16:59:59.999 21/04/2023 (giờ VN, UTC+7)". It returns "" for the zero time.
func Exact(t time.Time) string { return write(t, millis) }

// Day writes the day of an instant: "21/04/2023 (giờ VN, UTC+7)". It returns "" for the zero time.
func Day(t time.Time) string { return write(t, day) }

func write(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	// A time is cut and never rounded: 16:59:59.9996 was before 17:00:00.000.
	return t.In(Zone).Format(layout) + label
}

// FileStamp writes an instant as a part of a file's name: "20230421-1700".
func FileStamp(t time.Time) string { return t.In(Zone).Format("20060102-1504") }

// Form is what Parse reads, for messages.
const Form = `"2023-04-25 17:00"`

var (
	zoned   = regexp.MustCompile(`(Z|[+-][0-9]{2}:[0-9]{2})$`)
	layouts = []string{"2006-01-02 15:04", "2006-01-02 15:04:05", "15:04 02/01/2006", seconds, millis}
)

// Parse reads an instant as people type it: "2023-04-25 17:00" or "17:00 25/04/2023" in the time of Vietnam, what
// Time and Exact write, or RFC 3339 with its offset.
func Parse(text string) (time.Time, bool) {
	text = strings.TrimSpace(text)
	if zoned.MatchString(text) {
		t, err := time.Parse(time.RFC3339, text)
		return t, err == nil
	}
	text = strings.TrimSuffix(text, label)
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, text, Zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
