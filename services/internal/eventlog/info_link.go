package eventlog

import (
	"context"
	"time"
)

// Connection is how a process reaches the broker.
type Connection struct {
	Server     string // the name of the broker; "" while there is none
	Reconnects uint64
	Ahead      time.Duration // how far the clock that stores submissions is before that of this process, but for half of RoundTrip
	RoundTrip  time.Duration
	Err        error // of kind fault.Unavailable, while the broker does not answer; the two above are 0 then
}

// Connection asks the broker for its time.
func (l *Log) Connection(ctx context.Context) Connection {
	out := Connection{Reconnects: l.nc.Stats().Reconnects}
	if l.nc.IsConnected() {
		out.Server = l.nc.ConnectedServerName()
	}
	asked := time.Now()
	now, err := l.Now(ctx)
	if err != nil {
		out.Err = err
		return out
	}
	out.RoundTrip = time.Since(asked)
	out.Ahead = now.Sub(asked.Add(out.RoundTrip / 2))
	return out
}
