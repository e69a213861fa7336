package sandbox

import "github.com/rasoat/rasoat/services/student"

// misdate returns the birth date with a fault in it, always the same one for a pupil; it is not valid where the date cannot
// have the fault.
func (n *Nation) misdate(f *Fault, date student.Date) student.Date {
	none := student.Date{}
	if date.YearOnly() {
		return none
	}
	d := n.dice(streamMend, f.Pupil)
	switch wrong := date; f.Kind {
	case BirthSwapped:
		if date.Day > 12 || date.Day == date.Month {
			return none
		}
		wrong.Day, wrong.Month = date.Month, date.Day
		return wrong
	case BirthYear:
		wrong.Year--
		return wrong
	case BirthDayOff:
		wrong.Day++
		if !wrong.Valid() || d.in(1, 2) && wrong.Day > 2 {
			wrong.Day -= 2
		}
		return wrong
	case BirthJanuary:
		if wrong.Month, wrong.Day = 1, 1; digitsApart(date, wrong) < 2 { // or it would be another fault as well
			return none
		}
		return wrong
	case BirthDigit:
		return oneDigitOff(date, &d)
	}
	return none
}

// oneDigitOff returns a date of the same year in which one digit of the day or the month is another: not the day before or
// after and not 1 January.
func oneDigitOff(date student.Date, d *dice) student.Date {
	const choices = 40 // four digits, ten values
	for k, start := 0, d.below(choices); k < choices; k++ {
		at := (start + k) % choices
		wrong := date
		switch digit := at % 10; at / 10 {
		case 0:
			wrong.Day = 10*digit + date.Day%10
		case 1:
			wrong.Day = date.Day/10*10 + digit
		case 2:
			wrong.Month = 10*digit + date.Month%10
		case 3:
			wrong.Month = date.Month/10*10 + digit
		}
		if wrong.Day == 0 || wrong.Month == 0 || !wrong.Valid() || wrong == date || wrong.Day == 1 && wrong.Month == 1 {
			continue
		}
		if apart := wrong.Day - date.Day; wrong.Month != date.Month || apart < -1 || apart > 1 {
			return wrong
		}
	}
	return student.Date{}
}

// digitsApart counts the digits of day and month in which two dates differ.
func digitsApart(a, b student.Date) int {
	apart := 0
	for _, v := range [...][2]int{{a.Day / 10, b.Day / 10}, {a.Day % 10, b.Day % 10}, {a.Month / 10, b.Month / 10}, {a.Month % 10, b.Month % 10}} {
		if v[0] != v[1] {
			apart++
		}
	}
	return apart
}
