package main

import (
	"context"
	"sync"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"
)

// waiting is the one place that says what a command waits for, the services or the broker. It says once what a command waits for, as soon as it is known that it has to.
type waiting struct {
	once  sync.Once
	says  sync.Mutex     // of the standard error
	ended sync.WaitGroup // of those who look at connections

	called string // the address of the services that were called first
}

// connectWithin is how long a connection may come about before the wait for it is mentioned.
const connectWithin = 2 * time.Second

// waitsForServices says that the services at an address are not there.
func (a *app) waitsForServices(address string, reason error) {
	a.waits(reason, "hệ thống tại "+address, "the services at "+address,
		"Hệ thống chưa chạy thì chạy: make demo, hoặc rasoat-standalone up. Nếu chạy ở nơi khác: --server ĐỊA_CHỈ (RASOAT_SERVER)",
		"If they do not run: make demo, or rasoat-standalone up. If they run elsewhere: --server ADDRESS (RASOAT_SERVER)")
}

// waitsForBroker says that the broker is not there.
func (a *app) waitsForBroker(address string) {
	a.waits(nil, "NATS tại "+address, "NATS at "+address,
		"NATS chưa chạy thì chạy: make demo, hoặc rasoat-standalone up. Nếu chạy ở nơi khác: --nats ĐỊA_CHỈ (RASOAT_NATS)",
		"If it does not run: make demo, or rasoat-standalone up. If it runs elsewhere: --nats ADDRESS (RASOAT_NATS)")
}

func (a *app) waits(reason error, vi, en, hintVi, hintEn string) {
	a.waiting.once.Do(func() {
		vi, en := "Đang chờ "+vi, "Waiting for "+en
		if a.wait > 0 {
			vi, en = vi+", tối đa "+a.wait.String()+" (--wait)", en+", at most "+a.wait.String()+" (--wait)"
		}
		// A service that is there and cannot answer yet says why.
		if reason != nil && fault.Cause(reason) == nil {
			said := fault.Worded(reason).Text
			a.errorf("%s\n    → %s\n", a.text(vi, en), a.say(said))
			return
		}
		a.errorf("%s\n    → %s\n", a.text(vi, en), a.text(hintVi, hintEn))
	})
}

// watchConnection says so when a connection is lost or does not come about. It ends when the connection is closed, which
// every command does.
func (a *app) watchConnection(conn *grpc.ClientConn, address string) {
	if a.waiting.called == "" {
		a.waiting.called = address
	}
	a.waiting.ended.Go(func() {
		for state := conn.GetState(); state != connectivity.Shutdown; state = conn.GetState() {
			ctx, done := context.Background(), context.CancelFunc(func() {})
			if state == connectivity.Connecting {
				ctx, done = context.WithTimeout(ctx, connectWithin)
			}
			changed := conn.WaitForStateChange(ctx, state)
			done()
			if !changed || conn.GetState() == connectivity.TransientFailure {
				a.waitsForServices(address, nil)
				return
			}
		}
	})
}
