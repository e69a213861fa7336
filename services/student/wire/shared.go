package wire

import (
	"crypto/sha256"
	"slices"
)

// SeenShared is the digest of what an officer looks at who decides whose a number is: the facts of the identity and the references
// of the others who claim the number, in any order.
func SeenShared(seen []byte, others []string) []byte {
	h := sha256.New()
	h.Write(seen)
	for _, o := range slices.Sorted(slices.Values(others)) {
		h.Write([]byte{0})
		h.Write([]byte(o))
	}
	return h.Sum(nil)[:16]
}
