package server

import (
	"encoding/json"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/sony/gobreaker/v2"
)

// ledger is what the holder of the lease signs: what its successor has to know, and what the other copies answer GetQueue from.
type ledger struct {
	Day     string           `json:"day"`
	Spent   int              `json:"spent"` // at most: what may have been spent by the next signature
	Rate    float64          `json:"rate"`  // pupils a second
	State   pb.RegistryState `json:"state"`
	Resumes time.Time        `json:"resumes,omitzero"`
	Unasked int64            `json:"unasked,omitempty"` // pupils who wait although no question about them is open
}

// readLedger reads what was signed; the zero ledger for nothing, or for what another version signed.
func readLedger(b []byte) ledger {
	var l ledger
	if json.Unmarshal(b, &l) != nil {
		return ledger{}
	}
	return l
}

// sign returns the ledger, and reserves of the day's budget what may be spent until the next signature. What is not signed for is not spent.
func (g *gate) sign() []byte {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.ledger()
	g.signing = g.reserve()
	l.Spent = g.signing
	b, err := json.Marshal(l)
	if err != nil {
		return nil // numbers and times: it does not happen
	}
	return b
}

// stored hears that the signature is in the bucket.
func (g *gate) stored() {
	g.mu.Lock()
	g.reserved = g.signing
	g.mu.Unlock()
	g.nudge()
}

// reserve returns how much of the day may have been spent by the next signature.
func (g *gate) reserve() int {
	a := g.drive.Asking
	if a.PerDay == 0 {
		return g.spent
	}
	block := max(2*a.PerSecond*int(leaseTerm/time.Second), a.PerDay/100, 2*a.PerCall)
	return min(g.spent+block, a.PerDay)
}

// ledger returns the state of this moment.
func (g *gate) ledger() ledger {
	now := g.now()
	state, until := g.closed(now, 1)
	if state == pb.RegistryState_REGISTRY_STATE_WELL && g.breaker.State() != gobreaker.StateClosed {
		state = pb.RegistryState_REGISTRY_STATE_AWAY
	}
	l := ledger{Day: g.day, Spent: g.spent, Rate: g.answers.rate(), State: state, Unasked: g.unasked}
	if state == pb.RegistryState_REGISTRY_STATE_MAINTENANCE || state == pb.RegistryState_REGISTRY_STATE_SPENT {
		l.Resumes = until
	}
	return l
}

// meter tells how many answers came in a second, over the last minute.
type meter struct {
	now     func() time.Time
	began   time.Time
	seconds [60]struct {
		at int64
		n  int
	}
}

func (m *meter) add(n int) {
	now := m.now()
	if m.began.IsZero() {
		m.began = now
	}
	s := &m.seconds[now.Unix()%int64(len(m.seconds))]
	if s.at != now.Unix() {
		s.at, s.n = now.Unix(), 0
	}
	s.n += n
}

func (m *meter) rate() float64 {
	now := m.now()
	sum := 0
	for _, s := range m.seconds {
		if now.Unix()-s.at < int64(len(m.seconds)) {
			sum += s.n
		}
	}
	if sum == 0 {
		return 0
	}
	return float64(sum) / min(max(now.Sub(m.began).Seconds(), 1), float64(len(m.seconds)))
}
