package server

import (
	"bytes"
	"context"
	"slices"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/recordfeed"
	"google.golang.org/protobuf/proto"
)

// CompareCutOff compares what a subscriber holds with a cut-off. A version above the cut-off's sequence is told as a difference of the version:
// who asked knows a correction by that.
func (s *Server) CompareCutOff(ctx context.Context, req *pb.CompareCutOffRequest) (*pb.CompareCutOffResponse, error) {
	cut, err := s.cutOff(ctx, req.GetId())
	if err != nil {
		return nil, err
	}
	out := &pb.CompareCutOffResponse{}
	if req.GetHoldingsOf() == "" {
		out.Differing = differingSchools(cut.GetSchools(), req.GetSchools())
		return out, nil
	}
	should, err := s.schoolAsOf(ctx, cut, req.GetHoldingsOf(), req.GetHoldings())
	if err != nil {
		return nil, err
	}
	for _, h := range req.GetHoldings() {
		want, ok := should[h.GetPupil()]
		delete(should, h.GetPupil())
		kind := ""
		switch {
		case !ok:
			kind = "surplus"
		case want.Version != h.GetVersion():
			kind = "version"
		case !bytes.Equal(want.Digest[:], h.GetDigest()):
			kind = "content"
		}
		if kind != "" {
			out.Pupils = append(out.Pupils, &pb.HoldingDifference{Pupil: h.GetPupil(), Kind: kind, Holds: h.GetVersion(), ShouldHold: want.Version})
		}
	}
	for pupil, want := range should {
		out.Pupils = append(out.Pupils, &pb.HoldingDifference{Pupil: pupil, Kind: "missing", ShouldHold: want.Version})
	}
	slices.SortFunc(out.Pupils, func(a, b *pb.HoldingDifference) int { return strings.Compare(a.GetPupil(), b.GetPupil()) })
	return out, nil
}

// differingSchools names the schools of which two manifests say something else.
func differingSchools(ours, theirs []*pb.CutOffSchool) []string {
	place := func(s *pb.CutOffSchool) string { return s.GetProvince() + "/" + s.GetSchool() }
	held := map[string]*pb.CutOffSchool{}
	for _, s := range theirs {
		held[place(s)] = s
	}
	var out []string
	for _, s := range ours {
		if !proto.Equal(s, held[place(s)]) {
			out = append(out, place(s))
		}
		delete(held, place(s))
	}
	for p := range held {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

// schoolAsOf returns what a cut-off holds of a school, by pupil. Whoever has a record of a school was on its roster.
func (s *Server) schoolAsOf(ctx context.Context, cut *pb.CutOff, school string, holdings []*pb.Holding) (map[string]recordfeed.Held, error) {
	pupils := map[string]bool{}
	for _, h := range holdings {
		pupils[h.GetPupil()] = true
	}
	prefix, after := s.drive.ID+"/"+school+"/", ""
	for {
		entries, err := s.roster.Scan(ctx, prefix, after, perPage)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			pupils[e.ID[strings.LastIndexByte(e.ID, '/')+1:]] = true
		}
		if len(entries) < perPage {
			break
		}
		after = entries[len(entries)-1].ID
	}
	subjects := make([]string, 0, len(pupils))
	for p := range pupils {
		subjects = append(subjects, recordSubject(p))
	}
	then, err := s.log.LastManyUpTo(ctx, subjects, cut.GetSequence())
	if err != nil {
		return nil, err
	}
	out := map[string]recordfeed.Held{}
	for _, m := range then {
		h, _, err := heldOf(m)
		if err != nil {
			return nil, err
		}
		if inScope(school, h) {
			out[h.Pupil] = h
		}
	}
	return out, nil
}
