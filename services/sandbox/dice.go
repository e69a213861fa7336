package sandbox

import (
	"math/bits"
	"math/rand/v2"
)

// stream names an independent row of random numbers of one pupil, class or school, so that a question about
// marks does not disturb the answer about names.
type stream uint64

const (
	streamBirth stream = iota + 1
	streamHome
	streamName
	streamWriting
	streamSchooling
	streamMarks // and one more for each grade: +10, +11, +12
)

const (
	streamFault stream = iota + 100
	streamMend
	streamLayout
	streamSchool
	streamRelation
	streamKin
	streamFamily
	streamShift
)

// dice is a small generator of whole numbers. It uses no floating point, so that a seed gives the same nation on
// every machine.
type dice struct{ src rand.PCG }

// dice returns the numbers of a stream for pupil, class or school i.
func (n *Nation) dice(s stream, i int) dice { return newDice(n.seed, s, i) }

func newDice(seed uint64, s stream, i int) dice {
	var d dice
	d.src.Seed(scramble(seed^uint64(s)<<56), scramble(uint64(i)^uint64(s)<<40))
	return d
}

// below returns a number in [0, n); n is positive.
func (d *dice) below(n int) int {
	hi, _ := bits.Mul64(d.src.Uint64(), uint64(n))
	return int(hi)
}

// between returns a number in [low, high].
func (d *dice) between(low, high int) int { return low + d.below(high-low+1) }

// in reports true in k of n cases.
func (d *dice) in(k, n int) bool { return d.below(n) < k }

// bell returns a number around 0, within ±2w, with a standard deviation of about 0.6w.
func (d *dice) bell(w int) int {
	return d.below(w+1) + d.below(w+1) + d.below(w+1) + d.below(w+1) - 2*w
}

// scramble is the finaliser of SplitMix64: neighbours become strangers.
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
