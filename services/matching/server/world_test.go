package server

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/generation"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
	"github.com/rasoat/rasoat/services/student/wire"
	"github.com/sony/gobreaker/v2"
	"google.golang.org/protobuf/proto"
)

// world is matching on a real log, whose messages the test hands to the handlers.
type world struct {
	*Server
	t      *testing.T
	log    *eventlog.Log
	people *people
	clock  *clock
	truth  store.Collection  // the pupils as they are, whatever the service is shown
	twice  bool              // hand everything over twice and in reverse
	read   map[string]uint64 // by reader: up to which position it was handed messages
	sent   int
}

func newWorld(t *testing.T, change ...func(*drive.Drive)) *world {
	t.Helper()
	return worldOn(t, eventlogtest.NewLog(t, "matching"), change...)
}

func worldOn(t *testing.T, log *eventlog.Log, change ...func(*drive.Drive)) *world {
	return worldOver(t, log, func(db store.DB) store.DB { return db }, change...)
}

// worldOver puts something around the database that the service is shown.
func worldOver(t *testing.T, log *eventlog.Log, wrap func(store.DB) store.DB, change ...func(*drive.Drive)) *world {
	db := storetest.NewMemory()
	w := &world{t: t, log: log, people: newPeople(), clock: &clock{at: time.Date(2023, 4, 10, 2, 0, 0, 0, time.UTC)}}
	w.Server = New(Config{Drive: testDrive(change...), Key: testKey, LeaseTerm: 200 * time.Millisecond}, Deps{
		Log: log, Store: wrap(db), Registry: w.people, Logger: slog.New(slog.DiscardHandler), Now: w.clock.now,
	})
	w.truth = generation.New(db, pupilsName).Collection(pupilsName)
	w.read = map[string]uint64{}
	return w
}

// another is a copy of the service that has read nothing yet, with a database of its own.
func (w *world) another() *world { return w.copyOn(storetest.NewMemory()) }

// copyOn is a copy of the service on the same log.
func (w *world) copyOn(db store.DB) *world {
	o := *w
	o.Server = New(Config{Drive: w.drive, Key: testKey, LeaseTerm: w.leaseTerm}, Deps{
		Log: w.log, Store: db, Registry: w.people, Logger: slog.New(slog.DiscardHandler), Now: w.clock.now,
	})
	o.truth = o.pupils
	o.read, o.twice = map[string]uint64{}, false
	return &o
}

// send puts a submission of profiles into the log and gives its position.
func (w *world) send(school string, all ...child) uint64 {
	w.t.Helper()
	w.sent++
	ev := &intakepb.SubmissionAccepted{Drive: w.drive.ID, Province: school[:2], School: school[3:]}
	for _, c := range all {
		hash := testKey.Identity(c.Profile)
		ev.Records = append(ev.Records, &intakepb.AcceptedRecord{
			Pupil: c.ref, Part: studentpb.Part_PART_PROFILE, ContentHash: hash, IdentityHash: hash,
			Personal: &studentpb.Record{Content: &studentpb.Record_Profile{Profile: wire.ToProfile(c.Profile)}},
		})
	}
	return w.put(fmt.Sprintf("submission.profile.%s.%s.s%d", school[:2], school[3:], w.sent), wire.TypeSubmission, ev)
}

func (w *world) put(subject, kind string, m proto.Message) uint64 {
	w.t.Helper()
	data, err := proto.Marshal(m)
	if err != nil {
		w.t.Fatal(err)
	}
	at, err := w.log.Append(context.Background(), eventlog.Event{Subject: subject, Type: kind, Data: data})
	if err != nil {
		w.t.Fatal(err)
	}
	return at.Sequence
}

// all gives the messages that a filter lets through, after a position.
func (w *world) all(filter string, after uint64) []eventlog.Message {
	w.t.Helper()
	ctx := context.Background()
	last, err := w.log.Last(ctx, filter)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		w.t.Fatal(err)
	}
	begin := filter[:strings.IndexAny(filter, "*>")]
	var out []eventlog.Message
	for seq := after + 1; seq <= last.Sequence; seq++ {
		m, err := w.log.Read(ctx, last.Stream, seq)
		if err != nil {
			w.t.Fatal(err)
		}
		if strings.HasPrefix(m.Subject, begin) {
			m.Delivered = 1
			out = append(out, m)
		}
	}
	return out
}

// hand gives a handler what it has not been given, and tells whether there was anything.
func (w *world) hand(reader, filter string, handle eventlog.Handler) bool {
	w.t.Helper()
	batch := w.all(filter, w.read[reader])
	if len(batch) == 0 {
		return false
	}
	if w.twice {
		handle = eventlogtest.Twice(handle, 7)
	}
	w.again(reader, func() error { return handle(context.Background(), slices.Clone(batch)) })
	w.read[reader] = batch[len(batch)-1].Sequence
	return true
}

// again does something until it is not unavailable any more, as the consume loop and callers do.
func (w *world) again(what string, do func() error) {
	w.t.Helper()
	for {
		err := do()
		if err == nil {
			return
		}
		if !fault.Is(err, fault.Unavailable) || w.people.isAway() {
			w.t.Fatalf("%s: %v", what, err)
		}
	}
}

// project hands the handlers everything until there is nothing new.
func (w *world) project() {
	w.t.Helper()
	for more := true; more; {
		more = w.hand("profiles", "submission.profile.*.*.*", w.profiles)
		more = w.hand("identities", "identity.*.*", w.identities) || more
		more = w.hand("decisions", "decision.>", w.decisions) || more
	}
}

// asking gives an asker whose gate is open and whose breaker never is, until the test ends.
func (w *world) asking() *asker {
	w.t.Helper()
	a := &asker{Server: w.Server, gate: newGate(w.drive, openFor, w.now, func() bool { return true }, ledger{}), memory: newMemory(w.drive.Asking.Remember, w.now)}
	a.gate.breaker = gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{ReadyToTrip: func(gobreaker.Counts) bool { return false }})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = a.gate.run(ctx)
	}()
	w.t.Cleanup(func() { cancel(); <-ended })
	return a
}

// ask has every open question answered, and projects what was learned.
func (w *world) ask(a *asker) {
	w.t.Helper()
	w.project()
	for more := true; more; {
		more = false
		for _, province := range a.provinces {
			for _, again := range []bool{false, true} {
				c := a.consumer(province, again)
				if w.hand(c.Durable, c.Filter[0], c.Handle) {
					w.project() // as the projection beside the asking does
					more = true
				}
			}
		}
		w.project()
	}
}

// judged gives what is known of a pupil.
func (w *world) judged(ref string) *pb.Judgement {
	w.t.Helper()
	docs, err := w.truth.Get(context.Background(), []string{w.drive.ID + "/" + ref})
	if err != nil {
		w.t.Fatal(err)
	}
	k, err := identityOf(docs[0])
	if err != nil {
		w.t.Fatal(err)
	}
	if k == nil {
		return &pb.Judgement{}
	}
	return k.Judgement
}

// questions gives the pupils whom questions of a kind were opened about, in order.
func (w *world) questions(again bool) []string {
	w.t.Helper()
	var out []string
	for _, m := range w.all("question."+kindOf(again)+".*.*", 0) {
		ev := new(pb.QuestionOpened)
		if err := proto.Unmarshal(m.Data, ev); err != nil {
			w.t.Fatal(err)
		}
		out = append(out, ev.GetPupil())
	}
	return out
}
