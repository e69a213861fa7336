package student

import (
	"errors"
	"strconv"
	"strings"
)

// MaxMark is the highest mark, 10.0, in tenths.
const MaxMark Mark = 100

// What ParseMark can complain of.
var (
	ErrMarkText     = errors.New("not a mark: write a number from 0 to 10")
	ErrMarkRange    = errors.New("a mark is from 0 to 10")
	ErrMarkDecimals = errors.New("a mark has one decimal at most")
)

// ParseMark reads a mark as schools write it: "8", "8.0", "8,0", "10". A second decimal is refused, not
// rounded: rounding twice gives another mark. The error is ErrMarkText, ErrMarkRange or ErrMarkDecimals; with
// ErrMarkRange comes the mark as it was written, from -999.9 to 999.9, so that it can be shown where it is judged.
func ParseMark(s string) (Mark, error) {
	s = Clean(s)
	whole, decimals := s, "0"
	if i := strings.IndexAny(s, ".,"); i >= 0 {
		whole, decimals = s[:i], s[i+1:]
	}
	negative := strings.HasPrefix(whole, "-")
	whole = strings.TrimPrefix(whole, "-")
	if !allDigits(whole) || !allDigits(decimals) || len(whole) > 1 && whole[0] == '0' {
		return 0, ErrMarkText
	}
	if len(decimals) > 1 {
		return 0, ErrMarkDecimals
	}
	if len(whole) > 3 {
		return 0, ErrMarkText
	}
	units, err := strconv.Atoi(whole)
	if err != nil {
		return 0, ErrMarkText
	}
	mark := Mark(10*units + int(decimals[0]-'0'))
	if negative {
		mark = -mark
	}
	if !mark.Valid() || negative {
		return mark, ErrMarkRange
	}
	return mark, nil
}

// Valid reports whether the mark is from 0 to 10.0.
func (m Mark) Valid() bool { return m >= 0 && m <= MaxMark }

// String writes the mark with its decimal: "8.0".
func (m Mark) String() string {
	sign := ""
	if m < 0 {
		sign, m = "-", -m
	}
	return sign + strconv.Itoa(int(m/10)) + "." + strconv.Itoa(int(m%10))
}

// RoundHalfUp returns sum/n rounded to the nearest integer, a half upwards. It works on integers alone: in
// binary floating point some halves fall the other way. n is positive.
func RoundHalfUp(sum, n int) int {
	twice := 2*sum + n
	q := twice / (2 * n)
	if twice%(2*n) < 0 {
		q--
	}
	return q
}
