package drive

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Asking is how much the population registry may be asked, as it was agreed with its keeper; the zero value of a limit is no limit.
type Asking struct {
	PerCall     int           // persons in one call, 1–200
	PerSecond   int           // persons a second
	PerDay      int           // persons a day, by the drive's time zone
	Maintenance []Span        // when the registry is closed, every day
	Hypotheses  bool          // after a no, other writings of the same person may be tried (RegistryVerify)
	Sweep       time.Duration // how long before a window closes everybody unresolved is asked about again; 0: not at all
	Remember    time.Duration // how long an answer is taken for the same question asked again; 0: not at all
}

// Span is a part of the day, from the minute From up to the minute Until; past midnight when Until is the smaller.
type Span struct{ From, Until int }

// defaultPerCall is how many persons a call has where the drive does not say.
const defaultPerCall = 200

// Open reports whether the registry is open at an instant, and when it next is.
func (d *Drive) Open(now time.Time) (bool, time.Time) {
	at := now
	for range d.Asking.Maintenance {
		moved := false
		for _, s := range d.Asking.Maintenance {
			if end, closed := s.closed(at.In(d.location)); closed {
				at, moved = end, true
			}
		}
		if !moved {
			break
		}
	}
	return at.Equal(now), at
}

// Day names the day of an instant, as the day's budget counts it, and tells when it ends.
func (d *Drive) Day(now time.Time) (string, time.Time) {
	local := now.In(d.location)
	return local.Format(time.DateOnly), time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, d.location)
}

// closed reports whether an instant falls into the span, and when the span ends.
func (s Span) closed(t time.Time) (time.Time, bool) {
	minute := 60*t.Hour() + t.Minute()
	end := func(days int) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day()+days, s.Until/60, s.Until%60, 0, 0, t.Location())
	}
	switch {
	case s.From < s.Until && minute >= s.From && minute < s.Until, s.From > s.Until && minute < s.Until:
		return end(0), true
	case s.From > s.Until && minute >= s.From:
		return end(1), true
	}
	return t, false
}

// String writes the span as drive.yaml does.
func (s Span) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", s.From/60, s.From%60, s.Until/60, s.Until%60)
}

type askingDoc struct {
	PerCall     cell   `yaml:"per_call,omitempty"`
	PerSecond   cell   `yaml:"per_second,omitempty"`
	PerDay      cell   `yaml:"per_day,omitempty"`
	Maintenance []cell `yaml:"maintenance,omitempty,flow"`
	Hypotheses  cell   `yaml:"hypotheses,omitempty"`
	Sweep       cell   `yaml:"sweep,omitempty"`
	Remember    cell   `yaml:"remember,omitempty"`
}

func (d *Drive) takeAsking(doc askingDoc, p *problems) {
	d.Asking = Asking{
		PerCall: readCount(doc.PerCall, "asking.per_call", defaultPerCall, 200, p), PerSecond: readCount(doc.PerSecond, "asking.per_second", 0, 1_000_000, p),
		PerDay: readCount(doc.PerDay, "asking.per_day", 0, 1_000_000_000, p), Sweep: readSpan(doc.Sweep, "asking.sweep", p),
		Remember: readSpan(doc.Remember, "asking.remember", p),
	}
	if doc.Hypotheses.Value != "" {
		d.Asking.Hypotheses = readBool(doc.Hypotheses, "asking.hypotheses", p)
	}
	if n := d.Asking.PerSecond; n > 0 && doc.PerCall.Value == "" {
		d.Asking.PerCall = max(1, min(d.Asking.PerCall, n/4)) // a call is never much of a second's budget
	}
	if n := d.Asking.PerSecond; n > 0 && d.Asking.PerCall > n {
		p.bad(driveFile, doc.PerCall, "asking.per_call", "không được lớn hơn per_second", "must not be more than per_second")
	}
	for i, c := range doc.Maintenance {
		from, until, ok := strings.Cut(c.Value, "-")
		a, err1 := time.Parse("15:04", from)
		b, err2 := time.Parse("15:04", until)
		if !ok || err1 != nil || err2 != nil || a.Equal(b) {
			p.bad(driveFile, c, fmt.Sprintf("asking.maintenance[%d]", i), "phải có dạng 22:00-04:00", "must be like 22:00-04:00")
			continue
		}
		d.Asking.Maintenance = append(d.Asking.Maintenance, Span{60*a.Hour() + a.Minute(), 60*b.Hour() + b.Minute()})
	}
}

// readCount reads a number from 1 to most; without one, otherwise.
func readCount(c cell, key string, otherwise, most int, p *problems) int {
	if c.Value == "" {
		return otherwise
	}
	n, err := strconv.Atoi(c.Value)
	if err != nil || n < 1 || n > most {
		p.bad(driveFile, c, key, fmt.Sprintf("phải là số từ 1 đến %d", most), fmt.Sprintf("must be a number from 1 to %d", most))
	}
	return n
}

// readSpan reads a span of time, "24h"; 0 without one.
func readSpan(c cell, key string, p *problems) time.Duration {
	if c.Value == "" {
		return 0
	}
	d, err := time.ParseDuration(c.Value)
	if err != nil || d < 0 {
		p.bad(driveFile, c, key, "phải có dạng 24h hoặc 15m", "must be like 24h or 15m")
	}
	return d
}

// document returns the asking as drive.yaml says it.
func (a Asking) document() askingDoc {
	number := func(n int) cell {
		if n == 0 {
			return cell{}
		}
		return cell{Value: strconv.Itoa(n)}
	}
	doc := askingDoc{PerCall: number(a.PerCall), PerSecond: number(a.PerSecond), PerDay: number(a.PerDay)}
	for _, s := range a.Maintenance {
		doc.Maintenance = append(doc.Maintenance, cell{Value: s.String()})
	}
	if a.Hypotheses {
		doc.Hypotheses.Value = "true"
	}
	if a.Sweep > 0 {
		doc.Sweep.Value = a.Sweep.String()
	}
	if a.Remember > 0 {
		doc.Remember.Value = a.Remember.String()
	}
	return doc
}

// canonical returns what the digest takes in.
func (a Asking) canonical() []string {
	spans := make([]string, len(a.Maintenance))
	for i, s := range a.Maintenance {
		spans[i] = s.String()
	}
	slices.Sort(spans)
	return append([]string{
		"asking", strconv.Itoa(a.PerCall), strconv.Itoa(a.PerSecond), strconv.Itoa(a.PerDay), strconv.FormatBool(a.Hypotheses),
		a.Sweep.String(), a.Remember.String(), strconv.Itoa(len(spans)),
	}, spans...)
}
