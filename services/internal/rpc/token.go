package rpc

import (
	"context"

	"github.com/rasoat/rasoat/services/internal/access"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
)

const (
	authorization = "authorization" // the key in the metadata of a call
	bearer        = "Bearer"
)

// WithToken is an option of Dial: every call carries a token of the source, unless the call carries one already, as when it is made in the name of
// another caller. It is asked for each call, so that a token that was renewed is used from the next call on. Over a connection in plain text the
// token travels in plain text too.
func WithToken(source access.Source) grpc.DialOption {
	return grpc.WithPerRPCCredentials(tokens{source})
}

type tokens struct{ source access.Source }

var _ credentials.PerRPCCredentials = tokens{}

// GetRequestMetadata returns what a call carries.
func (t tokens) GetRequestMetadata(ctx context.Context, _ ...string) (map[string]string, error) {
	if out, _ := metadata.FromOutgoingContext(ctx); len(out.Get(authorization)) > 0 {
		return nil, nil
	}
	token, err := t.source(ctx)
	if err != nil {
		return nil, ToStatus(err)
	}
	return map[string]string{authorization: bearer + " " + token}, nil
}

// RequireTransportSecurity is false: within a machine, and behind a mesh that encrypts, connections are in plain text.
func (tokens) RequireTransportSecurity() bool { return false }
