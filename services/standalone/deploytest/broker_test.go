// Package deploytest holds deploy/ against what runs: the brokers' configuration on real brokers, and the metrics that dashboards and
// alerts ask for against those of a real node. Everything else about deploy/ is checked by scripts/deploy.
package deploytest

import (
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventually"
)

// password of every user in these tests; hashed is its bcrypt hash, as it stands in the environment of a broker.
const (
	password = "trying"
	hashed   = "$2a$04$yvSRl0H19r7.NxLKirb2AujTpzTcjmP8WGnG2L37b2.nE6TM6oFnS"
)

// settings puts a broker's environment in place.
func settings(t *testing.T, name string, more map[string]string) {
	t.Helper()
	all := map[string]string{
		"NATS_NAME": name, "NATS_LISTEN": "127.0.0.1:-1", "NATS_CLUSTER_LISTEN": "127.0.0.1:0", "NATS_ROUTES": "[]", "NATS_ROUTES_PASSWORD": "routing",
		"NATS_STORE": t.TempDir(), "NATS_MAX_FILE": "1GB", "NATS_HTTP": "127.0.0.1:-1",
		"NATS_SERVICES_PASSWORD": hashed, "NATS_OPERATOR_PASSWORD": hashed, "NATS_EXAM_PASSWORD": hashed, "NATS_PORTAL_PASSWORD": hashed, "NATS_SYSTEM_PASSWORD": password,
	}
	for k, v := range more {
		all[k] = v
	}
	for k, v := range all {
		t.Setenv(k, v)
	}
}

// configured reads a file of deploy/nats with the environment as it is.
func configured(t *testing.T, file string) *server.Options {
	t.Helper()
	o, err := server.ProcessConfigFile(filepath.Join("../../../deploy/nats", file))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	o.NoSigs = true
	return o
}

// run starts a broker; it is stopped at the end of the test.
func run(t *testing.T, o *server.Options) *server.Server {
	t.Helper()
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	s.Start()
	if !s.ReadyForConnections(eventually.Patience) {
		t.Fatal("the broker is not ready")
	}
	return s
}

// alone starts one broker with the accounts of deploy/nats and without the others of its cluster.
func alone(t *testing.T) *server.Server {
	t.Helper()
	settings(t, "nats-1", nil)
	o := configured(t, "nats.conf")
	o.Cluster, o.Routes = server.ClusterOpts{}, nil
	return run(t, o)
}

// as connects as a user does.
func as(t *testing.T, s *server.Server, user string) *nats.Conn {
	t.Helper()
	url := strings.Replace(s.ClientURL(), "nats://", "nats://"+user+":"+password+"@", 1)
	nc, err := eventlog.Connect(url, t.Name(), nats.RetryOnFailedConnect(false),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})) // refusals are asked for below
	if err != nil {
		t.Fatalf("connect as %s: %v", user, err)
	}
	t.Cleanup(nc.Close)
	return nc
}

// What a broker promises is in its configuration: durable at once, large enough messages, nobody without a password.
func TestBrokerConfiguration(t *testing.T) {
	settings(t, "nats-1", map[string]string{"NATS_LISTEN": "0.0.0.0:4222", "NATS_ROUTES": "[nats://routes:routing@nats-1:6222, nats://routes:routing@nats-2:6222]"})
	o := configured(t, "nats.conf")
	got := fmt.Sprintln(o.ServerName, o.JetStream, o.SyncAlways, o.MaxPayload, len(o.Routes), o.Routes[1].Host, o.Routes[1].User, o.Cluster.Name, o.LameDuckDuration, o.JetStreamMaxStore)
	want := fmt.Sprintln("nats-1", true, true, 4<<20, 2, "nats-2:6222", "routes:routing", "rasoat", 30*time.Second, 1<<30)
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, err := nats.Connect(alone(t).ClientURL()); err == nil {
		t.Errorf("a connection without a password was let in")
	}
}

// Three brokers of the same file are one cluster, over routes that have a password.
func TestBrokersBecomeOneCluster(t *testing.T) {
	var routes []string
	for range 3 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		routes = append(routes, l.Addr().String())
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	all := "[nats://routes:routing@" + strings.Join(routes, ", nats://routes:routing@") + "]"
	var nodes []*server.Server
	for i, at := range routes {
		settings(t, fmt.Sprint("nats-", i+1), map[string]string{"NATS_CLUSTER_LISTEN": at, "NATS_ROUTES": all})
		nodes = append(nodes, run(t, configured(t, "nats.conf")))
	}
	eventually.True(t, "the brokers have a leader", func() bool {
		return slices.ContainsFunc(nodes, func(n *server.Server) bool { return n.JetStreamIsLeader() && len(n.JetStreamClusterPeers()) == 3 })
	})
}
