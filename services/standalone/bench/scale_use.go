package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rasoat/rasoat/services/standalone/cluster"
)

// use is how much processor time a cluster and this process take.
type use struct {
	c     *cluster.Cluster
	began time.Time
	self  time.Duration
	of    map[string]time.Duration
}

func startUse(c *cluster.Cluster) *use {
	return &use{c: c, began: time.Now(), self: spent(), of: spentBy(c)}
}

// stop notes what was taken since the start.
func (u *use) stop(r *scaled) {
	wall := time.Since(u.began).Seconds()
	r.Services = (spent() - u.self).Seconds() / wall
	for name, now := range spentBy(u.c) {
		cores := (now - u.of[name]).Seconds() / wall
		switch {
		case strings.HasPrefix(name, "nats-"):
			r.Brokers += cores
		case name == "mongodb":
			r.Database += cores
		default:
			r.Services += cores
		}
	}
	r.Cores = r.Services + r.Brokers + r.Database
}

// spentBy is the processor time of each process of a cluster.
func spentBy(c *cluster.Cluster) map[string]time.Duration {
	out := map[string]time.Duration{}
	for _, p := range c.Processes() {
		out[p.Name()] = ticks(p.Pid())
	}
	return out
}

// ticksPerSecond is how finely Linux tells processor time to programs, on every machine.
const ticksPerSecond = 100

// ticks is the processor time of a process by /proc, 0 where there is none.
func ticks(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * time.Second / ticksPerSecond
}
