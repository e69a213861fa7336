package rpc

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strconv"

	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// answers turns the errors of handlers into statuses and tells the log what the caller is not told.
type answers struct{ log *slog.Logger }

func (a answers) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	resp, err := next(ctx, req)
	if err != nil {
		return nil, a.answer(ctx, info.FullMethod, err)
	}
	return resp, nil
}

func (a answers) stream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	err := next(srv, ss)
	if err != nil {
		return a.answer(ss.Context(), info.FullMethod, err)
	}
	return nil
}

func (a answers) answer(ctx context.Context, method string, err error) error {
	kind := fault.KindOf(err)
	if code := status.Code(err); ctx.Err() != nil && (code == codes.Canceled || code == codes.DeadlineExceeded) {
		kind = fault.Unavailable // the caller has gone, as the library says in its own words
	}
	level := slog.LevelDebug
	switch kind {
	case fault.Internal:
		level = slog.LevelError
	case fault.Unavailable:
		if ctx.Err() == nil {
			level = slog.LevelWarn
		}
	}
	a.log.LogAttrs(ctx, level, "call failed",
		slog.String("method", method), slog.String("kind", string(kind)), slog.String("error", err.Error()))
	return toStatus(err, roomOf(ctx))
}

// roomOf is how many bytes of details the caller takes.
func roomOf(ctx context.Context) int {
	for _, v := range metadata.ValueFromIncomingContext(ctx, detailBytesKey) {
		n, err := strconv.Atoi(v)
		if err == nil && n > defaultDetailBytes {
			return min(n, maxDetailBytes)
		}
	}
	return defaultDetailBytes
}

func recoverUnary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (resp any, err error) {
	defer func() {
		if p := recover(); p != nil {
			resp, err = nil, panicked(p)
		}
	}()
	return next(ctx, req)
}

func recoverStream(srv any, ss grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	return next(srv, ss)
}

// panicked tells a panic to the log. Of a value that is neither a string nor a runtime error only the
// type is told: it may hold a record.
func panicked(p any) error {
	what := fmt.Sprintf("a %T", p)
	switch p := p.(type) {
	case string:
		what = p
	case runtime.Error:
		what = p.Error()
	}
	return fault.Internalf("rpc.handler", "panic: %s\n%s", what, debug.Stack())
}

func validateUnary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if err := checkContract(req); err != nil {
		return nil, err
	}
	return next(ctx, req)
}

// validateStream checks the one request of a stream that the server sends. Where the client streams, one
// bad message must not end the stream: the handler calls Validate on each and answers it.
func validateStream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	if info.IsClientStream {
		return next(srv, ss)
	}
	return next(srv, validatingStream{ss})
}

type validatingStream struct{ grpc.ServerStream }

func (s validatingStream) RecvMsg(m any) error {
	if err := s.ServerStream.RecvMsg(m); err != nil {
		return err
	}
	return checkContract(m)
}

func checkContract(req any) error {
	m, ok := req.(proto.Message)
	if !ok {
		return nil
	}
	fields := Validate(m, "")
	if len(fields) == 0 {
		return nil
	}
	return &fault.Error{Kind: fault.Invalid, Op: "rpc.validate", Text: sentences[fault.Invalid], Fields: fields}
}
