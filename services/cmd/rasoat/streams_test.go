package main

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
)

func TestStreamsCommand(t *testing.T) {
	s := eventlogtest.Start(t)
	if code, out, _ := runCommand(t, "streams", "--nats", s.URL(), "--lang", "en"); code != exitFindings || !strings.Contains(out, "✗ PORTAL: there is no such stream") {
		t.Errorf("before anything exists: exit %d\n%s", code, out)
	}
	l := s.Log(t, eventlog.Config{Service: "test"})
	mustPublish(t, l, verified("a", "1"), verified("b", "1"))
	js, err := jetstream.New(s.Conn(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"slow", "idle"} {
		if _, err := js.CreateConsumer(t.Context(), map[string]string{"slow": eventlog.Records, "idle": eventlog.Verdicts}[name],
			jetstream.ConsumerConfig{Durable: name, AckPolicy: jetstream.AckExplicitPolicy}); err != nil {
			t.Fatal(err)
		}
	}
	code, out, _ := runCommand(t, "streams", "--nats", s.URL(), "--lang", "en")
	if code != exitFine {
		t.Errorf("exit %d\n%s", code, out)
	}
	for _, want := range []string{"RECORDS", "1–2", "slow", "1 readers have nothing waiting", "Laggards"} {
		if !strings.Contains(out, want) {
			t.Errorf("nothing says %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "idle") {
		t.Errorf("a reader for which nothing waits is listed:\n%s", out)
	}
	if _, out, _ := runCommand(t, "streams", "--nats", s.URL(), "--all"); !strings.Contains(out, "idle") {
		t.Errorf("--all does not list every reader:\n%s", out)
	}
	var got struct{ Streams []eventlog.StreamState }
	if _, out, _ = runCommand(t, "streams", "--nats", s.URL(), "--json"); json.Unmarshal([]byte(out), &got) != nil || len(got.Streams) != len(eventlog.Streams) {
		t.Errorf("--json: %s", out)
	}

	ctx, cancel := context.WithCancel(eventually.Context(t))
	defer cancel()
	watch := &waiter{texts: map[string]chan struct{}{"1–3": make(chan struct{})}}
	ended := make(chan int, 1)
	go func() {
		ended <- command(ctx, []string{"streams", "--nats", s.URL(), "--watch", "--every", "10ms"}, streams{nil, watch, io.Discard})
	}()
	mustPublish(t, l, verified("c", "1"))
	watch.wait(ctx, t, "1–3")
	cancel()
	if code := <-ended; code != exitFine {
		t.Errorf("--watch: exit %d", code)
	}
	if code, _, _ := runCommand(t, "streams", "--every", "0"); code != exitInput {
		t.Errorf("--every 0: exit %d", code)
	}
	s.Stop()
	if code, _, errOut := runCommand(t, "streams", "--nats", s.URL(), "--wait", "1ms"); code != exitUnavailable || !strings.Contains(errOut, "broker") {
		t.Errorf("without a broker: exit %d, %s", code, errOut)
	}
}

func TestSpanAndAmount(t *testing.T) {
	for d, want := range map[time.Duration]string{-1: "0ms", 900 * time.Millisecond: "900ms", 12 * time.Second: "12s", 70 * time.Second: "1m10s",
		125 * time.Minute: "2h05m", 50 * time.Hour: "2d02h"} {
		if got := span(d); got != want {
			t.Errorf("span of %v: got %s, want %s", d, got, want)
		}
	}
	for n, want := range map[uint64]string{0: "0 B", 999: "999 B", 1500: "1.5 KB", 2_500_000: "2.5 MB", 7e15: "7000.0 TB"} {
		if got := amount(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}
