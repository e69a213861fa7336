package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/embed"
	"github.com/rasoat/rasoat/services/workbook"
)

// logFloor publishes every message that the run left in the log to a fresh broker, in atomic batches, every write synced;
// only the publishing is timed. It tells pupils a second, and the size in megabytes.
func logFloor(ctx context.Context, from, to string, pupils int) (rate, mb float64, err error) {
	source, sourceLog, err := openLog(ctx, from)
	if err != nil {
		return 0, 0, err
	}
	defer source()
	target, targetLog, err := openLog(ctx, filepath.Join(to, "nats"))
	if err != nil {
		return 0, 0, err
	}
	defer target()
	return copyLog(ctx, sourceLog, targetLog.Log, pupils)
}

// copyLog appends the messages of one log to another, in atomic batches; only the appending is timed.
func copyLog(ctx context.Context, source *nodeLog, target *eventlog.Log, pupils int) (rate, mb float64, err error) {
	var spent time.Duration
	var size int
	for _, stream := range []string{eventlog.Submissions, eventlog.Verdicts, eventlog.Identities, eventlog.Questions, eventlog.Records} {
		err := eachBatch(ctx, source, stream, func(batch []eventlog.Event) error {
			for _, ev := range batch {
				size += len(ev.Data)
			}
			began := time.Now()
			err := target.AppendBatch(ctx, batch)
			spent += time.Since(began)
			return err
		})
		if err != nil {
			return 0, 0, fault.Wrap("", "bench.log_floor", err)
		}
	}
	return float64(pupils) / spent.Seconds(), float64(size) / 1e6, nil
}

func openLog(ctx context.Context, dir string) (func(), *nodeLog, error) {
	broker, err := embed.StartNATS(embed.NATSConfig{Dir: dir})
	if err != nil {
		return nil, nil, err
	}
	nc, err := broker.Connect("bench")
	if err != nil {
		broker.Shutdown()
		return nil, nil, err
	}
	log, err := eventlog.Open(ctx, nc, eventlog.Config{Service: "bench", Replicas: 1})
	if err != nil {
		broker.Shutdown()
		return nil, nil, err
	}
	return func() { nc.Close(); broker.Shutdown() }, &nodeLog{log, nc}, nil
}

// nodeLog is a log with its connection.
type nodeLog struct {
	*eventlog.Log
	nc *nats.Conn
}

// perBatch is how many messages go into one atomic batch at the most, and bytesPerBatch how many bytes.
const (
	perBatch      = 500
	bytesPerBatch = 16 << 20
)

// eachBatch reads a stream from its start and gives its messages as events, in batches.
func eachBatch(ctx context.Context, l *nodeLog, stream string, visit func([]eventlog.Event) error) error {
	js, err := jetstream.New(l.nc)
	if err != nil {
		return err
	}
	s, err := js.Stream(ctx, stream)
	if err != nil {
		return err
	}
	left := s.CachedInfo().State.Msgs
	consumer, err := js.OrderedConsumer(ctx, stream, jetstream.OrderedConsumerConfig{})
	if err != nil {
		return err
	}
	messages, err := consumer.Messages()
	if err != nil {
		return err
	}
	defer messages.Stop()
	var batch []eventlog.Event
	size := 0
	for left > 0 {
		m, err := messages.Next()
		if err != nil {
			return err
		}
		left--
		batch = append(batch, eventlog.Event{Subject: m.Subject(), Type: m.Headers().Get(eventlog.HeaderType), Data: bytes.Clone(m.Data())})
		size += len(m.Data())
		if len(batch) == perBatch || size > bytesPerBatch || left == 0 {
			if err := visit(batch); err != nil {
				return err
			}
			batch, size = nil, 0
		}
	}
	return nil
}

// collections of each service.
var collections = map[string][]string{
	"intake":     {"submissions"},
	"validation": {"pupils"},
	"matching":   {"pupils", "numbers", "reviews"},
	"reporting":  {"pupils", "roster"},
}

// perMerge is how many documents go into one merge of the floor.
const perMerge = 500

// storeFloor merges every facet that the run left in the stores into fresh ones; only the merging is timed.
func storeFloor(ctx context.Context, from, to string, pupils int) (float64, error) {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return 0, fault.Wrap(fault.Unavailable, "bench.store_floor", err)
	}
	var spent time.Duration
	for service, names := range collections {
		source, err := embed.OpenSQLite(filepath.Join(from, service+".sqlite"))
		if err != nil {
			return 0, err
		}
		target, err := embed.OpenSQLite(filepath.Join(to, service+".sqlite"))
		if err != nil {
			return 0, err
		}
		for _, name := range names {
			took, err := copyCollection(ctx, source.Collection(name), target.Collection(name))
			if err != nil {
				return 0, err
			}
			spent += took
		}
		if err := source.Close(); err != nil {
			return 0, err
		}
		if err := target.Close(); err != nil {
			return 0, err
		}
	}
	return float64(pupils) / spent.Seconds(), nil
}

func copyCollection(ctx context.Context, from, to store.Collection) (time.Duration, error) {
	var spent time.Duration
	after := ""
	for {
		docs, err := from.Scan(ctx, "", after, perMerge)
		if err != nil || len(docs) == 0 {
			return spent, err
		}
		var patches []store.Patch
		for _, d := range docs {
			for _, f := range d.Facets {
				patches = append(patches, store.Patch{ID: d.ID, Facet: f.Name, Rev: f.Rev, Schema: f.Schema, Value: f.Value})
			}
		}
		after = docs[len(docs)-1].ID
		began := time.Now()
		if err := to.Merge(ctx, patches); err != nil {
			return 0, err
		}
		spent += time.Since(began)
	}
}

// parseRate reads a results workbook again and again on one core and tells rows a second.
func parseRate() (float64, error) {
	sample := demo.NewSample(1, 400, -1)
	var rows []workbook.Result
	for i := range sample.Nation.Pupils() {
		for _, v := range sample.Nation.Pupil(i).Results {
			rows = append(rows, workbook.Result{Results: v})
		}
	}
	var file bytes.Buffer
	if err := workbook.WriteResults(&file, sample.Drive, rows); err != nil {
		return 0, err
	}
	read := 0
	began := time.Now()
	for time.Since(began) < 2*time.Second {
		book, err := workbook.New(bytes.NewReader(file.Bytes()), int64(file.Len()), sample.Drive, workbook.Options{School: sample.Nation.Schools()[0].Code})
		if err != nil {
			return 0, err
		}
		for _, err := range book.Rows() {
			if err != nil {
				return 0, err
			}
			read++
		}
		if err := book.Close(); err != nil {
			return 0, err
		}
	}
	return float64(read) / time.Since(began).Seconds(), nil
}
