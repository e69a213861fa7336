package eventually_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rasoat/rasoat/services/internal/eventually"
)

// failing is a test that keeps why it failed.
type failing struct {
	testing.TB
	why string
}

func (f *failing) Helper() {}

func (f *failing) Fatalf(format string, args ...any) {
	f.why = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// why returns what a test failed with.
func why(t *testing.T, test func(testing.TB)) string {
	f, ended := &failing{TB: t}, make(chan struct{})
	go func() {
		defer close(ended)
		test(f)
	}()
	<-ended
	return f.why
}

func TestWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		late := began.Add(eventually.Patience - time.Minute)
		eventually.True(t, "late", func() bool { return time.Now().After(late) })

		values := make(chan int)
		go func() {
			time.Sleep(eventually.Patience - time.Minute)
			values <- 7
			close(values)
		}()
		if got := eventually.Received(t, "late", values); got != 7 {
			t.Errorf("got %d, want 7", got)
		}
		if got := eventually.Received(t, "closed", values); got != 0 {
			t.Errorf("got %d of a closed channel, want 0", got)
		}
	})
}

// What never comes ends the test, and the failure names it.
func TestGivesUp(t *testing.T) {
	for name, test := range map[string]func(testing.TB){
		"True":     func(tb testing.TB) { eventually.True(tb, "the flood", func() bool { return false }) },
		"Received": func(tb testing.TB) { eventually.Received(tb, "the flood", make(chan int)) },
	} {
		synctest.Test(t, func(t *testing.T) {
			if got, want := why(t, test), "the flood: not within 10m0s"; got != want {
				t.Errorf("%s: got %q, want %q", name, got, want)
			}
		})
	}
}

// The context of a test can still be used when the test is over, and no longer after that.
func TestContext(t *testing.T) {
	var ctx context.Context
	t.Run("a test", func(t *testing.T) {
		ctx = eventually.Context(t)
		t.Cleanup(func() {
			if err := eventually.Context(t).Err(); err != nil {
				t.Errorf("in cleanup: %v", err)
			}
		})
		if ctx.Err() != nil {
			t.Errorf("in the test: %v", ctx.Err())
		}
	})
	if ctx.Err() == nil {
		t.Error("it goes on after the test")
	}
}
