package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Ready waits until every process that runs and has probes says that it is ready. It fails with Unavailable when ctx ends first, and says who is not
// ready and why; and with the death of a process.
func (c *Cluster) Ready(ctx context.Context) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		waiting := c.Waiting(ctx)
		if len(waiting) == 0 {
			return c.Err()
		}
		select {
		case <-tick.C:
		case <-c.dead:
			return c.Err()
		case <-ctx.Done():
			return fault.Wrap(fault.Unavailable, "cluster.ready", fmt.Errorf("not ready: %s", strings.Join(waiting, "; ")))
		}
	}
}

// Waiting lists the processes that run and are not ready, each with what it says.
func (c *Cluster) Waiting(ctx context.Context) []string {
	var out []string
	for _, p := range c.processes {
		if p.http == "" || !p.Alive() {
			continue
		}
		path := "/readyz"
		if strings.HasPrefix(p.name, "nats-") {
			path = "/healthz"
		}
		if why := ask(ctx, "http://"+p.http+path); why != "" {
			out = append(out, p.name+": "+why)
		}
	}
	return out
}

// ask returns what a probe says, or "" when it says that all is well.
func ask(ctx context.Context, url string) string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err.Error()
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "no answer"
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode == http.StatusOK {
		return ""
	}
	var said json.RawMessage
	if json.NewDecoder(resp.Body).Decode(&said) != nil {
		return resp.Status
	}
	return string(said)
}
