package main

import (
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"syscall"
	"time"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/standalone/cluster"
)

// away is how long a broker is away.
const away = 25 * time.Second

// onLeader does something to the broker that leads SUBMISSIONS.
func onLeader(do func(ctx context.Context, s *scene, broker *cluster.Process) error) func(context.Context, *scene) error {
	return func(ctx context.Context, s *scene) error {
		leader := ""
		err := until(ctx, func() bool {
			leader = s.leader(ctx, eventlog.Submissions)
			return leader != ""
		})
		if err != nil {
			return err
		}
		return do(ctx, s, s.Process(leader))
	}
}

// leader is the broker that leads a stream, "" while nobody says so: who is asked may be gone before it answers.
func (s *scene) leader(ctx context.Context, stream string) string {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	leader, err := s.Leader(ctx, stream)
	if err != nil {
		return ""
	}
	return leader
}

// elected waits until another broker leads SUBMISSIONS and notes how long that took.
func (s *scene) elected(ctx context.Context, before string) error {
	err := until(ctx, func() bool {
		leader := s.leader(ctx, eventlog.Submissions)
		return leader != "" && leader != before
	})
	s.note("another leader of SUBMISSIONS after %.1f s", time.Since(s.hurt).Seconds())
	return err
}

func killBroker(ctx context.Context, s *scene, b *cluster.Process) error {
	if err := b.Kill(); err != nil {
		return err
	}
	if err := s.elected(ctx, b.Name()); err != nil {
		return err
	}
	if err := pause(ctx, max(0, 15*time.Second-time.Since(s.hurt))); err != nil {
		return err
	}
	return s.back(ctx, b)
}

// retire has a broker hand over, waits until it is gone, and brings it back.
func retire(ctx context.Context, s *scene, b *cluster.Process) error {
	if err := b.Signal(syscall.SIGUSR2); err != nil {
		return err
	}
	if err := b.Wait(ctx); err != nil {
		return err
	}
	return s.back(ctx, b)
}

func split(ctx context.Context, s *scene, b *cluster.Process) error {
	return s.parted(ctx, b, s.net.split, s.net.mend)
}

func cut(ctx context.Context, s *scene, b *cluster.Process) error {
	return s.parted(ctx, b, s.net.cut, s.net.join)
}

func (s *scene) parted(ctx context.Context, b *cluster.Process, part, mend func(context.Context, string) error) error {
	if err := part(ctx, b.Name()); err != nil {
		return err
	}
	err := s.elected(ctx, b.Name())
	if err == nil {
		err = pause(ctx, max(0, away-time.Since(s.hurt)))
	}
	if mended := mend(context.WithoutCancel(ctx), b.Name()); err == nil {
		err = mended
	}
	if err != nil {
		return err
	}
	return s.Ready(ctx)
}

// fill fills the disk of a broker, makes room, and starts the broker anew, as an operator would.
func fill(ctx context.Context, s *scene, b *cluster.Process) error {
	dir := filepath.Join(s.dir, s.row.Drill, b.Name())
	b.Expect()
	if err := fillDisk(dir); err != nil {
		return err
	}
	if err := s.elected(ctx, b.Name()); err != nil {
		return err
	}
	if err := pause(ctx, max(0, 20*time.Second-time.Since(s.hurt))); err != nil {
		return err
	}
	s.note("with a full disk the broker was alive: %v", b.Alive())
	if err := freeDisk(dir); err != nil {
		return err
	}
	if err := b.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := b.Wait(ctx); err != nil {
		return err
	}
	return s.back(ctx, b)
}

// lead makes a broker the leader of a stream.
func (s *scene) lead(ctx context.Context, stream, broker string) error {
	body, err := json.Marshal(map[string]map[string]string{"placement": {"preferred": broker}})
	if err != nil {
		return fault.Wrap(fault.Internal, "drills.lead", err)
	}
	return until(ctx, func() bool {
		if s.leader(ctx, stream) == broker {
			return true
		}
		attempt, cancel := context.WithTimeout(ctx, 3*time.Second)
		defer cancel()
		_, _ = s.Broker().RequestWithContext(attempt, "$JS.API.STREAM.LEADER.STEPDOWN."+stream, body) // the next look says whether it did
		return false
	})
}

// seesClock makes sure that the clock of a process is as wrong as it should be, by the date of an answer.
func (s *scene) seesClock(ctx context.Context, process, path string, by time.Duration) error {
	const op = "drills.clock"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.Process(process).HTTPAddr()+path, http.NoBody)
	if err != nil {
		return fault.Wrap(fault.Internal, op, err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fault.Wrap(fault.Unavailable, op, err)
	}
	_ = resp.Body.Close()
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return fault.Wrap(fault.Internal, op, err)
	}
	if off := time.Until(date) - by; off.Abs() > 5*time.Second {
		return fault.Internalf(op, "the clock of %s should be wrong by %v and is by %v", process, by, off+by)
	}
	s.note("the clock of %s is wrong by %v", process, by)
	return nil
}
