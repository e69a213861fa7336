package sandbox

import (
	"strconv"
	"strings"

	"github.com/rasoat/rasoat/services/student"
	"golang.org/x/text/unicode/norm"
)

// misreport puts a fault of the profile into it.
func (n *Nation) misreport(f *Fault, b birth, p *student.Profile) {
	d := n.dice(streamMend, f.Pupil)
	switch f.Kind {
	case NameDiacritic, NameMiddleDropped, NameMiddleAdded, NameConfused, NameTypo, NameSoftIY, NameLookalike:
		p.FullName, _ = n.misname(f, b, p.FullName)
	case BirthSwapped, BirthYear, BirthDayOff, BirthJanuary, BirthDigit:
		p.BirthDate = n.misdate(f, b.date)
	case GenderWrong:
		if p.Gender = student.Female; b.gender == student.Female {
			p.Gender = student.Male
		}
	case EthnicityUnknown:
		p.Ethnicity = "99"
	case ResidenceHierarchy:
		p.Residence.Commune = n.strayCommune(p.Residence, &d)
	case NumberMissing:
		p.Identity = student.Identity{Kind: student.NoNumber, Reason: "Chưa được cấp số định danh cá nhân"}
	default:
		p.Identity.Number = n.wrongNumber(f, b, p.Identity.Number, &d)
	}
}

// wrongNumber returns the number that is reported in place of the true one.
func (n *Nation) wrongNumber(f *Fault, b birth, number student.IDNumber, d *dice) student.IDNumber {
	digits := number.Reveal()
	switch f.Kind {
	case IDDigit:
		return n.nobodys(func() string {
			at, by := d.between(6, 11), d.between(1, 9)
			return digits[:at] + string('0'+(digits[at]-'0'+byte(by))%10) + digits[at+1:]
		})
	case IDTransposed:
		return n.transposed(f.Pupil, b)
	case IDReissued:
		return n.formerNumber(f.Pupil, b)
	case IDShared, NumbersExchanged, RowShifted:
		return n.number(f.Victim, n.birth(f.Victim))
	case IDLeadingZero:
		return student.IDNumber(digits[1:])
	case IDPrecision:
		value, _ := strconv.ParseFloat(digits, 64)
		return student.IDNumber(strconv.FormatFloat(value, 'E', 4, 64))
	case IDPrefix:
		return student.IDNumber(noProvince[d.below(len(noProvince))] + digits[3:])
	}
	return number
}

// noProvince are first digits that no province has (Circular 07/2016/TT-BCA, annex).
var noProvince = [...]string{"003", "005", "009", "013", "016", "021", "039", "050", "061", "078", "097", "099"}

// nobodys makes numbers until one is nobody's and never was.
func (n *Nation) nobodys(draft func() string) student.IDNumber {
	for {
		number := student.IDNumber(draft())
		if n.unknown(number) {
			return number
		}
	}
}

// transposed returns the pupil's number with two neighbouring digits exchanged, nobody's number; "" where there is none.
func (n *Nation) transposed(i int, b birth) student.IDNumber {
	digits := []byte(n.number(i, b).Reveal())
	d := n.dice(streamMend, i)
	for k, start := 0, d.below(5); k < 5; k++ {
		at := 6 + (start+k)%5
		digits[at], digits[at+1] = digits[at+1], digits[at]
		number := student.IDNumber(digits)
		if digits[at] != digits[at+1] && n.unknown(number) {
			return number
		}
		digits[at], digits[at+1] = digits[at+1], digits[at]
	}
	return ""
}

// strayCommune returns a commune of another district of the province.
func (n *Nation) strayCommune(r student.Residence, d *dice) string {
	p := n.placeOf(r.Province)
	for {
		if other := p.districts[d.below(len(p.districts))]; other.code != r.District {
			return other.communes[d.below(len(other.communes))]
		}
	}
}

var oldTones = strings.NewReplacer("òa", "oà", "óa", "oá", "ỏa", "oả", "ọa", "oạ", "úy", "uý", "ùy", "uỳ", "ủy", "uỷ", "ũy", "uỹ", "ụy", "uỵ")

// written returns the name as a school writes it: of a few in capitals, with accents apart from their letters, with the
// tone on the other vowel, with a space too many. It is the same name.
func (n *Nation) written(i int, name student.Name) student.Name {
	d := n.dice(streamWriting, i)
	s := name.Reveal()
	switch roll := d.below(1000); {
	case roll < 8:
		s = strings.ToUpper(s)
	case roll < 13:
		s = norm.NFD.String(s)
	case roll < 40:
		s = oldTones.Replace(s)
	case roll < 43:
		s = strings.Replace(s, " ", "  ", 1)
	}
	return student.Name(s)
}
