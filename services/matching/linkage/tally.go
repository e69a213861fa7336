package linkage

import (
	"cmp"
	"encoding/json"
	"io"
	"math"
	"slices"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/matching"
)

// tally counts pairs by the level that each field reaches.
type tally struct {
	pairs  int
	levels [5][20]int
}

func (t *tally) add(l matching.Levels) {
	t.pairs++
	for f, level := range pack(l) {
		t.levels[f][level]++
	}
}

func (t *tally) merge(more *tally) {
	t.pairs += more.pairs
	for f := range t.levels {
		for l := range t.levels[f] {
			t.levels[f][l] += more.levels[f][l]
		}
	}
}

// of returns the counts of a field by the names of its levels, and how many pairs have the field on both sides.
func (t *tally) of(f matching.Field) (map[string]int, int) {
	at := slices.Index([]matching.Field{matching.IDNumber, matching.FullName, matching.DateOfBirth, matching.Gender, matching.Residence}, f)
	names, counts, sum := matching.LevelsOf(f), map[string]int{}, 0
	for level, n := range t.levels[at] {
		name := levelName(f, level)
		if slices.Contains(names, name) {
			counts[name] += n
			sum += n
		}
	}
	return counts, sum
}

// levelName names the level as the weights do: those of one name are one.
func levelName(f matching.Field, level int) string {
	names := matching.LevelsOf(f)
	if f == matching.FullName {
		level = max(0, level-int(matching.NameTone))
	}
	if level < len(names) {
		return names[level]
	}
	return ""
}

// rare is the share that every level has at least among pairs that are one person: what did not happen in the data happens in life.
const rare = 0.003

// odds estimates m and u. Where nothing was seen, m is rare and u one in the samples.
func odds(same, other *tally) map[matching.Field]map[string]matching.Odds {
	out := map[matching.Field]map[string]matching.Odds{}
	for _, f := range matching.Fields {
		out[f] = map[string]matching.Odds{}
		m, pairs := same.of(f)
		u, samples := other.of(f)
		for _, level := range matching.LevelsOf(f) {
			n := float64(len(matching.LevelsOf(f)))
			o := matching.Odds{M: 1 / n, U: 1 / n} // a column that is not there says nothing
			if pairs > 0 && samples > 0 {
				o.M = (float64(m[level])/float64(pairs) + rare) / (1 + rare*n)
				o.U = max(float64(u[level]), 1) / float64(samples)
			}
			o.M, o.U = round(o.M), round(o.U)
			out[f][level] = o
		}
	}
	return out
}

// round leaves four digits.
func round(x float64) float64 {
	if x == 0 {
		return 0
	}
	scale := math.Pow(10, 4-math.Ceil(math.Log10(math.Abs(x))))
	return math.Round(x*scale) / scale
}

// A table of words is shipped with the words that are seen often enough, the most frequent ones.
const (
	leastSeen = 5
	mostWords = 1500
)

func bounded(f *matching.Frequencies) *matching.Frequencies {
	return &matching.Frequencies{Names: f.Names, Middles: f.Middles, Surnames: frequent(f.Surnames), Middle: frequent(f.Middle), Givens: frequent(f.Givens)}
}

func frequent(words map[string]int) map[string]int {
	type count struct {
		word string
		n    int
	}
	var all []count
	for w, n := range words {
		if n >= leastSeen {
			all = append(all, count{w, n})
		}
	}
	slices.SortFunc(all, func(a, b count) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.word, b.word)) })
	out := map[string]int{}
	for _, c := range all[:min(mostWords, len(all))] {
		out[c.word] = c.n
	}
	return out
}

// WriteWeights writes weights as JSON; the words of names stand on one line.
func WriteWeights(w io.Writer, weights *matching.Weights) error {
	names, err := json.Marshal(weights.Names)
	if err != nil {
		return fault.Wrap(fault.Internal, "linkage.weights", err)
	}
	head := *weights
	head.Names = nil
	text, err := json.MarshalIndent(head, "", " ")
	if err != nil {
		return fault.Wrap(fault.Internal, "linkage.weights", err)
	}
	text = slices.Concat(text[:len(text)-len("null\n}")], names, []byte("\n}\n"))
	_, err = w.Write(text)
	return fault.Wrap(fault.Unavailable, "linkage.weights", err)
}
