package server

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/student/wire"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"
)

const (
	lease     = "registry"
	leaseTerm = 5 * time.Second
	// callsAtOnce is how many calls of one province are under way at once.
	callsAtOnce = 4
)

// asker asks the registry. Of all copies of the service the holder of the lease has one, so that they keep to one budget together.
type asker struct {
	*Server
	gate    *gate
	memory  *memory
	unasked unasked
}

// takePart has this copy take part in the asking until ctx ends.
func (s *Server) takePart(ctx context.Context) error {
	var mu sync.Mutex
	var g *gate
	current := func() *gate {
		mu.Lock()
		defer mu.Unlock()
		return g
	}
	return s.log.Hold(ctx, eventlog.Lease{
		Name: lease, Term: s.leaseTerm,
		Sign: func() []byte {
			if g := current(); g != nil {
				return g.sign()
			}
			return nil
		},
		Stored: func() {
			if g := current(); g != nil {
				g.stored()
			}
		},
		Hold: func(ctx context.Context, held eventlog.Held) error {
			a := &asker{Server: s, gate: newGate(s.drive, s.openFor, s.now, held.Still, readLedger(held.Inherited)), memory: newMemory(s.drive.Asking.Remember, s.now)}
			mu.Lock()
			g = a.gate
			mu.Unlock()
			defer func() {
				mu.Lock()
				g = nil
				mu.Unlock()
			}()
			return a.run(ctx)
		},
	})
}

// run asks until ctx ends: a loop for each province, and for its re-checks another. First it waits until what was learned before is projected, so
// that nothing is asked again that a copy before this one was told.
func (a *asker) run(ctx context.Context) error {
	if err := a.log.Patiently(ctx, func() error { return a.caughtUp(ctx) }); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return a.gate.run(ctx) })
	g.Go(func() error { return a.sweep(ctx) })
	g.Go(func() error { return a.lookOut(ctx) })
	for _, province := range a.provinces {
		for _, again := range []bool{false, true} {
			g.Go(func() error { return a.log.Consume(ctx, a.consumer(province, again)) })
		}
	}
	stop, err := a.metrics.watch(a)
	if err != nil {
		return err
	}
	defer stop()
	return g.Wait()
}

// caughtUp waits until everything learned up to now is projected.
func (a *asker) caughtUp(ctx context.Context) error {
	last, err := a.log.Last(ctx, "identity.*.*")
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return a.log.Reached(ctx, eventlog.Identities, durableIdentities, last.Sequence)
}

// Durable names the consumer of a province's questions, first or again.
func Durable(province string, again bool) string {
	if again {
		return "matching-again-" + province
	}
	return "matching-first-" + province
}

func kindOf(again bool) string {
	if again {
		return "again"
	}
	return "first"
}

func (a *asker) consumer(province string, again bool) eventlog.Consumer {
	l := &line{asker: a, lane: matching.Lane{Again: again, Province: province}, answered: map[uint64]bool{}}
	return eventlog.Consumer{
		Stream: eventlog.Questions, Filter: []string{"question." + kindOf(again) + "." + province + ".*"}, Durable: Durable(province, again),
		Types: []string{wire.TypeQuestion}, MaxMessages: callsAtOnce * a.drive.Asking.PerCall, Handle: l.handle,
		AckWait: 2 * a.leaseTerm, // what was in the hands of one that fell silent is soon with the next
	}
}

// line is one province's questions of one kind.
type line struct {
	*asker
	lane matching.Lane

	mu       sync.Mutex
	answered map[uint64]bool // questions of the batch in hand of which the log has the answer, or that they were put back; by sequence
}

// question is an open question with what it is about.
type question struct {
	*present
	ev       *pb.QuestionOpened
	m        eventlog.Message
	province string
	school   string
}

// handle has a batch of questions answered. While the registry is away, or the database does not show a profile, it fails with Unavailable, and
// the loop keeps the questions in hand and tries again; what was answered before that is in the log and is not asked again.
func (l *line) handle(ctx context.Context, batch []eventlog.Message) error {
	open, unsure, err := l.open(ctx, batch)
	if err != nil {
		return err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(callsAtOnce)
	most := l.drive.Asking.PerCall
	if n := l.drive.Asking.PerDay; n > 0 {
		most = min(most, n)
	}
	for len(open) > 0 {
		n := min(len(open), most)
		some := open[:n]
		open = open[n:]
		g.Go(func() error { return l.answer(gctx, some) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if unsure { // the others are answered: one whom the database does not show holds up nobody of the batch
		return store.NotShown("matching.question")
	}
	clear(l.answered)
	return nil
}

// open returns the questions that are still open: the pupil has the identity that the question is about, and nothing newer was learned of it. A
// question is opened only after the profile was merged that it is about: where that is not shown, nobody can say whether the question is open,
// and unsure is true.
func (l *line) open(ctx context.Context, batch []eventlog.Message) (open []*question, unsure bool, err error) {
	qs := make([]*question, 0, len(batch))
	ids := make([]string, 0, len(batch))
	for _, m := range batch {
		if l.answered[m.Sequence] {
			continue
		}
		ev := new(pb.QuestionOpened)
		if err := proto.Unmarshal(m.Data, ev); err != nil {
			return nil, false, fault.Wrap(fault.Invalid, "matching.question", err)
		}
		qs = append(qs, &question{ev: ev, m: m, province: m.Token(2), school: m.Token(3)})
		ids = append(ids, ev.GetDrive()+"/"+ev.GetPupil())
	}
	docs, err := l.pupils.Get(ctx, ids)
	if err != nil {
		return nil, false, err
	}
	open = qs[:0]
	seen := map[string]bool{}
	for i, d := range docs {
		q := qs[i]
		p, err := profileOf(d)
		if err != nil {
			return nil, false, err
		}
		known, err := identityOf(d)
		if err != nil {
			return nil, false, err
		}
		if p == nil || p.revision < q.ev.GetRevision() {
			unsure = true
			continue
		}
		if seen[d.ID] || !bytes.Equal(p.IdentityHash, q.ev.GetIdentityHash()) || !matching.Askable(p.Identity) {
			continue
		}
		q.present = p
		if !q.newest(known) {
			known = nil
		}
		if known != nil && known.GetOutcome() != pb.Outcome_OUTCOME_WAITING && (!l.lane.Again || known.at > q.ev.GetAfter()) {
			continue
		}
		seen[d.ID] = true
		if known != nil && known.GetSchool() != "" { // the school that sent the pupil last: it may be another than when the question was opened
			q.province, q.school = known.GetProvince(), known.GetSchool()
		}
		open = append(open, q)
	}
	return open, unsure, nil
}

// newest reports whether what is known is about the identity in question, and no older than the question. An older answer, seen because a copy of
// the database is behind or the waiting is not projected yet, answers nothing: the waiting that the question belongs to replaces it.
func (q *question) newest(k *known) bool {
	return k != nil && k.GetRevision() >= q.ev.GetRevision() && bytes.Equal(k.GetIdentityHash(), q.IdentityHash)
}

// answer asks about some pupils in one call and appends what was learned.
func (l *line) answer(ctx context.Context, qs []*question) error {
	results, err := l.resolve(ctx, qs)
	if isNonsense(err) && len(qs) > 1 {
		// One of them may be what the registry cannot answer sensibly: alone, it holds up nobody else.
		for _, q := range qs {
			if err := l.answer(ctx, []*question{q}); err != nil {
				return err
			}
		}
		return nil
	}
	if isNonsense(err) {
		if err := l.putBack(ctx, qs[0]); err != nil {
			return err
		}
		l.keep(qs)
		return nil
	}
	if err != nil {
		return err
	}
	events, err := l.events(qs, results)
	if err != nil {
		return err
	}
	if err := l.log.AppendBatch(ctx, events); err != nil {
		return err
	}
	l.keep(qs)
	return nil
}

// keep remembers that what became of some questions is in the log.
func (l *line) keep(qs []*question) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, q := range qs {
		l.answered[q.m.Sequence] = true
	}
}

// maxTries is how often a question is put back because the registry's answer made no sense. After that the pupil keeps waiting until the next
// re-check, and the log and the metric say so.
const maxTries = 5

// putBack puts a question at the end of the re-checks.
func (l *line) putBack(ctx context.Context, q *question) error {
	l.metrics.nonsense(ctx)
	ev := proto.CloneOf(q.ev)
	if ev.Tries++; ev.Tries > maxTries {
		l.logger.ErrorContext(ctx, "the registry's answers about a pupil make no sense; the pupil waits for the next re-check", slog.String("pupil", ev.GetPupil()))
		return nil
	}
	e, err := questionEvent(ev, true, q.province, q.school)
	if err != nil {
		return err
	}
	_, err = l.log.Append(ctx, e)
	return err
}

// events writes what was learned, one event a school.
func (l *line) events(qs []*question, results []outcome) ([]eventlog.Event, error) {
	at := map[string]int{}
	var outs []*pb.IdentitiesJudged
	var firsts []*question
	for i, q := range qs {
		k, ok := at[q.province+"/"+q.school]
		if !ok {
			k = len(outs)
			at[q.province+"/"+q.school] = k
			outs, firsts = append(outs, &pb.IdentitiesJudged{Drive: l.drive.ID}), append(firsts, q)
		}
		outs[k].Judgements = append(outs[k].Judgements, l.judgement(q.present, results[i], q.province, q.school))
	}
	events := make([]eventlog.Event, len(outs))
	for k, out := range outs {
		var err error
		if events[k], err = identityEvent(firsts[k].m, out, firsts[k].province, firsts[k].school); err != nil {
			return nil, err
		}
	}
	return events, nil
}

// deadline is the nearest of some questions.
func deadline(qs []*question) time.Time {
	var nearest time.Time
	for _, q := range qs {
		if t := q.ev.GetDeadline(); t != nil && (nearest.IsZero() || t.AsTime().Before(nearest)) {
			nearest = t.AsTime()
		}
	}
	if nearest.IsZero() {
		return time.Unix(1<<40, 0) // after every other
	}
	return nearest
}
