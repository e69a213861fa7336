// Package actors plays the people and systems of a drive on one machine, for the demo, the bench
// and the tests: portals, officers of schools and provinces, the ministry. It has the secret key of
// a data folder, so it can issue itself a token of any role.
package actors

import (
	"context"
	"sync"

	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// Actors issue tokens with the key of a data folder.
type Actors struct {
	Issuer   *access.Issuer
	Verifier *access.Verifier // of the same key
	mu       sync.Mutex
	sources  map[access.Role]access.Source
}

// In returns the actors of a data folder, whose key is made when there is none yet.
func In(dir string) (*Actors, error) {
	issuer, verifier, err := access.Make(dir)
	if err != nil {
		return nil, err
	}
	return &Actors{Issuer: issuer, Verifier: verifier, sources: map[access.Role]access.Source{}}, nil
}

// Service returns the tokens with which the services of a node call each other.
func (a *Actors) Service() access.Source { return a.as(access.Service) }

// Dial makes a client of the server at addr that makes each call as the first role that may make it, everywhere; the account is the role's name.
func (a *Actors) Dial(addr string) (*grpc.ClientConn, error) {
	return rpc.Dial(addr, rpc.WithToken(a.fitting))
}

// DialAs makes a client of the server at addr that makes each call as one caller.
func (a *Actors) DialAs(addr string, c access.Caller) (*grpc.ClientConn, error) {
	return rpc.Dial(addr, rpc.WithToken(a.Issuer.Source(c)))
}

// fitting returns the token of a call by its method.
func (a *Actors) fitting(ctx context.Context) (string, error) {
	call, _ := credentials.RequestInfoFromContext(ctx)
	may := access.RolesOf(call.Method)
	if len(may) == 0 {
		return "", fault.New(fault.Denied, "actors", "Không ai được gọi "+call.Method+".", "nobody may call "+call.Method)
	}
	return a.as(may[0])(ctx)
}

// as returns the tokens of a role everywhere.
func (a *Actors) as(r access.Role) access.Source {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.sources[r] == nil {
		a.sources[r] = a.Issuer.Source(access.Caller{Subject: string(r), Role: r, Scopes: []string{access.Nation}})
	}
	return a.sources[r]
}
