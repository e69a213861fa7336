package linkage

import (
	"cmp"
	"math"
	"slices"

	"github.com/rasoat/rasoat/services/matching"
)

// Decision is what is proposed about a candidate.
type Decision string

// The decisions.
const (
	Link   Decision = "link"   // taken for the person of the profile, for an officer to confirm
	Review Decision = "review" // somebody has to look
	None   Decision = "no"
)

// Candidate is a person who may be the pupil of a profile.
type Candidate struct {
	Key    string
	Levels matching.Levels
	Score  float64 // bits: the weights of the levels and the prior, one person of the population
	// Confidence is the logarithm of the odds, in bits, that the two are one person, against the profile's other candidates, the person's other
	// profiles, and nobody.
	Confidence float64
	Decision   Decision
	person     uint32
	free       bool // neither profile nor person is taken by a pair of more confidence
}

// resolve turns the best hits into candidates: confidence, assignment one to one, decision.
func resolve(r *Result, best [][]hit) {
	people := map[uint32]float64{} // what all profiles of a person weigh together
	mend(best)
	for _, hits := range best {
		for _, h := range hits {
			if h.counts() {
				people[h.person] += math.Exp2(h.score)
			}
		}
	}
	type pair struct{ profile, at int }
	var pairs []pair
	for i, hits := range best {
		p := &r.Profiles[i]
		for at, h := range hits {
			p.Candidates = append(p.Candidates, Candidate{
				Key: h.key, Levels: h.levels.levels(), Score: h.score, person: h.person, Decision: None, Confidence: confidence(hits, h, people[h.person]),
			})
			pairs = append(pairs, pair{i, at})
		}
	}
	of := func(p pair) *Candidate { return &r.Profiles[p.profile].Candidates[p.at] }
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(of(b).Confidence, of(a).Confidence), cmp.Compare(a.profile, b.profile), cmp.Compare(a.at, b.at))
	})
	settled, taken := make([]bool, len(best)), map[uint32]bool{}
	for _, p := range pairs {
		c := of(p)
		if c.free = !settled[p.profile] && !taken[c.person]; c.free {
			settled[p.profile], taken[c.person] = true, true
		}
		switch {
		case c.free && c.Confidence >= r.Weights.Link:
			c.Decision = Link
		case c.Confidence >= r.Weights.Review:
			c.Decision = Review
		}
	}
	for i := range r.Profiles {
		settle(r.Profiles[i].Candidates)
	}
}

// settle leaves the other candidates of a profile that is linked alone.
func settle(all []Candidate) {
	slices.SortStableFunc(all, func(a, b Candidate) int { return cmp.Compare(b.Confidence, a.Confidence) })
	if !slices.ContainsFunc(all, func(c Candidate) bool { return c.Decision == Link }) {
		return
	}
	for i := range all {
		if all[i].Decision == Review {
			all[i].Decision = None
		}
	}
}

// confidence weighs a hit against the others of its profile, those of its person, and nobody; person is what all hits of the person weigh. A
// difference of large numbers that is but noise is left out.
func confidence(hits []hit, h hit, person float64) float64 {
	if h.torn == crossed {
		return least
	}
	against := 1.0
	for _, other := range hits {
		if other.person != h.person && other.torn != crossed {
			against += math.Exp2(other.score)
		}
	}
	rest := person
	if h.counts() {
		rest -= math.Exp2(h.score)
	}
	if rest > person*0x1p-40 {
		against += rest
	}
	c := h.score - math.Log2(against)
	switch h.torn {
	case owns:
		return min(c, 0)
	case named:
		return max(c, -1)
	}
	return c
}
