package server

import (
	"context"
	"maps"
	"slices"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/operator"
	"github.com/rasoat/rasoat/services/internal/store"
	"go.opentelemetry.io/otel/trace"
)

// The collections that follow from the log.
const (
	pupilsName  = "pupils"
	rosterName  = "roster"
	schoolsName = "schools"
)

// Plan is how what the service keeps follows from the log. Nothing is derived and nothing published by a rebuild: half of the facts of a pupil (a
// warning without its answer, a verdict without the one that came after it) may well look newer than what stands in RECORDS.
func (s *Server) Plan() operator.Plan {
	return operator.Plan{
		Service: s.Name(), Log: s.log, Store: s.db,
		Sources: func(context.Context) ([]operator.Source, error) {
			var out []operator.Source
			for _, from := range s.sources() {
				out = append(out, operator.Source{Stream: from.stream, Durable: from.durable, Filters: from.subjects, Read: from.patches})
			}
			return out, nil
		},
		Switched: s.markAll,
	}
}

// markAll has every school counted again.
func (s *Server) markAll(ctx context.Context) error {
	all := newSchoolSet()
	for _, id := range s.ids {
		all.ids[id] = struct{}{}
	}
	return s.mark(ctx, all)
}

// Rebuild makes what the service keeps anew from the log; before Run.
func (s *Server) Rebuild(ctx context.Context) error { return s.Plan().Renew(ctx) }

// patches returns what a message changes.
func (from source) patches(m eventlog.Message) (operator.Patches, error) {
	read := from.readers[m.Type]
	if read == nil {
		return nil, eventlog.Outgrown(slices.Collect(maps.Keys(from.readers)), m)
	}
	p := newProjection()
	err := read(p, m)
	return operator.Patches{pupilsName: p.pupils, rosterName: p.roster, schoolsName: p.schools}, err
}

func newProjection() *projection { return &projection{touched: map[string]trace.SpanContext{}} }

// merge writes a projection. The pupils come first, so that whoever finds one in the roster finds what it stands for. Roster and schools are read
// back, because nobody here reads them and whoever counts a school cannot know what its range lacks; the pupils are read when they are derived.
func (s *Server) merge(ctx context.Context, p *projection) error {
	if err := s.pupils.Merge(ctx, p.pupils); err != nil {
		return err
	}
	if err := store.MergeShown(ctx, s.roster, p.roster); err != nil {
		return err
	}
	return store.MergeShown(ctx, s.schools, p.schools)
}
