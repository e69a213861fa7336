package eventlog

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync"

	"github.com/nats-io/nats.go"
)

// errLost ends a wait for an answer that can no longer come: the connection broke.
var errLost = errors.New("the connection to the broker was lost before its answer")

// deniedError is the broker's refusal, by its permissions, to take a message from us. It never answers
// the request itself; without this a refusal looks like a broker that is slow.
type deniedError struct{ subject string }

func (e *deniedError) Error() string {
	return fmt.Sprintf("the broker does not permit this user to publish to %s", e.subject)
}

// link listens to one connection for what concerns requests that wait for an answer.
type link struct {
	mu      sync.Mutex
	waiting map[*wait]struct{}
	changed chan struct{} // closed at each loss and at each return of the connection
}

type wait struct {
	subjects []string
	end      context.CancelCauseFunc
}

// listen puts a link between the connection and the handlers that it already has.
func listen(nc *nats.Conn) *link {
	k := &link{waiting: map[*wait]struct{}{}, changed: make(chan struct{})}

	onError := nc.ErrorHandler()
	nc.SetErrorHandler(func(nc *nats.Conn, sub *nats.Subscription, err error) {
		k.denied(err)
		if onError != nil {
			onError(nc, sub, err)
		}
	})
	onLoss := nc.DisconnectErrHandler()
	nc.SetDisconnectErrHandler(func(nc *nats.Conn, err error) {
		k.change(errLost)
		if onLoss != nil {
			onLoss(nc, err)
		}
	})
	onReturn := nc.ReconnectHandler()
	nc.SetReconnectHandler(func(nc *nats.Conn) {
		k.change(nil)
		if onReturn != nil {
			onReturn(nc)
		}
	})
	return k
}

var deniedPublish = regexp.MustCompile(`(?i)permissions violation for publish to "([^"]+)"`)

// denied ends the waits for the subject of a refusal.
func (k *link) denied(err error) {
	if !errors.Is(err, nats.ErrPermissionViolation) {
		return
	}
	match := deniedPublish.FindStringSubmatch(err.Error())
	if match == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for w := range k.waiting {
		if slices.Contains(w.subjects, match[1]) {
			w.end(&deniedError{subject: match[1]})
		}
	}
}

// change wakes who watches the connection, and at a loss ends every wait for an answer.
func (k *link) change(loss error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for w := range k.waiting {
		if loss != nil {
			w.end(loss)
		}
	}
	close(k.changed)
	k.changed = make(chan struct{})
}

// changes returns a channel that is closed at the next loss or return of the connection.
func (k *link) changes() <-chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.changed
}

// during returns a context that also ends, with the cause, when the connection breaks or the broker
// refuses one of the subjects. The caller calls the function when the answer is there.
func (k *link) during(ctx context.Context, subjects ...string) (context.Context, func()) {
	ctx, end := context.WithCancelCause(ctx)
	w := &wait{subjects: subjects, end: end}
	k.mu.Lock()
	k.waiting[w] = struct{}{}
	k.mu.Unlock()
	return ctx, func() {
		k.mu.Lock()
		delete(k.waiting, w)
		k.mu.Unlock()
		end(nil)
	}
}
