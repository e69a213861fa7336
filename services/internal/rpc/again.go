package rpc

import (
	"context"
	"errors"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Patience is the minimum time that a client keeps trying. A stream of the log that lost its leader
// is without one for 5 to 9 seconds, and a service that is upgraded is away for less.
const Patience = 15 * time.Second

// Pauses are the pauses between tries. Each is twice as long as the one before, and partly random,
// so that many clients do not come back at the same moment. The zero value is ready to use.
type Pauses struct {
	First, Most time.Duration  // defaults 200 ms and 5 s
	Random      func() float64 // from 0 to 1; nil means chance
	next        time.Duration
}

// Next returns the next pause: at least half of its full length.
func (p *Pauses) Next() time.Duration {
	first, most, random := p.First, p.Most, p.Random
	if first <= 0 {
		first = 200 * time.Millisecond
	}
	if most <= 0 {
		most = 5 * time.Second
	}
	if random == nil {
		random = rand.Float64
	}
	length := min(max(p.next, first), most)
	p.next = min(2*length, most)
	return time.Duration((0.5 + 0.5*random()) * float64(length))
}

// Reset begins anew with the first pause.
func (p *Pauses) Reset() { p.next = 0 }

// Again calls f until it fails with something else than Unavailable, or the service was away for patience (0: for ever), or ctx ended; it gives the
// last error. A call that may have been done and must not be done twice is not made again: see MayRepeat.
func Again(ctx context.Context, patience time.Duration, f func(context.Context) error) error {
	var pauses Pauses
	for began := time.Now(); ; {
		err := f(ctx)
		if !MayRepeat(err) || ctx.Err() != nil || patience > 0 && time.Since(began) >= patience {
			return err
		}
		timer := time.NewTimer(pauses.Next())
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return err
		}
	}
}

// MayRepeat reports whether a call that ended with this error may be made again as it is, and whether that may help.
func MayRepeat(err error) bool { return fault.Is(err, fault.Unavailable) && !errors.Is(err, errOnce) }

// errOnce marks the error of a call that may have been done, of a method that does more when it is called twice.
var errOnce = errors.New("the call may have been done")

// once returns the error of such a call.
func once(err error) error {
	e := fault.New(fault.Unavailable, "rpc.once",
		"Mất liên lạc giữa chừng, không rõ lệnh này đã được thực hiện chưa: hãy xem lại kết quả trước khi làm lại.",
		"the connection was lost in the middle and it is not known whether this was done: look at what there is before you do it again")
	e.Err = errors.Join(errOnce, err)
	return e
}

// readings are how the names of methods begin that change nothing.
var readings = []string{
	"Get", "List", "Watch", "Read", "Check", "Compare", "Explain", "Export", "Describe", "Diagnose", "Draw", "Save", "Verify", "Lookup", "ServerReflection",
}

// acts are the methods that change something, and that have done the same after two calls as after one: because what is handed in has an id, because
// it is decided on what the caller saw, or because it says how things shall be.
var acts = []string{
	"Submit", "SubmitStream", "SetSource", "ExtendWindow", "AskUnlock", "DecideUnlock", "Settle", "Acknowledge", "Declare", "Approve", "SettleClaim", "RecordSample",
	"Remind", "TakeCutOff", "Replay", "Drop", "SetBehaviour",
}

// repeatable reports whether a method, "/package.Service/Method", may be called again when it is not known whether the first call was done. The
// others: Recheck asks the registry again, Return gives back again what was mended meanwhile, Rebuild and a restore begin anew.
func repeatable(method string) bool {
	name := path.Base(method)
	return slices.Contains(acts, name) || slices.ContainsFunc(readings, func(r string) bool { return strings.HasPrefix(name, r) })
}
