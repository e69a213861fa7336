package registry

import (
	"hash/maphash"

	registryv1 "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
)

// memory knows which questions were answered, by 64 bits of each: it holds nobody's data.
type memory struct{ keys map[uint64]struct{} }

func newMemory() memory { return memory{map[uint64]struct{}{}} }

func (m memory) has(key uint64) bool {
	_, ok := m.keys[key]
	return ok
}

func (m memory) add(key uint64) { m.keys[key] = struct{}{} }

// keyer makes keys of questions; two servers make different ones.
type keyer struct{ seed maphash.Seed }

// number is the key of a lookup.
func (k keyer) number(number string) uint64 {
	var h maphash.Hash
	h.SetSeed(k.seed)
	_, _ = h.WriteString("lookup\x00")
	_, _ = h.WriteString(number)
	return h.Sum64()
}

// claim is the key of a claim: its number, name and birth date, to the byte.
func (k keyer) claim(c *registryv1.Claim) uint64 {
	var h maphash.Hash
	h.SetSeed(k.seed)
	_, _ = h.WriteString("verify\x00")
	_, _ = h.WriteString(c.GetIdNumber())
	_ = h.WriteByte(0)
	_, _ = h.WriteString(c.GetFullName())
	d := c.GetDateOfBirth()
	for _, v := range [...]int32{d.GetYear(), d.GetMonth(), d.GetDay()} {
		_, _ = h.Write([]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
	}
	return h.Sum64()
}
