package rpc

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"

	"google.golang.org/grpc/balancer"
	"google.golang.org/grpc/balancer/base"
	"google.golang.org/grpc/balancer/endpointsharding"
	"google.golang.org/grpc/balancer/pickfirst"
	"google.golang.org/grpc/connectivity"
)

// byService is the balancer that sends each call to the service that it is of, and over its copies in turn. gRPC knows
// balancers by name only, from a table of the process.
const byService = "rasoat_by_service"

func init() { balancer.Register(routing{}) }

// serviceKey is the attribute of an address that names its service.
type serviceKey struct{}

type atKey struct{}

// At has the calls of ctx go to a service, over a connection to services that listen apart. It is for what every service answers:
// rasoat.operator.v1, health, reflection; without it, such a call goes to whichever comes next. Every other method goes to the service of
// its package, rasoat.intake.v1 to "intake".
func At(ctx context.Context, service string) context.Context {
	return context.WithValue(ctx, atKey{}, service)
}

type routing struct{}

func (routing) Name() string { return byService }

// Build makes a balancer that keeps a connection to every address.
func (routing) Build(cc balancer.ClientConn, opts balancer.BuildOptions) balancer.Balancer {
	one := balancer.Get(pickfirst.Name).Build
	return endpointsharding.NewBalancer(sorting{cc}, opts, one, endpointsharding.Options{})
}

// sorting gives the channel a picker that looks at the method.
type sorting struct{ balancer.ClientConn }

// UpdateState is told whenever an address changes its state.
func (s sorting) UpdateState(state balancer.State) {
	p := picker{all: &turns{}, of: map[string]*turns{}}
	for _, child := range endpointsharding.ChildStatesFromPicker(state.Picker) {
		service, _ := child.Endpoint.Attributes.Value(serviceKey{}).(string)
		if p.of[service] == nil {
			p.of[service] = &turns{}
		}
		p.of[service].add(child.State)
		p.all.add(child.State)
	}
	state.Picker = p
	s.ClientConn.UpdateState(state)
}

// picker chooses by method.
type picker struct {
	all *turns
	of  map[string]*turns
}

// Pick implements balancer.Picker.
func (p picker) Pick(info balancer.PickInfo) (balancer.PickResult, error) {
	service, apart := serviceOf(info.FullMethodName)
	if !apart {
		service, apart = info.Ctx.Value(atKey{}).(string)
	}
	if copies := p.of[""]; copies != nil || !apart {
		return p.all.Pick(info)
	}
	if p.of[service] == nil {
		return base.NewErrPicker(errors.New("no address was given of the service " + service)).Pick(info)
	}
	return p.of[service].Pick(info)
}

// serviceOf returns the service that a method is of, "/rasoat.intake.v1.IntakeService/Submit", and whether it is of one.
func serviceOf(method string) (string, bool) {
	rest, ours := strings.CutPrefix(method, "/rasoat.")
	service, _, versioned := strings.Cut(rest, ".v")
	return service, ours && versioned && service != "operator"
}

// turns takes copies in turn: of those that are ready, or else of those that may soon be, or else of those that fail.
type turns struct {
	state   connectivity.State
	pickers []balancer.Picker
	next    atomic.Uint32
}

// ranks of states, the best last; what is not here is as bad as a failure.
var ranks = map[connectivity.State]int{connectivity.Idle: 1, connectivity.Connecting: 2, connectivity.Ready: 3}

func (t *turns) add(s balancer.State) {
	switch have, new := ranks[t.state], ranks[s.ConnectivityState]; {
	case s.Picker == nil, len(t.pickers) > 0 && new < have:
		return
	case new > have || len(t.pickers) == 0:
		t.state, t.pickers = s.ConnectivityState, nil
	}
	t.pickers = append(t.pickers, s.Picker)
}

// Pick implements balancer.Picker.
func (t *turns) Pick(info balancer.PickInfo) (balancer.PickResult, error) {
	if len(t.pickers) == 0 {
		return balancer.PickResult{}, balancer.ErrNoSubConnAvailable
	}
	return t.pickers[t.next.Add(1)%uint32(len(t.pickers))].Pick(info)
}
