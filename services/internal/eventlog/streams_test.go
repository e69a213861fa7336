package eventlog_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
)

func mustJetStream(t testing.TB, s *eventlogtest.Server) jetstream.JetStream {
	t.Helper()
	js, err := jetstream.New(s.Conn(t))
	if err != nil {
		t.Fatalf("jetstream: %v", err)
	}
	return js
}

func TestEnsureByManyAtOnce(t *testing.T) {
	s := eventlogtest.Start(t)
	js := mustJetStream(t, s)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if err := eventlog.Ensure(eventually.Context(t), js, 1); err != nil {
				t.Errorf("ensure: %v", err)
			}
		})
	}
	wg.Wait()
	if err := eventlog.Ensure(eventually.Context(t), js, 0); err != nil {
		t.Errorf("ensure again, any number of copies: %v", err)
	}
	for _, row := range eventlog.Streams {
		stream, err := js.Stream(eventually.Context(t), row.Name)
		if err != nil {
			t.Errorf("%s: %v", row.Name, err)
			continue
		}
		cfg := stream.CachedInfo().Config
		if cfg.Storage != jetstream.FileStorage || cfg.Replicas != 1 || !cfg.AllowAtomicPublish || cfg.MaxAge != 0 ||
			cfg.Duplicates != 100*time.Millisecond || cfg.AllowDirect != row.Direct || cfg.MaxMsgsPerSubject > 0 {
			t.Errorf("%s: %+v", row.Name, cfg)
		}
	}
}

func TestAnIncompatibleStreamIsToldAndLeftAlone(t *testing.T) {
	s := eventlogtest.Start(t)
	js := mustJetStream(t, s)
	made, err := js.CreateStream(eventually.Context(t), jetstream.StreamConfig{
		Name: eventlog.Records, Subjects: []string{"record.*", "other.*"}, Storage: jetstream.MemoryStorage, MaxAge: time.Hour, MaxMsgsPerSubject: 1,
	})
	if err != nil {
		t.Fatalf("make a stream: %v", err)
	}
	if _, err := js.Publish(eventually.Context(t), "record.a", []byte("kept")); err != nil {
		t.Fatalf("publish: %v", err)
	}
	_, err = eventlog.Open(eventually.Context(t), s.Conn(t), eventlog.Config{Service: "reporting", Replicas: 1})
	wantKind(t, "open", err, fault.Conflict)
	for _, setting := range []string{"RECORDS", "subjects", "storage is Memory", "max_age is 1h", "max_msgs_per_subject is 1, must be 0",
		"allow_atomic is false", "allow_direct is false", "discard is DiscardOld"} {
		if err == nil || !strings.Contains(err.Error(), setting) {
			t.Errorf("the error does not tell %q: %v", setting, err)
		}
	}
	if err != nil && strings.Contains(err.Error(), "num_replicas") {
		t.Errorf("the error tells a setting that is right: %v", err)
	}
	info, err := made.Info(eventually.Context(t))
	if err != nil || info.State.Msgs != 1 || info.Config.Storage != jetstream.MemoryStorage {
		t.Errorf("the stream was touched: %+v, %v", info, err)
	}
}

// A limit of bytes, compression and the like are the operator's.
func TestOperatorsSettingsAreAccepted(t *testing.T) {
	s := eventlogtest.Start(t)
	js := mustJetStream(t, s)
	if err := eventlog.Ensure(eventually.Context(t), js, 1); err != nil {
		t.Fatalf("ensure: %v", err)
	}
	stream, err := js.Stream(eventually.Context(t), eventlog.Submissions)
	if err != nil {
		t.Fatalf("stream: %v", err)
	}
	cfg := stream.CachedInfo().Config
	cfg.MaxBytes, cfg.Compression, cfg.Description = 1<<30, jetstream.S2Compression, "ours"
	if _, err := js.UpdateStream(eventually.Context(t), cfg); err != nil {
		t.Fatalf("update: %v", err)
	}
	if err := eventlog.Ensure(eventually.Context(t), js, 1); err != nil {
		t.Errorf("ensure: %v", err)
	}
	err = eventlog.Ensure(eventually.Context(t), js, 3)
	wantKind(t, "another number of copies", err, fault.Conflict)
}

func TestOpenWaitsForTheBroker(t *testing.T) {
	s := eventlogtest.Start(t)
	s.Stop()
	nc := s.Conn(t) // does not fail: services start in any order
	short, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err := eventlog.Open(short, nc, eventlog.Config{Service: "intake"})
	wantKind(t, "open without a broker", err, fault.Unavailable)
	opened := make(chan error, 1)
	go func() {
		_, err := eventlog.Open(eventually.Context(t), nc, eventlog.Config{Service: "intake"})
		opened <- err
	}()
	s.Run()
	if err := <-opened; err != nil {
		t.Errorf("open as soon as the broker is there: %v", err)
	}
}
