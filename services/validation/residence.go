package validation

import (
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// residence looks at the place of permanent residence: complete for a citizen, every code in the drive's
// catalogue, each unit in the unit above it. A foreign national need not have one.
func (j *judge) residence(r student.Residence, of citizenship) {
	if r.IsZero() {
		if of == citizen {
			j.found(residenceRequired, "residence", "", "")
		}
		return
	}
	c := j.drive.Catalogue
	if !c.IsOf(r.CatalogueDate) {
		j.found(residenceCatalogue, "residence.catalogue_date", safe(r.CatalogueDate)+", "+j.meanings(r.Province), c.Date)
		return // the same digits may be another place
	}
	if r.District == "" && r.Province != "" && r.Commune != "" {
		j.found(residenceTwoTiers, "residence.district", j.meanings(r.Province), c.Date)
		return
	}
	j.residenceComplete(r, of)
	province, provinceOK := c.Province(r.Province)
	district, districtOK := c.District(r.District)
	commune, communeOK := c.Commune(r.Commune)
	j.known(provinceOK, "residence.province", r.Province)
	j.known(districtOK, "residence.district", r.District)
	j.known(communeOK, "residence.commune", r.Commune)
	if districtOK && provinceOK && district.Parent != province.Code {
		parent, _ := c.Province(district.Parent)
		j.found(residenceHierarchy, "residence.district", named(district), named(parent))
	}
	if communeOK && districtOK && commune.Parent != district.Code {
		parent, _ := c.District(commune.Parent)
		j.found(residenceHierarchy, "residence.commune", named(commune), named(parent))
	}
}

// named tells a unit of the catalogue by its code and its name, since workbooks hold names: "001 (Quận Ba Đình)".
func named(u drive.Unit) string { return u.Code + " (" + u.Full() + ")" }

// known notes a code that was given and is not in the catalogue.
func (j *judge) known(ok bool, field, code string) {
	if !ok && code != "" {
		j.found(residenceUnknown, field, safe(code), "")
	}
}

// residenceComplete looks for the three units. Island districts without communes have two.
func (j *judge) residenceComplete(r student.Residence, of citizenship) {
	if of != citizen {
		return
	}
	if r.Province == "" {
		j.found(residenceRequired, "residence.province", "", "")
	}
	if r.District == "" {
		j.found(residenceRequired, "residence.district", "", "")
	}
	if r.Commune != "" || r.District == "" {
		return
	}
	if _, ok := j.drive.Catalogue.District(r.District); ok && j.drive.Catalogue.DistrictHasCommunes(r.District) {
		j.found(residenceRequired, "residence.commune", "", "")
	}
}

// meanings tells which place a province's code is by the drive's catalogue and by that of 2025: the same digits may be two places.
func (j *judge) meanings(code string) string {
	out := safe(code)
	if u, ok := j.drive.Catalogue.Province(code); ok {
		out += " (" + j.drive.Catalogue.Date[:4] + " " + u.Full()
		if name, ok := drive.Province2025(code); ok {
			out += "; 2025 " + name
		}
		return out + ")"
	}
	if name, ok := drive.Province2025(code); ok {
		out += " (2025 " + name + ")"
	}
	return out
}
