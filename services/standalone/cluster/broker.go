package cluster

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// brokers is how many keep each stream.
const brokers = 3

// BrokerPlace says where a broker listens and keeps its streams; "" for what the cluster chooses.
type BrokerPlace struct {
	Host string // "10.9.0.2"; an address that the services can reach
	Dir  string // folder of the streams
}

// The users of the brokers that a cluster makes use of, as deploy/nats/accounts.conf has them.
const (
	Services = "services"
	Exam     = "exam"
	Operator = "operator"
)

// password makes a password of letters, as the brokers' configuration wants them where they stand in it.
func password() string { return "p" + strings.ToLower(rand.Text()) }

// addBrokers adds the three brokers, which know each other.
func (c *Cluster) addBrokers() error {
	type one struct{ name, client, peer, monitor, dir string }
	var all []one
	var routes []string
	inner := password()
	c.passwords = map[string]string{Services: password(), Exam: password(), Operator: password(), "portal": password(), "system": password()}
	for i := range brokers {
		b := one{name: fmt.Sprint("nats-", i+1)}
		place := BrokerPlace{}
		if c.cfg.Broker != nil {
			place = c.cfg.Broker(b.name)
		}
		if place.Host == "" {
			place.Host = localhost
		}
		if b.dir = place.Dir; b.dir == "" {
			b.dir = filepath.Join(c.cfg.Dir, b.name)
		}
		for _, a := range []*string{&b.client, &b.peer, &b.monitor} {
			var err error
			if *a, err = c.freeAddress(place.Host); err != nil {
				return err
			}
		}
		all, routes = append(all, b), append(routes, "nats://routes:"+inner+"@"+b.peer)
		c.brokers = append(c.brokers, b.client)
	}
	for _, b := range all {
		p := c.add(b.name, "nats-server", "-c", filepath.Join(c.cfg.Bin, brokerFiles[0]))
		p.grpc, p.http = b.client, b.monitor
		p.env = append(p.env, "NATS_NAME="+b.name, "NATS_LISTEN="+b.client, "NATS_CLUSTER_LISTEN="+b.peer, "NATS_HTTP="+b.monitor, "NATS_STORE="+b.dir,
			"NATS_MAX_FILE=10GB", "NATS_ROUTES=["+strings.Join(routes, ", ")+"]", "NATS_ROUTES_PASSWORD="+inner)
		for user, secret := range c.passwords {
			p.env = append(p.env, "NATS_"+strings.ToUpper(user)+"_PASSWORD="+secret)
		}
	}
	return nil
}

// NATSURL is the URL of all brokers for a service, with its password: not to be printed.
func (c *Cluster) NATSURL() string { return c.natsURL(Services) }

func (c *Cluster) natsURL(user string) string {
	var urls []string
	for _, address := range c.brokers {
		urls = append(urls, (&url.URL{Scheme: "nats", User: url.UserPassword(user, c.passwords[user]), Host: address}).String())
	}
	return strings.Join(urls, ",")
}

// Connect makes a connection to the brokers as one of their users, that survives the loss of any of them; the caller closes it.
func (c *Cluster) Connect(user string) (*nats.Conn, error) {
	return eventlog.Connect(c.natsURL(user), "cluster-"+user)
}

// Broker is a connection to the brokers with the rights of a service, and Log is the log over it, for whoever looks on.
func (c *Cluster) Broker() *nats.Conn { return c.nc }

// Log opens the log to look on. It fails with Unavailable when there are no streams yet.
func (c *Cluster) Log(ctx context.Context) (*eventlog.Log, error) {
	return eventlog.Open(ctx, c.nc, eventlog.Config{Service: "cluster"})
}

// Leader returns the name of the broker's process that leads a stream at present. It fails with Unavailable while there is none.
func (c *Cluster) Leader(ctx context.Context, stream string) (string, error) {
	const op = "cluster.leader"
	js, err := jetstream.New(c.nc)
	if err != nil {
		return "", fault.Wrap(fault.Internal, op, err)
	}
	s, err := js.Stream(ctx, stream)
	if err != nil {
		return "", fault.Wrap(fault.Unavailable, op, err)
	}
	info := s.CachedInfo()
	if info.Cluster == nil || info.Cluster.Leader == "" {
		return "", fault.New(fault.Unavailable, op, "Luồng chưa có máy chủ dẫn đầu.", "the stream has no leader at present")
	}
	return info.Cluster.Leader, nil
}
