package server

import (
	"context"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/student/wire"
)

// Rebuild throws away what the service keeps and gathers it from the log anew; before Run, and while no other copy runs. It asks nobody: what was
// learned is in the log. Whoever still waits is asked about once more by Run, because a crash before the rebuild may have come between a
// pupil's waiting and the question. A rebuild that was interrupted has to be run again.
func (s *Server) Rebuild(ctx context.Context) error {
	for _, d := range []struct{ stream, durable string }{
		{eventlog.Submissions, "matching-profiles"}, {eventlog.Identities, durableIdentities},
	} {
		if err := s.log.Forget(ctx, d.stream, d.durable); err != nil {
			return err
		}
	}
	for _, c := range []store.Collection{s.pupils, s.numbers, s.reviews} {
		if err := c.Drop(ctx); err != nil {
			return err
		}
	}
	for _, from := range []struct {
		stream, subjects, kind string
		read                   func(context.Context, eventlog.Message) error
	}{
		{eventlog.Submissions, "submission.profile.*.*.*", wire.TypeSubmission, s.gatherProfiles},
		{eventlog.Identities, "identity.*.*", wire.TypeIdentities, s.gatherIdentities},
		{eventlog.Decisions, "decision.settle.*.*", wire.TypeSettled, s.gatherSettled},
	} {
		last, err := s.log.Last(ctx, from.subjects)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if from.stream == eventlog.Submissions {
			s.replayed = last.Sequence
		}
		for seq := uint64(1); seq <= last.Sequence; seq++ {
			m, err := s.log.Read(ctx, from.stream, seq)
			if fault.Is(err, fault.NotFound) { // erased by an operator
				continue
			}
			if err != nil {
				return err
			}
			if m.Type != from.kind {
				continue
			}
			if err := from.read(ctx, m); err != nil && !fault.Is(err, fault.Invalid) { // that became a dead letter
				return err
			}
		}
	}
	return nil
}

func (s *Server) gatherProfiles(ctx context.Context, m eventlog.Message) error {
	if m.Token(1) != "profile" {
		return nil
	}
	pupils, numbers, _, err := s.profilePatches(m)
	if err != nil {
		return err
	}
	if err := s.numbers.Merge(ctx, numbers); err != nil {
		return err
	}
	return s.pupils.Merge(ctx, pupils)
}

func (s *Server) gatherIdentities(ctx context.Context, m eventlog.Message) error {
	patches, _, err := learned(m)
	if err != nil {
		return err
	}
	return s.pupils.Merge(ctx, patches)
}

func (s *Server) gatherSettled(ctx context.Context, m eventlog.Message) error {
	_, p, err := settledPatch(m)
	if err != nil {
		return err
	}
	return s.pupils.Merge(ctx, []store.Patch{p})
}
