package server

import (
	"context"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
)

// perLook is how many pupils are looked up at once whose record changed since.
const perLook = 1000

// recordsAsOf visits the record of each pupil as it stood at a sequence, each once, in no order. It holds a bit a version, and the names of
// a thousand pupils: what stands now and is old enough is taken as it comes, and of pupils whose record changed since, the one before is
// looked up.
func (s *Server) recordsAsOf(ctx context.Context, sequence uint64, visit func(eventlog.Message) error) error {
	seen := make([]uint64, sequence/64+1)
	take := func(m eventlog.Message) error {
		word, bit := m.Sequence/64, uint64(1)<<(m.Sequence%64)
		if seen[word]&bit != 0 || m.Type != wire.TypeRecord {
			return nil
		}
		seen[word] |= bit
		return visit(m)
	}
	var later []string
	look := func() error {
		then, err := s.log.LastManyUpTo(ctx, later, sequence)
		if err != nil {
			return err
		}
		later = later[:0]
		for _, m := range then {
			if err := take(m); err != nil {
				return err
			}
		}
		return nil
	}
	for m, err := range s.log.Standing(ctx, eventlog.Records) {
		if err == nil && m.Sequence <= sequence {
			err = take(m)
		} else if err == nil {
			if later = append(later, m.Subject); len(later) == perLook {
				err = look()
			}
		}
		if err != nil {
			return err
		}
	}
	return look()
}

// heldOf is what a subscriber who has a message holds.
func heldOf(m eventlog.Message) (recordfeed.Held, *pb.RecordState, error) {
	state := new(pb.RecordState)
	if err := proto.Unmarshal(m.Data, state); err != nil {
		return recordfeed.Held{}, nil, fault.Wrap(fault.Internal, "reporting.held", err)
	}
	r := recordfeed.Record{Pupil: state.GetPupil(), Version: m.Sequence, Outline: state, Payload: m.Data}
	return r.Held(), state, nil
}
