package validation

import (
	"strings"
	"unicode"

	"github.com/rasoat/rasoat/services/student"
)

// identity looks at the identity document: its form, what the number itself says, and whether the kind fits
// the nationality.
func (j *judge) identity(p *student.Profile, of citizenship) {
	const field = "identity.number"
	id := p.Identity
	shape := student.ShapeOf(id.Number)
	if id.Kind == student.NoNumber {
		switch {
		case shape.Form != student.FormEmpty:
			j.found(idNoneReason, field, "", "")
		case !hasWords(id.Reason):
			j.found(idNoneReason, "identity.reason", "", "")
		}
		return
	}
	if id.Kind == "" || shape.Form == student.FormEmpty {
		return // required says so
	}
	if of == citizen && id.Kind == student.Passport || of == foreigner && id.Kind != student.Passport {
		j.found(idNationality, "identity.kind", string(id.Kind), "")
	}
	switch {
	case id.Kind == student.Passport:
		if !student.IsPassport(id.Number) {
			j.found(idPassport, field, shape.String(), "6–12 letters and digits")
		}
	case shape.Form == student.FormPersonal: // the first CMND of 12 digits have the same number
		j.facts(p)
	case shape.Form == student.FormLeadingZero:
		j.found(idLeadingZero, field, shape.String(), "12 digits")
		facts, _ := student.Facts("0" + id.Number)
		j.fix(idLeadingZero, FixLeadingZero, "", facts.Gender == p.Gender && facts.YearOfBirth == p.BirthDate.Year)
	case shape.Form == student.FormNumeric:
		j.found(idPrecision, field, shape.String(), "12 digits")
	case id.Kind == student.CMND && shape.Form == student.FormCMND:
		j.found(idCMND, field, "", "")
	case id.Kind == student.CMND:
		j.found(idShape, field, shape.String(), "9 digits")
	default:
		j.found(idShape, field, shape.String(), "12 digits")
		if facts, ok := student.Facts(onlyDigits(id.Number)); ok && (facts.Province != "" || facts.Foreign) {
			j.fix(idShape, FixDigits, "", facts.Gender == p.Gender && facts.YearOfBirth == p.BirthDate.Year)
		}
	}
}

// onlyDigits leaves out spaces, dots and whatever else stands between the digits of a number; a letter keeps it as it is.
func onlyDigits(n student.IDNumber) student.IDNumber {
	var b strings.Builder
	for _, r := range n.Reveal() {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.IsLetter(r):
			return n
		}
	}
	return student.IDNumber(b.String())
}

// facts compares what the first six digits say with the profile. The province is of where the birth was
// registered and says nothing about the residence.
func (j *judge) facts(p *student.Profile) {
	const field = "identity.number"
	facts, ok := student.Facts(p.Identity.Number)
	if !ok {
		return
	}
	if facts.Province == "" && !facts.Foreign {
		j.found(idProvince, field, "", "")
	}
	if facts.Foreign {
		j.found(idAbroad, field, "", "")
	} else if facts.Province != "" && p.Residence.Province != "" && p.Residence.Province != student.Unread && facts.Province != p.Residence.Province {
		j.found(idElsewhere, field, "", "")
	}
	if p.Gender != "" && p.Gender != facts.Gender {
		j.found(idGender, field, string(p.Gender), string(facts.Gender))
	}
	if p.BirthDate.Valid() && p.BirthDate.Year != facts.YearOfBirth {
		j.found(idBirthYear, field, "", "")
	}
}

// hasWords reports whether a reason is more than a placeholder: two letters at least.
func hasWords(reason string) bool {
	letters := 0
	for _, r := range reason {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters >= 2
}
