package server

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

// Recheck has the registry asked again, after every first question. Numbers that nobody claims are passed over. It fails with
// NotFound, and asks about nobody, when a pupil is named who is not in the scope: of whom there is no profile, or of another's.
func (s *Server) Recheck(ctx context.Context, req *pb.RecheckRequest) (*pb.RecheckResponse, error) {
	ev := &pb.RecheckAsked{
		Drive: s.drive.ID, Pupils: req.GetPupils(), Scope: req.GetScope(), Unresolved: req.GetUnresolved(), Reason: pb.RecheckReason_RECHECK_REASON_OFFICER,
		Officer: access.Officer(ctx),
	}
	if err := s.mustBeIn(ctx, req.GetScope(), req.GetPupils()); err != nil {
		return nil, err
	}
	ev.Found = true
	if len(req.GetIdNumbers()) > 0 {
		ev.Reason = pb.RecheckReason_RECHECK_REASON_NOTICE
		claimants, err := s.claimantsOf(ctx, req.GetIdNumbers())
		if err != nil {
			return nil, err
		}
		if ev.Pupils = append(ev.Pupils, claimants...); len(ev.Pupils) == 0 {
			return &pb.RecheckResponse{}, nil
		}
	}
	at, err := s.log.Append(ctx, recheckEvent(ev, "asked", nil))
	return &pb.RecheckResponse{Sequence: at.Sequence}, err
}

// mustBeIn fails with NotFound when one of some pupils is not in a scope. The answer is the same for somebody else's pupil as for nobody's.
func (s *Server) mustBeIn(ctx context.Context, scope string, pupils []string) error {
	const op = "matching.recheck"
	ids := make([]string, len(pupils))
	for i, p := range pupils {
		ids[i] = s.drive.ID + "/" + p
	}
	docs, err := s.pupils.Get(ctx, ids)
	if err != nil {
		return err
	}
	for _, d := range docs {
		h, err := heldOf(d)
		if err != nil {
			return err
		}
		k, err := identityOf(d)
		if err != nil {
			return err
		}
		switch {
		case h != nil && k == nil, h == nil && k != nil && within(scope, k.GetProvince(), k.GetSchool()):
			return store.NotShown(op) // one follows from the other
		case h != nil && within(scope, k.GetProvince(), k.GetSchool()):
		default:
			return fault.New(fault.NotFound, op, "Không có học sinh này trong phạm vi của bạn; chưa hỏi lại em nào. Kiểm tra lại mã học sinh và phạm vi",
				"There is no such pupil in your scope, and nobody is asked about again. Check the pupil and the scope")
		}
	}
	return nil
}

// within reports whether a school is in a scope.
func within(scope, province, school string) bool {
	return strings.HasPrefix(province+"/"+school+"/", withSlash(scope))
}

// found reports whether there is a profile of each of some pupils.
func (s *Server) found(ctx context.Context, pupils []string) (bool, error) {
	ids := make([]string, len(pupils))
	for i, p := range pupils {
		ids[i] = s.drive.ID + "/" + p
	}
	docs, err := s.pupils.Get(ctx, ids)
	return err == nil && !slices.ContainsFunc(docs, func(d store.Doc) bool {
		_, ok := d.Facet(facetProfile)
		return !ok
	}), err
}

// claimantsOf returns the pupils who claim one of some numbers, or have claimed it. Every claim comes with a profile: it fails with Unavailable
// while one is not shown.
func (s *Server) claimantsOf(ctx context.Context, numbers []string) ([]string, error) {
	ids := make([]string, len(numbers))
	for i, n := range numbers {
		ids[i] = s.drive.ID + "/" + s.key.NumberHash(s.drive.ID, student.IDNumber(n).Normal())
	}
	docs, err := s.numbers.Get(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, d := range docs {
		for _, f := range d.Facets {
			out = append(out, f.Name)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if all, err := s.found(ctx, out); err != nil || !all {
		return nil, cmp.Or(err, store.NotShown("matching.recheck"))
	}
	return out, nil
}

// recheckEvent is a re-check on decision.recheck.<who asks>.<province or all>.
func recheckEvent(ev *pb.RecheckAsked, who string, condition *eventlog.Expect) eventlog.Event {
	scope, _, _ := strings.Cut(ev.GetScope(), "/")
	if scope == "" {
		scope = "all"
	}
	data, err := proto.Marshal(ev)
	if err != nil {
		data = nil // strings that the door has checked: it does not happen
	}
	return eventlog.Event{
		Subject: "decision.recheck." + who + "." + scope, Type: wire.TypeRecheck, Schema: "rasoat.matching.v1.RecheckAsked", Data: data, Records: 1,
		ExpectLast: condition,
	}
}

// perScan is how many pupils a re-check of a scope looks at in one go.
const perScan = 500

// recheck opens the questions of a re-check.
func (s *Server) recheck(ctx context.Context, m eventlog.Message) error {
	ev := new(pb.RecheckAsked)
	if err := proto.Unmarshal(m.Data, ev); err != nil {
		return fault.Wrap(fault.Invalid, "matching.recheck", err)
	}
	if len(ev.GetPupils()) > 0 {
		ids := make([]string, len(ev.GetPupils()))
		for i, p := range ev.GetPupils() {
			ids[i] = ev.GetDrive() + "/" + p
		}
		docs, err := s.pupils.Get(ctx, ids)
		if err != nil {
			return err
		}
		return s.askAgain(ctx, ev, docs)
	}
	for after := ""; ; {
		docs, err := s.pupils.Scan(ctx, ev.GetDrive()+"/", after, perScan)
		if err != nil {
			return err
		}
		if err := s.askAgain(ctx, ev, docs); err != nil {
			return err
		}
		if len(docs) < perScan {
			return nil
		}
		after = docs[len(docs)-1].ID
	}
}

// askAgain opens a question about each of some pupils whom a re-check concerns.
func (s *Server) askAgain(ctx context.Context, ev *pb.RecheckAsked, docs []store.Doc) error {
	var events []eventlog.Event
	for _, d := range docs {
		p, err := profileOf(d)
		if err != nil {
			return err
		}
		k, err := identityOf(d)
		if err != nil {
			return err
		}
		if p == nil && ev.GetFound() && len(ev.GetPupils()) > 0 {
			return store.NotShown("matching.recheck")
		}
		if p == nil || k == nil || !matching.Askable(p.Identity) || ev.GetUnresolved() && k.GetOutcome() == pb.Outcome_OUTCOME_CONFIRMED ||
			!within(ev.GetScope(), k.GetProvince(), k.GetSchool()) {
			continue
		}
		q := s.questionOf(&p.held)
		q.After = k.at
		e, err := questionEvent(q, true, k.GetProvince(), k.GetSchool())
		if err != nil {
			return err
		}
		events = append(events, e)
	}
	return s.log.AppendBatch(ctx, events)
}

func withSlash(scope string) string {
	if scope == "" {
		return ""
	}
	return scope + "/"
}

// sweep has everybody unresolved asked about again some time before each window closes, once.
func (a *asker) sweep(ctx context.Context) error {
	if a.drive.Asking.Sweep == 0 {
		return nil
	}
	for _, w := range a.drive.Windows {
		if !a.now().Before(w.Closes) {
			continue
		}
		timer := time.NewTimer(w.Closes.Add(-a.drive.Asking.Sweep).Sub(a.now()))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
		ev := &pb.RecheckAsked{Drive: a.drive.ID, Unresolved: true, Reason: pb.RecheckReason_RECHECK_REASON_DEADLINE}
		// Taken once, whoever holds the lease by then.
		err := a.log.Patiently(ctx, func() error {
			_, err := a.log.Append(ctx, recheckEvent(ev, "sweep-"+a.drive.ID+"-"+w.ID, &eventlog.Expect{}))
			return err
		})
		if err != nil && !fault.Is(err, fault.Conflict) && ctx.Err() == nil {
			return err
		}
	}
	return nil
}
