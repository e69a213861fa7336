package matching

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"sync"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Weights are what a comparison is worth: of each level of each field, how often pairs that are one person reach it (m) and how often
// pairs that are two do (u). A step of the waterfall is worth log2(m/u) bits (Fellegi and Sunter 1969). They are data with a version, fitted on
// labelled pairs by `rasoat evaluate --fit`.
type Weights struct {
	Version int `json:"version"`
	// FittedOn says on what.
	FittedOn string `json:"fitted_on"`
	// Fields by Field and by the level's name. The levels of one name ("raw" to "tone") are "same", and its u is the name's own frequency.
	Fields map[Field]map[string]Odds `json:"fields"`
	// Link is the confidence, in bits, from which a pair is taken for one person; Review that from which a person has to look.
	Link   float64 `json:"link"`
	Review float64 `json:"review"`
	// Stray is what a number that agrees is worth at most, in bits, where the names are unlike: it may be a twin's or a classmate's.
	Stray float64 `json:"stray"`
	// Names is how often words are part of names.
	Names *Frequencies `json:"names"`

	bits bits
}

// Odds are the two shares of one level.
type Odds struct {
	M float64 `json:"m"`
	U float64 `json:"u"`
}

// bits are log2(m/u) by level.
type bits struct {
	number [numberLevels]float64
	name   [nameLevels]float64
	date   [dateLevels]float64
	gender [genderLevels]float64
	place  [placeLevels]float64
	sameM  float64 // log2 of m of one name, and of one that lacks its diacritics
	plainM float64
}

//go:embed weights.json
var shipped []byte

// DefaultWeights gives the weights that are built in.
var DefaultWeights = sync.OnceValue(func() *Weights {
	w, err := parseWeights(shipped)
	if err != nil {
		panic(err) // a test reads them
	}
	return w
})

// ReadWeights reads weights. It fails with Invalid when a level is missing or has no sense.
func ReadWeights(r io.Reader) (*Weights, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, "matching.weights", err)
	}
	return parseWeights(raw)
}

func parseWeights(raw []byte) (*Weights, error) {
	const op = "matching.weights"
	w := new(Weights)
	if err := json.Unmarshal(raw, w); err != nil {
		return nil, fault.Wrap(fault.Invalid, op, err)
	}
	if w.Names == nil {
		w.Names = NewFrequencies()
	}
	if err := w.Prepare(); err != nil {
		return nil, fault.Wrap(fault.Invalid, op, err)
	}
	return w, nil
}

// LevelsOf names the levels of a field that have odds, in order.
func LevelsOf(f Field) []string {
	var out []string
	switch f {
	case IDNumber:
		for l := range NumberMissing {
			out = append(out, l.String())
		}
	case FullName:
		out = append(out, sameName)
		for l := NameSoftIY; l < NameMissing; l++ {
			out = append(out, l.String())
		}
	case DateOfBirth:
		for l := range DateMissing {
			out = append(out, l.String())
		}
	case Gender:
		for l := range GenderMissing {
			out = append(out, l.String())
		}
	case Residence:
		for l := range PlaceMissing {
			out = append(out, l.String())
		}
	}
	return out
}

// sameName stands for the levels of one name.
const sameName = "same"

// Prepare makes the weights ready after Fields was set. It fails with Invalid for odds that are missing or out of (0, 1].
func (w *Weights) Prepare() error {
	for _, f := range Fields {
		for i, level := range LevelsOf(f) {
			o, ok := w.Fields[f][level]
			if !ok || !(o.M > 0 && o.M <= 1 && o.U > 0 && o.U <= 1) {
				return fault.New(fault.Invalid, "matching.weights",
					fmt.Sprintf("trọng số của %s/%s thiếu hoặc không nằm trong (0, 1]", f, level),
					fmt.Sprintf("the odds of %s/%s are missing or not in (0, 1]", f, level))
			}
			b := math.Log2(o.M / o.U)
			switch f {
			case IDNumber:
				w.bits.number[i] = b
			case FullName:
				w.setName(i, b, o.M)
			case DateOfBirth:
				w.bits.date[i] = b
			case Gender:
				w.bits.gender[i] = b
			case Residence:
				w.bits.place[i] = b
			}
		}
	}
	return nil
}

// setName sets the bits of a name's level; i counts within LevelsOf.
func (w *Weights) setName(i int, b, m float64) {
	if i == 0 {
		for l := NameRaw; l <= NameTone; l++ {
			w.bits.name[l] = b
		}
		w.bits.sameM = math.Log2(m)
		return
	}
	l := NameSoftIY + NameLevel(i-1)
	w.bits.name[l] = b
	if l == NameNoDiacritics {
		w.bits.plainM = math.Log2(m)
	}
}

// Bits adds up what a comparison is worth.
func (w *Weights) Bits(claim *Prepared, l Levels) float64 {
	return w.numberBits(l) + w.nameBits(claim, l.Name) + w.bits.date[l.Date] + w.bits.gender[l.Gender] + w.bits.place[l.Residence]
}

// numberBits weighs the number by the name beside it.
func (w *Weights) numberBits(l Levels) float64 {
	if l.Name == NamePartly || l.Name == NameDifferent {
		return min(w.bits.number[l.Number], w.Stray)
	}
	return w.bits.number[l.Number]
}

// nameBits weighs a name that agrees by how rare it is: Nguyễn says little, Moong much.
func (w *Weights) nameBits(claim *Prepared, l NameLevel) float64 {
	switch {
	case l.Same():
		return w.bits.sameM - w.Names.log2(claim.name.folded)
	case l == NameNoDiacritics:
		return min(w.bits.plainM-w.Names.log2(claim.name.folded), w.bits.name[l]+rarest)
	}
	return w.bits.name[l]
}

// rarest is how much more than the average name without its diacritics a rare one may say, in bits.
const rarest = 6

// Step is one field of the waterfall.
type Step struct {
	Field Field
	Level string
	Bits  float64
}

// Steps returns the comparison as a waterfall; a field that one side lacks is left out.
func (w *Weights) Steps(claim *Prepared, l Levels) []Step {
	steps := make([]Step, 0, len(Fields))
	add := func(f Field, level string, bits float64) { steps = append(steps, Step{f, level, bits}) }
	if l.Number != NumberMissing {
		add(IDNumber, l.Number.String(), w.numberBits(l))
	}
	if l.Name != NameMissing {
		add(FullName, l.Name.String(), w.nameBits(claim, l.Name))
	}
	if l.Date != DateMissing {
		add(DateOfBirth, l.Date.String(), w.bits.date[l.Date])
	}
	if l.Gender != GenderMissing {
		add(Gender, l.Gender.String(), w.bits.gender[l.Gender])
	}
	if l.Residence != PlaceMissing {
		add(Residence, l.Residence.String(), w.bits.place[l.Residence])
	}
	return steps
}
