package server

import (
	"context"

	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/student/wire"
)

// sharers returns the others who claim a pupil's number now, and whether it was decided that the number is one of theirs.
func (s *Server) sharers(ctx context.Context, d store.Doc, pupil string) (others []string, elsewhere bool, err error) {
	shared, claimants, err := s.shared(ctx, []store.Doc{d})
	if err != nil {
		return nil, false, err
	}
	claim := map[string][]string{}
	for _, n := range shared {
		claim[n.GetPupil()] = append(claim[n.GetPupil()], n.GetOthers()...)
	}
	others = claim[pupil]
	for _, other := range others {
		o := claimants[s.drive.ID+"/"+other]
		k, err := identityOf(o)
		if err != nil {
			return nil, false, err
		}
		all, err := settlementsOf(o)
		if err != nil {
			return nil, false, err
		}
		standing := inForce(all, wire.SeenShared(k.seen(), claim[other]))
		elsewhere = elsewhere || len(standing) > 0 && int32(len(standing)) >= standing[0].GetOfficersNeeded()
	}
	return others, elsewhere, nil
}
