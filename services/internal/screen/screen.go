// Package screen is the one writer of what a person sees of a long run: a line that shows how far a step is, and the
// lines of the log between.
//
// The one rule a reader must not miss: only a terminal is redrawn. Everywhere else each line is whole and stays, so that
// the log of a CI run reads like a text, and a line comes at least every ten seconds while there is progress.
package screen

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/rasoat/rasoat/services/internal/fault"
	"golang.org/x/term"
)

// Step is something that takes a while.
type Step struct {
	Name fault.Text // what is done: "Writing workbooks"
	Unit fault.Text // what is counted: "pupils"
}

// Screen shows steps and passes lines of the log on. Any number of goroutines may use it.
type Screen struct {
	out   io.Writer
	width func() int // of the terminal in columns; nil where there is none
	now   func() time.Time

	mu    sync.Mutex
	step  Step
	began time.Time // of the step
	shown time.Time // when the step was last shown
	ended bool      // the step is done
	drawn string    // the line that stands on the terminal and will be drawn over
}

const (
	redraw           = 100 * time.Millisecond // how often a terminal is drawn
	say              = 10 * time.Second       // how often a line is written elsewhere
	narrow           = 80                     // columns of a terminal that does not say how many it has
	smallest, widest = 8, 40                  // cells of a bar
)

// On makes a screen on a terminal of so many columns, whatever it is behind.
func On(out io.Writer, columns int) *Screen {
	return &Screen{out: out, now: time.Now, width: func() int { return columns }}
}

// New makes a screen on a file, which may be a terminal.
func New(f *os.File) *Screen {
	s := &Screen{out: f, now: time.Now}
	if fd := int(f.Fd()); term.IsTerminal(fd) {
		s.width = func() int {
			columns, _, err := term.GetSize(fd)
			if err != nil || columns <= 0 {
				return narrow
			}
			return columns
		}
	}
	return s
}

// Progress shows how far a step is. A step ends when done reaches total, or when another one begins.
func (s *Screen) Progress(step Step, done, total int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if step != s.step {
		s.step, s.began, s.shown, s.ended = step, now, time.Time{}, false
	}
	if s.ended {
		return
	}
	if done >= total {
		s.ended = true
		s.line(fmt.Sprintf("%s: %d %s, %.1f s", both(step.Name), done, both(step.Unit), now.Sub(s.began).Seconds()))
		return
	}

	// A step is shown at once, then now and then.
	every := say
	if s.width != nil {
		every = redraw
	}
	if now.Sub(s.shown) < every {
		return
	}
	s.shown = now
	if s.width != nil {
		s.draw(s.bar(done, total))
		return
	}
	s.line(fmt.Sprintf("%s: %d / %d %s", both(step.Name), done, total, both(step.Unit)))
}

// Share draws a text and how much of it is done, from 0 to 1, on a terminal; elsewhere it is silent.
func (s *Screen) Share(text string, done float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if s.width == nil || now.Sub(s.shown) < redraw {
		return
	}
	s.shown = now
	done = min(max(done, 0), 1)
	s.draw(s.row(fmt.Sprintf("%s: %.0f %%", text, 100*done), done))
}

// Write passes on lines, such as those of the log, so that they stand above what is drawn.
func (s *Screen) Write(lines []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	drawn := s.drawn
	s.erase()
	n, err := s.out.Write(lines)
	if drawn != "" {
		s.draw(drawn)
	}
	return n, err
}

// Close takes away what is drawn of a step that did not end.
func (s *Screen) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.erase()
}

// line writes a line that stays.
func (s *Screen) line(text string) {
	s.erase()
	_, _ = fmt.Fprintln(s.out, text)
}

// draw writes a line that will be drawn over.
func (s *Screen) draw(text string) {
	s.erase()
	_, _ = io.WriteString(s.out, text)
	s.drawn = text
}

// erase removes the drawn line: back to its beginning, then everything to its end.
func (s *Screen) erase() {
	if s.drawn != "" {
		_, _ = io.WriteString(s.out, "\r\x1b[K")
		s.drawn = ""
	}
}

// bar renders a step that counts.
func (s *Screen) bar(done, total int) string {
	text := fmt.Sprintf("%s: %d / %d %s", both(s.step.Name), done, total, both(s.step.Unit))
	return s.row(text, float64(done)/float64(max(total, 1)))
}

// row renders one row of the terminal: a row that wraps could not be erased.
func (s *Screen) row(text string, done float64) string {
	columns := s.width()
	room := columns - utf8.RuneCountInString(text) - len("  []") - 1
	if room < smallest {
		runes := []rune(text)
		return string(runes[:min(len(runes), columns-1)])
	}
	cells := min(room, widest)
	full := int(float64(cells) * done)
	return text + "  [" + strings.Repeat("#", full) + strings.Repeat(".", cells-full) + "]"
}

func both(t fault.Text) string {
	if t.Vi == t.En {
		return t.En
	}
	return t.Vi + " / " + t.En
}
