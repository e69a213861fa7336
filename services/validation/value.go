package validation

import (
	"strings"

	"github.com/rasoat/rasoat/services/student"
)

// ValueAt returns the value at a finding's field as it was written. It is personal: for whoever wrote the record, on their own machine.
func ValueAt(rec student.Record, field string) string {
	switch {
	case rec.Profile != nil:
		return profileValue(rec.Profile, field)
	case rec.Results != nil:
		return resultsValue(rec.Results, field)
	}
	return ""
}

func profileValue(p *student.Profile, field string) string {
	switch field {
	case "full_name":
		return p.FullName.Reveal()
	case "date_of_birth":
		return p.BirthDate.Reveal()
	case "gender":
		return string(p.Gender)
	case "ethnicity":
		return p.Ethnicity
	case "nationality":
		return p.Nationality
	case "identity", "identity.number":
		return p.Identity.Number.Reveal()
	case "identity.reason":
		return p.Identity.Reason
	case "identity.kind":
		return string(p.Identity.Kind)
	case "residence.province":
		return p.Residence.Province
	case "residence.district":
		return p.Residence.District
	case "residence.commune":
		return p.Residence.Commune
	case "residence.catalogue_date":
		return p.Residence.CatalogueDate
	}
	return ""
}

func resultsValue(r *student.Results, field string) string {
	if code, term, ok := splitSubject(field); ok {
		s, _ := r.Subject(code)
		score := scoreOf(&s, term)
		switch {
		case score == nil || score.Empty():
			return ""
		case score.Exempt:
			return "exempt"
		case score.Mark != nil:
			return score.Mark.String()
		}
		return string(score.Comment)
	}
	if t := termOf(r, field); t != nil {
		_, part, _ := strings.Cut(field, ".")
		switch {
		case part == "rating":
			return string(t.Rating)
		case part == "conduct":
			return string(t.Conduct)
		case t.Average != nil:
			return t.Average.String()
		}
		return ""
	}
	switch field {
	case "school_year":
		return r.SchoolYear
	case "programme":
		return string(r.Programme)
	case "school_studied":
		return r.SchoolStudied
	case "foreign_language":
		return r.ForeignLanguage
	case "specialised_subject":
		return r.Specialised
	case "not_applicable":
		return r.NotApplicable
	}
	return ""
}
