package server

import (
	"context"
	"slices"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"google.golang.org/protobuf/proto"
)

// identities projects what was learned. A judgement that came late can be about an identity that the pupil no longer has
// and take the place of the one that fits again (h1, then h2, then h1 before h2 was projected): so the present profile is
// looked at once more, and waits anew if it is not the one that was judged.
func (s *Server) identities(ctx context.Context, batch []eventlog.Message) error {
	ids, merged := make([][]string, len(batch)), make([][]store.Patch, len(batch))
	for i, m := range batch {
		var err error
		if merged[i], ids[i], err = learned(m); err != nil {
			return err
		}
	}
	if err := s.pupils.Merge(ctx, slices.Concat(merged...)); err != nil {
		return err
	}
	var f follow
	var reviews []store.Patch
	for i, m := range batch {
		docs, err := store.GetAfter(ctx, s.pupils, ids[i], merged[i])
		if err != nil {
			return err
		}
		seen, err := views(docs)
		if err != nil {
			return err
		}
		reviews = append(reviews, s.toReview(seen, m.Sequence)...)
		out, questions, err := s.triageAll(seen, m.Token(1), m.Token(2), m.Delivered > 1) // identity.<province>.<school>
		if err != nil {
			return err
		}
		if err := f.add(m, out, questions, m.Token(1), m.Token(2)); err != nil {
			return err
		}
		if err := s.recognise(ctx, &f, m, seen); err != nil {
			return err
		}
	}
	if err := s.reviews.Merge(ctx, reviews); err != nil {
		return err
	}
	return f.append(ctx, s.log)
}

// learned returns the patches of a message, and the pupils that it is about.
func learned(m eventlog.Message) ([]store.Patch, []string, error) {
	ev := new(pb.IdentitiesJudged)
	if err := proto.Unmarshal(m.Data, ev); err != nil {
		return nil, nil, fault.Wrap(fault.Invalid, "matching.identities", err)
	}
	var patches []store.Patch
	var ids []string
	for _, j := range ev.GetJudgements() {
		value, err := proto.Marshal(j)
		if err != nil {
			return nil, nil, fault.Wrap(fault.Internal, "matching.identities", err)
		}
		id := ev.GetDrive() + "/" + j.GetPupil()
		ids = append(ids, id)
		rev := store.Revision{Major: j.GetRevision(), Minor: m.Sequence}
		if j.GetOutcome() == pb.Outcome_OUTCOME_WAITING {
			// A question never takes the place of an answer about the same revision, however late it was written: whoever
			// asks has seen the answer by then and would leave it open.
			rev.Minor = 0
		}
		patches = append(patches, store.Patch{ID: id, Facet: facetIdentity, Rev: rev, Value: value})
	}
	for _, n := range ev.GetShared() {
		id := ev.GetDrive() + "/" + n.GetPupil()
		if len(n.GetOthers()) > 0 {
			patches = append(patches, store.Patch{ID: id, Facet: facetShared, Rev: store.Revision{Major: m.Sequence}})
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return patches, slices.Compact(ids), nil
}

// settled are the outcomes that wait for nobody.
var settled = []pb.Outcome{pb.Outcome_OUTCOME_CONFIRMED, pb.Outcome_OUTCOME_NOT_APPLICABLE, pb.Outcome_OUTCOME_WAITING}

// toReview puts the pupils who wait for a person into the index of reviews, where they stay: who is listed is looked at when the list is read.
func (s *Server) toReview(pupils []view, sequence uint64) []store.Patch {
	var out []store.Patch
	for _, v := range pupils {
		k := v.known
		_, shared := v.Facet(facetShared)
		if k == nil || k.GetSchool() == "" || !shared && slices.Contains(settled, k.GetOutcome()) {
			continue
		}
		out = append(out, store.Patch{
			ID: s.reviewID(k.GetProvince()+"/"+k.GetSchool(), k.GetPupil()), Facet: facetReview, Rev: store.Revision{Major: sequence},
		})
	}
	return out
}

// reviewID is the entry of a pupil of a school ("01/01000701") in the index of reviews.
func (s *Server) reviewID(scope, pupil string) string { return s.drive.ID + "/" + scope + "/" + pupil }
