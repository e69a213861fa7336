package cluster

import (
	"math/rand/v2"
	"net"
	"strconv"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// The ports of processes are below those that the system gives to connections by itself, so that a process which is away keeps its own.
const (
	firstPort = 20000
	lastPort  = 32000
)

// freeAddress finds an address on which nobody listens and which this cluster has not given out yet.
func (c *Cluster) freeAddress(host string) (string, error) {
	for range 1000 {
		port := firstPort + rand.IntN(lastPort-firstPort)
		if c.taken[port] {
			continue
		}
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue
		}
		_ = l.Close()
		c.taken[port] = true
		return net.JoinHostPort(host, strconv.Itoa(port)), nil
	}
	return "", fault.New(fault.Unavailable, "cluster.ports", "Không còn cổng trống.", "there is no free port")
}
