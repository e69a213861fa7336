package eventlog

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// The answers to a delivered message, as the broker reads them.
const (
	ackDone     = "+ACK"
	ackProgress = "+WPI"
	ackNotBegun = "-NAK"
	ackDead     = "+TERM"
)

// held is a message in hand: delivered, and not answered for.
type held struct {
	Message
	reply string
}

// worker is one run of the consume loop.
type worker struct {
	l    *Log
	c    Consumer
	hand []*held // in the order of the stream, suspects first

	handling context.Context // what handlers run under: outlives the consumer's context by Grace
	end      func()          // ends that, and waits for what the worker started

	paused bool // as shown by the gauge
	ahead  ahead

	mu    sync.Mutex
	keep  map[string]struct{} // replies of what is in hand, kept alive
	state condition

	turn chan struct{} // holds one while the handler works: a handler is called once at a time
}

// newWorker starts keeping alive what comes to hand, until end.
func newWorker(ctx context.Context, l *Log, c Consumer) *worker {
	w := &worker{l: l, c: c, keep: map[string]struct{}{}, turn: make(chan struct{}, 1)}
	handling, cancel := context.WithCancel(context.WithoutCancel(ctx))
	w.handling = handling
	tended := make(chan struct{})
	go func() {
		defer close(tended)
		w.tend(ctx.Done(), cancel)
	}()
	w.end = func() {
		cancel()
		<-tended
		w.gauge(context.WithoutCancel(ctx), 0)
	}
	w.gauge(ctx, 0)
	return w
}

// tend tells the broker, three times in each AckWait, that what is in hand is being worked on; and it
// ends the handler's context when Grace has passed since the consumer was asked to stop.
func (w *worker) tend(stopped <-chan struct{}, cancel func()) {
	tick := time.NewTicker(w.c.AckWait / 3)
	defer tick.Stop()
	var grace <-chan time.Time
	for {
		select {
		case <-tick.C:
			w.mu.Lock()
			for reply := range w.keep {
				_ = w.l.nc.Publish(reply, []byte(ackProgress)) // a lost one is made good by the next
			}
			w.mu.Unlock()
		case <-stopped:
			stopped, grace = nil, time.After(w.c.Grace)
		case <-grace:
			cancel()
		case <-w.handling.Done():
			return
		}
	}
}

// The deliveries after which a message is looked at with suspicion. A message that was given out
// several times and never answered for may have killed its process each time; so may its neighbours
// have died with it. From suspectAfter on it is handled alone, before everything else, in random
// order: the innocent get through, the guilty one remains. After hopelessAfter it is set aside unseen.
const (
	suspectAfter  = 5
	hopelessAfter = 12
)

// take puts delivered messages into the hand.
func (w *worker) take(ctx context.Context, msgs []*nats.Msg) {
	var strangers []*held
	defer func() { w.strangers(ctx, strangers) }()
	for _, m := range msgs {
		meta, err := m.Metadata()
		if err != nil {
			w.l.logger.ErrorContext(ctx, "a message without its place in the stream", w.c.attr(), slog.Any("error", err))
			continue // not an answer of JetStream: nothing is lost, the broker gives its own again
		}
		h := &held{reply: m.Reply, Message: Message{
			Stream:    meta.Stream,
			Subject:   m.Subject,
			Type:      m.Header.Get(HeaderType),
			Sequence:  meta.Sequence.Stream,
			Stored:    meta.Timestamp,
			Data:      m.Data,
			Header:    m.Header,
			Delivered: meta.NumDelivered,
		}}
		w.mu.Lock()
		w.keep[h.reply] = struct{}{}
		w.mu.Unlock()
		if !w.c.knows(h.Type) {
			strangers = append(strangers, h)
			continue
		}
		if h.suspect() {
			w.hand = slices.Insert(w.hand, rand.IntN(w.suspects()+1), h)
			continue
		}
		w.hand = append(w.hand, h)
	}
}

func (h *held) suspect() bool { return h.Delivered > suspectAfter }

// suspects counts the suspects, who stand at the front of the hand.
func (w *worker) suspects() int {
	n := slices.IndexFunc(w.hand, func(h *held) bool { return !h.suspect() })
	if n < 0 {
		return len(w.hand)
	}
	return n
}

// full reports whether the hand holds a whole batch.
func (w *worker) full() bool {
	records := 0
	for _, h := range w.hand {
		records += h.Records()
	}
	return len(w.hand) >= w.c.MaxMessages || records >= w.c.MaxRecords || w.suspects() > 0
}

// next takes the next batch out of the hand: a suspect alone, or as many messages as the bounds allow.
func (w *worker) next() []*held {
	n, records := 0, 0
	for n < len(w.hand) && n < w.c.MaxMessages {
		records += w.hand[n].Records()
		if n > 0 && (records > w.c.MaxRecords || w.hand[0].suspect()) {
			break
		}
		n++
	}
	batch := slices.Clone(w.hand[:n])
	w.hand = slices.Delete(w.hand, 0, n)
	return batch
}

// answer tells the broker the outcome of a message. A lost answer costs a repetition.
func (w *worker) answer(h *held, verdict string) {
	w.release(h)
	if err := w.l.nc.Publish(h.reply, []byte(verdict)); err != nil && !errors.Is(err, nats.ErrReconnectBufExceeded) {
		w.l.logger.WarnContext(w.handling, "an answer to the broker was lost", w.c.attr(), slog.Uint64("sequence", h.Sequence), slog.Any("error", err))
	}
}

// answerSurely waits until the broker has the answer: the process may not live to flush it.
func (w *worker) answerSurely(h *held, verdict string) {
	w.release(h)
	ctx, cancel := context.WithTimeout(w.handling, 2*time.Second)
	defer cancel()
	if _, err := w.l.nc.RequestWithContext(ctx, h.reply, []byte(verdict)); err != nil {
		w.l.logger.WarnContext(w.handling, "an answer to the broker was lost", w.c.attr(), slog.Uint64("sequence", h.Sequence), slog.Any("error", err))
	}
}

// release ends the care for a message.
func (w *worker) release(h *held) {
	w.mu.Lock()
	delete(w.keep, h.reply)
	w.mu.Unlock()
	if h.span != nil {
		h.span.End()
	}
}

// finish ends the work when the consumer was told to stop: what is in hand, and what arrived meanwhile, is processed as long as it goes well and
// half of Grace has not passed, so that no batch is cut in its middle. The rest is given back, so that another copy has it at once: what the
// handler fails on, and what may kill its process.
func (w *worker) finish(ctx context.Context, arrived []*nats.Msg) {
	w.take(ctx, arrived)
	if ctx.Err() != nil && w.l.guard.sure(w.handling, w.l) == nil {
		for began := time.Now(); len(w.hand) > 0 && !w.hand[0].suspect() && time.Since(began) < w.c.Grace/2; {
			before := len(w.hand)
			if w.process(ctx, w.next()); len(w.hand) == before {
				break
			}
		}
	}
	for _, h := range w.hand {
		w.answer(h, ackNotBegun)
	}
	w.hand = nil
	_ = w.l.nc.FlushTimeout(2 * time.Second) // the acknowledgements, too
}

// ill shows that the loop waits for its surroundings.
func (w *worker) ill(ctx context.Context, err error) {
	if !w.paused {
		w.l.logger.WarnContext(ctx, "consumer pauses", w.c.attr(), slog.Any("error", err))
	}
	w.paused = true
	w.note(err)
	w.gauge(ctx, 1)
}

// well shows that it goes on.
func (w *worker) well(ctx context.Context) {
	if w.paused {
		w.l.logger.InfoContext(ctx, "consumer goes on", w.c.attr())
		w.paused = false
		w.note(nil)
		w.gauge(ctx, 0)
	}
}

func (w *worker) gauge(ctx context.Context, v int64) {
	w.l.metrics.paused.Record(ctx, v, metric.WithAttributes(attribute.String("stream", w.c.Stream), attribute.String("durable", w.c.Durable)))
}
