package matching

import (
	"math"
	"strings"

	"github.com/rasoat/rasoat/services/student"
)

// Frequencies is how often words stand in names, by their place: surname (họ, the first word), given name (tên, the last) and the middle
// words (chữ đệm) between. Words are folded. It is built from the data that is compared, or ships with the weights.
type Frequencies struct {
	Names    int            `json:"names"`
	Middles  int            `json:"middles"` // how many middle words all names have together
	Surnames map[string]int `json:"surnames"`
	Middle   map[string]int `json:"middle"`
	Givens   map[string]int `json:"givens"`
}

// NewFrequencies makes an empty table.
func NewFrequencies() *Frequencies {
	return &Frequencies{Surnames: map[string]int{}, Middle: map[string]int{}, Givens: map[string]int{}}
}

// Add counts a name.
func (f *Frequencies) Add(n student.Name) { f.addFolded(student.FoldName(n.Reveal())) }

func (f *Frequencies) addFolded(folded string) {
	if folded == "" {
		return
	}
	f.Names++
	first, rest, more := strings.Cut(folded, " ")
	if !more {
		f.Givens[first]++
		return
	}
	f.Surnames[first]++
	for {
		word, after, more := strings.Cut(rest, " ")
		if !more {
			f.Givens[word]++
			return
		}
		f.Middle[word]++
		f.Middles++
		rest = after
	}
}

// log2 estimates the logarithm of a folded name's share of all names: the product of its words' shares, and never less than what one name in
// the table is.
func (f *Frequencies) log2(folded string) float64 {
	if f.Names == 0 {
		return -typicalName
	}
	first, rest, more := strings.Cut(folded, " ")
	if !more {
		return max(share(f.Givens[first], f.Names), -math.Log2(float64(f.Names)))
	}
	sum := share(f.Surnames[first], f.Names)
	for {
		word, after, more := strings.Cut(rest, " ")
		if !more {
			sum += share(f.Givens[word], f.Names)
			break
		}
		sum += share(f.Middle[word], f.Middles)
		rest = after
	}
	return max(sum, -math.Log2(float64(max(f.Names, leastNames))))
}

// typicalName is what a name says where nothing is known of names, in bits; leastNames is how large a small table is taken for.
const (
	typicalName = 11.0
	leastNames  = 10_000
)

func share(count, of int) float64 { return math.Log2((float64(count) + 0.5) / (float64(of) + 1)) }
