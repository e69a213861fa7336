package server

import (
	"context"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"go.opentelemetry.io/otel/trace"
)

// perMerge is how many facets a rebuild gathers before it writes them.
const perMerge = 4000

// Rebuild throws away what the service keeps and gathers it from the log anew; before Run, and while no other copy runs. Nothing is
// published by that, unless something is missing in RECORDS. A rebuild that was interrupted has to be run again.
//
// Everything is gathered before anything is derived: half of the facts of a pupil (a warning without its answer, a verdict without the
// one that came after it) may well look newer than what stands in RECORDS, which keeps its basis when the same content
// comes again, and would take a good record back. Run then reads the log from its beginning and finds nothing newer.
func (s *Server) Rebuild(ctx context.Context) error {
	for _, from := range s.sources() {
		if err := s.log.Forget(ctx, from.stream, from.durable); err != nil {
			return err
		}
	}
	for _, c := range []store.Collection{s.roster, s.pupils, s.schools} {
		if err := c.Drop(ctx); err != nil {
			return err
		}
	}
	for _, from := range s.sources() {
		if err := s.gather(ctx, from); err != nil {
			return err
		}
	}
	return nil
}

// gather merges all that stands in a stream, and derives nothing.
func (s *Server) gather(ctx context.Context, from source) error {
	last, err := s.lastOf(ctx, from)
	if err != nil {
		return err
	}
	p := newProjection()
	for seq := uint64(1); seq <= last; seq++ {
		m, err := s.log.Read(ctx, from.stream, seq)
		if err != nil && !fault.Is(err, fault.NotFound) { // erased by an operator
			return err
		}
		if read := from.readers[m.Type]; err == nil && read != nil {
			pupils, roster, schools := p.pupils, p.roster, p.schools
			if err := read(p, m); fault.Is(err, fault.Invalid) { // it became a dead letter, whole
				p.pupils, p.roster, p.schools = pupils, roster, schools
			} else if err != nil {
				return err
			}
		}
		if len(p.pupils)+len(p.roster)+len(p.schools) < perMerge && seq < last {
			continue
		}
		if err := s.merge(ctx, p); err != nil {
			return err
		}
		p = newProjection()
	}
	return nil
}

func newProjection() *projection { return &projection{touched: map[string]trace.SpanContext{}} }

// merge writes a projection.
func (s *Server) merge(ctx context.Context, p *projection) error {
	if err := s.roster.Merge(ctx, p.roster); err != nil {
		return err
	}
	if err := s.schools.Merge(ctx, p.schools); err != nil {
		return err
	}
	return s.pupils.Merge(ctx, p.pupils)
}

// lastOf is the sequence of the last message of a source; 0 without one.
func (s *Server) lastOf(ctx context.Context, from source) (uint64, error) {
	var last uint64
	for _, subject := range from.subjects {
		m, err := s.log.Last(ctx, subject)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return 0, err
		}
		last = max(last, m.Sequence)
	}
	return last, nil
}
