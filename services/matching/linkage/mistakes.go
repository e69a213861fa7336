package linkage

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"

	"github.com/rasoat/rasoat/services/matching"
)

// Mistake is a pair of the truth that was not linked, or a pair that was linked wrongly: keys and levels only.
type Mistake struct {
	Profile string     `json:"profile_key"`
	True    string     `json:"population_key"` // "" for nobody
	Kind    string     `json:"kind"`           // false_link, missed or review
	Slices  []string   `json:"slices"`
	Found   *Candidate `json:"found"`   // the best candidate
	TrueAs  *Candidate `json:"true_as"` // the true one, when it is a candidate
}

// Mistakes returns at most n mistakes: the false links of most confidence first.
func Mistakes(r *Result, truth *Truth, n int) []Mistake {
	var out []Mistake
	for i := range r.Profiles {
		p := &r.Profiles[i]
		v := judge(p, truth, r.Weights.Review)
		linked := v.free && v.linked >= r.Weights.Link
		if v.person == "" && !linked || linked && v.right {
			continue
		}
		m := Mistake{Profile: p.Key, True: v.person, Kind: "missed", Slices: v.values}
		if v.any {
			m.Found = &p.Candidates[0]
		}
		for j := range p.Candidates {
			if p.Candidates[j].Key == v.person {
				m.TrueAs = &p.Candidates[j]
			}
		}
		switch {
		case linked:
			m.Kind = "false_link"
		case v.near:
			m.Kind = "review"
		}
		out = append(out, m)
	}
	rank := map[string]int{"false_link": 0, "missed": 1, "review": 2}
	sure := func(m Mistake) float64 {
		if m.Found == nil {
			return math.Inf(-1)
		}
		return m.Found.Confidence
	}
	slices.SortStableFunc(out, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(rank[a.Kind], rank[b.Kind]), cmp.Compare(sure(b), sure(a)))
	})
	return out[:min(n, len(out))]
}

// MarshalJSON writes the levels by name.
func (c Candidate) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"population_key": c.Key, "confidence": c.Confidence, "score": c.Score, "decision": c.Decision,
		"levels": map[matching.Field]string{matching.IDNumber: c.Levels.Number.String(), matching.FullName: c.Levels.Name.String(),
			matching.DateOfBirth: c.Levels.Date.String(), matching.Gender: c.Levels.Gender.String(), matching.Residence: c.Levels.Residence.String()}})
}
