package server

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"google.golang.org/protobuf/proto"
)

// documents returns what the service keeps of pupils and numbers, a line a facet. The revision of "shared" is left out: it only says that somebody
// looked.
func (w *world) documents() []string {
	w.t.Helper()
	var out []string
	for _, name := range []string{"pupils", "numbers"} {
		docs, err := w.db.Collection(name).Scan(context.Background(), "", "", 1000)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, d := range docs {
			for _, f := range d.Facets {
				rev := fmt.Sprint(f.Rev)
				if f.Name == facetShared {
					rev = ""
				}
				out = append(out, fmt.Sprintf("%s %s %s %s %s", name, d.ID, f.Name, rev, hex.EncodeToString(f.Value)))
			}
		}
	}
	return out
}

// settle has officers settle an identity as it is known now.
func (w *world) settle(scope, ref string, officers ...string) *pb.SettleResponse {
	w.t.Helper()
	var resp *pb.SettleResponse
	for _, officer := range officers {
		w.again("settle", func() (err error) {
			resp, err = w.Settle(acting(officer), settling(scope, ref, officer, w.judged(ref).GetSeen()))
			return err
		})
		w.project()
	}
	return resp
}

func settling(scope, ref, officer string, seen []byte) *pb.SettleRequest {
	return &pb.SettleRequest{
		Scope: scope, Pupil: ref, Seen: seen, Officer: officer, Evidence: pb.Evidence_EVIDENCE_BIRTH_CERTIFICATE, Reason: "Đã xem giấy khai sinh",
	}
}

// decision returns what IDENTITIES says that officers settled of a pupil: that of the greatest basis; "" for nothing.
func (w *world) decision(ref string) string {
	w.t.Helper()
	var newest *pb.IdentityDecision
	for _, m := range w.all("identity.*.*", 0) {
		ev := new(pb.IdentitiesJudged)
		if err := proto.Unmarshal(m.Data, ev); err != nil {
			w.t.Fatal(err)
		}
		for _, d := range ev.GetDecisions() {
			if d.GetPupil() == ref && d.GetBasis() >= newest.GetBasis() {
				newest = d
			}
		}
	}
	if newest == nil {
		return ""
	}
	var seen []string
	for _, b := range newest.GetSeen() {
		seen = append(seen, hex.EncodeToString(b))
	}
	slices.Sort(seen)
	return fmt.Sprint(newest.GetBasis(), " ", seen)
}

// isSettled reports whether officers settled a pupil's identity as it is known now.
func (w *world) isSettled(ref string) bool {
	w.t.Helper()
	seen := hex.EncodeToString(w.judged(ref).GetSeen())
	return seen != "" && slices.ContainsFunc(w.reviews(&pb.ListReviewsRequest{Outcomes: []pb.Outcome{decidedOn}}), func(r *pb.Review) bool {
		return r.GetJudgement().GetPupil() == ref && hex.EncodeToString(r.GetJudgement().GetSeen()) == seen
	})
}

// reviews lists reviews, page after page.
func (w *world) reviews(req *pb.ListReviewsRequest) []*pb.Review {
	w.t.Helper()
	var out []*pb.Review
	req = proto.CloneOf(req)
	for {
		var resp *pb.ListReviewsResponse
		w.again("list reviews", func() (err error) {
			resp, err = w.ListReviews(context.Background(), req)
			return err
		})
		out = append(out, resp.GetReviews()...)
		if req.PageToken = resp.GetNextPageToken(); req.PageToken == "" {
			return out
		}
	}
}

// listed returns the pupils of reviews with their outcomes.
func listed(all []*pb.Review) []string {
	var out []string
	for _, r := range all {
		out = append(out, r.GetJudgement().GetPupil()+" "+r.GetOutcome().String()[len("OUTCOME_"):])
	}
	return out
}
