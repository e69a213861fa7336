package server

import (
	"context"

	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/student/wire"
)

// sharers gives the others who claim a pupil's number now, and whether it was decided that the number is one of theirs.
func (s *Server) sharers(ctx context.Context, d store.Doc, pupil string) (others []string, elsewhere bool, err error) {
	shared, err := s.shared(ctx, []store.Doc{d})
	if err != nil {
		return nil, false, err
	}
	claim := map[string][]string{}
	for _, n := range shared {
		claim[n.GetPupil()] = append(claim[n.GetPupil()], n.GetOthers()...)
	}
	others = claim[pupil]
	ids := make([]string, len(others))
	for i, o := range others {
		ids[i] = s.drive.ID + "/" + o
	}
	docs, err := s.pupils.Get(ctx, ids)
	if err != nil {
		return nil, false, err
	}
	for i, o := range docs {
		k, err := identityOf(o)
		if err != nil {
			return nil, false, err
		}
		all, err := settlementsOf(o)
		if err != nil {
			return nil, false, err
		}
		standing := inForce(all, wire.SeenShared(k.seen(), claim[others[i]]))
		elsewhere = elsewhere || len(standing) > 0 && int32(len(standing)) >= standing[0].GetOfficersNeeded()
	}
	return others, elsewhere, nil
}
