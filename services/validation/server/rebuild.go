package server

import (
	"context"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
)

// Rebuild throws away the parts that the service keeps and reads them from the log anew; before Run. The judgements stand in the
// log under the book that each names: nothing is judged and nothing published.
func (s *Server) Rebuild(ctx context.Context) error {
	if err := s.pupils.Drop(ctx); err != nil {
		return err
	}
	last, err := s.log.Last(ctx, "submission.*.*.*.*")
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var patches []store.Patch
	for seq := uint64(1); seq <= last.Sequence; seq++ {
		m, err := s.log.Read(ctx, eventlog.Submissions, seq)
		if fault.Is(err, fault.NotFound) {
			continue // erased by an operator
		}
		if err != nil {
			return err
		}
		_, kept, err := s.read(m)
		if err != nil && !fault.Is(err, fault.Invalid) { // what is no submission became a dead letter
			return err
		}
		if patches = append(patches, kept...); len(patches) < 2000 && seq < last.Sequence {
			continue
		}
		if err := s.pupils.Merge(ctx, patches); err != nil {
			return err
		}
		patches = nil
	}
	return nil
}
