package eventlog

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"
)

// StreamState is how a stream of the table stands at the broker, as JSON for scripts.
type StreamState struct {
	Name        string         `json:"name"`
	Missing     bool           `json:"missing,omitempty"` // it does not exist
	Unknown     string         `json:"unknown,omitempty"` // why the broker did not answer; nothing else is known then
	Messages    uint64         `json:"messages"`
	Bytes       uint64         `json:"bytes"`
	MaxBytes    int64          `json:"max_bytes,omitempty"` // the operator's own limit; 0 for none
	First       uint64         `json:"first"`
	Last        uint64         `json:"last"`
	LastWrite   time.Time      `json:"last_write,omitzero"`
	Replicas    int            `json:"replicas"`
	Leader      string         `json:"leader,omitempty"`    // of a cluster; "" while there is none
	Followers   []Follower     `json:"followers,omitempty"` // of a cluster
	Differences []string       `json:"differences,omitempty"`
	At          time.Time      `json:"at,omitzero"` // by the leader's clock
	Ahead       time.Duration  `json:"clock_ahead_ns"`
	RoundTrip   time.Duration  `json:"round_trip_ns"` // Ahead may be wrong by half of it
	Durables    []DurableState `json:"durables,omitempty"`
}

// Follower is a copy of a stream that does not lead.
type Follower struct {
	Name    string `json:"name"`
	Current bool   `json:"current"` // has everything
	Offline bool   `json:"offline,omitempty"`
	Lag     uint64 `json:"lag,omitempty"` // operations that it lacks
}

// DurableState is how a durable consumer stands.
type DurableState struct {
	Name        string    `json:"name"`
	Waiting     uint64    `json:"waiting"` // messages that it was not given yet
	InHand      int       `json:"in_hand"` // given, and not answered for
	Redelivered int       `json:"redelivered"`
	Oldest      time.Time `json:"oldest,omitzero"` // when the oldest of both was stored
	Floor       uint64    `json:"floor"`           // everything up to this sequence is answered for
	Pulling     int       `json:"pulling"`         // requests for messages that wait for one
	Said        Said      `json:"said,omitzero"`   // by whoever reads
}

// Clustered reports whether the stream stands in a cluster.
func (s StreamState) Clustered() bool { return s.Leader != "" || len(s.Followers) > 0 }

// inspectWithin bounds what one stream may take.
const inspectWithin = 3 * time.Second

// Inspect tells how every stream of the table stands, and its durables. It changes nothing and creates nothing. A stream of which the broker
// does not tell is Unknown; so the answer is always whole. What ctx ends early is Unknown, too.
func Inspect(ctx context.Context, js jetstream.JetStream) []StreamState {
	out := make([]StreamState, len(Streams))
	var g errgroup.Group
	for i, row := range Streams {
		g.Go(func() error {
			ctx, cancel := context.WithTimeout(ctx, inspectWithin)
			defer cancel()
			out[i] = inspect(ctx, js, row)
			return nil
		})
	}
	_ = g.Wait() // none of them fails
	return out
}

func inspect(ctx context.Context, js jetstream.JetStream, row Stream) StreamState {
	out := StreamState{Name: row.Name}
	asked := time.Now()
	stream, err := js.Stream(ctx, row.Name)
	answered := time.Now()
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		out.Missing = true
		return out
	case err != nil:
		out.Unknown = err.Error()
		return out
	}
	info := stream.CachedInfo()
	out.Messages, out.Bytes, out.MaxBytes = info.State.Msgs, info.State.Bytes, max(info.Config.MaxBytes, 0)
	out.First, out.Last, out.LastWrite, out.Replicas = info.State.FirstSeq, info.State.LastSeq, info.State.LastTime, info.Config.Replicas
	if out.Last == 0 {
		out.LastWrite = time.Time{} // the broker's own for a stream without messages
	}
	out.Differences = differences(info.Config, row.config(info.Config.Replicas), false)
	out.At, out.RoundTrip = info.TimeStamp, answered.Sub(asked)
	out.Ahead = info.TimeStamp.Sub(asked.Add(out.RoundTrip / 2))
	if c := info.Cluster; c != nil && c.Name != "" {
		out.Leader = c.Leader
		for _, p := range c.Replicas {
			out.Followers = append(out.Followers, Follower{Name: p.Name, Current: p.Current, Offline: p.Offline, Lag: p.Lag})
		}
		slices.SortFunc(out.Followers, func(a, b Follower) int { return strings.Compare(a.Name, b.Name) })
	}
	if out.Durables, err = durables(ctx, stream); err != nil {
		out.Unknown = err.Error()
	}
	return out
}

// durables tells how the durables of a stream stand, by name. Readers without a name are passing guests and left out.
func durables(ctx context.Context, stream jetstream.Stream) ([]DurableState, error) {
	var infos []*jetstream.ConsumerInfo
	list := stream.ListConsumers(ctx)
	for info := range list.Info() {
		if info.Config.Durable != "" {
			infos = append(infos, info)
		}
	}
	if err := list.Err(); err != nil {
		return nil, err
	}
	slices.SortFunc(infos, func(a, b *jetstream.ConsumerInfo) int { return strings.Compare(a.Name, b.Name) })
	out := make([]DurableState, len(infos))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	for i, info := range infos {
		out[i] = DurableState{Name: info.Name, Waiting: info.NumPending, InHand: info.NumAckPending, Redelivered: info.NumRedelivered,
			Floor: info.AckFloor.Stream, Pulling: info.NumWaiting,
			Said: saidIn(info.Config.Metadata)}
		if info.NumPending == 0 && info.NumAckPending == 0 {
			continue
		}
		g.Go(func() error {
			var err error
			out[i].Oldest, err = oldest(ctx, stream, info)
			return err
		})
	}
	return out, g.Wait()
}

// oldest returns when the first message was stored that a durable has not answered for.
func oldest(ctx context.Context, stream jetstream.Stream, info *jetstream.ConsumerInfo) (time.Time, error) {
	var first *jetstream.RawStreamMsg
	for _, filter := range filtersOf(info.Config) {
		m, err := stream.GetMsg(ctx, info.AckFloor.Stream+1, jetstream.WithGetMsgSubject(filter))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue
		}
		if err != nil {
			return time.Time{}, err
		}
		if first == nil || m.Sequence < first.Sequence {
			first = m
		}
	}
	if first == nil {
		return time.Time{}, nil // answered for meanwhile
	}
	return first.Time, nil
}

// filtersOf returns the filters of a consumer, at least one.
func filtersOf(c jetstream.ConsumerConfig) []string {
	switch {
	case c.FilterSubject != "":
		return []string{c.FilterSubject}
	case len(c.FilterSubjects) > 0:
		return c.FilterSubjects
	}
	return []string{">"}
}
