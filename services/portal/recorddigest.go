package portal

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

// Digest is the digest of a table of verified records: two subscribers of RECORDS who hold the same records have the
// same digest, whatever they received on the way, in which order and how often. It needs 60 bytes or so a pupil.
//
// It is the SHA-256 over, in order of the pupil's reference, the SHA-256 of the deterministic protobuf encoding of each
// RecordState without what is no content (basis, replaces, book); records that were withdrawn are left out. The zero value is empty and ready.
type Digest struct {
	records map[string]version
}

type version struct {
	sequence uint64
	sum      [sha256.Size]byte
	verified bool
}

// Put takes the state of a pupil that stands at a sequence of the stream; an older one than is known changes nothing. It
// fails with Internal on a state that cannot be encoded.
func (d *Digest) Put(state *reportingpb.RecordState, sequence uint64) error {
	if d.records == nil {
		d.records = map[string]version{}
	}
	if old, ok := d.records[state.GetPupil()]; ok && old.sequence >= sequence {
		return nil
	}
	v := version{sequence: sequence, verified: state.GetVerified() != nil}
	if v.verified {
		plain := proto.CloneOf(state)
		plain.Basis, plain.Replaces = nil, 0
		plain.GetVerified().Book = 0
		data, err := wire.Canonical(plain)
		if err != nil {
			return fault.Wrap(fault.Internal, "portal.digest", err)
		}
		v.sum = sha256.Sum256(data)
	}
	d.records[state.GetPupil()] = v
	return nil
}

// Len is how many records are verified at present.
func (d *Digest) Len() int {
	n := 0
	for _, v := range d.records {
		if v.verified {
			n++
		}
	}
	return n
}

// Pupils is how many pupils have been heard of, those whose record was withdrawn among them.
func (d *Digest) Pupils() int { return len(d.records) }

// Sum gives the digest in hex.
func (d *Digest) Sum() string {
	pupils := make([]string, 0, len(d.records))
	for pupil, v := range d.records {
		if v.verified {
			pupils = append(pupils, pupil)
		}
	}
	slices.Sort(pupils)
	all := sha256.New()
	for _, pupil := range pupils {
		sum := d.records[pupil].sum
		all.Write(sum[:])
	}
	return hex.EncodeToString(all.Sum(nil))
}
