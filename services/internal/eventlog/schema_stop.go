package eventlog

import (
	"context"
	"slices"
	"strconv"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// ahead is what a worker gave back because only a newer version of its program knows it.
type ahead struct {
	upTo uint64       // the highest sequence; 0 for nothing
	why  *fault.Error // what is told meanwhile
}

// strangers answers for messages of types that the handler does not know.
//
// One that no copy of this consumer ever wanted is news from a newer sender: it is acknowledged and counted. But another version of a type
// that the handler knows, or a type that another copy told that it knows, is for a newer version of this program: it is given back, for
// that one to take, and this copy fetches nothing until it was answered for.
func (w *worker) strangers(ctx context.Context, met []*held) {
	if len(met) == 0 {
		return
	}
	for wait := (backoff{}); ctx.Err() == nil; {
		err := w.part(ctx, met)
		if err == nil {
			return
		}
		if ctx.Err() == nil {
			w.ill(ctx, err)
			wait.sleep(ctx)
		}
	}
	for _, h := range met {
		w.answer(h, ackNotBegun)
	}
}

// part is strangers, once. Nothing is answered when it fails.
func (w *worker) part(ctx context.Context, met []*held) error {
	info, err := w.l.durable(ctx, w.c) // asked after they came: who told of a type before it was sent is in the answer
	if err != nil {
		return err
	}
	told := typesIn(info.Config.Metadata)
	var wanted, unwanted []*held
	upTo := w.ahead.upTo
	for _, h := range met {
		if Outgrown(w.c.Types, h.Message) == nil && !slices.Contains(told, h.Type) {
			unwanted = append(unwanted, h)
			continue
		}
		wanted = append(wanted, h)
		upTo = max(upTo, h.Sequence)
	}
	if len(wanted) > 0 {
		if upTo > returnedIn(info.Config.Metadata) {
			metadata := withTypes(info.Config.Metadata, nil)
			metadata[metadataReturned] = strconv.FormatUint(upTo, 10)
			if err := w.l.amend(ctx, info, metadata); err != nil {
				return err
			}
		}
		w.stand(ahead{upTo: upTo, why: outgrown(wanted[0].Message)})
	}
	for _, h := range wanted {
		w.answer(h, ackNotBegun)
	}
	for _, h := range unwanted {
		w.answer(h, ackDone)
		w.l.metrics.count(ctx, w.c, h.Message, unknown)
	}
	return nil
}

// stand keeps what was given back, for the loop and for those who look on.
func (w *worker) stand(a ahead) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ahead, w.state.outgrown = a, a.why
}

// overtaken reports whether newer copies have answered for everything that was given back; then the worker goes on. Otherwise it stands paused.
func (w *worker) overtaken(ctx context.Context) bool {
	info, err := w.l.durable(ctx, w.c)
	switch {
	case err == nil && info.AckFloor.Stream >= w.ahead.upTo, fault.Is(err, fault.NotFound): // of a new durable nothing was given back
		w.stand(ahead{})
		w.well(ctx)
		return true
	case ctx.Err() == nil:
		w.ill(ctx, w.ahead.why)
	}
	return false
}

// hopelessReturned is hopelessAfter for a message that copies gave back as too new for them: they, too, were given it each time that they started.
const hopelessReturned = 20 * hopelessAfter

// hopeless reports whether a message was given out so often that it has to be set aside unseen; ok is false when ctx ended before that was known.
func (w *worker) hopeless(ctx context.Context, h *held) (yes, ok bool) {
	if h.Delivered <= hopelessAfter {
		return false, true
	}
	for wait := (backoff{}); ; {
		info, err := w.l.durable(ctx, w.c)
		if err == nil {
			return h.Sequence > returnedIn(info.Config.Metadata) || h.Delivered > hopelessReturned, true
		}
		if ctx.Err() == nil {
			w.ill(ctx, err)
		}
		if !wait.sleep(ctx) {
			return false, false
		}
	}
}
