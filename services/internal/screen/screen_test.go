package screen

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rasoat/rasoat/services/internal/fault"
)

var (
	writing = Step{Name: fault.Text{Vi: "Viết", En: "Writing"}, Unit: fault.Text{Vi: "tệp", En: "files"}}
	reading = Step{Name: fault.Text{Vi: "Đọc", En: "Reading"}, Unit: fault.Text{Vi: "tệp", En: "files"}}
)

// clock is a time that a test moves on.
type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

func (c *clock) pass(d time.Duration) { c.Time = c.Add(d) }

func fake(width int) (*Screen, *bytes.Buffer, *clock) {
	out, c := &bytes.Buffer{}, &clock{time.Unix(0, 0)}
	s := &Screen{out: out, now: c.now}
	if width > 0 {
		s.width = func() int { return width }
	}
	return s, out, c
}

// shown is what stands on a terminal of a width after it was written to. A row that is longer wraps, as there.
func shown(t *testing.T, written string, width int) []string {
	t.Helper()
	var rows []string
	var row []rune
	at := 0
	for written != "" {
		if rest, found := strings.CutPrefix(written, "\x1b[K"); found {
			row, written = row[:at], rest
			continue
		}
		r, size := utf8.DecodeRuneInString(written)
		written = written[size:]
		switch r {
		case '\r':
			at = 0
		case '\n':
			rows, row, at = append(rows, string(row)), nil, 0
		default:
			if at == width {
				rows, row, at = append(rows, string(row)), nil, 0
			}
			row = append(row[:at], append([]rune{r}, row[min(at+1, len(row)):]...)...)
			at++
		}
	}
	return append(rows, string(row))
}

// On a terminal a step is one row that is drawn over, however narrow, and lines of the log stand whole above it.
func TestTerminal(t *testing.T) {
	for _, width := range []int{20, 45, 80, 200} {
		s, out, c := fake(width)
		var logged []string
		random := rand.New(rand.NewPCG(1, uint64(width)))
		for i := range 300 {
			step, done := writing, i
			if i >= 150 {
				step, done = reading, i-150
			}
			s.Progress(step, done, 149)
			c.pass(time.Duration(random.IntN(200)) * time.Millisecond)
			if random.IntN(5) == 0 {
				line := fmt.Sprintf("level=WARN n=%d", i)
				logged = append(logged, line)
				_, _ = fmt.Fprintln(s, line)
			}
			if rows := shown(t, out.String(), width); strings.Contains(rows[len(rows)-1], "level=") {
				t.Fatalf("width %d: the bar and a line of the log share a row: %q", width, rows[len(rows)-1])
			}
		}
		s.Close()
		rows := shown(t, out.String(), width)
		var kept, ended []string
		for _, row := range rows {
			switch {
			case strings.HasPrefix(row, "level="):
				kept = append(kept, row)
			case strings.Contains(row, " s"):
				ended = append(ended, row)
			}
		}
		if strings.Join(kept, "\n") != strings.Join(logged, "\n") {
			t.Errorf("width %d: got the lines %q, want %q", width, kept, logged)
		}
		if width >= 80 && (len(ended) != 2 || len(rows) != len(logged)+3) {
			t.Errorf("width %d: got the rows %q, want one for each step and each line", width, rows)
		}
	}
}

// Elsewhere every line is whole, has numbers alone before its units, and comes at least every 15 s while a step goes on.
func TestNoTerminal(t *testing.T) {
	s, out, c := fake(0)
	last, at := 0, c.Time
	for i := range 1000 {
		s.Progress(writing, i, 1000)
		if out.Len() > last {
			last, at = out.Len(), c.Time
		}
		if silent := c.Sub(at); silent > 15*time.Second {
			t.Fatalf("after %d: silent for %v", i, silent)
		}
		c.pass(700 * time.Millisecond)
	}
	s.Progress(writing, 1000, 1000)
	s.Progress(writing, 1000, 1000) // whoever says so twice is shown once
	s.Close()
	got := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if got[0] != "Viết / Writing: 0 / 1000 tệp / files" || got[len(got)-1] != "Viết / Writing: 1000 tệp / files, 700.0 s" {
		t.Errorf("got %q … %q", got[0], got[len(got)-1])
	}
	if strings.ContainsAny(out.String(), "\r\x1b") || strings.Count(out.String(), "700.0 s") != 1 {
		t.Errorf("got %q", out)
	}
}

// Any number of goroutines may use a screen.
func TestTogether(t *testing.T) {
	s, out, _ := fake(80)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 50 {
				s.Progress(writing, n, 100)
				_, _ = fmt.Fprintf(s, "level=INFO of=%d n=%d\n", i, n)
			}
		})
	}
	all.Wait()
	s.Close()
	for _, row := range shown(t, out.String(), 80) {
		if strings.Contains(row, "level=") && (!strings.HasPrefix(row, "level=") || strings.Count(row, "level=") != 1) {
			t.Fatalf("a row is mixed: %q", row)
		}
	}
}
