package rpc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Run serves and consumes until ctx ends or something fails, then stops in order: readiness is withdrawn,
// no new connection is taken and calls under way are let finish, up to Drain, after which they are cut;
// then the consumers are told to stop and waited for, up to Drain again. It returns the first failure; an
// end that was asked for is none.
func (s *Server) Run(ctx context.Context) error {
	work, cancelWork := context.WithCancel(context.WithoutCancel(ctx))
	defer cancelWork()
	failures := make(chan error, 3+len(s.services))

	var doors, consumers sync.WaitGroup
	s.open(&doors, failures)
	for _, svc := range s.services {
		consumers.Go(func() {
			err := svc.Run(work)
			switch {
			case work.Err() == nil && err == nil:
				failures <- fault.Internalf("rpc.run", "%s stopped consuming without being told", svc.Name())
			case err != nil && !(work.Err() != nil && errors.Is(err, context.Canceled)):
				failures <- fault.Wrap("", svc.Name(), err)
			}
		})
	}
	consumers.Go(func() { s.ready.watch(work) })
	s.log.InfoContext(ctx, "serving", slog.String("grpc", s.GRPCAddr()), slog.String("http", s.HTTPAddr()))

	var first error
	select {
	case <-ctx.Done():
	case first = <-failures:
		s.log.ErrorContext(ctx, "stopping after a failure", slog.String("error", first.Error()))
	}
	s.ready.stop()
	s.watches.end()
	s.drain()
	doors.Wait()
	cancelWork()
	if !waitFor(&consumers, s.cfg.Drain) && first == nil {
		first = fault.Internalf("rpc.run", "consumers did not stop within %s", s.cfg.Drain)
	}
	if first == nil {
		select {
		case first = <-failures:
		default:
		}
	}
	s.log.InfoContext(ctx, "stopped")
	return first
}

// open serves every listener, each in a goroutine of doors.
func (s *Server) open(doors *sync.WaitGroup, failures chan<- error) {
	serve := func(what string, f func() error) {
		doors.Go(func() {
			if err := ignoreClosed(f()); err != nil {
				failures <- fault.Wrap(fault.Internal, "rpc.serve", fmt.Errorf("%s: %w", what, err))
			}
		})
	}
	serve("in process", func() error { return s.grpc.Serve(s.inProcess) })
	if s.grpcPort != nil {
		serve("grpc", func() error { return s.grpc.Serve(s.grpcPort) })
	}
	if s.http != nil {
		serve("http", func() error { return s.http.Serve(s.httpPort) })
	}
}

// drain lets calls finish, REST before gRPC because REST goes through it, and cuts what outlasts Drain.
func (s *Server) drain() {
	ctx, cancel := context.WithTimeout(context.Background(), s.cfg.Drain)
	defer cancel()
	if s.grpcPort != nil {
		_ = s.grpcPort.Close() // no new connections; those that exist go on until GracefulStop below
	}
	if s.http != nil {
		if err := s.http.Shutdown(ctx); err != nil {
			s.log.WarnContext(ctx, "REST calls were cut", slog.String("error", err.Error()))
			_ = s.http.Close()
		}
	}
	s.closeGateway()
	cut := context.AfterFunc(ctx, func() {
		s.log.WarnContext(ctx, "calls were cut", slog.Duration("after", s.cfg.Drain))
		s.grpc.Stop()
	})
	s.grpc.GracefulStop()
	cut()
}

// waitFor waits for the group, no longer than limit, and says whether it ended.
func waitFor(group *sync.WaitGroup, limit time.Duration) bool {
	ended := make(chan struct{})
	go func() { group.Wait(); close(ended) }()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-ended:
		return true
	case <-timer.C:
		return false
	}
}
