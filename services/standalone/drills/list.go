package main

import (
	"context"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/standalone/cluster"
)

// drills are all of them, in the order in which they are played.
var drills = []drill{
	{name: "kill-services", what: "every copy of every service is killed with SIGKILL in turn, stays away while clients go on, and comes back", breaks: killServices},
	{name: "kill-leader", what: "the broker that leads SUBMISSIONS is killed with SIGKILL, and comes back after 15 s", breaks: onLeader(killBroker)},
	{name: "lame-duck", what: "the broker that leads SUBMISSIONS is sent into retirement (SIGUSR2), and comes back", breaks: onLeader(retire), patient: true},
	{name: "split", what: "the broker that leads SUBMISSIONS is parted from the other brokers for 25 s; clients still reach it", breaks: onLeader(split)},
	{name: "cut", what: "the broker that leads SUBMISSIONS loses its cable for 25 s", breaks: onLeader(cut)},
	{name: "database-stopped", what: "the stand-in of the database does not answer for a minute (SIGSTOP)", breaks: stopDatabase},
	{name: "database-killed", what: "the stand-in of the database is killed with SIGKILL and away for a minute", breaks: killDatabase},
	{name: "disk-full", what: "the disk of the broker that leads SUBMISSIONS is full; after 20 s there is room again, and the broker is started anew", breaks: onLeader(fill)},
	{name: "clock-services", what: "the clocks of intake-1 and matching-1 are 10 minutes ahead, those of validation-1 and reporting-1 10 minutes behind",
		wrap: wrongServices, breaks: withWrongServices},
	{name: "clock-broker", what: "the clock of nats-2 is 10 minutes ahead; it becomes the leader of every stream, then another does", wrap: wrongBroker, breaks: withWrongBroker},
	{name: "poison", what: "messages that nobody can decode in every stream", breaks: poisoned, letters: func(s *scene) int { return s.posted }},
	{name: "hang", what: "a copy of validation, matching and reporting hangs with messages in hand for 45 s (SIGSTOP), then goes on", breaks: hang},
	{name: "rolling", what: "every copy of every service and every broker is restarted, one after the other", breaks: roll, patient: true},
}

// pause waits.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// until waits until something is so.
func until(ctx context.Context, is func() bool) error {
	for !is() {
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// copies are the processes of the services.
func (s *scene) copies() []*cluster.Process {
	var out []*cluster.Process
	for _, p := range s.Processes() {
		switch strings.TrimRight(p.Name(), "-0123456789") {
		case "intake", "validation", "matching", "reporting":
			out = append(out, p)
		}
	}
	return out
}

// back starts a process again and waits until all are ready.
func (s *scene) back(ctx context.Context, p *cluster.Process) error {
	if err := p.Start(ctx); err != nil {
		return err
	}
	return s.Ready(ctx)
}

func killServices(ctx context.Context, s *scene) error {
	for _, p := range s.copies() {
		if err := p.Kill(); err != nil {
			return err
		}
		if err := s.load.book.further(ctx, 8); err != nil {
			return err
		}
		if err := s.back(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// hang stops copies that have messages in hand, for longer than the broker waits for them.
func hang(ctx context.Context, s *scene) error {
	hung := []*cluster.Process{s.Process("validation-1"), s.Process("matching-1"), s.Process("reporting-1")}
	for _, p := range hung {
		if err := p.Signal(syscall.SIGSTOP); err != nil {
			return err
		}
	}
	if err := pause(ctx, 45*time.Second); err != nil {
		return err
	}
	for _, p := range hung {
		if err := p.Signal(syscall.SIGCONT); err != nil {
			return err
		}
	}
	return s.Ready(ctx)
}

func stopDatabase(ctx context.Context, s *scene) error {
	db := s.Process("mongodb")
	if err := db.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	if err := pause(ctx, time.Minute); err != nil {
		return err
	}
	if err := db.Signal(syscall.SIGCONT); err != nil {
		return err
	}
	return s.Ready(ctx)
}

func killDatabase(ctx context.Context, s *scene) error {
	db := s.Process("mongodb")
	if err := db.Kill(); err != nil {
		return err
	}
	if err := pause(ctx, time.Minute); err != nil {
		return err
	}
	return s.back(ctx, db)
}

// roll restarts everything, one after the other.
func roll(ctx context.Context, s *scene) error {
	for _, p := range s.copies() {
		if err := p.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		if err := p.Wait(ctx); err != nil {
			return err
		}
		if err := s.back(ctx, p); err != nil {
			return err
		}
	}
	for _, b := range s.net.brokers {
		if err := retire(ctx, s, s.Process(b)); err != nil {
			return err
		}
	}
	return nil
}

var clocks = map[string]time.Duration{
	"intake-1": 10 * time.Minute, "matching-1": 10 * time.Minute, "validation-1": -10 * time.Minute, "reporting-1": -10 * time.Minute,
}

func wrongServices(s *stage, process string, cmd *exec.Cmd) {
	if by := clocks[process]; by != 0 {
		setWrong(cmd, s.wrong, by)
	}
}

func withWrongServices(ctx context.Context, s *scene) error {
	for process, by := range clocks {
		if err := s.seesClock(ctx, process, "/healthz", by); err != nil {
			return err
		}
	}
	return s.load.book.further(ctx, 40)
}

const lateBroker = "nats-2"

func wrongBroker(s *stage, process string, cmd *exec.Cmd) {
	if process == lateBroker {
		setWrong(cmd, s.wrong, 10*time.Minute)
	}
}

// withWrongBroker has the broker lead every stream, and then another, so that time in the log goes forth and back.
func withWrongBroker(ctx context.Context, s *scene) error {
	if err := s.seesClock(ctx, lateBroker, "/varz", 10*time.Minute); err != nil {
		return err
	}
	for _, broker := range []string{lateBroker, "nats-3"} {
		for _, stream := range eventlog.Streams {
			if err := s.lead(ctx, stream.Name, broker); err != nil {
				return err
			}
		}
		if err := s.load.book.further(ctx, 25); err != nil {
			return err
		}
	}
	return nil
}
