package recordfeed

import (
	"fmt"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// The fields that are passed over: nine tenths of a record, and of its decoding, are marks.
const (
	fieldVerified protowire.Number = 3 // of RecordState
	fieldPersonal protowire.Number = 8 // of VerifiedRecord
)

// OutlineOf decodes a record without its personal part.
func OutlineOf(payload []byte) (*reportingpb.RecordState, error) {
	plain := make([]byte, 0, 256)
	if err := eachField(payload, func(n protowire.Number, kind protowire.Type, field, value []byte) error {
		if n != fieldVerified || kind != protowire.BytesType {
			plain = append(plain, field...)
			return nil
		}
		inner := make([]byte, 0, 192)
		if err := eachField(value, func(n protowire.Number, _ protowire.Type, field, _ []byte) error {
			if n != fieldPersonal {
				inner = append(inner, field...)
			}
			return nil
		}); err != nil {
			return err
		}
		plain = protowire.AppendBytes(protowire.AppendTag(plain, n, kind), inner)
		return nil
	}); err != nil {
		return nil, err
	}
	state := new(reportingpb.RecordState)
	return state, proto.Unmarshal(plain, state)
}

// eachField visits the fields of a message: the whole field, and the value of one that has a length.
func eachField(message []byte, visit func(n protowire.Number, kind protowire.Type, field, value []byte) error) error {
	for len(message) > 0 {
		n, kind, lead := protowire.ConsumeTag(message)
		if lead < 0 {
			return protowire.ParseError(lead)
		}
		size := protowire.ConsumeFieldValue(n, kind, message[lead:])
		if size < 0 {
			return protowire.ParseError(size)
		}
		var value []byte
		if kind == protowire.BytesType {
			value, _ = protowire.ConsumeBytes(message[lead:])
		}
		if err := visit(n, kind, message[:lead+size], value); err != nil {
			return err
		}
		message = message[lead+size:]
	}
	return nil
}

// Open decodes the whole record, with what is personal: profile and results. It fails with ErrUnreadable.
func (r Record) Open() (*reportingpb.RecordState, error) {
	state := new(reportingpb.RecordState)
	if err := proto.Unmarshal(r.Payload, state); err != nil {
		return nil, fmt.Errorf("%w: version %d", ErrUnreadable, r.Version)
	}
	return state, nil
}
