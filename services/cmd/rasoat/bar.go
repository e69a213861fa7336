package main

import (
	"fmt"
	"io"
	"os"

	"github.com/rasoat/rasoat/services/internal/screen"
	"github.com/rasoat/rasoat/services/portal"
)

// bar shows how far a file has come, on the standard error, where that is a terminal.
type bar struct {
	app    *app
	name   string
	done   float64
	screen *screen.Screen // nil where there is none to draw on
	under  io.Writer      // the standard error that the screen stands before
	down   bool
}

// bar begins a bar. Until it is finished, every line of the app for the standard error goes through its screen.
func (a *app) bar(name string) *bar {
	if f, ok := a.err.(*os.File); ok {
		return a.barOn(name, screen.New(f))
	}
	return &bar{app: a, name: name}
}

func (a *app) barOn(name string, s *screen.Screen) *bar {
	a.waiting.says.Lock()
	defer a.waiting.says.Unlock()
	b := &bar{app: a, name: name, screen: s, under: a.err}
	a.err = s
	return b
}

// report is told of each answer and of each lost connection.
func (b *bar) report(p portal.Progress) {
	if p.Down != nil && !b.down {
		b.app.errorf("%s\n", b.app.text("Mất liên lạc với hệ thống, đang thử lại …", "The service is away, trying again …"))
	}
	b.down = p.Down != nil
	b.name = fmt.Sprintf("✓ %d  ✗ %d", p.Accepted, p.Refused)
	b.step(p.Done)
}

// describe changes the words beside the bar.
func (b *bar) describe(text string) {
	b.name = text
	b.step(b.done)
}

// step shows how far something has come.
func (b *bar) step(done float64) {
	b.done = done
	if b.screen != nil {
		b.screen.Share(b.name, done)
	}
}

// finish takes the bar away. It may be called twice.
func (b *bar) finish() {
	if b.screen == nil {
		return
	}
	b.screen.Close()
	b.app.waiting.says.Lock()
	defer b.app.waiting.says.Unlock()
	b.app.err, b.screen = b.under, nil
}
