package server

import (
	"context"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/store"
)

// view is every row at one moment. Nothing of it changes: callers share it.
type view struct {
	rows []viewRow // by school of the drive
	at   time.Time
}

// viewRow is the row of one school.
type viewRow struct {
	full, short *pb.SchoolProgress // with its classes and without
	behind      bool               // something is marked that it does not count
	rev         store.Revision     // of the summary that it was decoded from
	raw         *pb.SchoolProgress // as decoded, without the states of its unlocks
}

// look reads the summaries; what has not changed since the last view is taken from it.
func (s *Server) look(ctx context.Context, last *view) (*view, error) {
	summaries, err := s.summaries.Get(ctx, s.ids)
	if err != nil {
		return nil, err
	}
	marks, err := s.marks.Get(ctx, s.ids)
	if err != nil {
		return nil, err
	}
	ed, err := s.edition(ctx)
	if err != nil {
		return nil, err
	}
	v := &view{rows: make([]viewRow, len(s.ids)), at: time.Now()}
	unlocks := false
	for i, d := range summaries {
		r := &v.rows[i]
		if last != nil {
			*r = last.rows[i]
		}
		r.behind = basisOfSummary(d) != basis{ed, markDigest(marks[i])}
		if f, ok := d.Facet(facetCounts); ok && (r.raw == nil || f.Rev != r.rev) {
			if raw := s.decodeSummary(d); raw != nil {
				*r = viewRow{raw: raw, full: raw, short: withoutClasses(raw), rev: f.Rev, behind: r.behind}
			}
		}
		if r.full == nil {
			r.full = s.blank(s.drive.Schools[i])
			r.short = r.full
		}
		unlocks = unlocks || len(r.raw.GetUnlocks()) > 0
	}
	if !unlocks {
		return v, nil
	}
	now, err := s.log.Now(ctx)
	if err != nil {
		return nil, err
	}
	for i := range v.rows {
		v.rows[i].tell(now)
	}
	return v, nil
}

// tell tells the states of the unlocks; the row stays the same while none changes.
func (r *viewRow) tell(now time.Time) {
	changed := false
	for i, u := range r.raw.GetUnlocks() {
		changed = changed || r.full.GetUnlocks()[i].GetState() != unlockState(u, now)
	}
	if changed {
		r.full = withStates(r.raw, now)
		r.short = withoutClasses(r.full)
	}
}
