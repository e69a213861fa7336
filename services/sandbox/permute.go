package sandbox

// permutation shuffles the numbers [0, side²) by a seed and back again: a Feistel network of four rounds over
// two digits of base side.
type permutation struct {
	seed uint64
	side int
}

const rounds = 4

// of returns the place of x.
func (p permutation) of(x int) int {
	left, right := x/p.side, x%p.side
	for r := range rounds {
		left, right = right, (left+p.mix(r, right))%p.side
	}
	return left*p.side + right
}

// inverse returns the x whose place is y.
func (p permutation) inverse(y int) int {
	left, right := y/p.side, y%p.side
	for r := rounds - 1; r >= 0; r-- {
		left, right = (right-p.mix(r, left)+p.side)%p.side, left
	}
	return left*p.side + right
}

func (p permutation) mix(round, x int) int {
	return int(scramble(p.seed^uint64(round)<<48^uint64(x)) % uint64(p.side))
}
