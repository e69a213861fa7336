package main

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/internal/run"
	"github.com/spf13/cobra"
)

// broker says where the broker is, for the commands that look at the log themselves.
type broker struct{ url, creds, ca string }

func (b *broker) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&b.url, "nats", run.EnvOr("RASOAT_NATS", nats.DefaultURL), "URLs of the broker, separated by commas (RASOAT_NATS)")
	f.StringVar(&b.creds, "creds", "", "file of the broker's credentials")
	f.StringVar(&b.ca, "nats-ca", "", "PEM file of the certificate authorities that the broker's certificate is checked with")
}

func (b broker) options() []nats.Option {
	var opts []nats.Option
	if b.creds != "" {
		opts = append(opts, nats.UserCredentials(b.creds))
	}
	if b.ca != "" {
		opts = append(opts, nats.RootCAs(b.ca))
	}
	return opts
}

// connect makes a connection, which comes about when the broker is there; the caller closes it. It fails with Invalid for what cannot work.
func (b broker) connect(name string, opts ...nats.Option) (*nats.Conn, jetstream.JetStream, error) {
	nc, err := eventlog.Connect(b.url, name, append(b.options(), opts...)...)
	if err != nil {
		return nil, nil, err
	}
	js, err := jetstream.New(nc)
	if err != nil {
		nc.Close()
		return nil, nil, fault.Wrap(fault.Internal, name, err)
	}
	return nc, js, nil
}

// shown is where the broker is, without what is secret.
func (b broker) shown() string {
	var out []string
	for one := range strings.SplitSeq(b.url, ",") {
		u, err := url.Parse(strings.TrimSpace(one))
		if err != nil {
			continue
		}
		out = append(out, u.Host)
	}
	return strings.Join(out, ",")
}

// await waits for the broker as long as other commands wait for a service.
func (a *app) await(ctx context.Context, b broker, nc *nats.Conn) error {
	return rpc.Again(ctx, a.wait, func(context.Context) error {
		if nc.IsConnected() {
			return nil
		}
		a.waitsForBroker(b.shown())
		err := nc.LastError()
		if err == nil {
			err = nats.ErrNoServers
		}
		return brokerFault(err)
	})
}

// brokerIsThere waits for a broker that another package will connect to.
func (a *app) brokerIsThere(ctx context.Context, b broker) error {
	nc, _, err := b.connect("rasoat", quiet()...)
	if err != nil {
		return err
	}
	defer nc.Close()
	return a.await(ctx, b, nc)
}

// quiet has a connection say nothing on the terminal: what is wrong is in what the command tells.
func quiet() []nats.Option {
	return []nats.Option{
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}), nats.DisconnectErrHandler(func(*nats.Conn, error) {}),
		nats.ReconnectHandler(func(*nats.Conn) {}), nats.ReconnectErrHandler(func(*nats.Conn, error) {}), nats.Timeout(3 * time.Second),
	}
}
