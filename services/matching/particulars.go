package matching

import (
	"strings"

	"github.com/rasoat/rasoat/services/student"
)

// Particulars are what is compared of a person, as a school, the registry or an extract of it has them. Whatever is absent says nothing for
// or against.
type Particulars struct {
	Number    student.IDNumber
	FullName  student.Name
	BirthDate student.Date
	Gender    student.Gender
	Residence Place
}

// Place is a place of residence from the widest unit to the narrowest: province, district, commune; "" where it is not known. Codes and
// names are compared alike, as text.
type Place [3]string

// PlaceOf returns the place of a residence, without what nobody could read; its catalogue stands in the codes, because codes of different dates mean different places.
func PlaceOf(r student.Residence) Place {
	p := Place{r.Province, r.District, r.Commune}
	for i, code := range p {
		if code == student.Unread {
			p[i] = ""
		}
	}
	if p[0] == "" {
		return Place{}
	}
	if r.CatalogueDate != "" {
		p[0] = r.CatalogueDate + ":" + p[0]
	}
	return p
}

// ParticularsOf returns what a school reports of a pupil. A number of a kind that the registry does not know is left out.
func ParticularsOf(p student.Profile) Particulars {
	out := Particulars{FullName: p.FullName, BirthDate: p.BirthDate, Gender: p.Gender, Residence: PlaceOf(p.Residence)}
	if p.Identity.Kind == student.PersonalID || p.Identity.Kind == student.CMND {
		out.Number = p.Identity.Number
	}
	return out
}

// PlaceLevel is how two residences agree.
type PlaceLevel int

// The levels.
const (
	PlaceSame PlaceLevel = iota
	PlaceDistrict
	PlaceProvince
	PlaceDifferent
	PlaceMissing // one side has none: nothing to compare
	placeLevels
)

var placeNames = [...]string{"same", "district", "province", "different", "missing"}

// String returns the level's stable name.
func (l PlaceLevel) String() string { return placeNames[l] }

// ComparePlaces returns the narrowest unit that two residences share. A unit that one of them lacks is not looked at.
func ComparePlaces(a, b Place) PlaceLevel {
	if a[0] == "" || b[0] == "" || dateOf(a[0]) != dateOf(b[0]) {
		return PlaceMissing
	}
	shared := 0
	for shared < len(a) && a[shared] == b[shared] && a[shared] != "" {
		shared++
	}
	switch {
	case shared == len(a), a == b:
		return PlaceSame
	case shared == 2:
		return PlaceDistrict
	case shared == 1:
		return PlaceProvince
	}
	return PlaceDifferent
}

// dateOf returns the catalogue's date of a code; "" when it has none.
func dateOf(province string) string {
	date, _, ok := strings.Cut(province, ":")
	if !ok {
		return ""
	}
	return date
}

// GenderLevel is how two genders agree.
type GenderLevel int

// The levels.
const (
	GenderEqual GenderLevel = iota
	GenderDiffers
	GenderMissing
	genderLevels
)

var genderNames = [...]string{"equal", "differs", "missing"}

// String returns the level's stable name.
func (l GenderLevel) String() string { return genderNames[l] }

// CompareGenders returns the level at which two genders agree.
func CompareGenders(a, b student.Gender) GenderLevel {
	switch {
	case a == "" || b == "":
		return GenderMissing
	case a == b:
		return GenderEqual
	}
	return GenderDiffers
}

// Prepared are particulars with the forms that comparisons need, made once.
type Prepared struct {
	Particulars
	name nameForms
}

// Prepare makes the forms.
func Prepare(p Particulars) Prepared {
	p.Number = p.Number.Normal()
	return Prepared{Particulars: p, name: formsOf(p.FullName)}
}

// Sound returns the words of the name without diacritics and without the confusions of sound, for blocking.
func (p *Prepared) Sound() string { return p.name.sound }

// Levels is a comparison field by field.
type Levels struct {
	Number    NumberLevel
	Name      NameLevel
	Date      DateLevel
	Gender    GenderLevel
	Residence PlaceLevel
}

// Compare compares what a school reports (a) with what is known of a person (b).
func Compare(a, b *Prepared) Levels {
	return Levels{
		Number: CompareNumbers(a.Number, b.Number), Name: compareForms(&a.name, &b.name), Date: CompareDates(a.BirthDate, b.BirthDate),
		Gender: CompareGenders(a.Gender, b.Gender), Residence: ComparePlaces(a.Residence, b.Residence),
	}
}
