package eventlog_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
)

// payload is the size of one pupil's record.
const payload = 1500

// One event at a time, each one synced to disk before its acknowledgement.
func BenchmarkAppend(b *testing.B) {
	l := eventlogtest.NewLog(b, "bench")
	ev := submission(1)
	ev.Data = make([]byte, payload)
	for b.Loop() {
		if _, err := l.Append(context.Background(), ev); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// 16 callers, one event at a time each: a service under load.
func BenchmarkAppendByMany(b *testing.B) {
	l := eventlogtest.NewLog(b, "bench")
	ev := submission(1)
	ev.Data = make([]byte, payload)
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := l.Append(context.Background(), ev); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkAppendBatch500(b *testing.B) {
	for _, conditional := range []bool{false, true} {
		b.Run(fmt.Sprintf("conditional=%v", conditional), func(b *testing.B) {
			l := eventlogtest.NewLog(b, "bench")
			n := 0
			for b.Loop() {
				events := make([]eventlog.Event, 500)
				for i := range events {
					events[i] = record(n, "")
					events[i].Data = make([]byte, payload)
					if conditional {
						events[i].ExpectLast = &eventlog.Expect{}
					}
					n++
				}
				if err := l.AppendBatch(context.Background(), events); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// The whole loop with a handler that does nothing: fetch, spans, metrics, acknowledgement.
func BenchmarkConsume(b *testing.B) {
	for _, size := range []int{64, 500} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) {
			const n = 20_000
			l := eventlogtest.NewLog(b, "bench")
			events := make([]eventlog.Event, n)
			for i := range events {
				events[i] = record(i, "")
				events[i].Data = make([]byte, payload)
			}
			if err := l.AppendBatch(context.Background(), events); err != nil {
				b.Fatal(err)
			}
			run := 0
			for b.Loop() {
				run++
				var seen atomic.Int64
				ctx, cancel := context.WithCancel(context.Background())
				err := l.Consume(ctx, eventlog.Consumer{Stream: eventlog.Records, Durable: fmt.Sprintf("d%d", run), MaxMessages: size,
					Handle: func(_ context.Context, batch []eventlog.Message) error {
						if seen.Add(int64(len(batch))) == n {
							cancel()
						}
						return nil
					}})
				cancel()
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(run)*n/b.Elapsed().Seconds(), "events/s")
		})
	}
}

func BenchmarkLastMany500(b *testing.B) {
	l := eventlogtest.NewLog(b, "bench")
	events, subjects := make([]eventlog.Event, 20_000), []string{}
	for i := range events {
		events[i] = record(i, "")
		events[i].Data = make([]byte, payload)
		if i%40 == 0 {
			subjects = append(subjects, events[i].Subject)
		}
	}
	if err := l.AppendBatch(context.Background(), events); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		got, err := l.LastMany(context.Background(), subjects)
		if err != nil || len(got) != 500 {
			b.Fatal(len(got), err)
		}
	}
}
