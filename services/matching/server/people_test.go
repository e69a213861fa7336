package server

import (
	"context"
	"slices"
	"sync"

	registrypb "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// people is a registry in memory. It compares what it is asked to verify letter by letter.
type people struct {
	mu        sync.Mutex
	persons   map[student.IDNumber]*registrypb.Person
	cancelled map[student.IDNumber]bool
	away      error                                 // instead of any answer
	distort   func(*registrypb.LookupResponse)      // what becomes of an answer; nil for nothing
	refuse    func(*registrypb.LookupRequest) error // an error for some calls; nil for none
	lookups   []*registrypb.LookupRequest
	verifies  []*registrypb.VerifyRequest
}

func newPeople() *people {
	return &people{persons: map[student.IDNumber]*registrypb.Person{}, cancelled: map[student.IDNumber]bool{}}
}

func (p *people) isAway() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.away != nil
}

// know has the registry know somebody as described, residence aside.
func (p *people) know(all ...child) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range all {
		p.persons[c.Identity.Number] = &registrypb.Person{
			IdNumber: c.Identity.Number.Reveal(), FullName: c.FullName.Reveal(), DateOfBirth: wire.ToDate(c.BirthDate), Gender: wire.ToGender(c.Gender),
		}
	}
}

func (p *people) Lookup(_ context.Context, req *registrypb.LookupRequest, _ ...grpc.CallOption) (*registrypb.LookupResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lookups = append(p.lookups, proto.CloneOf(req))
	if p.away != nil {
		return nil, p.away
	}
	if p.refuse != nil {
		if err := p.refuse(req); err != nil {
			return nil, err
		}
	}
	resp := &registrypb.LookupResponse{}
	for _, n := range req.GetIdNumbers() {
		number := student.IDNumber(n)
		resp.Answers = append(resp.Answers, &registrypb.LookupAnswer{Person: proto.CloneOf(p.persons[number]), Cancelled: p.cancelled[number]})
	}
	if p.distort != nil {
		p.distort(resp)
	}
	return resp, nil
}

func (p *people) Verify(_ context.Context, req *registrypb.VerifyRequest, _ ...grpc.CallOption) (*registrypb.VerifyResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.verifies = append(p.verifies, proto.CloneOf(req))
	if p.away != nil {
		return nil, p.away
	}
	resp := &registrypb.VerifyResponse{}
	for _, c := range req.GetClaims() {
		who := p.persons[student.IDNumber(c.GetIdNumber())]
		resp.Exists = append(resp.Exists, who != nil && who.GetFullName() == c.GetFullName() && proto.Equal(who.GetDateOfBirth(), c.GetDateOfBirth()))
	}
	return resp, nil
}

// calls is how often the registry was asked.
func (p *people) calls() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.lookups) + len(p.verifies)
}

// asked returns the numbers of every lookup, in order.
func (p *people) asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for _, req := range p.lookups {
		out = append(out, slices.Sorted(slices.Values(req.GetIdNumbers()))...)
	}
	return out
}

// ids returns the ids of the calls, in order.
func (p *people) ids() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for _, req := range p.lookups {
		out = append(out, req.GetRequestId())
	}
	return out
}
