package legacy

// The least that a column must show: so many names that only make sense in the encoding, and of the names that make no sense as they
// are so many in a hundred.
const (
	leastNames = 3
	leastShare = 60
)

// Of returns the encoding that a column of names is in; false when it is in Unicode, or too little shows.
func Of(names []string) (Encoding, bool) {
	odd := 0
	reads := map[Encoding]int{}
	for _, name := range names {
		if Vietnamese(name) {
			continue
		}
		odd++
		for _, e := range Encodings {
			if In(e, name) {
				reads[e]++
			}
		}
	}
	best := Encodings[0]
	for _, e := range Encodings {
		if reads[e] > reads[best] {
			best = e
		}
	}
	return best, reads[best] >= leastNames && 100*reads[best] >= leastShare*odd
}

// In reports whether a name makes sense in the encoding and not as it is.
func In(e Encoding, name string) bool {
	converted := Convert(e, name)
	return converted != name && Vietnamese(converted) && !Vietnamese(name)
}
