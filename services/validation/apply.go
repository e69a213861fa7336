package validation

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rasoat/rasoat/services/student"
)

// Apply returns the record with the mending that a finding proposes; false when it proposes none that the record can take. The record
// that was handed in is left as it is.
func Apply(rec student.Record, f Finding) (student.Record, bool) {
	switch {
	case f.Fix.Kind == "":
		return rec, false
	case rec.Profile != nil:
		p := *rec.Profile
		ok := applyProfile(&p, f)
		rec.Profile = &p
		return rec, ok
	case rec.Results != nil:
		r := *rec.Results
		r.Subjects = slices.Clone(r.Subjects)
		ok := applyResults(&r, f)
		rec.Results = &r
		return rec, ok
	}
	return rec, false
}

func applyProfile(p *student.Profile, f Finding) bool {
	name := p.FullName.Reveal()
	switch f.Fix.Kind {
	case FixLeadingZero:
		p.Identity.Number = student.IDNumber("0" + student.Clean(p.Identity.Number.Reveal()))
	case FixDigits:
		p.Identity.Number = onlyDigits(p.Identity.Number)
	case FixClean:
		p.FullName = student.Name(student.Clean(name))
	case FixLatin:
		p.FullName = student.Name(student.Lookalikes(student.Clean(name)))
	case FixTitleCase:
		p.FullName = student.Name(titleCase(student.Clean(name)))
	case FixFromTCVN3, FixFromVNI, FixFromVIQR:
		converted, ok := fromLegacy(f.Fix.Kind, name)
		p.FullName = student.Name(converted)
		return ok
	case FixSwap:
		p.BirthDate.Day, p.BirthDate.Month = p.BirthDate.Month, p.BirthDate.Day
	case FixCatalogue:
		switch f.Field {
		case "ethnicity":
			p.Ethnicity = f.Fix.Value
		case "nationality":
			p.Nationality = f.Fix.Value
		default:
			return false
		}
	default:
		return false
	}
	return true
}

func applyResults(r *student.Results, f Finding) bool {
	if f.Fix.Kind != FixValue {
		return false
	}
	if code, term, ok := splitSubject(f.Field); ok {
		i := slices.IndexFunc(r.Subjects, func(s student.Subject) bool { return s.Code == code })
		if i < 0 || scoreOf(&r.Subjects[i], term) == nil {
			return false
		}
		score := scoreOf(&r.Subjects[i], term)
		if m, err := student.ParseMark(f.Fix.Value); err == nil {
			*score = student.Score{Mark: &m}
			return true
		}
		*score = student.Score{Comment: student.Comment(f.Fix.Value)}
		return true
	}
	t := termOf(r, f.Field)
	_, part, _ := strings.Cut(f.Field, ".")
	switch {
	case t == nil:
		return false
	case part == "average_tenths":
		m, err := student.ParseMark(f.Fix.Value)
		t.Average = &m
		return err == nil
	case part == "rating":
		t.Rating = student.Rating(f.Fix.Value)
		return true
	}
	return false
}

// titleCase writes each word with a capital and small letters; a word with an apostrophe or a hyphen in it keeps its letters.
func titleCase(name string) string {
	words := strings.Fields(name)
	for i, w := range words {
		if strings.ContainsFunc(w, isJoiner) {
			continue
		}
		first, size := utf8.DecodeRuneInString(w)
		words[i] = string(unicode.ToUpper(first)) + strings.ToLower(w[size:])
	}
	return strings.Join(words, " ")
}
