package eventlog

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Now returns the time of the clock that stores submissions: that of the broker's leader of SUBMISSIONS. What is appended there after the answer
// is stored no earlier, as long as the leader's clock is not set back. The clock of this process has no part in it. It fails with
// fault.Unavailable.
func (l *Log) Now(ctx context.Context) (time.Time, error) {
	info, err := l.info(ctx, "eventlog.now", Submissions)
	if err != nil {
		return time.Time{}, err
	}
	return info.TimeStamp, nil
}

// info asks the leader of a stream about it.
func (l *Log) info(ctx context.Context, op, stream string, opts ...jetstream.StreamInfoOpt) (*jetstream.StreamInfo, error) {
	ctx, done := l.link.during(ctx)
	defer done()
	ctx, cancel := context.WithTimeout(ctx, attemptWithin)
	defer cancel()
	s, err := l.js.Stream(ctx, stream)
	if err == nil {
		err = led(s.CachedInfo())
	}
	if err != nil {
		return nil, unavailable(op, because(ctx, err))
	}
	if len(opts) == 0 {
		return s.CachedInfo(), nil // of this moment: Stream has asked
	}
	info, err := s.Info(ctx, opts...)
	if err != nil {
		return nil, unavailable(op, because(ctx, err))
	}
	return info, nil
}

// led refuses what a broker says of a stream of which it knows no leader: cut off from the others, it answers with what it had when it was.
func led(info *jetstream.StreamInfo) error {
	if info.Cluster != nil && info.Cluster.Leader == "" {
		return errors.New("the stream has no leader")
	}
	return nil
}
