package server

import (
	"bytes"
	"context"
	"encoding/base64"
	"slices"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Settle records an officer's decision that overrides the registry: it confirms an identity,
// assigns a number that several pupils claim, or withdraws an earlier decision. It fails with
// NotFound for a pupil whom the school did not send. It fails with Conflict when the facts differ
// from those that the officer saw, or when the number was decided to be another pupil's. It fails
// with Invalid where there is nothing to settle.
func (s *Server) Settle(ctx context.Context, req *pb.SettleRequest) (*pb.SettleResponse, error) {
	const op = "matching.settle"
	officer, err := deciding(ctx, op, req.GetOfficer())
	if err != nil {
		return nil, err
	}
	docs, err := s.pupils.Get(ctx, []string{s.drive.ID + "/" + req.GetPupil()})
	if err != nil {
		return nil, err
	}
	p, err := profileOf(docs[0])
	if err != nil {
		return nil, err
	}
	k, err := identityOf(docs[0])
	if err != nil {
		return nil, err
	}
	if err := s.mustKnow(ctx, op, req.GetScope(), req.GetPupil(), p, k); err != nil {
		return nil, err
	}
	if k == nil || p == nil || k.GetProvince()+"/"+k.GetSchool() != req.GetScope() {
		return nil, fault.New(fault.NotFound, op, "Không có học sinh này trong các hồ sơ trường đã gửi.", "there is no such pupil among the profiles that the school sent")
	}
	others, elsewhere, err := s.sharers(ctx, docs[0], k.GetPupil())
	if err != nil {
		return nil, err
	}
	// Who saw the identity alone decides about that; who saw as well who shares the number, decides whose it is.
	seen, shared := k.GetSeen(), []byte(nil)
	if digest := wire.SeenShared(seen, others); len(others) > 0 && bytes.Equal(digest, req.GetSeen()) {
		seen, shared = digest, digest
	}
	if !bytes.Equal(seen, req.GetSeen()) || !bytes.Equal(k.GetIdentityHash(), p.IdentityHash) {
		return nil, fault.New(fault.Conflict, op,
			"Hồ sơ hoặc kết quả đối chiếu đã thay đổi từ khi xem. Hãy xem lại rồi quyết định.", "the profile or the registry's answer has changed since it was looked at; look again, then decide")
	}
	if k.GetOutcome() == pb.Outcome_OUTCOME_WAITING || slices.Contains(settled, k.GetOutcome()) && shared == nil {
		return nil, fault.New(fault.Invalid, op, "Danh tính này không cần ai quyết định.", "this identity needs nobody's decision")
	}
	if elsewhere && shared != nil && !req.GetWithdraw() {
		return nil, fault.New(fault.Conflict, op, "Số định danh này đã được quyết định là của học sinh khác; rút quyết định đó trước.",
			"the number was decided to be another pupil's: take that decision back first")
	}
	ev := &pb.IdentitySettled{
		Drive: s.drive.ID, Province: k.GetProvince(), School: k.GetSchool(), Pupil: req.GetPupil(), Seen: k.GetSeen(), Shared: shared, Evidence: req.GetEvidence(),
		Officer: officer, PersonalReason: req.GetReason(), Withdrawn: req.GetWithdraw(), OfficersNeeded: officersNeeded(k.GetOutcome()),
	}
	standing, err := settlementsOf(docs[0])
	if err != nil {
		return nil, err
	}
	if req.GetWithdraw() && !slices.ContainsFunc(standing, func(t settlement) bool { return t.by(ev) && !t.GetWithdrawn() }) {
		return nil, fault.New(fault.Invalid, op, "Tài khoản này chưa có quyết định nào để rút lại.", "this account has no decision to take back")
	}
	data, err := proto.Marshal(ev)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, op, err)
	}
	subject, err := eventlog.Subject("decision", "settle", ev.GetProvince(), ev.GetSchool())
	if err != nil {
		return nil, err
	}
	at, err := s.log.Append(ctx, eventlog.Event{Subject: subject, Type: wire.TypeSettled, Schema: "rasoat.matching.v1.IdentitySettled", Data: data, Records: 1})
	if err != nil {
		return nil, err
	}
	m, err := s.log.Read(ctx, eventlog.Decisions, at.Sequence)
	if err != nil {
		return nil, err
	}
	standing = append(slices.DeleteFunc(standing, func(t settlement) bool { return t.by(ev) }), settlement{ev, at.Sequence, m.Stored})
	missing := ev.GetOfficersNeeded() - int32(len(inForce(standing, seen)))
	return &pb.SettleResponse{Sequence: at.Sequence, StoredAt: timestamppb.New(m.Stored), OfficersMissing: max(missing, 0)}, nil
}

// mustKnow fails with Unavailable when the profile of a pupil of a school, or what is known of the identity, is not shown although it must be
// there: what is known follows from a profile, and whoever ever waited for a person stands in the index of reviews.
func (s *Server) mustKnow(ctx context.Context, op, scope, pupil string, p *present, k *known) error {
	switch {
	case p != nil && k != nil:
		return nil
	case k != nil:
		return store.NotShown(op)
	}
	listed, err := s.reviews.Get(ctx, []string{s.reviewID(scope, pupil)})
	if err != nil {
		return err
	}
	if _, ok := listed[0].Facet(facetReview); ok {
		return store.NotShown(op)
	}
	return nil
}

// deciding is the account that decides: that of the token. It fails with Denied when the request names another, and with Invalid when there is none.
func deciding(ctx context.Context, op, named string) (string, error) {
	officer := access.Officer(ctx)
	switch {
	case officer == "":
		return "", fault.New(fault.Invalid, op, "Chưa biết cán bộ nào quyết định.", "nobody knows which officer decides")
	case named != "" && named != officer:
		return "", fault.New(fault.Denied, op, "Chỉ quyết định được bằng tài khoản của chính mình: bỏ trống cán bộ, hoặc ghi đúng tài khoản của mã truy cập (token).",
			"an officer decides under the own account only: leave the officer out, or name the account of the token")
	}
	return officer, nil
}

// officersNeeded is how many different people have to say the same: two where the registry said no.
func officersNeeded(o pb.Outcome) int32 {
	switch o {
	case pb.Outcome_OUTCOME_MISMATCHED, pb.Outcome_OUTCOME_NOT_FOUND, pb.Outcome_OUTCOME_SUPERSEDED:
		return 2
	}
	return 1
}

// settlement is one officer's newest decision about one state of the facts.
type settlement struct {
	*pb.IdentitySettled
	sequence uint64
	stored   time.Time
}

// by reports whether it is the same officer's decision about the same facts.
func (t settlement) by(ev *pb.IdentitySettled) bool {
	return t.GetOfficer() == ev.GetOfficer() && bytes.Equal(t.GetSeen(), ev.GetSeen())
}

// settlementsOf reads the decisions about a pupil.
func settlementsOf(d store.Doc) ([]settlement, error) {
	var out []settlement
	for _, f := range d.Prefix(facetSettled) {
		ev := new(pb.IdentitySettled)
		if err := proto.Unmarshal(f.Value, ev); err != nil {
			return nil, fault.Wrap(fault.Internal, "matching.settlement", err)
		}
		out = append(out, settlement{ev, f.Rev.Major, time.Unix(0, int64(f.Rev.Minor))})
	}
	return out, nil
}

// inForce returns the decisions that stand about one state of the facts, by the digest of the identity or of it with who shares the number; one
// an officer.
func inForce(all []settlement, seen []byte) []settlement {
	var out []settlement
	for _, t := range all {
		if (bytes.Equal(t.GetSeen(), seen) || bytes.Equal(t.GetShared(), seen)) && len(seen) > 0 && !t.GetWithdrawn() {
			out = append(out, t)
		}
	}
	return out
}

// decided returns what officers have settled of a pupil. It follows from their decisions alone, so that it is the same however they and the
// judgements are interleaved: whether the facts are still those is seen by who compares.
func decided(pupil string, all []settlement) *pb.IdentityDecision {
	d := &pb.IdentityDecision{Pupil: pupil}
	for _, t := range all {
		d.Basis += t.sequence
		for _, seen := range [][]byte{t.GetSeen(), t.GetShared()} {
			if slices.ContainsFunc(d.Seen, func(b []byte) bool { return bytes.Equal(b, seen) }) {
				continue
			}
			if n := len(inForce(all, seen)); n > 0 && int32(n) >= t.GetOfficersNeeded() {
				d.Seen = append(d.Seen, seen)
			}
		}
	}
	return d
}

// decisions projects what officers decided of identities, and carries out re-checks.
func (s *Server) decisions(ctx context.Context, batch []eventlog.Message) error {
	var patches []store.Patch
	ids, merged := make([]string, len(batch)), make([]store.Patch, len(batch))
	for i, m := range batch {
		if m.Type != wire.TypeSettled {
			continue
		}
		id, p, err := settledPatch(m)
		if err != nil {
			return err
		}
		ids[i], merged[i] = id, p
		patches = append(patches, p)
	}
	if err := s.pupils.Merge(ctx, patches); err != nil {
		return err
	}
	var f follow
	for i, m := range batch {
		if m.Type == wire.TypeRecheck {
			if err := s.recheck(ctx, m); err != nil {
				return err
			}
			continue
		}
		docs, err := store.GetAfter(ctx, s.pupils, ids[i:i+1], merged[i:i+1])
		if err != nil {
			return err
		}
		all, err := settlementsOf(docs[0])
		if err != nil {
			return err
		}
		out := &pb.IdentitiesJudged{Drive: s.drive.ID, Decisions: []*pb.IdentityDecision{decided(all[0].GetPupil(), all)}}
		if err := f.add(m, out, nil, m.Token(2), m.Token(3)); err != nil { // decision.settle.<province>.<school>
			return err
		}
	}
	return f.append(ctx, s.log)
}

// settledPatch projects one decision: the newest of each officer about the same facts.
func settledPatch(m eventlog.Message) (string, store.Patch, error) {
	ev := new(pb.IdentitySettled)
	if err := proto.Unmarshal(m.Data, ev); err != nil {
		return "", store.Patch{}, fault.Wrap(fault.Invalid, "matching.decisions", err)
	}
	id := ev.GetDrive() + "/" + ev.GetPupil()
	name := facetSettled + base64.RawURLEncoding.EncodeToString(append([]byte(ev.GetOfficer()+"/"), ev.GetSeen()...))
	return id, store.Patch{ID: id, Facet: name, Rev: store.Revision{Major: m.Sequence, Minor: uint64(m.Stored.UnixNano())}, Value: m.Data}, nil
}
