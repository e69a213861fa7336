package recordfeed

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

// Content is the content digest of the records in force. It leaves out what differs from one log to the next: versions,
// and what a record was derived from. Two systems that came to the same records by different ways have the same one,
// which is what the drills look at. It says nothing about versions: a subscriber compares itself with a cut-off by
// [Count], whose digest is the one that people are shown.
//
// It is the SHA-256 over, in order of the pupil's reference, the SHA-256 of the deterministic protobuf encoding of each
// RecordState without basis, replaces and book; records that were withdrawn are left out. The zero value is empty and
// ready. It needs 60 bytes or so a pupil.
type Content struct {
	records map[string]content
}

type content struct {
	version uint64
	sum     [sha256.Size]byte
	inForce bool
}

// Put takes a version of a record; an older one than is known changes nothing. It fails with Internal on a state that
// cannot be encoded.
func (c *Content) Put(state *reportingpb.RecordState, version uint64) error {
	if c.records == nil {
		c.records = map[string]content{}
	}
	if old, ok := c.records[state.GetPupil()]; ok && old.version >= version {
		return nil
	}
	one := content{version: version, inForce: state.GetVerified() != nil}
	if one.inForce {
		plain := proto.CloneOf(state)
		plain.Basis, plain.Replaces = nil, 0
		plain.GetVerified().Book = 0
		data, err := wire.Canonical(plain)
		if err != nil {
			return fault.Wrap(fault.Internal, "recordfeed.content", err)
		}
		one.sum = sha256.Sum256(data)
	}
	c.records[state.GetPupil()] = one
	return nil
}

// Len is how many records are in force.
func (c *Content) Len() int {
	n := 0
	for _, one := range c.records {
		if one.inForce {
			n++
		}
	}
	return n
}

// Sum returns the digest in hex.
func (c *Content) Sum() string {
	pupils := make([]string, 0, len(c.records))
	for pupil, one := range c.records {
		if one.inForce {
			pupils = append(pupils, pupil)
		}
	}
	slices.Sort(pupils)
	all := sha256.New()
	for _, pupil := range pupils {
		sum := c.records[pupil].sum
		all.Write(sum[:])
	}
	return hex.EncodeToString(all.Sum(nil))
}
