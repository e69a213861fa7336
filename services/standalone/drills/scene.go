package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/portal"
	"github.com/rasoat/rasoat/services/standalone/cluster"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/node"
)

// drill is one thing that breaks, and what has to hold although it does.
type drill struct {
	name, what string
	// wrap changes the commands of the cluster's processes before each start; nil for none.
	wrap func(s *stage, process string, cmd *exec.Cmd)
	// breaks does the harm while clients are at work, and mends it.
	breaks  func(ctx context.Context, s *scene) error
	letters func(s *scene) int // how many dead letters there must be; nil for none
	patient bool               // no call of a client may fail in the end
}

// stage is what all drills share.
type stage struct {
	sample *demo.Sample
	dir    string // of everything
	bin    string // the binaries
	wrong  string // those with a clock that can be set wrong
	net    *network
	quiet  string // the content digest of the records after a quiet run
	say    func(format string, args ...any)
}

// scene is a cluster under load.
type scene struct {
	*stage
	*cluster.Cluster
	log    *eventlog.Log
	load   *load
	watch  *watch
	hurt   time.Time // when the harm began
	healed time.Time // when it ended
	row    *row
	usual  uint64 // how much was under way at most before the harm
	posted int    // messages that nobody can process, times their readers
}

const (
	drillWithin  = 10 * time.Minute
	beforeHarm   = 25 // acknowledgements before the harm
	afterHealing = 12
)

// play plays one drill on a cluster of its own.
func (s *stage) play(parent context.Context, d drill) (row, error) {
	ctx, cancel := context.WithTimeout(parent, drillWithin)
	defer cancel()
	began := time.Now()
	r := row{Drill: d.name, What: d.what}
	dir := filepath.Join(s.dir, d.name)
	if err := os.RemoveAll(dir); err != nil {
		return r, fault.Wrap(fault.Unavailable, "drills.play", err)
	}
	for _, b := range s.net.brokers {
		if err := mountDisk(filepath.Join(dir, b), "192m"); err != nil {
			return r, err
		}
		defer func() { _ = unmountDisk(filepath.Join(dir, b)) }()
	}
	c, err := cluster.Start(ctx, cluster.Config{
		Dir: dir, Bin: s.bin, Sample: s.sample, Host: hubAddress,
		Broker: func(b string) cluster.BrokerPlace {
			return cluster.BrokerPlace{Host: s.net.address(b), Dir: filepath.Join(dir, b)}
		},
		Wrap: func(process string, cmd *exec.Cmd) {
			if d.wrap != nil {
				d.wrap(s, process, cmd)
			}
			if slices.Contains(s.net.brokers, process) {
				s.net.within(cmd, process)
			}
		},
	})
	if err != nil {
		return r, err
	}
	sc := &scene{stage: s, Cluster: c, row: &r}
	err = sc.run(ctx, d)
	if stopped := c.Stop(); err == nil {
		err = stopped
	}
	r.Seconds = seconds(time.Since(began))
	if err == nil {
		letters := 0
		if d.letters != nil {
			letters = d.letters(sc)
		}
		r.judge(s.quiet, letters, d.patient)
	}
	return r, err
}

// run does the drill from the readiness of all to the last look.
func (s *scene) run(ctx context.Context, d drill) error {
	if err := s.Ready(ctx); err != nil {
		return err
	}
	var err error
	if s.log, err = s.Log(ctx); err != nil {
		return err
	}
	conn, err := portal.Dial(s.Doors(), rpc.WithToken(s.Actors().Issuer.Source(access.Caller{Subject: "portal", Role: access.Portal, Scopes: []string{access.Nation}})))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	portals, err := s.Connect(cluster.Services)
	if err != nil {
		return err
	}
	defer portals.Close()

	s.watch = beginWatch(ctx, s.Cluster, s.log, s.sample.Drive, s.Conn())
	defer s.watch.stop()
	s.load = beginLoad(ctx, s.sample, conn, portals)
	if err := s.under(ctx, d); err != nil {
		_ = s.load.finish()
		return err
	}
	if err := s.load.finish(); err != nil {
		return err
	}
	if err := s.Ready(ctx); err != nil {
		return err
	}
	if err := node.Settle(ctx, s.log, s.sample.Drive); err != nil {
		return fault.Wrap(fault.Unavailable, "drills.settle", fmt.Errorf("%w: %s", err, s.stuck()))
	}
	settled := time.Now()
	s.watch.stop()
	s.tell(settled)
	s.row.found, err = look(ctx, s.log, s.Conn(), s.load.book.entries())
	s.row.Conserved = s.row.Conserved && s.watch.sum && s.watch.answered > 0
	return err
}

// under does the harm while clients are at work.
func (s *scene) under(ctx context.Context, d drill) error {
	if err := s.load.book.further(ctx, beforeHarm); err != nil {
		return err
	}
	s.usual = s.watch.usual()
	s.hurt = time.Now()
	examined := make(chan []string, 1)
	go func() { examined <- s.examine(ctx) }()
	if err := d.breaks(ctx, s); err != nil {
		return fault.Wrap("", "drills."+d.name, err)
	}
	s.healed = time.Now()
	s.row.Doctor = <-examined
	return s.load.book.further(ctx, afterHealing)
}

// tell fills in how calls went and what was said.
func (s *scene) tell(settled time.Time) {
	if at, ok := s.watch.caughtUp(s.healed, s.usual); ok {
		settled = at
	}
	s.row.Backlog = seconds(settled.Sub(s.healed))
	first, longest, failed := s.load.book.went(s.hurt)
	s.row.First, s.row.Longest, s.row.Failed = seconds(first), seconds(longest), len(failed)
	s.row.Calls, s.row.Reconnects = len(s.load.book.calls), s.load.book.reconnects
	s.row.Meanwhile = s.watch.said()
	if len(failed) > 0 {
		s.note("a call failed: %v", failed[0])
	}
}

// note keeps something that the drill saw.
func (s *scene) note(format string, args ...any) {
	s.row.Notes = append(s.row.Notes, fmt.Sprintf(format, args...))
}

// stuck tells who is not well at the end.
func (s *scene) stuck() string {
	waiting := s.Waiting(context.Background())
	if len(waiting) == 0 {
		return "everybody says to be ready"
	}
	return strings.Join(waiting, "; ")
}
