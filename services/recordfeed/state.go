package recordfeed

import (
	"context"
	"log/slog"
	"time"

	"github.com/rasoat/rasoat/services/internal/eventlog"
)

// State says whether a subscriber reads.
type State string

// The states.
const (
	Reading  State = "reading"  // it is connected and takes versions as they come
	Finished State = "finished" // it ended by itself when it had everything (Config.Once)
	Stopped  State = "stopped"  // whoever runs it stopped it
	Absent   State = "absent"   // nobody reads and it did not say that it left: it was killed or cut off
)

// filling is what a subscriber says again and again while it receives the standing records: its consumer is at rest then.
const filling State = "filling"

// How often it says so, and for how long that holds.
const (
	sayEvery = 10 * time.Second
	sayHolds = 3 * sayEvery
)

// StateOf tells the state of a subscriber from its durable consumer: how many requests for messages wait there, and
// what the reader said last.
func StateOf(pulling int, said eventlog.Said, now time.Time) State {
	switch word := State(said.Word); {
	case pulling > 0, word == filling && now.Sub(said.At) < sayHolds:
		return Reading
	case word == Finished, word == Stopped:
		return word
	}
	return Absent
}

// metadata are those of the consumer of a subscriber that says a word; "" for none.
func (f *feed) metadata(word State) map[string]string {
	out := map[string]string{eventlog.RestoredKey: f.restored}
	if word != "" {
		out[eventlog.ReaderKey] = eventlog.Said{Word: string(word), At: time.Now()}.String()
	}
	return out
}

// say leaves a word at the broker.
func (f *feed) say(ctx context.Context, word State) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	stream, err := f.js.Stream(ctx, eventlog.Records)
	if err != nil {
		return err
	}
	consumer, err := stream.Consumer(ctx, f.durable())
	if err != nil {
		return err
	}
	cfg := consumer.CachedInfo().Config
	cfg.Metadata = f.metadata(word)
	_, err = stream.UpdateConsumer(ctx, cfg)
	return err
}

// leave says how the subscriber ended, so that nobody looks for one that was told to end. A broker that is away at that
// moment does not learn it, which keeps nothing from ending.
func (f *feed) leave(ctx context.Context, how State) {
	if !f.nc.IsConnected() {
		return
	}
	ctx = context.WithoutCancel(ctx)
	if err := f.say(ctx, how); err != nil {
		f.Logger.WarnContext(ctx, "the broker was not told that the subscriber ends",
			slog.String("subscriber", f.Name), slog.Any("error", err))
	}
}
