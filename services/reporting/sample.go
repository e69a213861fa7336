package reporting

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"math/big"
	"slices"
)

// Draw draws pupils to compare with the paper: those whose digests under the seed come first. It depends on who there is and not on
// the order in which they are given, and each pupil is as likely as another. A larger sample includes the smaller one.
func Draw(seed uint64, size int, pupils []string) []string {
	type ranked struct {
		pupil string
		rank  [sha256.Size]byte
	}
	all := make([]ranked, len(pupils))
	for i, p := range pupils {
		all[i] = ranked{p, sha256.Sum256(append(binary.BigEndian.AppendUint64(nil, seed), p...))}
	}
	slices.SortFunc(all, func(a, b ranked) int { return bytes.Compare(a.rank[:], b.rank[:]) })
	out := make([]string, min(size, len(all)))
	for i := range out {
		out[i] = all[i].pupil
	}
	return out
}

// Wilson returns the 95 % interval of Wilson of a share (Wilson, JASA 22, 1927) in thousandths, rounded outwards: agreeing of compared
// pupils. Without pupils it is everything. It computes in integers, so that every machine says the same.
func Wilson(agreeing, compared int64) (from, to int32) {
	if compared <= 0 {
		return 0, 1000
	}
	// With z = 1.96 the bounds are (2k + z² ∓ √(z⁴ + 4z²k(n−k)/n)) / 2(n + z²). Everything is taken times 10⁴, the root 10⁶ finer still.
	const (
		unit   = 10_000
		square = 38_416 // z² = 3.8416
		finer  = 1_000_000
	)
	i := big.NewInt
	mul := func(a *big.Int, b int64) *big.Int { return new(big.Int).Mul(a, i(b)) }
	spread := mul(mul(i(4*square), unit), agreeing)
	spread = mul(mul(spread, compared-agreeing), finer)
	spread = mul(spread, finer)
	spread.Quo(spread, i(compared))
	spread.Add(spread, mul(mul(i(square*square), finer), finer))
	root := new(big.Int).Sqrt(spread)
	middle := mul(i(2*agreeing*unit+square), finer)
	whole := mul(i(2*(compared*unit+square)), finer)
	low := mul(new(big.Int).Sub(middle, new(big.Int).Add(root, i(1))), 1000)
	high := mul(new(big.Int).Add(middle, new(big.Int).Add(root, i(1))), 1000)
	high.Add(high, new(big.Int).Sub(whole, i(1)))
	low.Div(low, whole)
	high.Div(high, whole)
	return int32(max(low.Int64(), 0)), int32(min(high.Int64(), 1000))
}
