package server

import (
	"context"
	"slices"
	"time"

	"github.com/rasoat/rasoat/services/intake"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// admit sorts a submission by the sources and the windows of its school. A part that has no source yet takes this one; two submissions that
// are first at once settle it between them. A decision that is made while a submission is under way may come before or after it.
//
// Before a source or a close refuses a submission, or a part gains its source by it, the id is looked up: one that is taken is answered from
// the log, whatever the sources and windows are now, and changes none; admit then reports true.
func (s *Server) admit(ctx context.Context, h intake.Header, taken string, candidates []intake.Candidate, portalStored time.Time) (intake.Batch, bool, error) {
	for {
		d, err := s.decided(ctx, h.Province, h.School)
		if err != nil {
			return intake.Batch{}, false, err
		}
		sources := d.table.sources()
		sorted := slices.Clone(candidates)
		foreign := false
		for i := range sorted {
			if problems := sources.Problem(h, i, sorted[i].Record.Part); len(problems) > 0 {
				sorted[i].Problems = append(slices.Clone(sorted[i].Problems), problems...)
				foreign = true
			}
		}
		batch, refused := intake.Admit(d.windows, s.cfg.Key, h, sorted)
		arrived, err := s.arrival(ctx, batch, portalStored)
		if err != nil {
			return intake.Batch{}, false, err
		}
		late := batch.Late(arrived)
		first := sources.New(batch.Accepted)
		if refused != nil && !foreign || refused == nil && len(first) == 0 && len(late) == 0 {
			return batch, false, refused
		}
		_, err = s.log.Last(ctx, taken)
		if !fault.Is(err, fault.NotFound) {
			return batch, err == nil, fault.Wrap("", "intake.admit", err)
		}
		if refused != nil {
			return batch, false, refused
		}
		if len(late) > 0 {
			correctable, err := s.correctable(ctx, h, late)
			if err != nil {
				return batch, false, err
			}
			if batch, err = batch.Close(d.windows, arrived, correctable); err != nil {
				return batch, false, err
			}
			first = sources.New(batch.Accepted)
		}
		if len(first) == 0 {
			return batch, false, nil
		}
		if _, err := s.writeSources(ctx, d.table, h.Source, "", first); !fault.Is(err, fault.Conflict) {
			return batch, false, err
		}
	}
}
