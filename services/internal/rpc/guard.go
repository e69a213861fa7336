package rpc

import (
	"context"
	"strings"
	"time"

	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
)

// guard finds out who calls and asks the table of package access whether they may. It keeps no token, and tells none to the log or a trace.
type guard struct{ verifier *access.Verifier } // nil lets everybody pass

func (g guard) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if g.verifier == nil || access.IsOpen(info.FullMethod) {
		return next(ctx, req)
	}
	c, err := g.caller(ctx)
	if err != nil {
		return nil, err
	}
	if err := allowRequest(c, info.FullMethod, req); err != nil {
		return nil, err
	}
	return next(access.With(ctx, c), req)
}

// stream checks the role first, and the scope of each message as it comes: what is refused ends the stream. A stream does not outlive its token.
func (g guard) stream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	if g.verifier == nil || access.IsOpen(info.FullMethod) {
		return next(srv, ss)
	}
	c, err := g.caller(ss.Context())
	if err != nil {
		return err
	}
	if err := access.AllowMethod(c, info.FullMethod); err != nil {
		return err
	}
	return next(srv, guardedStream{ss, access.With(ss.Context(), c), c, info.FullMethod})
}

const opToken = "rpc.token"

// caller reads the one token of a call.
func (g guard) caller(ctx context.Context) (access.Caller, error) {
	sent := metadata.ValueFromIncomingContext(ctx, authorization)
	if len(sent) != 1 {
		return access.Caller{}, tokenMissing()
	}
	scheme, token, _ := strings.Cut(sent[0], " ")
	if !strings.EqualFold(scheme, bearer) || token == "" {
		return access.Caller{}, tokenMissing()
	}
	return g.verifier.Verify(ctx, strings.TrimSpace(token))
}

func tokenMissing() error {
	return fault.New(fault.Unauthenticated, opToken,
		"Thiếu mã truy cập (token). Gửi \"authorization: Bearer <mã>\"; với dòng lệnh, đặt RASOAT_TOKEN hoặc --token. Mã do quản trị hệ thống cấp (rasoat token).",
		"there is no token, or not exactly one. Send \"authorization: Bearer <token>\"; on the command line set RASOAT_TOKEN or --token. Your administrator issues them (rasoat token)")
}

func allowRequest(c access.Caller, method string, req any) error {
	m, ok := req.(proto.Message)
	if !ok {
		return fault.Internalf("rpc.guard", "a request of type %T", req)
	}
	return access.AllowRequest(c, method, m)
}

// guardedStream is a stream whose messages are checked.
type guardedStream struct {
	grpc.ServerStream
	ctx    context.Context
	caller access.Caller
	method string
}

func (s guardedStream) Context() context.Context { return s.ctx }

func (s guardedStream) RecvMsg(m any) error {
	if err := s.ServerStream.RecvMsg(m); err != nil {
		return err
	}
	if err := s.alive(); err != nil {
		return err
	}
	return allowRequest(s.caller, s.method, m)
}

func (s guardedStream) SendMsg(m any) error {
	if err := s.alive(); err != nil {
		return err
	}
	return s.ServerStream.SendMsg(m)
}

func (s guardedStream) alive() error {
	if time.Now().After(s.caller.Expires) {
		return access.Expired(opToken)
	}
	return nil
}
