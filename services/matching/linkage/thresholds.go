package linkage

import (
	"cmp"
	"slices"
)

// What the thresholds promise on the data of the fit.
const (
	linkPrecision = 0.9995
	leastLink     = 5.0  // bits: odds of thirty-two to one, however easy the data
	reviewShare   = 0.05 // of right ones among the candidates below Review
	mostReview    = -3.0 // eight namesakes are still looked at
	leastReview   = -10.0
)

// thresholds returns the lowest confidence from which links are right as often as promised, and the confidence below which hardly a candidate
// is.
func thresholds(r *Result, truth *Truth) (link, review float64) {
	type pair struct {
		confidence float64
		right      bool
		free       bool
	}
	var all []pair
	for i := range r.Profiles {
		p := &r.Profiles[i]
		person := truth.Person(p.Key)
		for _, c := range p.Candidates {
			all = append(all, pair{c.Confidence, c.Key == person, c.free})
		}
	}
	slices.SortFunc(all, func(a, b pair) int { return cmp.Compare(b.confidence, a.confidence) })
	link, review = 64, leastReview
	links, right := 0, 0
	for at, p := range all {
		if p.free {
			if links++; p.right {
				right++
			}
		}
		last := at+1 == len(all) || all[at+1].confidence < p.confidence
		if last && links > 0 && float64(right) >= linkPrecision*float64(links) {
			link = p.confidence
		}
	}
	below, wrong := 0, 0
	for _, p := range slices.Backward(all) {
		if below++; !p.right {
			wrong++
		}
		if float64(wrong) < (1-reviewShare)*float64(below) {
			break
		}
		review = p.confidence
	}
	return round(max(link, leastLink)), round(min(max(review, leastReview), mostReview))
}
