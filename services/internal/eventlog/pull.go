package eventlog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// The times of a pull. A heartbeat tells that the request is still known to the broker: without two of
// them the request is sent again.
const (
	pullExpires   = 30 * time.Second
	pullHeartbeat = 5 * time.Second
	pullAnswer    = 3 * time.Second // the wait for an answer that needs no waiting
	pullMaxBytes  = 16 << 20
)

// puller asks the broker for the messages of one durable consumer. It speaks the pull protocol itself,
// because the client library does not offer its best request: "give what is there now; if there is
// nothing, wait for the first" (no_wait together with expires), and because the library's fetch drops
// messages that arrive as it is cancelled, which would come back only after AckWait.
type puller struct {
	nc      *nats.Conn
	link    *link
	subject string // where requests go
	inbox   string // where answers come, with the number of the request
	sub     *nats.Subscription
	in      chan *nats.Msg
	n       uint64
}

// request is the broker's pull request.
type request struct {
	Batch     int           `json:"batch"`
	MaxBytes  int           `json:"max_bytes"`
	NoWait    bool          `json:"no_wait"`
	Expires   time.Duration `json:"expires,omitempty"`
	Heartbeat time.Duration `json:"idle_heartbeat,omitempty"`
}

// newPuller subscribes; most is the largest number of messages that will be asked for at once.
func newPuller(nc *nats.Conn, k *link, stream, durable string, most int) (*puller, error) {
	p := &puller{
		nc: nc, link: k,
		subject: "$JS.API.CONSUMER.MSG.NEXT." + stream + "." + durable,
		inbox:   nc.NewInbox(),
		in:      make(chan *nats.Msg, 8*most+64), // requests that were given up may still be answered
	}
	var err error
	p.sub, err = nc.ChanSubscribe(p.inbox+".*", p.in)
	return p, err
}

// errDeleted says that the consumer is gone and has to be made again.
var errDeleted = errors.New("the consumer was deleted")

// fetch asks for at most n messages: those that are there now, or, if wait is set, the first ones to
// come. It may give messages together with an error. It ends early, without an error, when ctx ends.
func (p *puller) fetch(ctx context.Context, n int, wait bool) ([]*nats.Msg, error) {
	r, patience := request{Batch: n, MaxBytes: pullMaxBytes, NoWait: true}, pullAnswer
	if wait {
		r.Expires, r.Heartbeat, patience = pullExpires, pullHeartbeat, 2*pullHeartbeat
	}
	body, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	p.n++
	reply := p.inbox + "." + strconv.FormatUint(p.n, 10)
	changed := p.link.changes()
	if err := p.nc.PublishRequest(p.subject, reply, body); err != nil {
		return nil, err
	}
	var got []*nats.Msg
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for len(got) < n {
		select {
		case m := <-p.in:
			if strings.HasPrefix(m.Reply, "$JS.ACK.") {
				got = append(got, m)
				continue
			}
			if m.Subject != reply {
				continue // the end of an earlier request
			}
			if m.Header.Get("Status") == "100" { // heartbeat
				timer.Reset(patience)
				continue
			}
			return got, ended(m)
		case <-timer.C:
			return got, errors.New("no answer to the request for messages")
		case <-changed:
			return got, errLost
		case <-ctx.Done():
			return got, nil
		}
	}
	return got, nil
}

// ended says what the end of a request means; nil when it is an ordinary one.
func ended(m *nats.Msg) error {
	text := m.Header.Get("Description")
	switch m.Header.Get("Status") {
	case "404", "408": // nothing more, or expired
		return nil
	case "409":
		// All that were asked for have been sent. With copies of the consumer this overtakes them: they come with the next request's.
		if strings.Contains(text, "MaxBytes") || strings.Contains(text, "Batch Completed") {
			return nil
		}
		if strings.Contains(text, "Consumer Deleted") {
			return errDeleted
		}
	case "503":
		return errDeleted // nobody listens for this consumer: it is gone, or its leader is
	}
	return fmt.Errorf("the broker ended the request for messages: %s %s", m.Header.Get("Status"), text)
}

// close ends the subscription and gives the messages that arrived unasked for.
func (p *puller) close() []*nats.Msg {
	var rest []*nats.Msg
	if err := p.sub.Drain(); err == nil {
		_ = p.nc.FlushTimeout(pullAnswer) // after it nothing more can arrive
	}
	for {
		select {
		case m := <-p.in:
			if strings.HasPrefix(m.Reply, "$JS.ACK.") {
				rest = append(rest, m)
			}
		default:
			return rest
		}
	}
}
