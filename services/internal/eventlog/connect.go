package eventlog

import (
	"context"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Connect dials the broker the way every program of rasoat does. Options given here come last and win.
//
//   - It never gives up: a broker that is not there yet, or goes away, or refuses the credentials for a
//     while, is tried again for ever. Services may start in any order. So Connect itself fails only
//     for a URL or an option that cannot work (fault.Invalid).
//   - Nothing is kept back while the connection is down: a write fails at once and is tried again by
//     Append. Otherwise writes whose callers have long gone would be sent at the reconnection.
//   - What the broker says out of turn is logged. A refused publication is never answered, only told
//     this way; Log listens too, so that Append can say why it failed.
func Connect(urls, name string, opts ...nats.Option) (*nats.Conn, error) {
	ctx := context.Background()
	all := []nats.Option{
		nats.Name(name),
		nats.CustomInboxPrefix(inboxPrefix(urls)),
		nats.MaxReconnects(-1),
		nats.RetryOnFailedConnect(true),
		nats.IgnoreAuthErrorAbort(),
		nats.ReconnectWait(250 * time.Millisecond),
		nats.ReconnectJitter(250*time.Millisecond, time.Second),
		nats.ReconnectBufSize(-1),
		nats.PingInterval(20 * time.Second),
		nats.MaxPingsOutstanding(2),
		nats.ErrorHandler(func(_ *nats.Conn, sub *nats.Subscription, err error) {
			attrs := []slog.Attr{slog.String("connection", name), slog.Any("error", err)}
			if sub != nil {
				attrs = append(attrs, slog.String("subscription", sub.Subject))
			}
			slog.LogAttrs(ctx, slog.LevelError, "the broker complains", attrs...)
		}),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err == nil {
				return // closed by ourselves
			}
			slog.WarnContext(ctx, "connection to the broker lost", slog.String("connection", name), slog.Any("error", err))
		}),
		nats.ClosedHandler(func(nc *nats.Conn) { refusals.Delete(nc) }),
		nats.ReconnectHandler(func(nc *nats.Conn) {
			refusals.Delete(nc)
			slog.InfoContext(ctx, "connection to the broker is back", slog.String("connection", name), slog.String("server", nc.ConnectedServerName()))
		}),
		nats.ReconnectErrHandler(func(nc *nats.Conn, err error) {
			refusals.Store(nc, err)
			slog.DebugContext(ctx, "the broker is still away", slog.String("connection", name), slog.Any("error", err))
		}),
	}
	if err := checkURLs(urls); err != nil {
		return nil, err
	}
	nc, err := nats.Connect(urls, append(all, opts...)...)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "eventlog.connect", err)
	}
	return nc, nil
}

// checkURLs refuses what is no address of a broker, and says nothing of it: it may hold a password.
func checkURLs(urls string) error {
	for one := range strings.SplitSeq(urls, ",") {
		one = strings.TrimSpace(one)
		if !strings.Contains(one, "://") {
			one = "nats://" + one
		}
		if u, err := url.Parse(one); err != nil || u.Hostname() == "" {
			return fault.New(fault.Invalid, "eventlog.connect",
				"địa chỉ NATS không hợp lệ; dạng đúng: nats://máy:4222[,nats://máy:4222…]",
				"the URL of the broker is malformed; it looks like nats://host:4222[,nats://host:4222…]")
		}
	}
	return nil
}

// refusals has why the last attempt to reach the broker failed, by connection, while it is away.
var refusals sync.Map
