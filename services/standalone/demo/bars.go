package demo

import (
	"fmt"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// Bars shows each step as a progress bar on a terminal, and as one line a step elsewhere.
func Bars(w *os.File) Progress {
	terminal := term.IsTerminal(int(w.Fd()))
	current, finished := "", false
	var bar *progressbar.ProgressBar
	return func(step string, done, total int) {
		if step != current {
			current, finished = step, false
			if terminal {
				bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(fmt.Sprintf("%-20s", step)),
					progressbar.OptionShowCount(), progressbar.OptionFullWidth())
			}
		}
		if terminal {
			bar.ChangeMax(total)
			_ = bar.Set(done)
		}
		if done == total && !finished {
			finished = true
			if terminal {
				_, _ = fmt.Fprintln(w)
			} else {
				_, _ = fmt.Fprintf(w, "%s: %d\n", step, done)
			}
		}
	}
}
