package server

import (
	"context"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/operator"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/student/wire"
)

// The collections.
const (
	pupilsName  = "pupils"
	numbersName = "numbers"
	reviewsName = "reviews"
)

// The consumers of the service.
const (
	durableProfiles  = "matching-profiles"
	durableDecisions = "matching-decisions"
)

// Plan is how what the service keeps follows from the log. A rebuild asks nobody: what was learned is in the log. Who waits for a person follows from
// the documents when all of them are there; one entry too many in that index is passed over when it is read.
func (s *Server) Plan() operator.Plan {
	return operator.Plan{
		Service: s.Name(), Log: s.log, Store: s.db, Indexes: []string{reviewsName}, Finish: s.indexReviews,
		Sources: func(context.Context) ([]operator.Source, error) {
			return []operator.Source{
				{Stream: eventlog.Submissions, Durable: durableProfiles, Filters: []string{"submission.profile.*.*.*"}, Read: typed(wire.TypeSubmission,
					func(m eventlog.Message) (operator.Patches, error) {
						pupils, numbers, _, err := s.profilePatches(m)
						return operator.Patches{pupilsName: pupils, numbersName: numbers}, err
					})},
				{Stream: eventlog.Identities, Durable: durableIdentities, Filters: []string{"identity.*.*"}, Read: typed(wire.TypeIdentities,
					func(m eventlog.Message) (operator.Patches, error) {
						patches, _, err := learned(m)
						return operator.Patches{pupilsName: patches}, err
					})},
				{Stream: eventlog.Decisions, Durable: durableDecisions, Filters: []string{"decision.settle.*.*"}, Read: typed(wire.TypeSettled,
					func(m eventlog.Message) (operator.Patches, error) {
						_, p, err := settledPatch(m)
						return operator.Patches{pupilsName: {p}}, err
					})},
			}, nil
		},
	}
}

// typed reads messages of one type and passes over the others.
func typed(kind string, read func(eventlog.Message) (operator.Patches, error)) func(eventlog.Message) (operator.Patches, error) {
	return func(m eventlog.Message) (operator.Patches, error) {
		if m.Type != kind {
			return nil, eventlog.Outgrown([]string{kind}, m)
		}
		return read(m)
	}
}

// Rebuild makes what the service keeps anew from the log; before Run. Whoever still waits is asked about once more by Run, because a crash before
// the rebuild may have come between a pupil's waiting and the question.
func (s *Server) Rebuild(ctx context.Context) error {
	last, err := s.log.Last(ctx, "submission.profile.*.*.*")
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	s.replayed = last.Sequence
	return s.Plan().Renew(ctx)
}

// indexReviews makes the index of reviews from the documents.
func (s *Server) indexReviews(ctx context.Context, built func(name string) store.Collection) error {
	for after := ""; ; {
		docs, err := built(pupilsName).Scan(ctx, s.drive.ID+"/", after, perScan)
		if err != nil {
			return err
		}
		seen, err := views(docs)
		if err != nil {
			return err
		}
		if err := built(reviewsName).Merge(ctx, s.toReview(seen, 1)); err != nil {
			return err
		}
		if len(docs) < perScan {
			return nil
		}
		after = docs[len(docs)-1].ID
	}
}
