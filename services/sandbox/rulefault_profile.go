package sandbox

import (
	"fmt"
	"strings"

	"github.com/rasoat/rasoat/services/student"
)

const numberField = "identity.number"

// renumber changes the first six digits of a number: province and, with year 0 left as it is, the year of birth.
func renumber(p *student.Profile, province string, year int) {
	digits := p.Identity.Number.Reveal()
	if province != "" {
		digits = province + digits[3:]
	}
	if year != 0 {
		digits = digits[:4] + fmt.Sprintf("%02d", year%100) + digits[6:]
	}
	p.Identity.Number = student.IDNumber(digits)
}

func named(name string) func(*student.Profile, *bench) string {
	return func(p *student.Profile, _ *bench) string {
		p.FullName = student.Name(name)
		return "full_name"
	}
}

func numbered(change func(digits string) string) func(*student.Profile, *bench) string {
	return func(p *student.Profile, _ *bench) string {
		p.Identity.Number = student.IDNumber(change(p.Identity.Number.Reveal()))
		return numberField
	}
}

var profileRuleFaults = []RuleFault{
	profileFault("PROFILE_REQUIRED", func(p *student.Profile, _ *bench) string { p.Gender = ""; return "gender" }),
	profileFault("NAME_CHARS", func(p *student.Profile, _ *bench) string { p.FullName += " 2B"; return "full_name" }),
	profileFault("NAME_LOOKALIKE", func(p *student.Profile, _ *bench) string {
		p.FullName = student.Name(strings.Replace(p.FullName.Reveal(), "a", "\u0430", 1)) // Cyrillic
		if !strings.Contains(p.FullName.Reveal(), "\u0430") {
			return ""
		}
		return "full_name"
	}),
	profileFault("NAME_LETTERS", named("Nguyeãn Vaên Huøng")),
	profileFault("NAME_FORM", func(p *student.Profile, _ *bench) string {
		p.FullName = student.Name(strings.Replace(p.FullName.Reveal(), " ", " \u00a0", 1))
		return "full_name"
	}),
	profileFault("NAME_CASE", func(p *student.Profile, _ *bench) string {
		p.FullName = student.Name(strings.ToUpper(p.FullName.Reveal()))
		return "full_name"
	}),
	profileFault("NAME_ONE_WORD", func(p *student.Profile, _ *bench) string {
		if p.Ethnicity != kinh {
			return ""
		}
		p.FullName = "Hùng"
		return "full_name"
	}),
	profileFault("NAME_SHORT", named("Nguyễn Văn B")),
	profileFault("BIRTH_DATE_INVALID", func(p *student.Profile, _ *bench) string {
		p.BirthDate.Month, p.BirthDate.Day = 2, 30
		return "date_of_birth"
	}),
	profileFault("BIRTH_DATE_IMPLAUSIBLE", func(p *student.Profile, _ *bench) string {
		if p.BirthDate.Year < 2000 {
			return ""
		}
		p.BirthDate.Year = 2012
		renumber(p, "", 2012)
		return "date_of_birth"
	}),
	profileFault("BIRTH_DATE_UNUSUAL", func(p *student.Profile, b *bench) string {
		if p.BirthDate.Year < 2000 {
			return ""
		}
		year := 2001 + firstYearOf(b.nation.years[2]) - 2022
		p.BirthDate.Year, p.BirthDate.Day = year, min(p.BirthDate.Day, 28)
		renumber(p, "", year)
		return "date_of_birth"
	}),
	profileFault("BIRTH_YEAR_ONLY", func(p *student.Profile, _ *bench) string {
		p.BirthDate.Month, p.BirthDate.Day = 0, 0
		return "date_of_birth"
	}),
	profileFault("ETHNICITY_UNKNOWN", func(p *student.Profile, _ *bench) string { p.Ethnicity = "99"; return "ethnicity" }),
	profileFault("NATIONALITY_UNKNOWN", func(p *student.Profile, _ *bench) string { p.Nationality = "ZZ"; return "nationality" }),
	profileFault("ID_SHAPE", numbered(func(d string) string { return d + "1" })),
	profileFault("ID_LEADING_ZERO", numbered(func(d string) string { return d[1:] })),
	profileFault("ID_PRECISION_LOST", numbered(func(string) string { return "7.9205E+10" })),
	profileFault("ID_PROVINCE", numbered(func(d string) string { return "003" + d[3:] })),
	profileFault("ID_GENDER", func(p *student.Profile, _ *bench) string {
		if p.Gender == student.Male {
			p.Gender = student.Female
		} else {
			p.Gender = student.Male
		}
		return numberField
	}),
	profileFault("ID_BIRTH_YEAR", func(p *student.Profile, _ *bench) string {
		p.BirthDate.Year, p.BirthDate.Day = p.BirthDate.Year-1, min(p.BirthDate.Day, 28)
		return numberField
	}),
	profileFault("ID_CMND", func(p *student.Profile, _ *bench) string {
		p.Identity = student.Identity{Kind: student.CMND, Number: "012345678"}
		return numberField
	}),
	profileFault("ID_PASSPORT", func(p *student.Profile, _ *bench) string {
		p.Nationality, p.Identity = "LA", student.Identity{Kind: student.Passport, Number: "12"}
		return numberField
	}),
	profileFault("ID_NATIONALITY", func(p *student.Profile, _ *bench) string {
		p.Identity = student.Identity{Kind: student.Passport, Number: "B1234567"}
		return "identity.kind"
	}),
	profileFault("ID_NONE_REASON", func(p *student.Profile, _ *bench) string {
		p.Identity = student.Identity{Kind: student.NoNumber}
		return "identity.reason"
	}),
	profileFault("ID_ELSEWHERE", func(p *student.Profile, b *bench) string {
		for _, other := range b.nation.places {
			if other.code != p.Residence.Province {
				renumber(p, other.prefix, 0)
				return numberField
			}
		}
		return ""
	}),
	profileFault("ID_ABROAD", func(p *student.Profile, _ *bench) string { renumber(p, "120", 0); return numberField }),
	profileFault("RESIDENCE_REQUIRED", func(p *student.Profile, _ *bench) string {
		p.Residence = student.Residence{}
		return "residence"
	}),
	profileFault("RESIDENCE_UNKNOWN", func(p *student.Profile, _ *bench) string {
		p.Residence.Commune = "99999"
		return "residence.commune"
	}),
	profileFault("RESIDENCE_HIERARCHY", func(p *student.Profile, b *bench) string {
		if p.Residence.Commune == "" || len(b.nation.placeOf(p.Residence.Province).districts) < 2 {
			return ""
		}
		d := b.nation.dice(streamMend, b.nth)
		p.Residence.Commune = b.nation.strayCommune(p.Residence, &d)
		return "residence.commune"
	}),
	profileFault("RESIDENCE_TWO_TIERS", func(p *student.Profile, _ *bench) string {
		if p.Residence.Commune == "" {
			return ""
		}
		p.Residence.District = ""
		return "residence.district"
	}),
	profileFault("RESIDENCE_CATALOGUE", func(p *student.Profile, _ *bench) string {
		p.Residence.CatalogueDate = "2025-07-01"
		return "residence.catalogue_date"
	}),
}
