package rpc

import (
	"net"
	"regexp"
	"strconv"
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

// target is a name that gRPC itself resolves: "dns:///intake:9090".
var target = regexp.MustCompile(`^(dns|passthrough|unix|unix-abstract|ipv4|ipv6|xds):.+$`)

// hostAndPort reports whether an address is "host:port", with a port that there can be.
func hostAndPort(addr string) bool {
	host, port, err := net.SplitHostPort(addr)
	n, bad := strconv.ParseUint(port, 10, 16)
	return err == nil && bad == nil && n > 0 && host != "" && !strings.ContainsAny(host, " \t/")
}

// Places takes an address of Dial apart: one place a copy. A single address or target is one place. It fails with Invalid.
func Places(addr string) ([]Place, error) {
	if target.MatchString(addr) || hostAndPort(addr) && !strings.ContainsAny(addr, "=|") {
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
			if !hostAndPort(a) {
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
		`Địa chỉ dịch vụ chưa đúng: "máy:cổng" không có http:// và cổng từ 1 đến 65535, nhiều bản "a:1|b:1", hoặc từng dịch vụ "intake=a:1|b:1,validation=c:1".`,
		`the address of the services makes no sense: it is "host:port" without http:// and with a port from 1 to 65535, copies "a:1|b:1", or services apart "intake=a:1|b:1,validation=c:1"`)
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
