package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/rasoat/rasoat/services/internal/clock"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/spf13/cobra"
)

// looking is what the streams command was told.
type looking struct {
	broker
	watch, all bool
	every      time.Duration
}

func (a *app) streamsCommand() *cobra.Command {
	var w looking
	c := &cobra.Command{
		Use:   "streams",
		Short: "Xem nhật ký: các luồng, bộ đọc và phần còn chờ / Show the log: its streams, its readers and what waits",
		Long: `Mỗi luồng: số thông điệp, dung lượng, số thứ tự đầu và cuối, lần ghi cuối, số bản sao, máy dẫn và máy theo sau bị chậm, cấu hình khác quy định. Mỗi bộ
đọc: số chờ, số đang cầm, số giao lại, tuổi của thông điệp cũ nhất chưa xong. Chỉ xem, không đổi gì.
Of each stream: messages, bytes, first and last sequence, the last write, copies, the leader and followers that lag, configuration that differs from what
it must be. Of each reader: what waits, what is in hand, what was given again, the age of the oldest message that is not done. It changes nothing.

Mã thoát / exit codes: 0 mọi luồng đúng quy định / every stream is as it must be; 1 có luồng thiếu, khác cấu hình hoặc không rõ / one is missing, differs
or is not told of; 2 sai cách dùng / wrong usage; 3 không tới được NATS / the broker cannot be reached.`,
		Example: `  rasoat streams
  rasoat streams --nats nats://n1:4222,nats://n2:4222 --creds operator.creds --watch --every 5s
  rasoat streams --json | jq '.streams[] | select(.durables[]?.waiting > 0) | .name'`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if w.every <= 0 {
				return usage(c, "--every phải lớn hơn 0", "--every is above 0")
			}
			return a.lookAtStreams(c.Context(), w)
		},
	}
	w.flags(c)
	f := c.Flags()
	f.BoolVar(&w.watch, "watch", false, "look again and again until it is stopped")
	f.DurationVar(&w.every, "every", 2*time.Second, "with --watch: how often it is looked at")
	f.BoolVar(&w.all, "all", false, "the readers for which nothing waits, too")
	return c
}

func (a *app) lookAtStreams(ctx context.Context, w looking) error {
	nc, js, err := w.connect("rasoat streams", quiet()...)
	if err != nil {
		return err
	}
	defer nc.Close()
	if err := a.await(ctx, w.broker, nc); err != nil {
		return err
	}
	if !w.watch {
		return a.tellStreams(ctx, js, w)
	}
	tick := time.NewTicker(w.every)
	defer tick.Stop()
	for {
		if err := a.tellStreams(ctx, js, w); ctx.Err() == nil && codeOf(err) != exitFindings && err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// tellStreams looks once.
func (a *app) tellStreams(ctx context.Context, js jetstream.JetStream, w looking) error {
	states := eventlog.Inspect(ctx, js)
	if ctx.Err() != nil {
		return nil // it was stopped
	}
	good := true
	for _, s := range states {
		good = good && !s.Missing && s.Unknown == "" && len(s.Differences) == 0
	}
	now := time.Now()
	switch out := (struct {
		At      time.Time              `json:"at"`
		Streams []eventlog.StreamState `json:"streams"`
	}{now, states}); {
	case a.json:
		if err := a.printJSON(out); err != nil {
			return err
		}
	default:
		if w.watch {
			a.printf("%s\n", clock.Time(now))
		}
		a.tableOfStreams(states)
		a.tableOfDurables(states, w.all)
	}
	if !good {
		return exitWith(exitFindings)
	}
	return nil
}

func (a *app) tableOfStreams(states []eventlog.StreamState) {
	var rows [][]string
	var notes []string
	for _, s := range states {
		switch {
		case s.Missing:
			notes = append(notes, "✗ "+s.Name+": "+a.text("không có luồng này", "there is no such stream"))
			continue
		case s.Unknown != "":
			notes = append(notes, "✗ "+s.Name+": "+s.Unknown)
		}
		for _, d := range s.Differences {
			notes = append(notes, "✗ "+s.Name+": "+d)
		}
		if s.At.IsZero() {
			continue
		}
		leader := s.Leader
		if s.Clustered() && leader == "" {
			leader = a.text("không có", "none")
		}
		rows = append(rows, []string{s.Name, strconv.FormatUint(s.Messages, 10), amount(s.Bytes), fmt.Sprintf("%d–%d", s.First, s.Last),
			ageOf(s.LastWrite, s.At), strconv.Itoa(s.Replicas), leader, a.laggards(s.Followers)})
	}
	a.table([]fault.Text{{Vi: "Luồng", En: "Stream"}, {Vi: "Thông điệp", En: "Messages"}, {Vi: "Dung lượng", En: "Size"}, {Vi: "Số thứ tự", En: "Sequences"},
		{Vi: "Ghi cuối", En: "Last write"}, {Vi: "Bản sao", En: "Copies"}, {Vi: "Máy dẫn", En: "Leader"}, {Vi: "Máy chậm", En: "Laggards"}}, rows)
	for _, n := range notes {
		a.printf("%s\n", n)
	}
}

// laggards names the followers that are not there or lack something.
func (a *app) laggards(followers []eventlog.Follower) string {
	var out []string
	for _, f := range followers {
		switch {
		case f.Offline:
			out = append(out, f.Name+" ("+a.text("mất liên lạc", "offline")+")")
		case !f.Current:
			out = append(out, fmt.Sprintf("%s (-%d)", f.Name, f.Lag))
		}
	}
	return strings.Join(out, ", ")
}

func (a *app) tableOfDurables(states []eventlog.StreamState, all bool) {
	var rows [][]string
	idle := 0
	for _, s := range states {
		for _, d := range s.Durables {
			if !all && d.Waiting == 0 && d.InHand == 0 {
				idle++
				continue
			}
			rows = append(rows, []string{s.Name, d.Name, strconv.FormatUint(d.Waiting, 10), strconv.Itoa(d.InHand), strconv.Itoa(d.Redelivered), ageOf(d.Oldest, s.At)})
		}
	}
	a.printf("\n")
	if len(rows) > 0 {
		a.table([]fault.Text{{Vi: "Luồng", En: "Stream"}, {Vi: "Bộ đọc", En: "Reader"}, {Vi: "Chờ", En: "Waiting"}, {Vi: "Đang cầm", En: "In hand"},
			{Vi: "Giao lại", En: "Given again"}, {Vi: "Cũ nhất", En: "Oldest"}}, rows)
	}
	if idle > 0 {
		a.printf("%s\n", a.text(fmt.Sprintf("%d bộ đọc không còn gì chờ.", idle), fmt.Sprintf("%d readers have nothing waiting.", idle)))
	}
}

// ageOf writes how old something is by a clock; "" for what never was.
func ageOf(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	return span(now.Sub(t))
}

// span writes a length of time in its two greatest units, alike in both languages.
func span(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + "ms"
	case d < time.Minute:
		return strconv.FormatFloat(d.Seconds(), 'f', 0, 64) + "s"
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", d/time.Minute, d%time.Minute/time.Second)
	case d < 24*time.Hour:
		return fmt.Sprintf("%dh%02dm", d/time.Hour, d%time.Hour/time.Minute)
	}
	return fmt.Sprintf("%dd%02dh", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
}

// amount writes a number of bytes.
func amount(n uint64) string {
	units := []string{"B", "KB", "MB", "GB", "TB"}
	v, i := float64(n), 0
	for ; v >= 1000 && i < len(units)-1; i++ {
		v /= 1000
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", v, units[i])
}
