package server

import (
	"bytes"
	"crypto/sha256"
	"maps"
	"slices"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
)

// seen is the digest of what a province looks at of a pupil in a window: at which school the pupil is, and the content of the parts
// that the window requires. The same content sent again has the same.
func (p *pupil) seen(window string) [16]byte {
	h := sha256.New()
	put := func(field []byte) {
		h.Write([]byte{byte(len(field) >> 8), byte(len(field))})
		h.Write(field)
	}
	var at []enrolment
	for i, e := range p.enrolments {
		if p.facts.Enrolments[i].Counts() {
			at = append(at, e)
		}
	}
	slices.SortFunc(at, func(a, b enrolment) int {
		return strings.Compare(a.province+"/"+a.school, b.province+"/"+b.school)
	})
	for _, e := range at {
		put([]byte(e.province))
		put([]byte(e.school))
		put(e.record.ContentHash)
	}
	for _, part := range p.drive.Required(window) {
		if part != student.Enrolment {
			put([]byte(part))
			put(p.parts[part].ContentHash)
		}
	}
	return [16]byte(h.Sum(nil))
}

// schoolSeen is the digest of the pupils of a school and of what is seen of each, by reference.
func schoolSeen(pupils map[string][16]byte) []byte {
	h := sha256.New()
	for _, ref := range slices.Sorted(maps.Keys(pupils)) {
		seen := pupils[ref]
		h.Write([]byte(ref))
		h.Write([]byte{0})
		h.Write(seen[:])
	}
	return h.Sum(nil)
}

// words puts into the facts what the province said and what still holds of it.
func (p *pupil) words() {
	p.facts.Words = make(map[string]reporting.Word, len(p.decisions))
	for _, w := range p.drive.Windows {
		said := p.decisions[w.ID]
		if said == nil || said.GetWithdrawn() {
			continue
		}
		seen := p.seen(w.ID)
		switch holds := bytes.Equal(said.GetSeen(), seen[:]); {
		case holds && said.GetApproved():
			p.facts.Words[w.ID] = reporting.Approved
		case holds:
			p.facts.Words[w.ID] = reporting.Returned
			p.facts.ReturnedParts = append(p.facts.ReturnedParts, p.about(said)...)
		case said.GetApproved():
			p.facts.Words[w.ID] = reporting.Lapsed
		}
	}
}

// about returns the parts that a return is about.
func (p *pupil) about(said *pb.PupilDecision) []student.Part {
	if len(said.GetParts()) == 0 {
		return p.drive.Required(said.GetWindow())
	}
	var out []student.Part
	for _, part := range said.GetParts() {
		out = append(out, wire.FromPart(part))
	}
	return out
}

// returns lists what was sent back of a pupil and has not changed since, by window.
func (p *pupil) returns() []*pb.Return {
	var out []*pb.Return
	for _, w := range p.drive.Windows {
		if p.facts.Words[w.ID] != reporting.Returned {
			continue
		}
		said := p.decisions[w.ID]
		r := &pb.Return{Window: w.ID, Reason: said.GetPersonalReason(), Officer: said.GetOfficer(), StoredAt: said.GetStoredAt()}
		for _, part := range p.about(said) {
			r.Parts = append(r.Parts, wire.ToPart(part))
		}
		out = append(out, r)
	}
	return out
}

// overruled reports whether a province decided that a pupil is elsewhere than an enrolment says: while that enrolment is the one that
// was seen, and the school that was chosen enrols the pupil.
func (p *pupil) overruled(e enrolment) bool {
	chosen := func(o enrolment) bool {
		return o.province == p.claim.GetProvince() && o.school == p.claim.GetSchool() && open(o)
	}
	if p.claim == nil || chosen(e) || !slices.ContainsFunc(p.enrolments, chosen) {
		return false
	}
	return slices.ContainsFunc(p.claim.GetOverruled(), func(o *pb.OverruledEnrolment) bool {
		return o.GetProvince() == e.province && o.GetSchool() == e.school && bytes.Equal(o.GetContentHash(), e.record.ContentHash)
	})
}
