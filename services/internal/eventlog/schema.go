package eventlog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// What the copies of a consumer tell each other, in the metadata of their durable.
const (
	metadataTypes    = "rasoat-types"    // every type that some copy of it knew, with commas between
	metadataReturned = "rasoat-returned" // up to which sequence messages were given back because a copy did not know their type
)

// announceEvery is how often a copy makes sure that its types are still told: two copies that start in the same moment may overwrite each other.
const announceEvery = time.Minute

// knows reports whether Handle knows a type.
func (c Consumer) knows(eventType string) bool {
	return len(c.Types) == 0 || slices.Contains(c.Types, eventType)
}

// Outgrown fails with Unavailable when a message is of another version of one of these types: this program must not pass over it as over
// one that is none of its business, because its readers need it. It gives nil for every other message.
func Outgrown(types []string, m Message) error {
	if slices.Contains(types, m.Type) || !slices.ContainsFunc(types, func(known string) bool { return stem(known) == stem(m.Type) }) {
		return nil
	}
	return outgrown(m)
}

// stem is a type without its version.
func stem(eventType string) string {
	if !versioned(eventType) {
		return eventType
	}
	return eventType[:strings.LastIndex(eventType, ".v")]
}

// outgrown says that this program is too old for a message. Its type is one of ours, so it can be shown.
func outgrown(m Message) *fault.Error {
	return fault.New(fault.Unavailable, "eventlog.schema",
		fmt.Sprintf("Thông điệp %d của %s thuộc loại %s mà một phiên bản mới hơn mới đọc được: hãy nâng cấp bản này.", m.Sequence, m.Stream, m.Type),
		fmt.Sprintf("message %d of %s is of the type %s, which a newer version reads: upgrade this copy", m.Sequence, m.Stream, m.Type))
}

// Outdated fails with Unavailable while a consumer of this log waits for a newer version of its program to answer for a message.
func (l *Log) Outdated(context.Context) error {
	for _, w := range l.crew.all() {
		w.mu.Lock()
		e := w.state.outgrown
		w.mu.Unlock()
		if e != nil {
			return e
		}
	}
	return nil
}

// announced returns the metadata of a durable with the types of a consumer added.
func (l *Log) announced(ctx context.Context, c Consumer) (map[string]string, error) {
	consumer, err := l.js.Consumer(ctx, c.Stream, c.Durable)
	if err != nil {
		if errors.Is(err, jetstream.ErrConsumerNotFound) {
			return withTypes(nil, c.Types), nil
		}
		return nil, err
	}
	return withTypes(consumer.CachedInfo().Config.Metadata, c.Types), nil
}

func withTypes(metadata map[string]string, types []string) map[string]string {
	out := map[string]string{}
	maps.Copy(out, metadata)
	if all := slices.Compact(slices.Sorted(slices.Values(append(typesIn(metadata), types...)))); len(all) > 0 {
		out[metadataTypes] = strings.Join(all, ",")
	}
	return out
}

func typesIn(metadata map[string]string) []string {
	if metadata[metadataTypes] == "" {
		return nil
	}
	return strings.Split(metadata[metadataTypes], ",")
}

// returnedIn gives up to which sequence messages were given back.
func returnedIn(metadata map[string]string) uint64 {
	n, _ := strconv.ParseUint(metadata[metadataReturned], 10, 64) // what is no number was not written here
	return n
}

// durable returns what the broker knows of the durable of a consumer.
func (l *Log) durable(ctx context.Context, c Consumer) (*jetstream.ConsumerInfo, error) {
	const op = "eventlog.durable"
	ctx, done := l.link.during(ctx)
	defer done()
	ctx, cancel := context.WithTimeout(ctx, attemptWithin)
	defer cancel()
	consumer, err := l.js.Consumer(ctx, c.Stream, c.Durable)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		return nil, missing(op, err)
	}
	if err != nil {
		return nil, unavailable(op, because(ctx, err))
	}
	return consumer.CachedInfo(), nil
}

// amend changes the metadata of a durable and leaves its configuration, which may be a newer version's.
func (l *Log) amend(ctx context.Context, info *jetstream.ConsumerInfo, metadata map[string]string) error {
	cfg := info.Config
	cfg.Metadata = metadata
	ctx, done := l.link.during(ctx, "$JS.API.CONSUMER.CREATE."+info.Stream+"."+info.Name)
	defer done()
	ctx, cancel := context.WithTimeout(ctx, attemptWithin)
	defer cancel()
	if _, err := l.js.UpdateConsumer(ctx, info.Stream, cfg); err != nil {
		return unavailable("eventlog.durable", because(ctx, err))
	}
	return nil
}

// announcing keeps the types of a consumer told until the function that it gives is called.
func (l *Log) announcing(ctx context.Context, c Consumer) (stop func()) {
	if len(c.Types) == 0 {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() {
		tick := time.NewTicker(announceEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if err := l.announce(ctx, c); err != nil && ctx.Err() == nil {
				l.logger.DebugContext(ctx, "the types of a consumer could not be told", c.attr(), slog.Any("error", err))
			}
		}
	})
	return func() {
		cancel()
		running.Wait()
	}
}

// announce tells the types of a consumer again, if they are not told any more.
func (l *Log) announce(ctx context.Context, c Consumer) error {
	info, err := l.durable(ctx, c)
	if err != nil {
		return err
	}
	told := withTypes(info.Config.Metadata, c.Types)
	if told[metadataTypes] == info.Config.Metadata[metadataTypes] {
		return nil
	}
	return l.amend(ctx, info, told)
}
