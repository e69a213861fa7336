package eventlog

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Space is how much of a store is used, in bytes.
type Space struct {
	Used  uint64 `json:"used"`
	Limit int64  `json:"limit"` // 0 for none
}

// AccountSpace tells how much the account of a connection has stored, of how much it may. An account of tiers has the fullest of them.
func AccountSpace(ctx context.Context, js jetstream.JetStream) (Space, error) {
	ctx, cancel := context.WithTimeout(ctx, inspectWithin)
	defer cancel()
	info, err := js.AccountInfo(ctx)
	if err != nil {
		return Space{}, unavailable("eventlog.account", err)
	}
	out := Space{info.Store, max(info.Limits.MaxStore, 0)}
	for _, tier := range info.Tiers {
		if s := (Space{tier.Store, max(tier.Limits.MaxStore, 0)}); s.Part() > out.Part() {
			out = s
		}
	}
	return out, nil
}

// Part is which part of the limit is used; 0 without a limit.
func (s Space) Part() float64 {
	if s.Limit <= 0 {
		return 0
	}
	return float64(s.Used) / float64(s.Limit)
}

// BrokerState is one server of the brokers.
type BrokerState struct {
	Name    string        `json:"name"`
	Version string        `json:"version"`
	Store   Space         `json:"store"`
	Ahead   time.Duration `json:"clock_ahead_ns"` // its clock before that of this machine, not counting the way of the answer
}

// The wait for the brokers: nobody says how many there are, so the answers end when none has come for a while.
const (
	brokersWithin = 2 * time.Second
	brokersQuiet  = 300 * time.Millisecond
)

// Brokers asks every server for its store and its clock, by name. That is the system account's right, or of one to which it was given: nil, without an error,
// says that the broker does not let this user see it.
func Brokers(ctx context.Context, nc *nats.Conn) ([]BrokerState, error) {
	const op, subject = "eventlog.brokers", "$SYS.REQ.SERVER.PING.JSZ"
	inbox := nc.NewInbox()
	sub, err := nc.SubscribeSync(inbox)
	if err != nil {
		return nil, unavailable(op, err)
	}
	defer func() { _ = sub.Unsubscribe() }()
	if err := nc.PublishRequest(subject, inbox, nil); err != nil {
		return nil, unavailable(op, err)
	}
	ctx, cancel := context.WithTimeout(ctx, brokersWithin)
	defer cancel()
	var out []BrokerState
	for wait := brokersWithin; ; wait = brokersQuiet {
		next, stop := context.WithTimeout(ctx, wait)
		m, err := sub.NextMsgWithContext(next)
		stop()
		switch {
		case errors.Is(err, nats.ErrNoResponders), errors.Is(err, context.DeadlineExceeded):
			slices.SortFunc(out, func(a, b BrokerState) int { return strings.Compare(a.Name, b.Name) })
			return out, nil
		case err != nil:
			return nil, unavailable(op, err)
		}
		if s, ok := brokerState(m.Data); ok {
			out = append(out, s)
		}
	}
}

// brokerState reads the answer of a server; one without a store keeps nothing.
func brokerState(data []byte) (BrokerState, bool) {
	var answer struct {
		Server struct {
			Name    string    `json:"name"`
			Version string    `json:"ver"`
			Time    time.Time `json:"time"`
		} `json:"server"`
		Data struct {
			Disabled bool   `json:"disabled"`
			Storage  uint64 `json:"storage"`
			Config   struct {
				MaxStore int64 `json:"max_storage"`
			} `json:"config"`
		} `json:"data"`
	}
	if json.Unmarshal(data, &answer) != nil || answer.Server.Name == "" || answer.Data.Disabled {
		return BrokerState{}, false
	}
	return BrokerState{
		Name: answer.Server.Name, Version: answer.Server.Version, Store: Space{answer.Data.Storage, max(answer.Data.Config.MaxStore, 0)},
		Ahead: time.Until(answer.Server.Time),
	}, true
}
