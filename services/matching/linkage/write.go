package linkage

import (
	"encoding/csv"
	"io"
	"strconv"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/matching"
)

// CandidateColumns are those of a file of candidates: of every field its level and its weight in bits, both empty where one side lacks it, and
// what differs in words.
func CandidateColumns() []string {
	out := []string{"profile_key", "rank", "population_key", "decision", "confidence", "score"}
	for _, f := range matching.Fields {
		out = append(out, string(f)+"_level", string(f)+"_bits")
	}
	return append(out, "differences_vi", "differences_en")
}

// WriteCandidates writes the candidates that are linked or to be looked at, or all of them, and gives how many. It holds keys and levels, no
// value of anybody.
func WriteCandidates(w io.Writer, r *Result, all bool) (int, error) {
	out, rows := csv.NewWriter(w), 0
	if err := out.Write(CandidateColumns()); err != nil {
		return 0, fault.Wrap(fault.Unavailable, "linkage.write", err)
	}
	for i := range r.Profiles {
		p := &r.Profiles[i]
		for rank := range p.Candidates {
			c := &p.Candidates[rank]
			if c.Decision == None && !all {
				continue
			}
			rows++
			if err := out.Write(r.cells(p, c, rank+1)); err != nil {
				return rows, fault.Wrap(fault.Unavailable, "linkage.write", err)
			}
		}
	}
	out.Flush()
	return rows, fault.Wrap(fault.Unavailable, "linkage.write", out.Error())
}

func (r *Result) cells(p *Linked, c *Candidate, rank int) []string {
	cells := []string{p.Key, strconv.Itoa(rank), c.Key, string(c.Decision), bits(c.Confidence), bits(c.Score)}
	steps := map[matching.Field]matching.Step{}
	for _, s := range r.Steps(p, c) {
		steps[s.Field] = s
	}
	for _, f := range matching.Fields {
		if s, ok := steps[f]; ok {
			cells = append(cells, s.Level, bits(s.Bits))
		} else {
			cells = append(cells, "", "")
		}
	}
	t := Differences(c.Levels)
	return append(cells, t.Vi, t.En)
}

func bits(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }

// Summary counts profiles by what is proposed for them.
type Summary struct {
	Profiles int `json:"profiles"`
	Linked   int `json:"linked"`
	Review   int `json:"review"`
	Nobody   int `json:"nobody"`  // no candidate is near enough
	Several  int `json:"several"` // of those to be looked at, with more than one candidate
}

// Summary counts the profiles.
func (r *Result) Summary() Summary {
	s := Summary{Profiles: len(r.Profiles)}
	for i := range r.Profiles {
		looks, linked := 0, false
		for _, c := range r.Profiles[i].Candidates {
			linked = linked || c.Decision == Link
			if c.Decision == Review {
				looks++
			}
		}
		switch {
		case linked:
			s.Linked++
		case looks > 0:
			if s.Review++; looks > 1 {
				s.Several++
			}
		default:
			s.Nobody++
		}
	}
	return s
}
