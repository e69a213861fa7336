package server

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"
)

// perRound is how many pupils are derived and published at once: one read of RECORDS, one atomic batch.
const perRound = 500

// rounds is how many rounds are under way at once: while one waits for the log, another reads and decodes.
const rounds = 4

// derive brings RECORDS in step with the merged state of the pupils of a projection.
func (s *Server) derive(ctx context.Context, p *projection, at *schoolSet) error {
	merged := make(map[string][]store.Patch, len(p.touched))
	for _, patch := range p.pupils {
		merged[patch.ID] = append(merged[patch.ID], patch)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(rounds)
	for round := range slices.Chunk(slices.Collect(maps.Keys(p.touched)), perRound) {
		g.Go(func() error {
			return s.settle(ctx, round, derivation{merged, p.touched, at, map[string]store.Revision{}})
		})
	}
	return g.Wait()
}

// derivation is what is known of some pupils while they are derived, by document id.
type derivation struct {
	merged    map[string][]store.Patch // what this call merged: each document must show it
	touched   map[string]trace.SpanContext
	at        *schoolSet
	published map[string]store.Revision // the basis of what this call published
}

// read reads documents of pupils, each with everything that this call merged and from which it published: less would be derived as a pupil of whom
// something has not come yet, and nobody would look again.
func (s *Server) read(ctx context.Context, ids []string, v derivation) ([]store.Doc, error) {
	var merged []store.Patch
	for _, id := range ids {
		merged = append(merged, v.merged[id]...)
	}
	docs, err := store.GetAfter(ctx, s.pupils, ids, merged)
	if err != nil {
		return nil, err
	}
	for _, d := range docs {
		if stateOf(d).Less(v.published[d.ID]) {
			return nil, store.NotShown("reporting.derive")
		}
	}
	return docs, nil
}

// settle repeats "derive, publish" for some pupils until what is derived stands in RECORDS. A pupil that was published is
// derived once more: another copy may have found, meanwhile and rightly, that nothing had to change, and what was just
// published would then be older than what it saw.
func (s *Server) settle(ctx context.Context, ids []string, v derivation) error {
	for len(ids) > 0 {
		changes, err := s.changes(ctx, ids, v)
		if err != nil || len(changes) == 0 {
			return err
		}
		events := make([]eventlog.Event, 0, len(changes))
		ids = ids[:0:0]
		for _, c := range changes {
			data, err := proto.Marshal(c.state)
			if err != nil {
				return fault.Wrap(fault.Internal, "reporting.settle", err)
			}
			events = append(events, eventlog.Event{
				Subject: recordSubject(c.state.GetPupil()), Type: wire.TypeRecord, Schema: "rasoat.reporting.v1.RecordState", Data: data,
				Header:     c.header(),
				ExpectLast: &eventlog.Expect{Sequence: c.last}, Trace: v.touched[c.id],
			})
			ids = append(ids, c.id)
			v.published[c.id] = basisOf(c.state)
		}
		// A lost condition refuses the batch: somebody else wrote one of the subjects. Read and derive again.
		if err := s.log.AppendBatch(ctx, events); fault.Is(err, fault.Conflict) {
			clear(v.published)
			// A moment later, so that a replica that is read next has caught up, and not in step with the other copy.
			if err := breathe(ctx); err != nil {
				return err
			}
		} else if err != nil {
			return err
		}
	}
	return nil
}

// breathe waits for a few milliseconds, at random.
func breathe(ctx context.Context) error {
	timer := time.NewTimer(time.Duration(1+rand.IntN(20)) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// change is a message that RECORDS lacks.
type change struct {
	id    string
	state *pb.RecordState
	last  uint64 // the sequence that the subject must still have; 0 for none
}

// header tells province and school, so that a subscriber can choose without opening the record.
func (c change) header() map[string][]string {
	province, school := placeOf(c.state)
	return map[string][]string{"rasoat-province": {province}, "rasoat-school": {school}}
}

// placeOf is where a record belongs, or belonged before it was taken back.
func placeOf(r *pb.RecordState) (province, school string) {
	if v := r.GetVerified(); v != nil {
		return v.GetProvince(), v.GetSchool()
	}
	return r.GetWithdrawn().GetProvince(), r.GetWithdrawn().GetSchool()
}

func recordSubject(pupil string) string { return "record." + pupil }

// changes derives the pupils and compares with what stands in RECORDS. A pupil of whom nothing is newer than what was
// published just now needs no second look.
func (s *Server) changes(ctx context.Context, ids []string, from derivation) ([]change, error) {
	docs, err := s.read(ctx, ids, from)
	if err != nil {
		return nil, err
	}
	from.at.ofPupils(docs)
	var wanted []change
	var subjects []string
	for _, d := range docs {
		if basis, done := from.published[d.ID]; done && basis == stateOf(d) || !s.complete(d) {
			continue
		}
		p, err := readPupil(d, s.drive)
		if err != nil {
			return nil, err
		}
		state, err := s.record(p)
		if err != nil {
			return nil, err
		}
		if state == nil {
			continue
		}
		if v := state.GetVerified(); v != nil {
			v.Book = s.bookOf(d, v)
		}
		wanted = append(wanted, change{id: d.ID, state: state})
		subjects = append(subjects, recordSubject(p.ref))
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	standing, err := s.log.LastMany(ctx, subjects)
	if err != nil {
		return nil, err
	}
	out := wanted[:0]
	for i, c := range wanted {
		m, stands := standing[subjects[i]]
		if !stands {
			if c.state.GetVerified() != nil {
				out = append(out, c)
			}
			continue
		}
		old := new(pb.RecordState)
		if err := proto.Unmarshal(m.Data, old); err != nil {
			return nil, fault.Wrap(fault.Internal, "reporting.changes", err)
		}
		if !basisOf(old).Less(basisOf(c.state)) || sameContent(old, c.state) {
			continue
		}
		c.last, c.state.Replaces = m.Sequence, m.Sequence
		if w := c.state.GetWithdrawn(); w != nil {
			w.Province, w.School = placeOf(old)
		}
		out = append(out, c)
	}
	return out, nil
}

// stateOf is the basis of a document: the sums of the revisions of its facets. A facet only grows, first in Major and then in
// Minor, and so does the pair of the sums: a newer state has a greater basis.
func stateOf(d store.Doc) store.Revision {
	var sum store.Revision
	for _, f := range d.Facets {
		sum.Major += f.Rev.Major
		sum.Minor += f.Rev.Minor
	}
	return sum
}

// complete reports, from the names of the facets alone, whether a pupil can have a record or ever had one: each part of the
// first window and each judgement on it has come once. Facets never go away, so of any other pupil nothing was published.
func (s *Server) complete(d store.Doc) bool {
	for _, part := range s.drive.Windows[0].Parts {
		for _, prefix := range []string{string(part), facetVerdict + string(part)} {
			if len(d.Prefix(prefix)) == 0 {
				return false
			}
		}
	}
	_, asked := d.Facet(facetIdentity)
	return asked
}

func basisOf(r *pb.RecordState) store.Revision {
	return store.Revision{Major: r.GetBasis().GetRevisions(), Minor: r.GetBasis().GetJudgements()}
}

// sameContent compares two states apart from what is no content: what they were derived from, what they replace, the book that judged them,
// and where a record belonged that is taken back. It changes that of the old one: nothing is copied.
func sameContent(old, state *pb.RecordState) bool {
	old.Basis, old.Replaces = state.Basis, state.Replaces
	if v := old.GetVerified(); v != nil {
		v.Book = state.GetVerified().GetBook()
		return proto.Equal(old, state)
	}
	before, after := old.GetWithdrawn(), state.GetWithdrawn()
	return after != nil && before.GetReason() == after.GetReason() && before.GetReturned() == after.GetReturned()
}

// bookOf is the least book among those by which the parts of a record, the pairs of them and the entry of its school were judged.
func (s *Server) bookOf(d store.Doc, v *pb.VerifiedRecord) uint64 {
	required := s.drive.Required(v.GetWindows()[len(v.GetWindows())-1])
	facets := []string{facetVerdict + facetEnrolment + v.GetProvince() + "/" + v.GetSchool()}
	for _, part := range required {
		facets = append(facets, facetVerdict+string(part))
	}
	for _, pair := range reporting.Pairs {
		if slices.Contains(required, pair.First) && slices.Contains(required, pair.Second) {
			facets = append(facets, facetShared+pair.Name)
		}
	}
	least := ^uint64(0)
	for _, name := range facets {
		if f, ok := d.Facet(name); ok {
			least = min(least, f.Rev.Minor>>48)
		}
	}
	if least == ^uint64(0) {
		return 0
	}
	return least
}

// record derives what RECORDS should hold of a pupil; nil to leave what stands there.
func (s *Server) record(p *pupil) (*pb.RecordState, error) {
	decision := reporting.Decide(s.drive, p.facts)
	state := &pb.RecordState{
		Pupil: p.ref, Drive: s.drive.ID, Basis: &pb.Basis{Revisions: p.basis.Major, Judgements: p.basis.Minor},
	}
	switch decision.Action {
	case reporting.Publish:
		v, err := s.verified(p, decision.Windows)
		if err != nil {
			return nil, err
		}
		state.State = &pb.RecordState_Verified{Verified: v}
	case reporting.Withdraw:
		state.State = &pb.RecordState_Withdrawn{Withdrawn: &pb.WithdrawnRecord{Reason: pb.Status(decision.Reason), Returned: decision.Returned}}
	default:
		return nil, nil
	}
	return state, nil
}

// verified is the record itself: the parts that the verified windows require.
func (s *Server) verified(p *pupil, windows []string) (*pb.VerifiedRecord, error) {
	home := p.facts.Open()[0]
	v := &pb.VerifiedRecord{
		Province: home.Province, School: home.School, Class: home.Class, ExamBoard: s.drive.Catalogue.ExamCode(home.Province),
		Windows: windows, Identity: p.outcome(), DriveDigest: s.drive.Digest, Personal: &pb.PersonalRecord{},
	}
	for _, part := range s.drive.Required(windows[len(windows)-1]) {
		r, err := p.parts[part].Content()
		if err != nil {
			return nil, fault.Wrap(fault.Internal, "reporting.verified", err)
		}
		switch {
		case r.GetProfile() != nil:
			v.Personal.Profile = clean(r.GetProfile())
		case r.GetResults() != nil:
			v.Personal.Results = append(v.Personal.Results, r.GetResults())
		}
	}
	return v, nil
}

// clean writes name and number as subscribers compare them: composed accents, single spaces. What the school wrote stays
// in the log as it was.
func clean(p *studentpb.Profile) *studentpb.Profile {
	out := proto.CloneOf(p)
	out.FullName = student.Clean(p.GetFullName())
	if id := out.GetIdentity(); id != nil {
		id.Number = student.IDNumber(id.GetNumber()).Normal().Reveal()
	}
	return out
}
