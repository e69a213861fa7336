package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/recordfeed/rows"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/embed"
	"github.com/rasoat/rasoat/services/standalone/examtable"
)

// feedRow is what was measured of the feed of verified records. Broker and subscriber share the processor.
type feedRow struct {
	Records  int     `json:"records"` // standing
	Versions int     `json:"versions"`
	Bytes    float64 `json:"bytes_per_record"`
	Write    float64 `json:"written_per_second"`            // in atomic batches of 500, synced
	Look     float64 `json:"standing_looked_up_per_second"` // what standing messages reporting compares with, 500 at once
	Raw      float64 `json:"raw_per_second"`                // an ordered consumer of the client library, last per subject, nothing decoded
	Feed     float64 `json:"feed_per_second"`               // recordfeed: decoded, answered for, handed to a handler that counts
	SQLite   float64 `json:"sqlite_per_second"`             // recordfeed into a table, synced
}

// measureFeed fills RECORDS with a version of each pupil, and another of every tenth, and reads it.
func measureFeed(ctx context.Context, pupils int) (*feedRow, error) {
	const op = "bench.feed"
	dir, err := os.MkdirTemp("", "rasoat-feed-")
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, op, err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	broker, err := embed.StartNATS(embed.NATSConfig{Dir: filepath.Join(dir, "nats"), Port: -1})
	if err != nil {
		return nil, err
	}
	defer broker.Shutdown()
	nc, err := eventlog.Connect(broker.URL(), "bench")
	if err != nil {
		return nil, err
	}
	defer nc.Close()
	log, err := eventlog.Open(ctx, nc, eventlog.Config{Service: "bench", Replicas: 1})
	if err != nil {
		return nil, err
	}
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, op, err)
	}
	row := &feedRow{Records: pupils, Versions: pupils + pupils/10}
	writer := demo.NewRecordLog(log, pupils)
	all, tenth := make([]int, pupils), []int(nil)
	for i := range all {
		all[i] = i
		if i%10 == 0 {
			tenth = append(tenth, i)
		}
	}
	rate := func(n int, f func() error) (float64, error) {
		began := time.Now()
		err := f()
		return float64(n) / time.Since(began).Seconds(), err
	}
	if row.Write, err = rate(row.Versions, func() error {
		if err := writer.Put(ctx, all, nil); err != nil {
			return err
		}
		return writer.Put(ctx, tenth, nil)
	}); err != nil {
		return nil, err
	}
	if row.Look, err = rate(min(pupils, 20_000), func() error {
		subjects := make([]string, 0, 500)
		for i := range min(pupils, 20_000) {
			if subjects = append(subjects, "record."+writer.Ref(i*(pupils/min(pupils, 20_000)))); len(subjects) == 500 {
				if _, err := log.LastMany(ctx, subjects); err != nil {
					return err
				}
				subjects = subjects[:0]
			}
		}
		return nil
	}); err != nil {
		return nil, err
	}
	if row.Raw, err = rate(pupils, func() error { return readRaw(ctx, js, pupils, row) }); err != nil {
		return nil, fault.Wrap("", op, err)
	}
	count := &counting{}
	if row.Feed, err = rate(pupils, func() error {
		return recordfeed.Subscribe(ctx, recordfeed.Config{URL: broker.URL(), Name: "bench", Handler: count, Once: true})
	}); err != nil {
		return nil, err
	}
	if count.n != pupils {
		return nil, fault.Internalf(op, "%d records came, want %d", count.n, pupils)
	}
	table, err := examtable.Open(filepath.Join(dir, "exam.sqlite"), rows.Default())
	if err != nil {
		return nil, err
	}
	defer table.Close()
	if row.SQLite, err = rate(pupils, func() error {
		return recordfeed.Subscribe(ctx, recordfeed.Config{URL: broker.URL(), Name: "sqlite", Handler: table, Once: true})
	}); err != nil {
		return nil, err
	}
	return row, nil
}

// readRaw reads every standing record with the client library's ordered consumer.
func readRaw(ctx context.Context, js jetstream.JetStream, pupils int, row *feedRow) error {
	consumer, err := js.OrderedConsumer(ctx, eventlog.Records, jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{"record.*"}, DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy})
	if err != nil {
		return err
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(8000))
	if err != nil {
		return err
	}
	defer messages.Stop()
	size := 0
	for range pupils {
		m, err := messages.Next()
		if err != nil {
			return err
		}
		size += len(m.Data())
	}
	row.Bytes = float64(size) / float64(pupils)
	return nil
}

// counting is a handler that only counts.
type counting struct{ n int }

func (c *counting) Handle(_ context.Context, records []recordfeed.Record) error {
	c.n += len(records)
	return nil
}

// feedBench measures and prints.
func feedBench(ctx context.Context, pupils int, asJSON bool, out io.Writer) error {
	row, err := measureFeed(ctx, pupils)
	if err != nil {
		return err
	}
	if asJSON {
		return fault.Wrap(fault.Internal, "bench", json.NewEncoder(out).Encode(row))
	}
	fmt.Fprintf(out, "feed of %d records (%d versions, %.0f bytes each): written %.0f a second, looked up %.0f, raw ordered consumer %.0f, recordfeed %.0f, into SQLite %.0f\n",
		row.Records, row.Versions, row.Bytes, row.Write, row.Look, row.Raw, row.Feed, row.SQLite)
	return nil
}
