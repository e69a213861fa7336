package recordfeed

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
	"slices"
	"strings"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
)

// Digest is the digest of one version: SHA-256 over the pupil's reference, a zero byte, the version as eight bytes (the most significant
// first) and the payload as it is stored. Protobuf has no canonical form that every language writes; the stored bytes are the same for all.
func Digest(pupil string, version uint64, payload []byte) [32]byte {
	h := sha256.New()
	var head [80]byte
	lead := append(append(head[:0], pupil...), 0)
	h.Write(binary.BigEndian.AppendUint64(lead, version))
	h.Write(payload)
	var out [32]byte
	h.Sum(out[:0])
	return out
}

// ReadDigest reads a digest that a table keeps in hex, and reports whether it is one.
func ReadDigest(text string) (out [32]byte, ok bool) {
	sum, err := hex.DecodeString(text)
	ok = err == nil && len(sum) == len(out)
	if ok {
		copy(out[:], sum)
	}
	return out, ok
}

// Sum is the sum of digests modulo 2^256, each read as a number with the most significant byte first. The order of adding does not matter. The
// zero value is the sum of none.
type Sum [32]byte

// Add adds a digest, or another sum.
func (s *Sum) Add(d [32]byte) {
	var carry uint64
	for i := 24; i >= 0; i -= 8 {
		var word uint64
		word, carry = bits.Add64(binary.BigEndian.Uint64(s[i:]), binary.BigEndian.Uint64(d[i:]), carry)
		binary.BigEndian.PutUint64(s[i:], word)
	}
}

// String returns the sum in hex.
func (s Sum) String() string { return hex.EncodeToString(s[:]) }

// Tally counts what is held and sums the digests: two who hold the same versions have the same tally.
type Tally struct {
	Verified, Withdrawn int64
	Digest              Sum
}

func (t *Tally) add(h Held) {
	if h.Verified {
		t.Verified++
	} else {
		t.Withdrawn++
	}
	t.Digest.Add(h.Digest)
}

// Count is a tally in total and by school. The zero value is empty and ready.
type Count struct {
	Total   Tally
	schools map[string]*Tally
}

// Add counts the newest version of a pupil; each pupil once.
func (c *Count) Add(h Held) {
	if c.schools == nil {
		c.schools = map[string]*Tally{}
	}
	place := h.Province + "/" + h.School
	t := c.schools[place]
	if t == nil {
		t = &Tally{}
		c.schools[place] = t
	}
	t.add(h)
	c.Total.add(h)
}

// Schools returns the tallies of the schools, in order of province and school.
func (c *Count) Schools() []*reportingpb.CutOffSchool {
	out := make([]*reportingpb.CutOffSchool, 0, len(c.schools))
	for place, t := range c.schools {
		province, school, _ := strings.Cut(place, "/")
		out = append(out, &reportingpb.CutOffSchool{
			Province: province, School: school, Verified: t.Verified, Withdrawn: t.Withdrawn, Digest: t.Digest[:],
		})
	}
	slices.SortFunc(out, func(a, b *reportingpb.CutOffSchool) int {
		return cmp.Or(strings.Compare(a.GetProvince(), b.GetProvince()), strings.Compare(a.GetSchool(), b.GetSchool()))
	})
	return out
}
