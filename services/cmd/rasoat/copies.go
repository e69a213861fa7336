package main

import (
	"context"
	"net"
	"slices"
	"strings"

	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/portal"
	"google.golang.org/grpc"
)

// copyAt is a connection to one copy of a service, for what has to be asked of each.
type copyAt struct {
	rpc.Place
	*grpc.ClientConn
}

// copies makes a connection to each address of --server: to each copy that it names, and for "dns:///name:port" to each address of the name. The
// caller closes them by the function that it gets.
func (a *app) copies(ctx context.Context) ([]copyAt, func(), error) {
	var out []copyAt
	end := func() {
		for _, c := range out {
			_ = c.Close() // every answer is in
		}
	}
	opts, err := a.tls.options()
	if err != nil {
		return nil, end, err
	}
	credential, err := a.credential()
	if err != nil {
		return nil, end, err
	}
	places, err := rpc.Places(a.server)
	if err != nil {
		return nil, end, err
	}
	for _, p := range places {
		for _, one := range addressesOf(ctx, p.Address) {
			dial := slices.Concat(opts, credential, a.dial)
			if one != p.Address { // its certificate is that of the name
				host, _, _ := strings.Cut(strings.TrimPrefix(p.Address, dnsTarget), ":")
				dial = append(dial, grpc.WithAuthority(host))
			}
			conn, err := portal.Dial(one, dial...)
			if err != nil {
				return nil, end, err
			}
			a.watchConnection(conn, one)
			out = append(out, copyAt{rpc.Place{Service: p.Service, Address: one}, conn})
		}
	}
	return out, end, nil
}

const dnsTarget = "dns:///"

// addressesOf gives the addresses behind a name of many; a name that cannot be resolved now stays as it is.
func addressesOf(ctx context.Context, target string) []string {
	name, many := strings.CutPrefix(target, dnsTarget)
	host, port, err := net.SplitHostPort(name)
	if !many || err != nil {
		return []string{target}
	}
	found, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil || len(found) == 0 {
		return []string{target}
	}
	slices.Sort(found)
	for i, ip := range found {
		found[i] = net.JoinHostPort(ip, port)
	}
	return found
}
