package server

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/reporting"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// census is the pupils of a school while they are counted, by window of the drive.
type census struct {
	school  []reporting.Counts
	classes map[string][]reporting.Counts
	seen    []map[string][16]byte // by pupil's reference
	covered []int64               // pupils whom an approval covers
}

// countSchool counts one school from its pupils, in every window and every class, a page at a time, and reads what was decided about it. It is
// the only function that counts: summaries, and answers that want the present, both have it from here.
func (s *Server) countSchool(ctx context.Context, sc drive.School) (*pb.SchoolProgress, error) {
	n := len(s.drive.Windows)
	c := census{make([]reporting.Counts, n), map[string][]reporting.Counts{}, make([]map[string][16]byte, n), make([]int64, n)}
	for i := range c.seen {
		c.seen[i] = map[string][16]byte{}
	}
	row := &pb.SchoolProgress{Province: sc.Province, School: sc.Code, Name: sc.Name, Declared: int64(sc.Expected), AsOf: timestamppb.Now()}
	docs, err := s.schools.Get(ctx, []string{s.schoolID(sc)})
	if err != nil {
		return nil, err
	}
	err = s.eachPupil(ctx, sc, "", func(p *pupil, at *reporting.EnrolmentFact, _ string) bool {
		s.count(&c, p, at)
		return true
	})
	if err != nil {
		return nil, err
	}
	for i, w := range s.drive.Windows {
		row.Windows = append(row.Windows, countsMessage(w.ID, c.school[i]))
		if !c.school[i].Conserved() {
			s.logger.ErrorContext(ctx, "a report does not add up",
				slog.String("province", sc.Province), slog.String("school", sc.Code), slog.String("window", w.ID))
		}
	}
	for _, class := range slices.Sorted(maps.Keys(c.classes)) {
		m := &pb.ClassProgress{Class: class}
		for i, w := range s.drive.Windows {
			m.Windows = append(m.Windows, countsMessage(w.ID, c.classes[class][i]))
		}
		row.Classes = append(row.Classes, m)
	}
	return row, s.decidedOf(docs[0], &c, row)
}

// count counts one pupil; an unexpected one has no class.
func (s *Server) count(c *census, p *pupil, at *reporting.EnrolmentFact) {
	if at == nil {
		for i := range c.school {
			c.school[i].Unexpected++
		}
		return
	}
	class := c.classes[at.Class]
	if class == nil {
		class = make([]reporting.Counts, len(c.school))
		c.classes[at.Class] = class
	}
	for i, w := range s.drive.Windows {
		status := reporting.StatusOf(s.drive, p.facts, w.ID)
		for _, to := range []*reporting.Counts{&c.school[i], &class[i]} {
			to.Count(status)
			if p.facts.Returned(s.drive, w.ID) {
				to.Returned++
			}
		}
		if p.facts.Approved(s.drive, w.ID) {
			c.covered[i]++
		}
		c.seen[i][p.ref] = p.seen(w.ID)
	}
}

// decidedOf adds how a school stands with its province, and its unlocks.
func (s *Server) decidedOf(d store.Doc, c *census, row *pb.SchoolProgress) error {
	const op = "reporting.count"
	for i, w := range s.drive.Windows {
		m := &pb.Standing{Window: w.ID, Seen: schoolSeen(c.seen[i]), Approved: c.covered[i]}
		for _, name := range []string{facetDeclared + w.ID, facetSchoolApproved + w.ID} {
			f, ok := d.Facet(name)
			if !ok || len(f.Value) == 0 {
				continue
			}
			said := new(pb.Standing)
			if err := proto.Unmarshal(f.Value, said); err != nil {
				return fault.Wrap(fault.Internal, op, err)
			}
			proto.Merge(m, said)
		}
		row.Standing = append(row.Standing, m)
	}
	f, ok := d.Facet(facetUnlocks)
	if !ok {
		return nil
	}
	decided := new(intakepb.UnlocksDecided)
	if err := proto.Unmarshal(f.Value, decided); err != nil {
		return fault.Wrap(fault.Internal, op, err)
	}
	for _, u := range decided.GetUnlocks() {
		switch u.GetDecision() {
		case intakepb.UnlockDecision_UNLOCK_DECISION_APPROVE, intakepb.UnlockDecision_UNLOCK_DECISION_REVOKE:
			row.Unlocks = append(row.Unlocks, u)
		}
	}
	return nil
}

// unlockState is where an approved unlock stands at a time.
func unlockState(u *intakepb.Unlock, now time.Time) intakepb.UnlockState {
	switch {
	case u.GetDecision() == intakepb.UnlockDecision_UNLOCK_DECISION_REVOKE:
		return intakepb.UnlockState_UNLOCK_STATE_REVOKED
	case now.Before(u.GetExpires().AsTime()):
		return intakepb.UnlockState_UNLOCK_STATE_OPEN
	}
	return intakepb.UnlockState_UNLOCK_STATE_EXPIRED
}

// withStates tells the states of a row's unlocks; the row itself is left alone. A row without unlocks is given as it is.
func withStates(row *pb.SchoolProgress, now time.Time) *pb.SchoolProgress {
	if len(row.GetUnlocks()) == 0 {
		return row
	}
	out := proto.CloneOf(row)
	for _, u := range out.GetUnlocks() {
		u.State = unlockState(u, now)
	}
	return out
}

func (s *Server) schoolID(sc drive.School) string {
	return s.drive.ID + "/" + sc.Province + "/" + sc.Code
}
