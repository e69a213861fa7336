package server

import (
	"context"
	"log/slog"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// summarise keeps the summaries in step and notes the hours, whenever this copy holds the lease.
//
// The revision of a summary is the number of the holder, and what it has written. The number grows from holder to holder: each signs the
// next one, and writes nothing before that is stored. So what a holder writes that has lost the lease without knowing is never newer
// than what its successor writes.
func (s *Server) summarise(ctx context.Context) error {
	var number, signing, signed atomic.Uint64
	stored := make(chan struct{}, 1)
	return s.log.Hold(ctx, eventlog.Lease{
		Name: "summaries",
		Sign: func() []byte {
			signing.Store(number.Load())
			if n := signing.Load(); n > 0 {
				return strconv.AppendUint(nil, n, 10)
			}
			return nil
		},
		Stored: func() {
			signed.Store(signing.Load())
			select {
			case stored <- struct{}{}:
			default:
			}
		},
		Hold: func(ctx context.Context, held eventlog.Held) error {
			last, err := strconv.ParseUint(string(held.Inherited), 10, 64)
			if err != nil && len(held.Inherited) > 0 {
				return fault.Wrap(fault.Internal, "reporting.summarise", err)
			}
			number.Store(last + 1)
			for signed.Load() != last+1 {
				select {
				case <-ctx.Done():
					return nil
				case <-stored:
				}
			}
			s.keepSummaries(ctx, newSummariser(s, last+1, held.Still))
			return nil
		},
	})
}

// keepSummaries works once a second until ctx ends.
func (s *Server) keepSummaries(ctx context.Context, w *summariser) {
	tick := time.NewTicker(recount)
	defer tick.Stop()
	for ill := false; ; {
		err := w.pass(ctx)
		if err == nil && w.whole() {
			err = s.noteIfDue(ctx)
		}
		if ctx.Err() != nil {
			return
		}
		if err != nil && !ill {
			s.logger.WarnContext(ctx, "summaries wait", slog.Any("error", err))
		}
		ill = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
