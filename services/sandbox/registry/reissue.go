package registry

import (
	"fmt"
	"sync"

	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/student"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// register is the people with the numbers that were issued anew while the registry runs.
type register struct {
	people People

	mu        sync.RWMutex
	cancelled map[student.IDNumber]bool
	first     map[student.IDNumber]student.IDNumber // a number issued here: the one its person has among people
	present   map[student.IDNumber]student.IDNumber // and the reverse
}

func newRegister(people People) *register {
	return &register{
		people: people, cancelled: map[student.IDNumber]bool{},
		first: map[student.IDNumber]student.IDNumber{}, present: map[student.IDNumber]student.IDNumber{},
	}
}

// find returns the person of a number in force; cancelled tells that there is none because another was issued in its place.
func (r *register) find(number student.IDNumber) (p sandbox.Person, known, cancelled bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.findLocked(number)
}

func (r *register) findLocked(number student.IDNumber) (p sandbox.Person, known, cancelled bool) {
	if r.cancelled[number] {
		return sandbox.Person{}, false, true
	}
	asked := number
	if first, ok := r.first[number]; ok {
		asked = first
	}
	if p, known = r.people.PersonByNumber(asked); !known {
		return sandbox.Person{}, false, r.people.Cancelled(asked)
	}
	p.Number = number
	return p, true, false
}

// another returns somebody whose number in force is not this one; false where there is nobody.
func (r *register) another(number student.IDNumber) (sandbox.Person, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if first, ok := r.first[number]; ok {
		number = first
	}
	p, ok := r.people.Another(number)
	if present, changed := r.present[p.Number]; changed {
		p.Number = present
	}
	return p, ok
}

// reissue cancels a number in force and issues another with the same first six digits.
func (r *register) reissue(number student.IDNumber) (student.IDNumber, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known, _ := r.findLocked(number); !known {
		return "", status.Error(codes.NotFound, "nobody has this number")
	}
	fresh, ok := r.unused(number)
	if !ok {
		return "", status.Error(codes.ResourceExhausted, "no number is left for such a person")
	}
	first := number
	if f, ok := r.first[number]; ok {
		first = f
		delete(r.first, number)
	}
	r.cancelled[number] = true
	r.first[fresh], r.present[first] = first, fresh
	return fresh, nil
}

const (
	tails  = 1_000_000 // of the last six digits
	stride = 382_939   // has no factor in common with tails: every tail is tried
)

// unused returns a number like this one that is nobody's and never was.
func (r *register) unused(number student.IDNumber) (student.IDNumber, bool) {
	digits, tail := number.Reveal(), 0
	if _, err := fmt.Sscanf(digits[len(digits)-6:], "%06d", &tail); err != nil {
		return "", false
	}
	for range tails {
		tail = (tail + stride) % tails
		fresh := student.IDNumber(fmt.Sprintf("%s%06d", digits[:len(digits)-6], tail))
		if _, known, cancelled := r.findLocked(fresh); !known && !cancelled {
			return fresh, true
		}
	}
	return "", false
}
