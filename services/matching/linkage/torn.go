package linkage

import "github.com/rasoat/rasoat/services/matching"

// tear is how a hit of a torn profile stands: one whose number is one person's and whose name is rather another's, of the same birth date and
// residence, as of twins whose numbers were exchanged.
type tear uint8

const (
	whole   tear = iota
	owns         // the person has the profile's number
	named        // the person has its name
	crossed      // the person has its number, and is the one whose name another profile has with this one's number
)

// counts reports whether the hit speaks against the person's other profiles: a number that may be another's does not.
func (h hit) counts() bool { return h.torn == whole || h.torn == named }

// mend finds the torn profiles. Of one alone no evidence tells which of the two persons was mistaken: neither is certain, and both are looked at.
// Where two profiles are torn between the same two persons, the other way round, the numbers were exchanged, and the names stand.
func mend(best [][]hit) {
	between := map[[2]uint32]bool{} // the number's person and the name's
	for _, hits := range best {
		if at, by, ok := torn(hits); ok {
			hits[at].torn, hits[by].torn = owns, named
			between[[2]uint32{hits[at].person, hits[by].person}] = true
		}
	}
	for _, hits := range best {
		for at := range hits {
			for by := range hits {
				if hits[at].torn == owns && hits[by].torn == named && between[[2]uint32{hits[by].person, hits[at].person}] {
					hits[at].torn, hits[by].torn = crossed, whole
				}
			}
		}
	}
}

// torn returns the hit that has the number of a torn profile, and the best one that has its name.
func torn(hits []hit) (at, by int, ok bool) {
	for i := range hits {
		a := hits[i].levels.levels()
		if a.Number > matching.NumberTransposed || a.Name.Same() {
			continue
		}
		for j := i + 1; j < len(hits); j++ {
			b := hits[j].levels.levels()
			if b.Number > matching.NumberTransposed && b.Name < a.Name && b.Name <= matching.NameSound && b.Date <= a.Date && b.Residence <= a.Residence &&
				(b.Date < matching.DateSameYear || b.Residence == matching.PlaceSame) && hits[j].score < hits[i].score {
				return i, j, true
			}
		}
	}
	return 0, 0, false
}
