package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/rasoat/rasoat/services/internal/eventlog"
)

// floor is what three brokers take of the messages that a nation leaves in the log, in atomic batches, with no service beside them: every stage appends
// some of them. The nation plays in one process first.
func (s *scaling) floor(ctx context.Context, pupils int, dir string) (r *scaled, err error) {
	r = &scaled{Run: "floor: the same bytes, R3", Pupils: pupils}
	sample := s.sample(r)
	b, err := s.bench(ctx, r, filepath.Join(dir, "source"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.play(ctx, 1); err != nil {
		return nil, err
	}
	c, err := s.brokers(ctx, sample, filepath.Join(dir, "target"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Stop()) }()
	target, err := eventlog.Open(ctx, c.Broker(), eventlog.Config{Service: "bench", Replicas: 3})
	if err != nil {
		return nil, err
	}
	source, err := b.c.Log(ctx)
	if err != nil {
		return nil, err
	}
	u := startUse(c)
	rate, _, err := copyLog(ctx, &nodeLog{source, b.c.Broker()}, target, pupils)
	if err != nil {
		return nil, err
	}
	u.stop(r)
	r.Published = rate
	return r, nil
}
