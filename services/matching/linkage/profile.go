package linkage

import (
	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/student"
)

// FromProfile makes the line of a pupil's profile. Codes of residences of another catalogue than the extract's are not compared.
func FromProfile(key string, p student.Profile, catalogueDate string) Person {
	out := Person{Key: key, Particulars: matching.ParticularsOf(p)}
	out.Number, _ = numberOf(out.Number.Reveal()) // one that lost its digits is none
	if p.Residence.CatalogueDate == catalogueDate {
		p.Residence.CatalogueDate = ""
		out.Residence = matching.PlaceOf(p.Residence)
	}
	return out
}
