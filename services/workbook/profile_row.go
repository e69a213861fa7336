package workbook

import (
	"strconv"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// profile reads a row of a profiles sheet: the roster entry and the profile. Each stands by itself: a pupil
// whose birth date nobody can read is still expected at the school.
func (l *line) profile(code student.Code) []student.Record {
	if !l.alone(code, student.ProfilePart) {
		return nil
	}
	class := l.limited(fClass, 32)
	shared := l.refused
	var out []student.Record
	if e := l.enrolled(code, class); l.refused == shared {
		out = append(out, student.Record{Part: student.Enrolment, Enrolled: &e})
	}
	before := l.refused
	p := student.Profile{
		Code: code, Class: class,
		FullName:    student.Name(l.limited(fName, 120)),
		BirthDate:   l.date(fBirthDate),
		Ethnicity:   l.ethnicity(),
		Nationality: l.nationality(),
	}
	if text := l.text(fGender); text != "" {
		g, ok := genders.read(text)
		if !ok {
			l.refuse(RuleGender, fGender)
		}
		p.Gender = g
	}
	p.Residence = l.residence()
	p.Identity = l.identity(p.Nationality)
	if shared == 0 && l.refused == before && !blankProfile(p) {
		out = append(out, student.Record{Part: student.ProfilePart, Profile: &p})
	}
	return out
}

// blankProfile tells a row that only puts a pupil on the roster, with nothing of the profile, from one whose profile is
// incomplete: an empty profile must not replace the one that the pupil has.
func blankProfile(p student.Profile) bool {
	return p == student.Profile{Code: p.Code, Class: p.Class}
}

// enrolled reads the roster entry: who stands in the list is at the school since its year began, unless the
// row says otherwise.
func (l *line) enrolled(code student.Code, class string) student.Enrolled {
	e := student.Enrolled{Code: code, Class: class, State: student.Joined, Since: schoolYearStart(l.book.drive)}
	if text := l.text(fState); text != "" {
		state, ok := states.read(text)
		if !ok {
			l.refuse(RuleState, fState)
		}
		e.State = state
	}
	if since := l.date(fSince); !since.IsZero() {
		e.Since = since
	}
	if e.State != student.Joined {
		if e.Reason = l.limited(fStateReason, 200); e.Reason == "" {
			e.Reason = l.text(fState)
		}
	}
	return e
}

// schoolYearStart is 5 September of the drive's school year, when school years open.
func schoolYearStart(d *drive.Drive) student.Date {
	year, err := strconv.Atoi(cut(d.SchoolYear, 4))
	if err != nil {
		return student.Date{}
	}
	return student.Date{Year: year, Month: 9, Day: 5}
}

func (l *line) date(f field) student.Date {
	d, ok := parseDate(l.text(f), l.book.date1904)
	if !ok {
		l.refuse(RuleDate, f)
	}
	return d
}

// ethnicity reads the name of an ethnic group; what nobody knows goes on as it was written, so far as the
// contract has room for it.
func (l *line) ethnicity() string {
	text := l.text(fEthnicity)
	if text == "" {
		return ""
	}
	if e, ok := l.book.drive.Catalogue.EthnicityByName(text); ok {
		return e.Code
	}
	l.warn(RuleEthnicity, fEthnicity)
	return cut(text, 8)
}

func (l *line) nationality() string {
	text := l.text(fNationality)
	if text == "" {
		return ""
	}
	if c, ok := l.book.drive.Catalogue.CountryByName(text); ok {
		return c.Code
	}
	l.warn(RuleNationality, fNationality)
	if len(text) == 2 {
		return text
	}
	return student.Unread
}

func (l *line) residence() student.Residence {
	var r student.Residence
	r.Province = l.unit(fProvince, drive.LevelProvince, "")
	r.District = l.unit(fDistrict, drive.LevelDistrict, r.Province)
	r.Commune = l.unit(fCommune, drive.LevelCommune, r.District)
	if !r.IsZero() {
		r.CatalogueDate = l.book.drive.Catalogue.Date
	}
	return r
}

// identity reads the number and what kind of document it is of: the column of kinds decides if there is one,
// then the nationality, then the number's length.
func (l *line) identity(nationality string) student.Identity {
	f := fNumber
	number := student.IDNumber(l.limited(fNumber, 32))
	if number == "" {
		if number = student.IDNumber(l.limited(fPassport, 32)); number != "" {
			f = fPassport
		}
	}
	if s := number.Reveal(); s != "" && s[0] == '\'' {
		number = student.IDNumber(s[1:])
	}
	reason := l.limited(fReason, 200)
	kind := student.IdentityKind("")
	if text := l.text(fIdentityKind); text != "" {
		var ok bool
		if kind, ok = identityKinds.read(text); !ok {
			l.refuse(RuleIdentityKind, fIdentityKind)
		}
	}
	if number == "" {
		if reason != "" || kind == student.NoNumber {
			return student.Identity{Kind: student.NoNumber, Reason: reason}
		}
		return student.Identity{Kind: kind}
	}
	number = l.restore(f, number)
	if kind == "" {
		kind = kindOf(number, nationality, f)
	}
	if n := student.ShapeOf(number); kind != student.Passport && (n.Length == 11 || n.Length == 8) && allDigits(number.Reveal()) {
		l.warn(RuleShortNumber, f)
	}
	return student.Identity{Kind: kind, Number: number}
}

func kindOf(number student.IDNumber, nationality string, f field) student.IdentityKind {
	switch {
	case f == fPassport, nationality != "" && nationality != "VN":
		return student.Passport
	case student.ShapeOf(number).Form == student.FormCMND:
		return student.CMND
	}
	return student.PersonalID
}

// restore gives back a number that a program wrote in floating point with all its digits; any other float goes
// on as it stands, and the ministry sees that its digits are lost.
func (l *line) restore(f field, n student.IDNumber) student.IDNumber {
	if student.ShapeOf(n).Form != student.FormNumeric {
		return n
	}
	if whole, ok := exactInteger(n.Reveal()); ok {
		return student.IDNumber(whole)
	}
	l.warn(RulePrecision, f)
	return n
}
