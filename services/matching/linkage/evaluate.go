package linkage

import (
	"cmp"
	"slices"
)

// Report says how well a run found the truth. A pair of the truth is right when the run links it; everything is counted at the weights' Link.
type Report struct {
	Measure
	TrueLinks  int `json:"true_links"`
	FalseLinks int `json:"false_links"`
	// Missed are the pairs of the truth that are not linked; of them MissedInReview have the right person among the candidates to look at.
	Missed         int `json:"missed"`
	MissedInReview int `json:"missed_in_review"`
	// Unpaired are the profiles without a counterpart; UnpairedLinked those of them that are linked nevertheless.
	Unpaired       int       `json:"unpaired"`
	UnpairedLinked int       `json:"unpaired_linked"`
	Profiles       int       `json:"profiles"`
	Population     int       `json:"population"`
	Pairs          int       `json:"pairs"` // of the truth
	Compared       int64     `json:"compared"`
	Cut            int64     `json:"cut"`
	Absent         Absent    `json:"absent"`
	Curve          []Measure `json:"curve"`
	Slices         []Slice   `json:"slices"`
	WorstSlice     *Slice    `json:"worst_slice"` // by F1; nil when none is large enough
}

// Measure is the quality at one threshold of confidence, in bits. Shares are from 0 to 1.
type Measure struct {
	Threshold  float64 `json:"threshold"`
	Precision  float64 `json:"precision"`
	Recall     float64 `json:"recall"`
	F1         float64 `json:"f1"`
	ReviewRate float64 `json:"review_rate"` // profiles that are not linked and have a candidate to look at
}

// Slice is the quality among the pairs of the truth with one value of one column.
type Slice struct {
	Column string `json:"column"`
	Value  string `json:"value"`
	Pairs  int    `json:"pairs"`
	Measure
}

// leastSlice is how many pairs a slice needs to be told.
const leastSlice = 200

// verdict is a profile under the truth.
type verdict struct {
	answer
	linked float64 // confidence of the pair that may be linked
	free   bool    // there is one
	right  bool    // and it is the true one
	look   float64 // the highest confidence
	any    bool
	near   bool // the true person is among the candidates to look at
}

// Evaluate holds a run against the truth.
func Evaluate(r *Result, truth *Truth) *Report {
	out := &Report{Profiles: len(r.Profiles), Population: r.Population, Compared: r.Compared, Cut: r.Cut, Absent: r.Absent}
	all := make([]verdict, len(r.Profiles))
	for i := range r.Profiles {
		all[i] = judge(&r.Profiles[i], truth, r.Weights.Review)
	}
	link, review := r.Weights.Link, r.Weights.Review
	out.Measure = measure(all, link, review)
	for _, v := range all {
		linked := v.free && v.linked >= link
		if v.person == "" {
			out.Unpaired++
			if linked {
				out.UnpairedLinked++
			}
		} else if out.Pairs++; !linked || !v.right {
			out.Missed++
			if !linked && v.near {
				out.MissedInReview++
			}
		}
		switch {
		case linked && v.right:
			out.TrueLinks++
		case linked:
			out.FalseLinks++
		}
	}
	for t := -6.0; t <= 24; t++ {
		out.Curve = append(out.Curve, measure(all, t, min(t, review)))
	}
	for column, name := range truth.Slices {
		by := map[string][]verdict{}
		for _, v := range all {
			if v.values != nil && v.person != "" {
				by[v.values[column]] = append(by[v.values[column]], v)
			}
		}
		for value, some := range by {
			if len(some) >= leastSlice {
				out.Slices = append(out.Slices, Slice{Column: name, Value: value, Pairs: len(some), Measure: measure(some, link, review)})
			}
		}
	}
	slices.SortFunc(out.Slices, func(a, b Slice) int { return cmp.Or(cmp.Compare(a.Column, b.Column), cmp.Compare(a.Value, b.Value)) })
	for i := range out.Slices {
		if s := &out.Slices[i]; out.WorstSlice == nil || s.F1 < out.WorstSlice.F1 {
			out.WorstSlice = s
		}
	}
	return out
}

func judge(p *Linked, truth *Truth, review float64) verdict {
	v := verdict{answer: truth.of[p.Key]}
	for _, c := range p.Candidates {
		if c.free {
			v.free, v.linked, v.right = true, c.Confidence, c.Key == v.person
		}
		if !v.any || c.Confidence > v.look {
			v.any, v.look = true, c.Confidence
		}
		v.near = v.near || c.Key == v.person && c.Confidence >= review
	}
	return v
}

func measure(all []verdict, link, review float64) Measure {
	links, right, pairs, looks := 0, 0, 0, 0
	for _, v := range all {
		if v.person != "" {
			pairs++
		}
		switch {
		case v.free && v.linked >= link:
			if links++; v.right {
				right++
			}
		case v.any && v.look >= review:
			looks++
		}
	}
	m := Measure{Threshold: link, Precision: share(right, links), Recall: share(right, pairs), ReviewRate: share(looks, len(all))}
	if len(all) == 0 {
		m.ReviewRate = 0
	}
	if m.Precision+m.Recall > 0 {
		m.F1 = 2 * m.Precision * m.Recall / (m.Precision + m.Recall)
	}
	return m
}

// share is 1 of nothing: who links nobody links nobody wrongly.
func share(part, of int) float64 {
	if of == 0 {
		return 1
	}
	return float64(part) / float64(of)
}
