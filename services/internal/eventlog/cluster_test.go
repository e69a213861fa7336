package eventlog_test

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// cluster starts three brokers that know each other.
func cluster(t *testing.T) []*server.Server {
	t.Helper()
	ports, routes := make([]int, 3), make([]*url.URL, 3)
	for i := range ports {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatalf("find a port: %v", err)
		}
		ports[i] = listener.Addr().(*net.TCPAddr).Port
		routes[i] = &url.URL{Scheme: "nats", Host: listener.Addr().String()}
		if err := listener.Close(); err != nil {
			t.Fatalf("find a port: %v", err)
		}
	}
	var nodes []*server.Server
	for i := range ports {
		node, err := server.NewServer(&server.Options{ServerName: fmt.Sprintf("n%d", i), Host: "127.0.0.1", Port: server.RANDOM_PORT,
			JetStream: true, StoreDir: t.TempDir(), SyncAlways: true, NoSigs: true, MaxPayload: 4 << 20, Routes: routes,
			Cluster: server.ClusterOpts{Name: "c", Host: "127.0.0.1", Port: ports[i]}})
		if err != nil {
			t.Fatalf("make a broker: %v", err)
		}
		t.Cleanup(func() { node.Shutdown(); node.WaitForShutdown() })
		node.Start()
		nodes = append(nodes, node)
	}
	eventually.True(t, "the brokers have a leader", func() bool {
		for _, n := range nodes {
			if n.JetStreamIsLeader() && len(n.JetStreamClusterPeers()) == 3 {
				return true
			}
		}
		return false
	})
	return nodes
}

// Three copies of every stream: conditions raced by several writers, and the loss of the node that
// leads the stream in the middle. Each key is counted up one by one by whoever wins; nothing is lost.
func TestClusterLosesItsLeader(t *testing.T) {
	if testing.Short() {
		t.Skip("starts three brokers and waits for an election, 5 to 30 s")
	}
	nodes := cluster(t)
	var urls string
	for _, n := range nodes {
		urls += n.ClientURL() + ","
	}
	open := func(cfg eventlog.Config) *eventlog.Log {
		nc, err := eventlog.Connect(urls[:len(urls)-1], "test")
		if err != nil {
			t.Fatalf("connect: %v", err)
		}
		t.Cleanup(nc.Close)
		cfg.Replicas = 3
		return eventlogtest.OpenLog(t, nc, cfg)
	}
	l := open(eventlog.Config{})

	const writers, keys, each = 4, 30, 12
	var refused, rounds atomic.Int32
	var wg sync.WaitGroup
	for range writers {
		w := open(eventlog.Config{})
		wg.Go(func() {
			subjects := make([]string, keys)
			for k := range subjects {
				subjects[k] = record(k, "").Subject
			}
			for round := 0; round < each; {
				last, err := w.LastMany(eventually.Context(t), subjects)
				if err != nil {
					continue // the loop of a service would wait and try again as well
				}
				events := make([]eventlog.Event, keys)
				for k := range events {
					m := last[subjects[k]]
					n := 0
					_, _ = fmt.Sscan(string(m.Data), &n)
					events[k] = record(k, fmt.Sprint(n+1))
					events[k].ExpectLast = &eventlog.Expect{Sequence: m.Sequence}
				}
				switch err := w.AppendBatch(eventually.Context(t), events); {
				case err == nil:
					round++
					rounds.Add(1)
				case fault.Is(err, fault.Conflict):
					refused.Add(1)
				default:
					t.Errorf("append: %v", err)
					return
				}
			}
		})
	}
	var got seen
	eventlogtest.Run(t, open(eventlog.Config{}), eventlog.Consumer{Stream: eventlog.Submissions, Durable: "d", AckWait: 2 * time.Second, Handle: got.handle})
	const taken = 24
	for n := range taken { // an id of its own for each, raced by two
		if n == taken/2 {
			eventually.True(t, "the writers are at work", func() bool { return rounds.Load() > writers*each/4 })
			leader := leaderOf(t, nodes, eventlog.Records)
			leader.Shutdown()
		}
		var won atomic.Int32
		var race sync.WaitGroup
		for _, kind := range []string{"profile", "results"} {
			race.Go(func() {
				ev := submission(n)
				ev.Subject = fmt.Sprintf("submission.%s.01.01000701.s%d", kind, n)
				ev.ExpectLast = &eventlog.Expect{Subject: fmt.Sprintf("submission.*.01.01000701.s%d", n)}
				_, err := l.Append(eventually.Context(t), ev)
				if err == nil {
					won.Add(1)
				} else if !fault.Is(err, fault.Conflict) {
					t.Errorf("submission %d: %v", n, err)
				}
			})
		}
		race.Wait()
		if won.Load() != 1 {
			t.Errorf("submission %d was taken %d times", n, won.Load())
		}
	}
	wg.Wait()
	// Every batch counts all keys, so they agree if batches are whole; and none of those acknowledged
	// is missing. (One more may be there: stored, its answer lost with the leader, and replaced before
	// its writer could look.)
	counts := map[int]int{}
	for k := range keys {
		n := 0
		eventually.True(t, "a record is read", func() bool {
			m, err := l.Last(eventually.Context(t), record(k, "").Subject)
			_, _ = fmt.Sscan(string(m.Data), &n)
			return err == nil && n >= writers*each
		})
		counts[n]++
	}
	if len(counts) != 1 {
		t.Errorf("the records of one batch differ: %v", counts)
	}
	eventlogtest.Settled(t, l, eventlog.Submissions, "d")
	t.Logf("%d batches stored, %d refused", rounds.Load(), refused.Load())
}

// leaderOf finds the node that leads a stream.
func leaderOf(t *testing.T, nodes []*server.Server, stream string) *server.Server {
	t.Helper()
	nc, err := eventlog.Connect(nodes[0].ClientURL(), "test")
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatalf("jetstream: %v", err)
	}
	var leader *server.Server
	eventually.True(t, stream+" has a leader", func() bool {
		s, err := js.Stream(eventually.Context(t), stream)
		if err != nil || s.CachedInfo().Cluster == nil {
			return false
		}
		i := slices.IndexFunc(nodes, func(n *server.Server) bool { return n.Name() == s.CachedInfo().Cluster.Leader })
		if i >= 0 {
			leader = nodes[i]
		}
		return i >= 0
	})
	return leader
}
