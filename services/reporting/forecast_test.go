package reporting

import (
	"testing"
	"time"
)

var noon = time.Date(2023, 4, 20, 12, 0, 0, 0, time.UTC)

func ago(hours float64) time.Time { return noon.Add(-time.Duration(hours * float64(time.Hour))) }

func TestPace(t *testing.T) {
	for name, c := range map[string]struct {
		done   int64
		points []Point
		want   int64
	}{
		"no notes":                               {100, nil, 0},
		"one note":                               {100, []Point{{ago(10), 0}}, 1000},
		"a note of a moment ago counts an hour":  {30, []Point{{ago(0.01), 20}}, 1000},
		"an older note stands for 24 hours ago":  {124, []Point{{ago(100), 50}, {ago(30), 100}}, 100},
		"gained before, nothing since":           {100, []Point{{ago(100), 50}, {ago(30), 100}}, 0},
		"what was gained within counts whole":    {340, []Point{{ago(30), 100}, {ago(1), 100}}, 1000},
		"a loss is no pace":                      {80, []Point{{ago(10), 100}}, 0},
		"less than a pupil an hour":              {1, []Point{{ago(24), 0}}, 4},
		"the note of exactly 24 hours ago is it": {48, []Point{{ago(25), 0}, {ago(24), 24}}, 100},
	} {
		if got := Pace(noon, c.done, c.points); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}

func TestForecast(t *testing.T) {
	in := func(hours float64) time.Time { return noon.Add(time.Duration(hours * float64(time.Hour))) }
	for name, c := range map[string]struct {
		remaining, pace int64
		closes          time.Time
		want            Outlook
	}{
		"nothing remains":                    {0, 0, in(5), Outlook{}},
		"nothing remains after the close":    {0, 500, in(-5), Outlook{}},
		"no pace":                            {10, 0, in(5), Outlook{WillMiss: true, Short: 10}},
		"in time":                            {10, 1000, in(2), Outlook{DoneAt: in(1)}},
		"at the close is late":               {10, 1000, in(1), Outlook{DoneAt: in(1), WillMiss: true, Short: 1}},
		"too slow":                           {100, 1000, in(4), Outlook{DoneAt: in(10), WillMiss: true, Short: 60}},
		"half a pupil an hour":               {3, 50, in(4), Outlook{DoneAt: in(6), WillMiss: true, Short: 1}},
		"after the close everything is late": {100, 1000, in(-1), Outlook{DoneAt: in(10), WillMiss: true, Short: 100}},
		"slower than any drive is long":      {1_000_000, 1, in(100), Outlook{DoneAt: noon.Add(farthest), WillMiss: true, Short: 999_999}},
	} {
		if got := (Work{Remaining: c.remaining, Pace: c.pace, Closes: c.closes}).Forecast(noon); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

func TestWorkOf(t *testing.T) {
	c := Counts{Expected: 10, Returned: 2}
	c.By[Verified], c.By[Waiting], c.By[AwaitingApproval], c.By[Rejected] = 2, 1, 4, 3
	if got, want := WorkOf(c, 40, false), (Work{Done: 5, Remaining: 35}); got != want {
		t.Errorf("by the directory: got %+v, want %+v", got, want)
	}
	if got, want := WorkOf(c, 40, true), (Work{Done: 5, Remaining: 5}); got != want {
		t.Errorf("declared complete: got %+v, want %+v", got, want)
	}
	if got := c.Open(); got != 5 {
		t.Errorf("with something to mend: got %d, want 5", got)
	}
}
