package eventlog

import (
	"context"
	"errors"
	"fmt"
)

// Ready says why nothing can be written or read now (fault.Unavailable), or nil: the broker is connected and JetStream answers. It costs one small
// question. A broker that is connected and has not answered it for long is left for another.
func (l *Log) Ready(ctx context.Context) error {
	const op = "eventlog.ready"
	if !l.nc.IsConnected() {
		if why, ok := refusals.Load(l.nc); ok {
			return unavailable(op, fmt.Errorf("not connected: %w", why.(error)))
		}
		return unavailable(op, errors.New("not connected"))
	}
	ctx, done := l.link.during(ctx, "$JS.API.INFO")
	defer done()
	_, err := l.js.AccountInfo(ctx)
	l.leave(ctx, err == nil)
	if err != nil {
		return unavailable(op, fmt.Errorf("JetStream: %w", because(ctx, err)))
	}
	return nil
}
