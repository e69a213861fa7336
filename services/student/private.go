package student

import (
	"fmt"
	"log/slog"
	"strconv"
)

const redacted = "[redacted]"

// Name is a full name (họ, chữ đệm và tên khai sinh) as the school wrote it. It prints redacted.
type Name string

// IDNumber is the number of an identity document as the school wrote it. It prints redacted.
type IDNumber string

// Code is the pupil code that the ministry issued (mã định danh Bộ GD&ĐT): an opaque string, never
// an ID number. It prints redacted: the record is known by its Ref.
type Code string

// Date is a calendar date of a person's life; Month and Day are 0 when only the year is known. It prints
// redacted.
type Date struct{ Year, Month, Day int }

// Reveal returns the name itself.
func (n Name) Reveal() string { return string(n) }

// Reveal returns the number itself.
func (n IDNumber) Reveal() string { return string(n) }

// Reveal returns the code itself.
func (c Code) Reveal() string { return string(c) }

// Reveal returns the date as yyyy-mm-dd, or yyyy when only the year is known, or "" when it is absent.
func (d Date) Reveal() string {
	switch {
	case d.IsZero():
		return ""
	case d.YearOnly():
		return fmt.Sprintf("%04d", d.Year)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// String redacts.
func (Name) String() string { return redacted }

// String redacts.
func (IDNumber) String() string { return redacted }

// String redacts.
func (Code) String() string { return redacted }

// String redacts.
func (Date) String() string { return redacted }

// GoString redacts.
func (Name) GoString() string { return redacted }

// GoString redacts.
func (IDNumber) GoString() string { return redacted }

// GoString redacts.
func (Code) GoString() string { return redacted }

// GoString redacts.
func (Date) GoString() string { return redacted }

// Format redacts for every verb.
func (Name) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// Format redacts for every verb.
func (IDNumber) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// Format redacts for every verb.
func (Code) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// Format redacts for every verb.
func (Date) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue redacts.
func (Name) LogValue() slog.Value { return slog.StringValue(redacted) }

// LogValue redacts.
func (IDNumber) LogValue() slog.Value { return slog.StringValue(redacted) }

// LogValue redacts.
func (Code) LogValue() slog.Value { return slog.StringValue(redacted) }

// LogValue redacts.
func (Date) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText redacts: a record leaves by the contracts, never by a stray JSON encoder.
func (Name) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalText redacts.
func (IDNumber) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalText redacts.
func (Code) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalText redacts.
func (Date) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// YearOnly reports whether only the year is known, as on some birth certificates.
func (d Date) YearOnly() bool { return d.Year != 0 && d.Month == 0 && d.Day == 0 }

// Valid reports whether the date is in the calendar, 29 February included, or is a bare year.
func (d Date) Valid() bool {
	if d.Year < 1900 || d.Year > 2200 {
		return false
	}
	if d.YearOnly() {
		return true
	}
	return d.Month >= 1 && d.Month <= 12 && d.Day >= 1 && d.Day <= daysIn(d.Year, d.Month)
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// ParseDate reads what Reveal writes.
func ParseDate(s string) (Date, bool) {
	if s == "" {
		return Date{}, true
	}
	num := func(t string) (int, bool) {
		n, err := strconv.Atoi(t)
		return n, err == nil && n >= 0
	}
	if len(s) == 4 {
		y, ok := num(s)
		d := Date{Year: y}
		return d, ok && d.Valid()
	}
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return Date{}, false
	}
	y, ok1 := num(s[:4])
	m, ok2 := num(s[5:7])
	day, ok3 := num(s[8:])
	d := Date{Year: y, Month: m, Day: day}
	return d, ok1 && ok2 && ok3 && m > 0 && d.Valid()
}
