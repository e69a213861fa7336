package server

import (
	"context"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/matching"
)

// shared looks at every number that the pupils of these documents ever claimed, and returns who shares it, with the documents of all who
// ever claimed one of those that several did, by id.
func (s *Server) shared(ctx context.Context, docs []store.Doc) ([]*pb.SharedNumber, map[string]store.Doc, error) {
	var claims []store.Patch
	for _, d := range docs {
		for _, f := range d.Prefix(facetNumber) {
			claims = append(claims, s.claimOf(strings.TrimPrefix(f.Name, facetNumber), strings.TrimPrefix(d.ID, s.drive.ID+"/"), f.Rev))
		}
	}
	numbers, claimants, err := s.claimants(ctx, claims)
	if err != nil {
		return nil, nil, err
	}
	var out []*pb.SharedNumber
	for _, number := range numbers {
		if len(number.Facets) < 2 {
			continue
		}
		hash := strings.TrimPrefix(number.ID, s.drive.ID+"/")
		all := make([]matching.Claimant, len(number.Facets))
		for i, f := range number.Facets {
			all[i].Pupil = f.Name
			p, err := profileOf(claimants[s.drive.ID+"/"+f.Name])
			if err != nil {
				return nil, nil, err
			}
			if p != nil {
				all[i].Revision, all[i].Now = p.revision, s.numberHash(p.Profile) == hash
			}
		}
		others, basis := matching.Sharing(all)
		for _, c := range all {
			out = append(out, &pb.SharedNumber{Pupil: c.Pupil, Number: hash, Basis: basis, Others: others[c.Pupil]})
		}
	}
	return out, claimants, nil
}

// claimOf is a claim of a pupil on a number, as it stands among the numbers.
func (s *Server) claimOf(hash, pupil string, rev store.Revision) store.Patch {
	return store.Patch{ID: s.drive.ID + "/" + hash, Facet: pupil, Rev: rev}
}

// claimants reads the numbers of some claims, each once, and the documents of all who ever claimed one that several did.
//
// The claims are known from the pupils' documents, and every claim was made together with a pupil's document: what does not show one of
// both is a database that answers late, or the work of a copy that stopped between the two and that nobody has repeated yet. The message
// would then be given to this very consumer, perhaps only after it has done what it has in hand: so what the log says is merged here.
func (s *Server) claimants(ctx context.Context, claims []store.Patch) ([]store.Doc, map[string]store.Doc, error) {
	var ids []string
	seen := map[string]bool{}
	for _, c := range claims {
		if !seen[c.ID] {
			seen[c.ID] = true
			ids = append(ids, c.ID)
		}
	}
	numbers, err := s.numbers.Get(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	if lacking := store.Lacking(numbers, claims); len(lacking) > 0 {
		if err := s.numbers.Merge(ctx, lacking); err != nil {
			return nil, nil, err
		}
		if numbers, err = store.GetAfter(ctx, s.numbers, ids, claims); err != nil {
			return nil, nil, err
		}
	}
	claimants, err := s.pupilsOf(ctx, numbers)
	return numbers, claimants, err
}

// pupilsOf reads the documents of all who ever claimed one of some numbers that several did.
func (s *Server) pupilsOf(ctx context.Context, numbers []store.Doc) (map[string]store.Doc, error) {
	var ids []string
	var made []store.Patch // with the claims
	out := map[string]store.Doc{}
	for _, number := range numbers {
		if len(number.Facets) < 2 {
			continue
		}
		for _, f := range number.Facets {
			id := s.drive.ID + "/" + f.Name
			if _, twice := out[id]; !twice {
				out[id] = store.Doc{}
				ids = append(ids, id)
			}
			made = append(made, store.Patch{ID: id, Facet: facetNumber + strings.TrimPrefix(number.ID, s.drive.ID+"/"), Rev: f.Rev})
		}
	}
	docs, err := s.pupils.Get(ctx, ids)
	if err != nil {
		return nil, err
	}
	if lacking := store.Lacking(docs, made); len(lacking) > 0 {
		if docs, err = s.fromLog(ctx, ids, lacking); err != nil {
			return nil, err
		}
	}
	for _, d := range docs {
		out[d.ID] = d
	}
	return out, nil
}

// fromLog projects the messages of some patches once more, each patch by the sequence that is its revision, and reads documents that must
// show them then. What an operator erased from the log proves nothing.
func (s *Server) fromLog(ctx context.Context, ids []string, lacking []store.Patch) ([]store.Doc, error) {
	read := map[uint64]bool{}
	var proven []store.Patch
	for _, p := range lacking {
		stands, done := read[p.Rev.Major]
		if !done {
			m, err := s.log.Read(ctx, eventlog.Submissions, p.Rev.Major)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return nil, err
			}
			if stands = err == nil; stands {
				pupils, numbers, _, err := s.profilePatches(m)
				if err != nil {
					return nil, err
				}
				if err := s.numbers.Merge(ctx, numbers); err != nil {
					return nil, err
				}
				if err := s.pupils.Merge(ctx, pupils); err != nil {
					return nil, err
				}
			}
			read[p.Rev.Major] = stands
		}
		if stands {
			proven = append(proven, p)
		}
	}
	return store.GetAfter(ctx, s.pupils, ids, proven)
}
