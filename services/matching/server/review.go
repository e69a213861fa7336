package server

import (
	"context"
	"slices"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const defaultPage = 200

// ListReviews lists the pupils whose identity waits for a person, in order of school.
func (s *Server) ListReviews(ctx context.Context, req *pb.ListReviewsRequest) (*pb.ListReviewsResponse, error) {
	prefix := s.drive.ID + "/"
	if req.GetScope() != "" {
		prefix += req.GetScope() + "/"
	}
	size := int(req.GetPageSize())
	if size == 0 {
		size = defaultPage
	}
	out := &pb.ListReviewsResponse{}
	after, last := "", "" // where the scan stands, and the last who is listed
	if t := req.GetPageToken(); t != "" {
		after = s.drive.ID + "/" + t
	}
	for {
		entries, err := s.reviews.Scan(ctx, prefix, after, size)
		if err != nil {
			return nil, err
		}
		listed, err := s.reviewsOf(ctx, entries)
		if err != nil {
			return nil, err
		}
		for i, r := range listed {
			if r == nil || !wanted(req, r) {
				continue
			}
			if len(out.Reviews) == size { // there is one more
				out.NextPageToken = strings.TrimPrefix(last, s.drive.ID+"/")
				return out, nil
			}
			out.Reviews, last = append(out.Reviews, r), entries[i].ID
		}
		if len(entries) < size {
			return out, nil
		}
		after = entries[len(entries)-1].ID
	}
}

// reviewsOf returns the review of each entry; nil for one that waits for nobody now.
func (s *Server) reviewsOf(ctx context.Context, entries []store.Doc) ([]*pb.Review, error) {
	ids := make([]string, len(entries))
	for i, e := range entries {
		ids[i] = s.drive.ID + e.ID[strings.LastIndexByte(e.ID, '/'):]
	}
	docs, err := s.pupils.Get(ctx, ids)
	if err != nil {
		return nil, err
	}
	shared, _, err := s.shared(ctx, docs)
	if err != nil {
		return nil, err
	}
	others := map[string][]string{}
	for _, n := range shared {
		others[n.GetPupil()] = append(others[n.GetPupil()], n.GetOthers()...)
	}
	out := make([]*pb.Review, len(docs))
	for i, d := range docs {
		r, err := s.review(d, others)
		if err != nil {
			return nil, err
		}
		if r != nil && strings.HasSuffix(entries[i].ID, "/"+r.GetJudgement().GetProvince()+"/"+r.GetJudgement().GetSchool()+"/"+r.GetJudgement().GetPupil()) {
			out[i] = r
		}
	}
	return out, nil
}

// review returns what there is to decide about a pupil; nil for nothing.
func (s *Server) review(d store.Doc, others map[string][]string) (*pb.Review, error) {
	p, err := profileOf(d)
	if err != nil {
		return nil, err
	}
	k, err := identityOf(d)
	if err != nil {
		return nil, err
	}
	if p == nil || k == nil { // whoever is listed was judged, by a profile
		return nil, store.NotShown("matching.review")
	}
	all, err := settlementsOf(d)
	if err != nil {
		return nil, err
	}
	r := &pb.Review{
		Outcome: k.GetOutcome(), Judgement: k.Judgement, SharedWith: others[k.GetPupil()], OfficersNeeded: officersNeeded(k.GetOutcome()),
		Personal: &pb.PersonalReview{Profile: wire.ToProfile(p.Profile)},
	}
	if len(r.SharedWith) > 0 {
		r.Judgement.Seen = wire.SeenShared(k.GetSeen(), r.SharedWith)
	}
	standing := inForce(all, r.Judgement.GetSeen())
	for _, t := range standing {
		r.Settlements = append(r.Settlements, &pb.Settlement{
			Officer: t.GetOfficer(), Evidence: t.GetEvidence(), Reason: t.GetPersonalReason(), StoredAt: timestamppb.New(t.stored),
		})
	}
	switch {
	case len(standing) > 0 && len(standing) >= int(r.OfficersNeeded):
		r.Outcome = pb.Outcome_OUTCOME_SETTLED
	case len(r.SharedWith) > 0:
		r.Outcome = pb.Outcome_OUTCOME_DUPLICATE
	case slices.Contains(settled, r.Outcome):
		return nil, nil
	}
	return r, nil
}

// wanted reports whether a review passes the filters. What is settled is listed only to those who ask for it.
func wanted(req *pb.ListReviewsRequest, r *pb.Review) bool {
	if len(req.GetOutcomes()) == 0 && r.GetOutcome() == pb.Outcome_OUTCOME_SETTLED {
		return false
	}
	if len(req.GetOutcomes()) > 0 && !slices.Contains(req.GetOutcomes(), r.GetOutcome()) {
		return false
	}
	if len(req.GetFields()) == 0 && req.GetCause() == "" {
		return true
	}
	return slices.ContainsFunc(r.GetJudgement().GetCauses(), func(c *pb.Cause) bool {
		return (len(req.GetFields()) == 0 || slices.Contains(req.GetFields(), c.GetField())) && (req.GetCause() == "" || c.GetKind() == req.GetCause())
	})
}
