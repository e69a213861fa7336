package linkage

import (
	"strconv"
	"strings"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/student"
)

// numberOf reads an ID number: blanks and a workbook's apostrophe go, a lost zero stays lost. A number in floating point has lost its digits and
// is none.
func numberOf(cell string) (student.IDNumber, bool) {
	s := cell
	if !plainDigits(s) {
		s = strings.TrimPrefix(strings.Join(strings.Fields(student.Clean(s)), ""), "'")
		if whole, zeros, ok := strings.Cut(s, "."); ok && plainDigits(whole) && strings.Trim(zeros, "0") == "" {
			s = whole
		}
	}
	if s != "" && !plainDigits(s) && !student.IsPassport(student.IDNumber(s)) {
		return "", false
	}
	return student.IDNumber(s), true
}

func plainDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// dateOf reads yyyy-mm-dd, dd/mm/yyyy (one digit will do, and dashes or dots), yyyymmdd and yyyy.
func dateOf(cell string) (student.Date, bool) {
	s := strings.TrimSpace(cell)
	if s == "" {
		return student.Date{}, true
	}
	if plainDigits(s) {
		n, _ := strconv.Atoi(s) // digits; too many of them give no date
		d := student.Date{Year: n}
		if len(s) == 8 {
			d = student.Date{Year: n / 10000, Month: n / 100 % 100, Day: n % 100}
		} else if len(s) != 4 {
			return student.Date{}, false
		}
		return valid(d, len(s) == 4)
	}
	var part [3]int
	rest, sep := s, strings.IndexAny(s, "-/.")
	if sep < 0 {
		return student.Date{}, false
	}
	mark := s[sep : sep+1]
	for i := range part {
		piece, after, more := strings.Cut(rest, mark)
		if more == (i == 2) || !plainDigits(piece) || len(piece) > 4 {
			return student.Date{}, false
		}
		part[i], _ = strconv.Atoi(piece) // at most four digits
		rest = after
	}
	if sep == 4 {
		part[0], part[2] = part[2], part[0]
	}
	return valid(student.Date{Year: part[2], Month: part[1], Day: part[0]}, false)
}

func valid(d student.Date, yearOnly bool) (student.Date, bool) {
	if !d.Valid() || d.YearOnly() != yearOnly {
		return student.Date{}, false
	}
	return d, true
}

// genderOf reads male, nam, m and 1, and female, nữ, nu, f and 0.
func genderOf(cell string) (student.Gender, bool) {
	switch strings.ToLower(strings.TrimSpace(cell)) {
	case "":
		return "", true
	case "male", "nam", "m", "1":
		return student.Male, true
	case "female", "nữ", "nư\u0303", "nu", "f", "0":
		return student.Female, true
	}
	return "", false
}

// placeOf reads a residence: "79/760/26734", or "xã A, huyện B, tỉnh C" with the narrowest unit first, or a province alone. Codes and names are
// not compared with each other.
func placeOf(cell string) (matching.Place, bool) {
	s := strings.TrimSpace(cell)
	var p matching.Place
	switch {
	case s == "":
		return p, true
	case plainDigits(strings.ReplaceAll(s, "/", "")):
		for i, unit := range strings.SplitN(s, "/", len(p)+1) {
			if i == len(p) {
				return matching.Place{}, false
			}
			p[i] = unit
		}
		if p[0] == "" {
			return matching.Place{}, false
		}
		return p, true
	}
	units := strings.Split(s, ",")
	for i := 0; i < len(p) && i < len(units); i++ {
		p[i] = unitName(units[len(units)-1-i])
	}
	if p[0] == "" {
		return matching.Place{}, false
	}
	p[0] = byName + p[0]
	return p, true
}

// byName marks a province that is known by its name.
const byName = "name:"

// coded returns the codes of a residence in words; the units that the catalogue does not know are left out, and a residence in an unknown province
// stays in words.
func coded(c *drive.Catalogue, named matching.Place, cell string) matching.Place {
	units := strings.Split(cell, ",")
	var out matching.Place
	parent := ""
	for i := 0; i < len(out) && i < len(units); i++ {
		u, ok := c.UnitByName(drive.LevelProvince+i, parent, units[len(units)-1-i])
		if !ok {
			break
		}
		out[i], parent = u.Code, u.Code
	}
	if out[0] == "" {
		return named
	}
	return out
}

// unitKinds are what stands before the name of a unit, without diacritics.
var unitKinds = [...]string{"thi tran ", "thanh pho ", "thi xa ", "phuong ", "huyen ", "quan ", "tinh ", "xa ", "tp. ", "tp "}

func unitName(s string) string {
	name := student.Unaccent(strings.ToLower(student.Clean(s)))
	for _, kind := range unitKinds {
		if rest, ok := strings.CutPrefix(name, kind); ok && !plainDigits(rest) { // Quận 1 is not 1
			return rest
		}
	}
	return name
}
