package workbook

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/rasoat/rasoat/services/student"
)

// parseDate reads a date as workbooks hold it: text (dd/mm/yyyy and its looser forms, yyyy-mm-dd), the
// serial number of a real date cell, or a bare year. An empty cell is the zero date. False means that
// nobody can tell which day is meant.
func parseDate(text string, date1904 bool) (student.Date, bool) {
	s := strings.TrimLeft(student.Clean(text), "'")
	if s == "" {
		return student.Date{}, true
	}
	if d, ok := dateFromText(s); ok {
		return d, d.Valid()
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || v < 0 || v > 1e7 {
		return student.Date{}, false
	}
	days := int(math.Floor(v))
	if days >= 1900 && days <= 2200 { // as a serial number it would be a day of 1905 or 1906
		d := student.Date{Year: days}
		return d, v == float64(days)
	}
	return dateFromSerial(days, date1904)
}

// dateFromText splits a date into its three numbers; a time of day behind it is passed over.
func dateFromText(s string) (student.Date, bool) {
	if i := strings.IndexAny(s, "T "); i >= 8 && strings.Contains(s[i:], ":") {
		s = s[:i]
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == '-' || r == '.' || r == ' ' })
	if len(parts) != 3 || strings.ContainsAny(s, "eE+") {
		return student.Date{}, false
	}
	var n [3]int
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil || len(p) > 4 {
			return student.Date{}, false
		}
		n[i] = v
	}
	switch {
	case len(parts[0]) == 4 && len(parts[1]) <= 2 && len(parts[2]) <= 2:
		return student.Date{Year: n[0], Month: n[1], Day: n[2]}, n[1] > 0
	case len(parts[2]) == 4 && len(parts[0]) <= 2 && len(parts[1]) <= 2:
		return student.Date{Year: n[2], Month: n[1], Day: n[0]}, n[1] > 0
	}
	return student.Date{}, false // "4/3/05": nobody should guess the century
}

// The days before the serial number 1 of the two date systems.
var (
	epoch1900 = time.Date(1899, time.December, 31, 0, 0, 0, 0, time.UTC)
	epoch1904 = time.Date(1904, time.January, 1, 0, 0, 0, 0, time.UTC)
)

// dateFromSerial turns a serial number into a date. The system of 1900 counts a 29 February 1900 that
// never was.
func dateFromSerial(days int, date1904 bool) (student.Date, bool) {
	epoch := epoch1904
	if !date1904 {
		epoch = epoch1900
		if days == 60 {
			return student.Date{}, false
		}
		if days > 60 {
			days--
		}
	}
	t := epoch.AddDate(0, 0, days)
	d := student.Date{Year: t.Year(), Month: int(t.Month()), Day: t.Day()}
	return d, d.Valid()
}

// Serial numbers of the dates that a mark becomes: "8.5" typed in one of the years 1984 to 2102.
const (
	firstMarkSerial = 31000
	lastMarkSerial  = 74000
)

// isDateMark reports whether the cell of a mark holds a date: a serial number, or a date written out.
func isDateMark(text string) bool {
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		return v >= firstMarkSerial && v <= lastMarkSerial
	}
	d, ok := dateFromText(text)
	return ok && d.Valid()
}

// formatDate writes a date as the ministry's workbook has it: dd/mm/yyyy, or the bare year.
func formatDate(d student.Date) string {
	switch {
	case d.IsZero():
		return ""
	case d.YearOnly():
		return strconv.Itoa(d.Year)
	}
	two := func(n int) string {
		if n < 10 {
			return "0" + strconv.Itoa(n)
		}
		return strconv.Itoa(n)
	}
	return two(d.Day) + "/" + two(d.Month) + "/" + strconv.Itoa(d.Year)
}
