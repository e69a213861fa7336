package matching

import "github.com/rasoat/rasoat/services/student"

// NumberLevel is how two ID numbers agree.
type NumberLevel int

// The levels.
const (
	NumberEqual       NumberLevel = iota
	NumberLeadingZero             // the first lacks zeros at its start
	NumberOneDigit
	NumberTransposed // two neighbouring digits exchanged
	NumberSameTail   // all but the first three digits, the place: as when the province was written wrongly
	NumberSameHead   // the same province, sex and year of birth: as when a number was issued anew
	NumberDifferent
	NumberMissing // one side has none, or one is a CMND and the other a personal ID: nothing to compare
	numberLevels
)

var numberNames = [...]string{"equal", "leading_zero", "one_digit", "transposed", "same_tail", "same_head", "different", "missing"}

// String returns the level's stable name.
func (l NumberLevel) String() string { return numberNames[l] }

// CompareNumbers returns the level at which two normalised numbers agree; the first is the one that the school wrote.
func CompareNumbers(a, b student.IDNumber) NumberLevel {
	x, y := a.Reveal(), b.Reveal()
	switch {
	case x == "" || y == "":
		return NumberMissing
	case x == y:
		return NumberEqual
	case len(x) < len(y) && withZeros(x, y):
		return NumberLeadingZero
	case len(x) != len(y):
		return NumberMissing
	}
	apart, first, last := 0, -1, -1
	for i := range len(x) {
		if x[i] != y[i] {
			if apart++; first < 0 {
				first = i
			}
			last = i
		}
	}
	switch {
	case apart == 1:
		return NumberOneDigit
	case apart == 2 && first+1 < len(x) && x[first] == y[first+1] && x[first+1] == y[first]:
		return NumberTransposed
	case len(x) == 12 && last < 3:
		return NumberSameTail
	case len(x) == 12 && first >= 6:
		return NumberSameHead
	}
	return NumberDifferent
}

// withZeros reports whether short becomes long by zeros at its start.
func withZeros(short, long string) bool {
	n := len(long) - len(short)
	for i := range n {
		if long[i] != '0' {
			return false
		}
	}
	return long[n:] == short
}
