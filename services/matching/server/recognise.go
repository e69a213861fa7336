package server

import (
	"bytes"
	"context"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/student"
)

// personDigest is the keyed digest by which the person of a number is recognised among pupils; nil for one of whom too little is known. Whoever has
// the same digest is that person to matching.Is as well: otherwise they would be asked about for ever.
func (s *Server) personDigest(p *matching.Prepared) []byte {
	name := student.FoldName(p.FullName.Reveal())
	if name == "" || p.BirthDate.IsZero() {
		return nil
	}
	return s.key.Values("person", name, p.BirthDate.Reveal(), string(p.Gender))
}

// alsoClaim reads the other pupils who claim the number of a pupil, or have claimed it.
func (s *Server) alsoClaim(ctx context.Context, p *present) ([]store.Doc, error) {
	hash := s.numberHash(p.Profile)
	if hash == "" {
		return nil, nil
	}
	numbers, claimants, err := s.claimants(ctx, []store.Patch{s.claimOf(hash, p.Pupil, store.Revision{Major: p.revision})})
	if err != nil {
		return nil, err
	}
	var out []store.Doc
	for _, f := range numbers[0].Facets {
		if f.Name != p.Pupil {
			out = append(out, claimants[s.drive.ID+"/"+f.Name])
		}
	}
	return out, nil
}

// claimant returns the present profile of a pupil who claims a number now, and the school that sent it; nil for one who does not.
func (s *Server) claimant(d store.Doc, number student.IDNumber) (*present, string, error) {
	p, err := profileOf(d)
	if p == nil || err != nil || p.Identity.Number.Normal() != number {
		return nil, "", err
	}
	k, err := identityOf(d)
	if k == nil || err != nil {
		return nil, "", err
	}
	return p, k.GetProvince() + "/" + k.GetSchool(), nil
}

// recognise has the registry asked again about pupils whose number was found to be somebody else's when that person is seen to be another pupil of
// the school, who was sent later. It looks from both sides, after a judgement (here) and after a profile (recogniseShared), so that the order in
// which they come does not matter; and it looks at what is merged, so that the second to come sees the first.
func (s *Server) recognise(ctx context.Context, f *follow, m eventlog.Message, pupils []view) error {
	for _, v := range pupils {
		if !v.judged() || len(v.known.GetPerson()) == 0 { // nearly all
			continue
		}
		p, err := v.held.profile()
		if err != nil {
			return err
		}
		others, err := s.alsoClaim(ctx, p)
		if err != nil {
			return err
		}
		for _, o := range others {
			if err := s.recogniseOne(f, m, v.Doc, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// recogniseShared does it for pupils who share a number; the claimants are by document id.
func (s *Server) recogniseShared(f *follow, m eventlog.Message, shared []*pb.SharedNumber, claimants map[string]store.Doc) error {
	for _, n := range shared {
		for _, o := range n.GetOthers() {
			if err := s.recogniseOne(f, m, claimants[s.drive.ID+"/"+n.GetPupil()], claimants[s.drive.ID+"/"+o]); err != nil {
				return err
			}
		}
	}
	return nil
}

// recogniseOne asks again about the pupil of wrong when the pupil of right is the person to whom the number belongs.
func (s *Server) recogniseOne(f *follow, m eventlog.Message, wrong, right store.Doc) error {
	k, err := identityOf(wrong)
	if err != nil || k == nil || len(k.GetPerson()) == 0 {
		return err
	}
	p, err := profileOf(wrong)
	if err != nil || p == nil || !bytes.Equal(p.IdentityHash, k.GetIdentityHash()) {
		return err
	}
	other, school, err := s.claimant(right, p.Identity.Number.Normal())
	if err != nil || other == nil || school != k.GetProvince()+"/"+k.GetSchool() {
		return err
	}
	prepared := matching.Prepare(matching.ParticularsOf(other.Profile))
	if !bytes.Equal(s.personDigest(&prepared), k.GetPerson()) {
		return nil
	}
	q := s.questionOf(&p.held)
	q.After = k.at
	return f.ask(m, []*pb.QuestionOpened{q}, true, k.GetProvince(), k.GetSchool())
}
