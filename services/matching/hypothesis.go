package matching

import (
	"strings"

	"github.com/rasoat/rasoat/services/student"
)

// The typed hypotheses: what the school may have meant where the registry says only no.
const (
	HypothesisSwapped   = "day_month_swapped"
	HypothesisLookalike = "lookalike" // composed accents, Đ for Ð, single spaces
	HypothesisNewTone   = "tone_new"  // hoà
	HypothesisOldTone   = "tone_old"  // hòa
)

// MaxHypotheses is how many are tried for one pupil: each is a question out of the budget, and attributable.
const MaxHypotheses = 5

// Hypothesis is another writing of what a school reports.
type Hypothesis struct {
	Kind      string
	FullName  student.Name
	BirthDate student.Date
	proposal  Proposal
	same      bool // the same name, typed differently: no correction is needed
}

// Hypotheses returns what may be tried after a no, most likely first, at most MaxHypotheses.
func Hypotheses(p student.Profile) []Hypothesis {
	var out []Hypothesis
	d := p.BirthDate
	if s := swapped(d); !d.YearOnly() && s != d && s.Valid() {
		out = append(out, Hypothesis{Kind: HypothesisSwapped, FullName: p.FullName, BirthDate: s,
			proposal: Proposal{DateOfBirth, HypothesisSwapped, d.Reveal(), s.Reveal()}})
	}
	seen := map[string]bool{p.FullName.Reveal(): true}
	name := func(kind, writing string) {
		if seen[writing] {
			return
		}
		seen[writing] = true
		out = append(out, Hypothesis{Kind: kind, FullName: student.Name(writing), BirthDate: d, same: true})
	}
	clean := student.Lookalikes(student.Clean(p.FullName.Reveal()))
	name(HypothesisLookalike, clean)
	folded := student.FoldName(clean)
	if old := student.OldTones(folded); old != folded { // somewhere both placements are possible
		name(HypothesisNewTone, titled(folded))
		name(HypothesisOldTone, titled(old))
	}
	return out[:min(len(out), MaxHypotheses)]
}

// Holds returns the result when the registry says yes to a hypothesis. Another writing of the same name is that name; anything else is a proposal to the
// school, and stays a mismatch until the school has looked.
func (h Hypothesis) Holds() Result {
	if h.same {
		return say(Result{Outcome: Confirmed})
	}
	return say(Result{Outcome: Mismatched, Causes: []Cause{{h.proposal.Field, DateSwapped.String()}}, Proposal: &h.proposal})
}

// titled writes the first letter of every word as a capital.
func titled(folded string) string {
	words := strings.Split(folded, " ")
	for i, w := range words {
		first := []rune(w)[:min(len(w), 1)]
		words[i] = strings.ToUpper(string(first)) + w[len(string(first)):]
	}
	return strings.Join(words, " ")
}
