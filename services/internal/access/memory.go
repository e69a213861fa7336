package access

import (
	"crypto/sha256"
	"sync"
	"time"
)

// A token that was good is believed again for a while: checking a signature costs more than many a call. The while bounds how long a key that was taken
// away is still believed; no token is believed beyond its own end.
const (
	remembered    = time.Minute
	mostRemembers = 10_000
)

// memory has the callers of tokens that were good, by a digest of the token: no token is kept.
type memory struct {
	mu    sync.Mutex
	known map[[sha256.Size]byte]known
}

type known struct {
	caller Caller
	until  time.Time
}

func (m *memory) recall(token [sha256.Size]byte, now time.Time) (Caller, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.known[token]
	return k.caller, ok && now.Before(k.until)
}

func (m *memory) note(token [sha256.Size]byte, c Caller, now time.Time) {
	until := now.Add(remembered)
	if c.Expires.Before(until) {
		until = c.Expires
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil || len(m.known) >= mostRemembers {
		m.known = map[[sha256.Size]byte]known{} // whoever still calls is known again at the next call
	}
	m.known[token] = known{c, until}
}
