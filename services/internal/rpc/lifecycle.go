package rpc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Run serves, prepares and consumes until ctx ends or something fails, then stops in order: readiness is withdrawn; no new connection is taken and
// nothing more is fetched; calls under way and what the consumers have in hand are let finish side by side, up to Drain, after which calls are cut.
// It returns the first failure; an end that was asked for is none.
func (s *Server) Run(ctx context.Context) error {
	work, cancelWork := context.WithCancel(context.WithoutCancel(ctx))
	defer cancelWork()
	failures := make(chan error, 4+len(s.services))

	var doors, consumers sync.WaitGroup
	s.open(&doors, failures)
	consumers.Go(func() { s.ready.watch(work) })
	defer s.ready.show()()
	s.log.InfoContext(ctx, "listening", slog.String("grpc", s.GRPCAddr()), slog.String("http", s.HTTPAddr()))
	consumers.Go(func() {
		if err := s.prepare(work); err != nil {
			if work.Err() == nil {
				failures <- err
			}
			return
		}
		s.ready.started()
		for _, svc := range s.services {
			consumers.Go(func() { s.consume(work, svc, failures) })
		}
		s.log.InfoContext(ctx, "serving")
	})

	var first error
	select {
	case <-ctx.Done():
		s.log.InfoContext(ctx, "stopping", slog.Duration("within", s.cfg.Drain))
	case first = <-failures:
		s.log.ErrorContext(ctx, "stopping after a failure", slog.String("error", first.Error()))
	}
	s.ready.stop()
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.cfg.Drain)
	defer cancel()
	s.watches.end()
	cancelWork()
	s.drain(limit)
	doors.Wait()
	if !waitFor(limit, &consumers) && first == nil {
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

func (s *Server) prepare(ctx context.Context) error {
	if s.cfg.Prepare == nil {
		return nil
	}
	return s.cfg.Prepare(ctx)
}

// consume runs a service until work ends.
func (s *Server) consume(work context.Context, svc Service, failures chan<- error) {
	err := svc.Run(work)
	switch {
	case work.Err() == nil && err == nil:
		failures <- fault.Internalf("rpc.run", "%s stopped consuming without being told", svc.Name())
	case err != nil && !(work.Err() != nil && errors.Is(err, context.Canceled)):
		failures <- fault.Wrap("", svc.Name(), err)
	}
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

// drain lets calls finish, REST before gRPC because REST goes through it, and cuts what outlasts ctx.
func (s *Server) drain(ctx context.Context) {
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

// waitFor waits for the group, no longer than ctx, and says whether it ended.
func waitFor(ctx context.Context, group *sync.WaitGroup) bool {
	ended := make(chan struct{})
	go func() { group.Wait(); close(ended) }()
	select {
	case <-ended:
		return true
	case <-ctx.Done():
	}
	select {
	case <-ended:
		return true
	default:
		return false
	}
}
