package main

import (
	"fmt"
	"os"
	"time"

	"github.com/rasoat/rasoat/services/portal"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// bar shows how far a file has come, on the standard error, where that is a terminal.
type bar struct {
	app  *app
	bar  *progressbar.ProgressBar // nil where nobody looks
	down bool
}

const barSteps = 1000

func (a *app) bar(name string) *bar {
	b := &bar{app: a}
	if f, ok := a.err.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		b.bar = progressbar.NewOptions(barSteps, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(name),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(24),
			progressbar.OptionSetPredictTime(true))
	}
	return b
}

// report is told of each answer and of each lost connection.
func (b *bar) report(p portal.Progress) {
	if p.Down != nil && !b.down {
		b.app.errorf("%s\n", b.app.text("Mất liên lạc với hệ thống, đang thử lại …", "The service is away, trying again …"))
	}
	b.down = p.Down != nil
	if b.bar == nil {
		return
	}
	b.bar.Describe(fmt.Sprintf("✓ %d  ✗ %d", p.Accepted, p.Refused))
	_ = b.bar.Set(int(p.Done * (barSteps - 1))) // a bar that cannot be drawn stops nothing
}

func (b *bar) finish() {
	if b.bar != nil {
		_ = b.bar.Finish()
	}
}

// step shows how far something has come that hands nothing in.
func (b *bar) step(done float64) {
	if b.bar != nil {
		_ = b.bar.Set(int(done * (barSteps - 1))) // a bar that cannot be drawn stops nothing
	}
}
