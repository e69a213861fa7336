package rpc

import (
	"net"
	"regexp"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/grpc"
	"google.golang.org/grpc/attributes"
	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/resolver/manual"
)

// Place is where one copy of a service listens.
type Place struct {
	Service string // "intake"; "" for a server of all services
	Address string // "host:port"
}

var serviceName = regexp.MustCompile(`^[a-z]{1,32}$`)

// Places takes an address of Dial apart: one place a copy. A single address or target is one place, whatever it looks like. It fails with Invalid.
func Places(addr string) ([]Place, error) {
	if !strings.ContainsAny(addr, "=|") || strings.Contains(addr, "://") {
		return []Place{{Address: addr}}, nil
	}
	var out []Place
	for group := range strings.SplitSeq(addr, ",") {
		service, copies, named := strings.Cut(group, "=")
		if !named {
			service, copies = "", group
		} else if !serviceName.MatchString(service) {
			return nil, badPlaces()
		}
		for a := range strings.SplitSeq(copies, "|") {
			if host, port, err := net.SplitHostPort(a); err != nil || host == "" || port == "" {
				return nil, badPlaces()
			}
			out = append(out, Place{Service: service, Address: a})
		}
	}
	for _, p := range out {
		if (p.Service == "") != (out[0].Service == "") {
			return nil, badPlaces()
		}
	}
	return out, nil
}

func badPlaces() error {
	return fault.New(fault.Invalid, "rpc.places",
		`Địa chỉ dịch vụ chưa đúng: "máy:cổng", nhiều bản "a:1|b:1", hoặc từng dịch vụ "intake=a:1|b:1,validation=c:1".`,
		`the address makes no sense: "host:port", copies "a:1|b:1", or services apart "intake=a:1|b:1,validation=c:1"`)
}

// placing returns the target of an address, and what makes the connection spread its calls.
func placing(addr string) (string, []grpc.DialOption, error) {
	places, err := Places(addr)
	if err != nil {
		return "", nil, err
	}
	if places[0].Address == addr {
		return addr, []grpc.DialOption{grpc.WithDefaultServiceConfig(`{"loadBalancingConfig":[{"round_robin":{}}]}`)}, nil
	}
	var state resolver.State
	for _, p := range places {
		state.Endpoints = append(state.Endpoints, resolver.Endpoint{
			Addresses:  []resolver.Address{{Addr: p.Address, ServerName: p.Address}}, // the name that its certificate must have
			Attributes: attributes.New(serviceKey{}, p.Service),
		})
	}
	r := manual.NewBuilderWithScheme("rasoat")
	r.InitialState(state)
	return r.Scheme() + ":///services", []grpc.DialOption{
		grpc.WithResolvers(r), grpc.WithDefaultServiceConfig(`{"loadBalancingConfig":[{"` + byService + `":{}}]}`),
	}, nil
}
