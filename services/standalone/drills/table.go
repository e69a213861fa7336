package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// row is how one drill went.
type row struct {
	Drill string `json:"drill"`
	What  string `json:"what"`
	found
	Same       bool     `json:"same"`                 // the content digest is that of the quiet run
	Calls      int      `json:"calls"`                // of clients, their own retries not counted
	First      float64  `json:"first_seconds"`        // after the fault, until a call that was begun after it was answered
	Longest    float64  `json:"longest_call_seconds"` // from the fault on, the client's own retries included
	Backlog    float64  `json:"backlog_seconds"`      // after the end of the fault, until no more was under way than before it; clients go on for a part of it
	Failed     int      `json:"failed_calls"`         // although the client tried again; they were made anew
	Reconnects int      `json:"reconnects"`           // of the stream
	Meanwhile  []string `json:"meanwhile"`            // what metrics and probes told
	Doctor     []string `json:"doctor"`               // what "rasoat doctor" found
	Notes      []string `json:"notes,omitempty"`      // what the drill saw by itself
	Seconds    float64  `json:"seconds"`              // the whole drill
	Problems   []string `json:"problems,omitempty"`   // what must not be
}

func seconds(d time.Duration) float64 {
	return float64(d.Round(100*time.Millisecond)) / float64(time.Second)
}

// judge adds what must not be.
func (r *row) judge(quiet string, letters int, patient bool) {
	r.Same = r.Content == quiet
	for _, c := range []struct {
		bad  bool
		what string
	}{
		{r.Present != r.Acknowledged, fmt.Sprintf("%d of %d acknowledged submissions are not where their receipts say", r.Acknowledged-r.Present, r.Acknowledged)},
		{r.Twice > 0, fmt.Sprintf("%d are there twice", r.Twice)},
		{r.Unjudged > 0, fmt.Sprintf("%d parts were never judged", r.Unjudged)},
		{r.Unanswered > 0, fmt.Sprintf("%d messages of PORTAL have no receipt", r.Unanswered)},
		{r.DeadLetters != letters, fmt.Sprintf("%d dead letters, want %d", r.DeadLetters, letters)},
		{!r.Same, "the records are not those of a quiet run"},
		{!r.Conserved, "a report does not add up"},
		{patient && r.Failed > 0, fmt.Sprintf("%d calls failed although the client tried again", r.Failed)},
	} {
		if c.bad {
			r.Problems = append(r.Problems, c.what)
		}
	}
}

// write writes the table as Markdown, and beside it the rows as JSON.
func write(file string, rows []row, about string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# The drills\n\n%s\n\n", about)
	b.WriteString("| drill | acknowledged | present | twice | content digest | first answer, s | longest call, s | backlog, s | failed calls | dead letters |  |\n")
	b.WriteString("| --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | --- |\n")
	for _, r := range rows {
		same, verdict := "same", "ok"
		if !r.Same {
			same = "**other**"
		}
		if len(r.Problems) > 0 {
			verdict = "**" + strings.Join(r.Problems, "; ") + "**"
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %s | %.1f | %.1f | %.1f | %d of %d | %d | %s |\n", r.Drill, r.Acknowledged, r.Present, r.Twice, same,
			r.First, r.Longest, r.Backlog, r.Failed, r.Calls, r.DeadLetters, cell(verdict))
	}
	b.WriteString("\n## What was done, and what was said meanwhile\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "\n**%s** (%.0f s): %s\n\n", r.Drill, r.Seconds, r.What)
		for _, part := range []struct {
			by   string
			said []string
		}{{"metrics and probes", r.Meanwhile}, {"doctor", r.Doctor}, {"seen", r.Notes}} {
			for _, s := range part.said {
				fmt.Fprintf(&b, "- %s: %s\n", part.by, cell(s))
			}
		}
	}
	data, err := json.MarshalIndent(rows, "", "  ")
	if err != nil {
		return fault.Wrap(fault.Internal, "drills.write", err)
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		return fault.Wrap(fault.Unavailable, "drills.write", err)
	}
	return fault.Wrap(fault.Unavailable, "drills.write", os.WriteFile(strings.TrimSuffix(file, ".md")+".json", append(data, '\n'), 0o644))
}

// cell makes one line of a text, without what ends a cell.
func cell(s string) string { return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", "/") }
