package matching

import (
	"time"

	"github.com/rasoat/rasoat/services/student"
)

// DateLevel is how two birth dates agree.
type DateLevel int

// The levels.
const (
	DateEqual        DateLevel = iota
	DateYearOnly               // one side knows only the year, and it is the same
	DateSwapped                // day and month exchanged
	DateDayOff                 // the day before or after
	DateYearOff                // the same day of the year before or after
	DateJanuaryFirst           // the first side says 1 January of the same year: what is written where only the year is known
	DateOneDigit               // one digit of eight
	DateSameYear
	DateDifferent
	DateMissing // one side has none: nothing to compare
	dateLevels
)

var dateNames = [...]string{"equal", "year_only", "swapped", "day_off", "year_off", "january_first", "one_digit", "same_year", "different", "missing"}

// String returns the level's stable name.
func (l DateLevel) String() string { return dateNames[l] }

// CompareDates returns the level at which two birth dates agree; the first is the one that the school wrote.
func CompareDates(a, b student.Date) DateLevel {
	switch {
	case a.IsZero() || b.IsZero():
		return DateMissing
	case a == b:
		return DateEqual
	case a.Year == b.Year && (a.YearOnly() || b.YearOnly()):
		return DateYearOnly
	case a.YearOnly() || b.YearOnly():
		return DateDifferent
	case a.Year == b.Year && a.Day == b.Month && a.Month == b.Day:
		return DateSwapped
	case a.Valid() && b.Valid() && dayOff(a, b):
		return DateDayOff
	case a.Day == b.Day && a.Month == b.Month && (a.Year-b.Year == 1 || b.Year-a.Year == 1):
		return DateYearOff
	case a.Year == b.Year && a.Day == 1 && a.Month == 1:
		return DateJanuaryFirst
	case digitsApart(a, b) == 1:
		return DateOneDigit
	case a.Year == b.Year:
		return DateSameYear
	}
	return DateDifferent
}

func dayOff(a, b student.Date) bool {
	days := dayOf(a).Sub(dayOf(b)) / (24 * time.Hour)
	return days == 1 || days == -1
}

func dayOf(d student.Date) time.Time {
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC)
}

// digitsApart counts the digits of ddmmyyyy that differ.
func digitsApart(a, b student.Date) int {
	n := 0
	for _, pair := range [...][2]int{{a.Day, b.Day}, {a.Month, b.Month}, {a.Year, b.Year}} {
		for x, y := pair[0], pair[1]; x > 0 || y > 0; x, y = x/10, y/10 {
			if x%10 != y%10 {
				n++
			}
		}
	}
	return n
}
