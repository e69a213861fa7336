package wire

import (
	"time"

	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Accepted is an intakepb.AcceptedRecord of which only the outside was read: who, which part, which content. Most of those who
// handle a record carry its content on and never look into it; Content decodes it for those who do.
type Accepted struct {
	Pupil        string
	Part         student.Part
	ContentHash  []byte
	IdentityHash []byte
	NotAfter     time.Time // zero for none
	Bytes        []byte    // the whole message as it stands in the log: the value of a facet

	personal []byte
}

// Content decodes what is personal. It fails with Invalid on bytes that are no record.
func (a Accepted) Content() (*studentpb.Record, error) {
	r := new(studentpb.Record)
	if err := proto.Unmarshal(a.personal, r); err != nil {
		return nil, fault.Wrap(fault.Invalid, "wire.content", err)
	}
	return r, nil
}

// OpenAccepted reads the outside of a record. The result refers to b. It fails with Invalid on bytes that are none.
func OpenAccepted(b []byte) (Accepted, error) {
	a := Accepted{Bytes: b}
	err := fields(b, func(n protowire.Number, number uint64, value []byte) error {
		switch n {
		case 1:
			a.Pupil = string(value)
		case 2:
			a.Part = FromPart(studentpb.Part(number))
		case 3:
			a.ContentHash = value
		case 4:
			a.IdentityHash = value
		case 5:
			at := new(timestamppb.Timestamp)
			if err := proto.Unmarshal(value, at); err != nil {
				return err
			}
			a.NotAfter = at.AsTime()
		case 7:
			a.personal = value
		}
		return nil
	})
	return a, fault.Wrap(fault.Invalid, "wire.accepted", err)
}

// Batch is an intakepb.SubmissionAccepted of which only the outside was read.
type Batch struct {
	Drive, Province, School string
	Records                 []Accepted // those that arrived in time; the others are void
}

// OpenBatch reads a submission from the log; stored is when the log stored it. What arrived at or after its not_after, by
// the log's time, is left out: every projector reads here, so that everybody computes the same. It fails with Invalid
// on bytes that are no submission.
func OpenBatch(data []byte, stored time.Time) (Batch, error) {
	var b Batch
	arrived := stored
	err := fields(data, func(n protowire.Number, _ uint64, value []byte) error {
		switch n {
		case 2:
			b.Drive = string(value)
		case 4:
			b.Province = string(value)
		case 5:
			b.School = string(value)
		case 8:
			a, err := OpenAccepted(value)
			b.Records = append(b.Records, a)
			return err
		case 10:
			at := new(timestamppb.Timestamp)
			if err := proto.Unmarshal(value, at); err != nil {
				return err
			}
			arrived = at.AsTime()
		}
		return nil
	})
	if err != nil {
		return Batch{}, fault.Wrap(fault.Invalid, "wire.batch", err)
	}
	counting := b.Records[:0]
	for _, a := range b.Records {
		if a.NotAfter.IsZero() || arrived.Before(a.NotAfter) {
			counting = append(counting, a)
		}
	}
	b.Records = counting
	return b, nil
}

// fields visits the fields of a message: a number for varints, the bytes for everything of a length.
func fields(b []byte, visit func(n protowire.Number, number uint64, value []byte) error) error {
	for len(b) > 0 {
		n, kind, size := protowire.ConsumeTag(b)
		if size < 0 {
			return protowire.ParseError(size)
		}
		b = b[size:]
		var number uint64
		var value []byte
		switch kind {
		case protowire.VarintType:
			number, size = protowire.ConsumeVarint(b)
		case protowire.BytesType:
			value, size = protowire.ConsumeBytes(b)
		default:
			size = protowire.ConsumeFieldValue(n, kind, b)
		}
		if size < 0 {
			return protowire.ParseError(size)
		}
		b = b[size:]
		if err := visit(n, number, value); err != nil {
			return err
		}
	}
	return nil
}
