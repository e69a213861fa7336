package server

import (
	"context"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/drive"
)

func aDay(perDay int) *drive.Drive {
	return testDrive(func(d *drive.Drive) { d.Asking = drive.Asking{PerCall: 10, PerSecond: 100, PerDay: perDay} })
}

// TestNothingIsSpentUnsigned plays holders that come and go, signatures that are lost, and days that pass. What a holder spent is never more than
// what stands signed in the bucket, and the days keep to the budget together.
func TestNothingIsSpentUnsigned(t *testing.T) {
	const perDay = 1000
	d := aDay(perDay)
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 2))
		now := time.Date(2023, 4, 10, 2, 0, 0, 0, time.UTC)
		var bucket []byte
		spent := map[string]int{}
		for range 20 { // holders
			g := newGate(d, openFor, func() time.Time { return now }, func() bool { return true }, readLedger(bucket))
			if got := readLedger(bucket); got.Day != "" && g.spent < spent[got.Day] {
				t.Fatalf("seed %d: %d inherited, %d spent", seed, g.spent, spent[got.Day])
			}
			for range 50 {
				now = now.Add(time.Duration(r.IntN(3000)) * time.Millisecond)
				switch r.IntN(12) {
				case 0: // a signature whose answer is lost, or which is lost itself
					if b := g.sign(); r.IntN(2) == 0 {
						bucket = b
					}
				case 1, 2, 3:
					bucket = g.sign()
					g.stored()
				case 4:
					if r.IntN(20) == 0 {
						now = now.Add(24 * time.Hour)
					}
				default:
					pupils := 1 + r.IntN(10)
					granted := make(chan struct{})
					turn := g.turns.Enter(anywhere, pupils)
					g.granted[turn] = granted
					g.serve()
					day, _ := d.Day(now)
					select {
					case <-granted:
						spent[day] += pupils
						g.done(turn, nil)
					default:
						_ = g.leave(turn, context.Canceled)
					}
					signed := readLedger(bucket)
					if spent[day] > 0 && (signed.Day != day || spent[day] > signed.Spent) {
						t.Fatalf("seed %d: %d spent on %s, and the bucket says %+v", seed, spent[day], day, signed)
					}
				}
			}
		}
		for day, n := range spent {
			if n > perDay {
				t.Errorf("seed %d: %d spent on %s, want at most %d", seed, n, day, perDay)
			}
		}
		if len(spent) == 0 {
			t.Errorf("seed %d: nothing was ever spent", seed)
		}
	}
}

// TestTheDaysBudget: nobody is let through before the first signature is stored, nor beyond the budget, and a new day begins anew.
func TestTheDaysBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// The bubble begins at 07:00 in Hanoi: 17 hours are left of the day.
		o := open(t, aDay(25))
		early := make(chan time.Duration)
		go func() { early <- o.pass(anywhere, 10, nil) }()
		time.Sleep(time.Second)
		o.sign()
		time.Sleep(time.Second)
		o.stored()
		if at := <-early; at < 2*time.Second || at > 2010*time.Millisecond {
			t.Errorf("let through after %v, want when the signature was stored", at)
		}
		sign := func() ledger {
			l := readLedger(o.sign())
			o.stored()
			return l
		}
		if l := sign(); l.Spent != 25 || l.State != pb.RegistryState_REGISTRY_STATE_WELL {
			t.Errorf("signed %+v, want all 25 and well", l)
		}
		o.pass(anywhere, 10, nil)
		o.pass(anywhere, 5, nil)
		l := sign()
		if midnight := o.began.Add(17 * time.Hour); l.State != pb.RegistryState_REGISTRY_STATE_SPENT || !l.Resumes.Equal(midnight) {
			t.Errorf("signed %+v, want spent until %v", l, midnight)
		}
		next := make(chan time.Duration)
		go func() { next <- o.pass(anywhere, 10, nil) }()
		time.Sleep(17 * time.Hour)
		synctest.Wait()
		if l := sign(); l.Spent != 25 || l.State != pb.RegistryState_REGISTRY_STATE_WELL || l.Day == "" {
			t.Errorf("signed %+v on the day after, want a budget of 25", l)
		}
		if at := <-next; at < 17*time.Hour {
			t.Errorf("beyond the budget, somebody was let through after %v", at)
		}
	})
}

// TestAGateOfAnotherDay inherits nothing from the day before.
func TestAGateOfAnotherDay(t *testing.T) {
	now := time.Date(2023, 4, 10, 2, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		day  string
		want int
	}{{"2023-04-10", 40}, {"2023-04-09", 100}} {
		g := newGate(aDay(100), openFor, func() time.Time { return now }, func() bool { return true }, ledger{Day: tt.day, Spent: 60})
		g.sign()
		g.stored()
		if got := g.reserved - g.spent; got != tt.want {
			t.Errorf("after %s: %d are left to spend, want %d", tt.day, got, tt.want)
		}
	}
}

func TestReadLedger(t *testing.T) {
	for _, b := range []string{"", "{", `{"day":1}`} {
		if got := readLedger([]byte(b)); got != (ledger{}) {
			t.Errorf("%q: got %+v, want none", b, got)
		}
	}
}

// TestMeter: the rate is of the last minute, or of the time since the first answer.
func TestMeter(t *testing.T) {
	for second, want := range map[int]float64{0: 10, 4: 2.5, 59: 10. / 59, 60: 0} {
		now := time.Date(2023, 4, 10, 2, 0, 0, 0, time.UTC)
		m := meter{now: func() time.Time { return now }}
		m.add(10)
		now = now.Add(time.Duration(second) * time.Second)
		if got := m.rate(); got != want {
			t.Errorf("10 answers, after %d s: %v a second, want %v", second, got, want)
		}
	}
}
