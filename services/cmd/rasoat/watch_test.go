package main

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"sync"
	"testing"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

func verified(pupil, class string) *reportingpb.RecordState {
	return &reportingpb.RecordState{Pupil: pupil, State: &reportingpb.RecordState_Verified{Verified: &reportingpb.VerifiedRecord{Province: "01", School: "01000701", Class: class, Windows: []string{"first"}}}}
}

func withdrawn(pupil string) *reportingpb.RecordState {
	return &reportingpb.RecordState{Pupil: pupil, State: &reportingpb.RecordState_Withdrawn{Withdrawn: &reportingpb.WithdrawnRecord{Reason: reportingpb.Status_STATUS_REJECTED}}}
}

func mustPublish(t *testing.T, l *eventlog.Log, states ...*reportingpb.RecordState) {
	t.Helper()
	for _, s := range states {
		data, err := proto.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.Append(t.Context(), eventlog.Event{Subject: "record." + s.GetPupil(), Type: wire.TypeRecord, Data: data}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWatchRecords(t *testing.T) {
	s := eventlogtest.Start(t)
	l := s.Log(t, eventlog.Config{Service: "test"})
	if code, out, _ := runCommand(t, "watch", "records", "--nats", s.URL(), "--once"); code != exitFine || !strings.Contains(out, "Received 0 versions") {
		t.Fatalf("an empty stream: exit %d, %s", code, out)
	}
	mustPublish(t, l, verified("a", "1"), verified("b", "1"), verified("c", "1"), withdrawn("c"), verified("a", "2"))
	// The digest is that of a cut-off of the same records: there is one function for it.
	want := recordfeed.Newest{}
	for m, err := range l.Standing(t.Context(), eventlog.Records) {
		state := new(reportingpb.RecordState)
		if err != nil || proto.Unmarshal(m.Data, state) != nil {
			t.Fatal(err)
		}
		want.Put(recordfeed.Record{Pupil: state.GetPupil(), Version: m.Sequence, Outline: state, Payload: m.Data}.Held())
	}
	code, out, _ := runCommand(t, "watch", "records", "--nats", s.URL(), "--once", "--digest", "--json")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var last tally
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || code != exitFine {
		t.Fatalf("exit %d, %v: %s", code, err, out)
	}
	if last.Received != 3 || last.Pupils != 3 || last.Verified != 2 || last.Sequence != 5 || last.Digest != want.Kept().Digest {
		t.Errorf("got %+v, want the digest %s", last, want.Kept().Digest)
	}
	var withdrawal change
	if err := json.Unmarshal([]byte(lines[1]), &withdrawal); err != nil || withdrawal.State != "withdrawn" || withdrawal.Reason != "REJECTED" || withdrawal.Pupil != "c" {
		t.Errorf("got %+v of %s", withdrawal, lines[1])
	}
}

// Without --once it goes on with live changes until it is stopped.
func TestWatchFollows(t *testing.T) {
	s := eventlogtest.Start(t)
	l := s.Log(t, eventlog.Config{Service: "test"})
	mustPublish(t, l, verified("a", "1"))
	ctx, cancel := context.WithCancel(eventually.Context(t))
	defer cancel()
	out := &waiter{texts: map[string]chan struct{}{"Received 1 version of 1 pupil,": make(chan struct{}), "b  01/01000701  in force, windows first": make(chan struct{}), "withdrawn: Rejected": make(chan struct{})}}
	ended := make(chan int, 1)
	go func() {
		ended <- command(ctx, []string{"watch", "records", "--nats", s.URL(), "--lang", "en"}, streams{nil, out, io.Discard})
	}()
	out.wait(ctx, t, "Received 1 version of 1 pupil,")
	mustPublish(t, l, verified("b", "1"), withdrawn("a"))
	out.wait(ctx, t, "b  01/01000701  in force, windows first")
	out.wait(ctx, t, "withdrawn: Rejected")
	cancel()
	if code := <-ended; code != exitFine {
		t.Errorf("exit %d after it was stopped", code)
	}
}

// waiter is an output on which a test waits for a text.
type waiter struct {
	mu    sync.Mutex
	all   strings.Builder
	texts map[string]chan struct{}
}

func (w *waiter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all.Write(p)
	for text, found := range w.texts {
		if strings.Contains(w.all.String(), text) {
			close(found)
			delete(w.texts, text)
		}
	}
	return len(p), nil
}

func (w *waiter) wait(ctx context.Context, t *testing.T, text string) {
	t.Helper()
	w.mu.Lock()
	found, waiting := w.texts[text]
	w.mu.Unlock()
	if !waiting {
		return
	}
	select {
	case <-found:
	case <-ctx.Done():
		t.Fatalf("nothing says %q", text)
	}
}

func TestWatchWithoutBroker(t *testing.T) {
	code, _, errOut := runCommand(t, "watch", "records", "--nats", "nats://127.0.0.1:1", "--once", "--wait", "300ms")
	if code != exitUnavailable || !strings.Contains(errOut, "NATS") {
		t.Errorf("exit %d: %s", code, errOut)
	}
}
