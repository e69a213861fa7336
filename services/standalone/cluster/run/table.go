package main

import (
	"fmt"
	"io"

	"github.com/rasoat/rasoat/services/standalone/cluster"
)

// table prints the processes with their addresses.
func (s *settings) table(w io.Writer, c *cluster.Cluster) {
	_, _ = fmt.Fprintf(w, "\n  %-14s  %-22s  %s\n", "process", "address", "probes and metrics")
	for _, p := range c.Processes() {
		line := fmt.Sprintf("  %-14s  %-22s  %s", p.Name(), p.GRPCAddr(), p.HTTPAddr())
		_, _ = fmt.Fprintln(w, line)
	}
	if c.Process("mongodb") == nil {
		_, _ = fmt.Fprintf(w, "  %-14s  as MONGODB_URI says\n\n", "mongodb")
		return
	}
	_, _ = fmt.Fprint(w, `
  !! mongodb is a STAND-IN: FerretDB over SQLite behind a gate that lets one command through at a time.
  !! This run proves how the services are wired to MongoDB's protocol, and nothing about MongoDB itself: not its replica sets, its
  !! durability or its speed. MONGODB_URI=mongodb://… runs the same on a real one.

`)
}
