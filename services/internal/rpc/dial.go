package rpc

import (
	"context"
	"strconv"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
)

// Dial makes a client of the server at addr: "host:port", a target such as "dns:///intake:9090", copies of it
// ("a:7246|b:7246"), or services that listen apart ("intake=a:7246|b:7246,validation=c:7246"), of which each call goes
// to the one that it is of (see At). It does not wait for the server: services start in any order. Calls are spread
// over the copies, or the addresses of the name, carry the trace, and fail with a *fault.Error. Nothing is sent twice
// by itself; Again does so for the outermost client, where it is safe. The connection is in plain text.
//
// It takes DialOptions: WithToken, transport credentials, and for tests a connection of their own. It fails with Invalid
// for an address that makes no sense.
func Dial(addr string, extra ...grpc.DialOption) (*grpc.ClientConn, error) {
	addr, placed, err := placing(addr)
	if err != nil {
		return nil, err
	}
	opts := append(clientOptions(), append(placed,
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 30 * time.Second, Timeout: 10 * time.Second}),
		grpc.WithChainUnaryInterceptor(faultUnary),
		grpc.WithChainStreamInterceptor(faultStream),
	)...)
	conn, err := grpc.NewClient(addr, append(opts, extra...)...)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "rpc.dial", err)
	}
	return conn, nil
}

// clientOptions is what every client of ours has, the REST door's too.
func clientOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithStatsHandler(otelgrpc.NewClientHandler(otelgrpc.WithFilter(worthATrace))),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxBytes), grpc.MaxCallSendMsgSize(maxBytes)),
		grpc.WithChainUnaryInterceptor(roomyUnary),
		grpc.WithChainStreamInterceptor(roomyStream),
	}
}

// roomy tells the server that this client takes all the details of an error.
func roomy(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, detailBytesKey, strconv.Itoa(maxDetailBytes))
}

func roomyUnary(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, next grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	return next(roomy(ctx), method, req, reply, cc, opts...)
}

func roomyStream(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string, next grpc.Streamer, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	return next(roomy(ctx), desc, cc, method, opts...)
}

func faultUnary(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, next grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	if repeatable(method) {
		return FromStatus(next(ctx, method, req, reply, cc, opts...))
	}
	var to peer.Peer // stays empty when the call was never sent
	err := FromStatus(next(ctx, method, req, reply, cc, append(opts, grpc.Peer(&to))...))
	if to.Addr != nil && fault.Is(err, fault.Unavailable) {
		return once(err)
	}
	return err
}

func faultStream(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string, next grpc.Streamer, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	stream, err := next(ctx, desc, cc, method, opts...)
	if err != nil {
		return nil, FromStatus(err)
	}
	return faultingStream{stream}, nil
}

type faultingStream struct{ grpc.ClientStream }

func (s faultingStream) SendMsg(m any) error { return FromStatus(s.ClientStream.SendMsg(m)) }

func (s faultingStream) RecvMsg(m any) error { return FromStatus(s.ClientStream.RecvMsg(m)) }
