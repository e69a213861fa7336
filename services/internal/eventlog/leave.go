package eventlog

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// leaveAfter is for how long a broker may be connected without being able to reach the log before it is left: an election takes less.
const leaveAfter = 12 * time.Second

// illness is since when the broker at the other end has been without the log.
type illness struct {
	mu    sync.Mutex
	since time.Time // zero while it is well
}

// leave makes the connection anew, with another broker where there are several, when this one has long been without the log: a broker that is cut off
// from the others keeps its clients, who could go on elsewhere.
func (l *Log) leave(ctx context.Context, well bool) {
	l.illness.mu.Lock()
	defer l.illness.mu.Unlock()
	switch {
	case well:
		l.illness.since = time.Time{}
	case l.illness.since.IsZero():
		l.illness.since = time.Now()
	case time.Since(l.illness.since) > leaveAfter && len(l.nc.Servers()) > 1:
		l.illness.since = time.Time{}
		l.logger.WarnContext(ctx, "this broker does not reach the log, another is tried", slog.String("server", l.nc.ConnectedServerName()))
		if err := l.nc.ForceReconnect(); err != nil {
			l.logger.WarnContext(ctx, "the broker cannot be left", slog.Any("error", err))
		}
	}
}
