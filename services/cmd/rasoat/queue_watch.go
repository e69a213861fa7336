package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/output"
	"golang.org/x/term"
)

// watchQueue follows the queue until it is empty or ctx ends.
func (a *app) watchQueue(ctx context.Context, client pb.MatchingServiceClient, every time.Duration) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	line := a.liveLine()
	defer line.end()
	most := int64(0)
	for {
		q, err := a.queue(ctx, client)
		if err != nil {
			if ctx.Err() != nil {
				return nil // it was stopped
			}
			return err
		}
		most = max(most, left(q))
		if !a.json {
			line.show(a.queueLine(q, most))
		} else if err := a.printProtoLine(q); err != nil {
			return err
		}
		if left(q) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// queueLine is the queue in one line; most is how many questions there were at most.
func (a *app) queueLine(q *pb.GetQueueResponse, most int64) string {
	done := int64(100)
	if most > 0 {
		done = 100 * (most - left(q)) / most
	}
	out := fmt.Sprintf("%3d%%  %s %d  %s %d  %s/s", done, a.text("chờ", "waiting"), q.GetWaiting(), a.text("hỏi lại", "re-checks"), q.GetRechecks(),
		strconv.FormatFloat(q.GetRate(), 'f', 1, 64))
	if q.GetRegistry() != pb.RegistryState_REGISTRY_STATE_WELL {
		out += "  " + a.say(registryStates[q.GetRegistry()])
	}
	if q.GetDoneAt() != nil && left(q) > 0 {
		out += "  " + a.text("xong", "done") + " " + a.moment(q.GetDoneAt().AsTime())
	}
	return out
}

// liveLine is a line that each new one overwrites, on a terminal; elsewhere a line for each change.
type liveLine struct {
	app      *app
	terminal *os.File // nil where it is none
	last     string
}

func (a *app) liveLine() *liveLine {
	l := &liveLine{app: a}
	if f, ok := a.screen(); ok && term.IsTerminal(int(f.Fd())) {
		l.terminal = f
	}
	return l
}

// screen returns the file that is printed to, where it is one.
func (a *app) screen() (*os.File, bool) {
	out := a.out
	if checked, ok := out.(*output.Checked); ok {
		out = checked.Unwrap()
	}
	f, ok := out.(*os.File)
	return f, ok
}

func (l *liveLine) show(text string) {
	if text == l.last {
		return
	}
	l.last = text
	if l.terminal == nil {
		l.app.printf("%s\n", text)
		return
	}
	if width, _, err := term.GetSize(int(l.terminal.Fd())); err == nil {
		if r := []rune(text); width > 1 && len(r) >= width {
			text = string(r[:width-2]) + "…"
		}
	}
	l.app.printf("\r\x1b[K%s", text)
}

// end leaves the last line where it is.
func (l *liveLine) end() {
	if l.terminal != nil && l.last != "" {
		l.app.printf("\n")
	}
}
