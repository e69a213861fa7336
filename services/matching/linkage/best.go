package linkage

import "github.com/rasoat/rasoat/services/matching"

// packed are levels in five bytes.
type packed [5]uint8

func pack(l matching.Levels) packed {
	return packed{uint8(l.Number), uint8(l.Name), uint8(l.Date), uint8(l.Gender), uint8(l.Residence)}
}

func (p packed) levels() matching.Levels {
	return matching.Levels{Number: matching.NumberLevel(p[0]), Name: matching.NameLevel(p[1]), Date: matching.DateLevel(p[2]),
		Gender: matching.GenderLevel(p[3]), Residence: matching.PlaceLevel(p[4])}
}

// hit is a person as a candidate of a profile.
type hit struct {
	key    string
	person uint32 // which of the population, from 0
	levels packed
	torn   tear
	score  float64 // bits, the prior included
}

// before reports whether a is the better: the higher score, then the earlier person. It is an order of all hits of a profile, so the best ones
// do not depend on who found them first.
func (a hit) before(b hit) bool {
	if a.score != b.score {
		return a.score > b.score
	}
	return a.person < b.person
}

// offer puts a hit among the best, of which at most keep stay.
func offer(best []hit, h hit, keep int, clone func(string) string) []hit {
	at := len(best)
	for at > 0 && h.before(best[at-1]) {
		at--
	}
	if at == keep {
		return best
	}
	h.key = clone(h.key)
	if len(best) < keep {
		best = append(best, hit{})
	}
	copy(best[at+1:], best[at:])
	best[at] = h
	return best
}
