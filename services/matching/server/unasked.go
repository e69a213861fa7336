package server

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// How often it is looked for pupils whom nobody will ask about. A look reads every pupil: it takes at most one part in lookShare of the time.
const (
	lookEvery = time.Minute
	lookShare = 20
)

// unasked holds how many pupils wait for the registry although no question about them is open, by province. Nobody will ask about them, and
// nothing else shows it: their school sees a pupil who waits. In a system that is well there is none.
type unasked struct {
	mu       sync.Mutex
	province map[string]int64 // nil before the first look
}

func (u *unasked) set(found map[string]int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.province = found
}

// get returns what was found; nil before the first look.
func (u *unasked) get() map[string]int64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.province
}

func (u *unasked) sum() int64 {
	var sum int64
	for _, n := range u.get() {
		sum += n
	}
	return sum
}

// lookOut looks for pupils whom nobody will ask about until ctx ends, whenever something has changed since the last look.
func (a *asker) lookOut(ctx context.Context) error {
	var last []uint64
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		began := time.Now()
		now, err := a.signs(ctx)
		if err == nil && !slices.Equal(now, last) {
			if err = a.lookTwice(ctx); err == nil {
				last = now
			}
		}
		pause := max(lookEvery, lookShare*time.Since(began))
		switch {
		case fault.Is(err, fault.NotFound): // the lines are being made
			pause = time.Second
		case err != nil && ctx.Err() == nil:
			a.logger.WarnContext(ctx, "pupils whom nobody asks about were not looked for", slog.Any("error", err))
		}
		timer.Reset(pause)
	}
}

// signs are what cannot stay the same while a pupil begins or ends to wait, or a question is opened or answered for.
func (a *asker) signs(ctx context.Context) ([]uint64, error) {
	var out []uint64
	for _, stream := range []string{eventlog.Submissions, eventlog.Identities, eventlog.Questions} {
		head, _, err := a.log.Head(ctx, stream)
		if err != nil {
			return nil, err
		}
		out = append(out, head)
	}
	open, err := a.openQuestions(ctx)
	for _, province := range slices.Sorted(maps.Keys(open)) {
		out = append(out, uint64(open[province]))
	}
	return out, err
}

// lookTwice keeps what two looks find: a pupil who began to wait during one, and was answered during it, is found by that one alone.
func (a *asker) lookTwice(ctx context.Context) error {
	found, err := a.look(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(slices.Collect(maps.Values(found)), func(n int64) bool { return n > 0 }) {
		again, err := a.look(ctx)
		if err != nil {
			return err
		}
		for province, n := range again {
			found[province] = min(found[province], n)
		}
	}
	a.unasked.set(found)
	a.gate.noteUnasked(a.unasked.sum())
	return nil
}

// look returns, by province, how many more pupils wait than questions are open. While pupils are asked about more than once that may be fewer than
// wait in vain; when the queue is empty it is exact.
func (a *asker) look(ctx context.Context) (map[string]int64, error) {
	before, err := a.openQuestions(ctx)
	if err != nil {
		return nil, err
	}
	waiting := map[string]int64{}
	for after, ended := "", false; !ended; {
		docs, err := a.pupils.Scan(ctx, a.drive.ID+"/", after, perScan)
		if err != nil {
			return nil, err
		}
		seen, err := views(docs)
		if err != nil {
			return nil, err
		}
		for _, v := range seen {
			if v.judged() && v.known.GetOutcome() == pb.Outcome_OUTCOME_WAITING {
				waiting[v.known.GetProvince()]++
			}
		}
		if ended = len(docs) < perScan; !ended {
			after = docs[len(docs)-1].ID
		}
	}
	open, err := a.openQuestions(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]int64{}
	for _, province := range a.provinces {
		out[province] = max(0, waiting[province]-max(before[province], open[province]))
	}
	return out, nil
}

// openQuestions counts the questions that nobody has answered for, by province. It fails with NotFound before all lines were made.
func (a *asker) openQuestions(ctx context.Context) (map[string]int64, error) {
	out := make(map[string]int64, len(a.provinces))
	for _, province := range a.provinces {
		for _, again := range []bool{false, true} {
			n, err := a.log.Pending(ctx, eventlog.Questions, Durable(province, again))
			if err != nil {
				return nil, err
			}
			out[province] += int64(n)
		}
	}
	return out, nil
}
