package sandbox

import "flag"

// Whole lets the tests of this package look at all that they can: make check does, in code without the race detector, which a single goroutine does
// not need. Without it they look at a fixed sample.
var Whole = flag.Bool("whole", false, "all rules' faults in five schools instead of every fourth in one, and larger nations of more seeds")

var allSeeds = []uint64{1, 7, 20230421, 1 << 63}

// seeds are the nations that a test looks at.
func seeds() []uint64 {
	if *Whole {
		return allSeeds
	}
	return allSeeds[:1]
}

// Sized is how many pupils, or finds among them, a test looks at: a quarter of what it looks at when it looks at all.
func Sized(whole int) int {
	if *Whole {
		return whole
	}
	return (whole + 3) / 4
}
