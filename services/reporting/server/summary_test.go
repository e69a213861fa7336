package server

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
	"google.golang.org/protobuf/proto"
)

// jostled is a store whose calls let others go before them and after them, as often as chance has it.
type jostled struct{ store.DB }

func (d jostled) Collection(name string) store.Collection {
	return jostledCollection{d.DB.Collection(name)}
}

type jostledCollection struct{ store.Collection }

func jostle() {
	for range rand.IntN(8) {
		runtime.Gosched()
	}
}

func (c jostledCollection) Merge(ctx context.Context, patches []store.Patch) error {
	jostle()
	defer jostle()
	return c.Collection.Merge(ctx, patches)
}

func (c jostledCollection) Get(ctx context.Context, ids []string) ([]store.Doc, error) {
	jostle()
	defer jostle()
	return c.Collection.Get(ctx, ids)
}

func (c jostledCollection) Scan(ctx context.Context, prefix, after string, limit int) ([]store.Doc, error) {
	jostle()
	defer jostle()
	return c.Collection.Scan(ctx, prefix, after, limit)
}

// copyOn is a copy of the service on a store, without a log: nothing that the test says of a pupil makes a record.
func copyOn(db store.DB) *Server {
	return New(Config{Drive: testDrive}, Deps{Store: db, Logger: slog.New(slog.DiscardHandler)})
}

// TestNoUpdateIsLost: copies write pupils, each pupil at several schools, while one holder of the lease after another counts, the one before still
// at work for a while. When all is quiet, and the last holder has looked once, every summary says what a count says.
func TestNoUpdateIsLost(t *testing.T) {
	ctx := context.Background()
	for round := range 200 {
		db := jostled{storetest.NewMemory()}
		var sequence atomic.Uint64
		var writers, holders sync.WaitGroup
		for range 3 {
			s := copyOn(db)
			writers.Go(func() {
				for range 1 + rand.IntN(6) {
					var batch []eventlog.Message
					for range 1 + rand.IntN(3) {
						batch = append(batch, anything(t, sequence.Add(1)))
					}
					p := newProjection()
					for _, m := range batch {
						if err := s.submission(p, m); err != nil {
							t.Error(err)
						}
					}
					if err := s.merge(ctx, p); err != nil {
						t.Error(err)
					}
					if err := s.deriveAndMark(ctx, p); err != nil {
						t.Error(err)
					}
				}
			})
		}
		var quiet atomic.Bool
		last := uint64(0)
		for !quiet.Load() {
			last++
			w := newSummariser(copyOn(db), last, func() bool { return true })
			w.every = 0
			ended := make(chan struct{})
			holders.Go(func() {
				for i := range 4 {
					if i == 2 {
						close(ended) // the lease is lost, and it goes on without knowing
					}
					if err := w.pass(ctx); err != nil {
						t.Error(err)
					}
				}
			})
			<-ended
			if last == 1 {
				go func() { writers.Wait(); quiet.Store(true) }()
			}
		}
		writers.Wait()
		s := copyOn(db)
		w := newSummariser(s, last+1, func() bool { return true })
		if err := w.pass(ctx); err != nil {
			t.Fatal(err)
		}
		holders.Wait()
		compareSummaries(t, s, round)
		if t.Failed() {
			return
		}
	}
}

// anything is a submission of one record: a pupil joins a school, leaves it, or has a profile sent by it.
func anything(t *testing.T, sequence uint64) eventlog.Message {
	t.Helper()
	sc := testDrive.Schools[rand.IntN(len(testDrive.Schools))]
	pupil := fmt.Sprintf("p%d", rand.IntN(5))
	r := record(pupil, profile, "x")
	if kind := rand.IntN(3); kind > 0 {
		r = record(pupil, roster, fmt.Sprintf("12A%d", rand.IntN(2)))
		if kind == 2 {
			r.Personal.GetEnrolment().State = studentpb.EnrolmentState_ENROLMENT_STATE_LEFT
		}
	}
	return eventlog.Message{
		Subject: "submission.results." + sc.Province + "." + sc.Code + ".s", Sequence: sequence, Stored: time.Unix(0, 0),
		Data: encode(t, submission(sc.Province+"/"+sc.Code, []*intakepb.AcceptedRecord{r}...)),
	}
}

// compareSummaries holds every summary against a count.
func compareSummaries(t *testing.T, s *Server, round int) {
	t.Helper()
	v, err := s.look(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, sc := range s.drive.Schools {
		want, err := s.countSchool(context.Background(), sc)
		if err != nil {
			t.Fatal(err)
		}
		got := proto.CloneOf(v.rows[i].full)
		got.AsOf, want.AsOf = nil, nil
		if !proto.Equal(got, want) || v.rows[i].behind {
			t.Errorf("round %d, school %s (behind %v):\ngot  %v\nwant %v", round, sc.Code, v.rows[i].behind, got, want)
		}
	}
}

// TestTakeOver: what a former holder still writes replaces nothing once another has taken over, though nothing had to be counted.
func TestTakeOver(t *testing.T) {
	s, ctx := &service{Server: copyOn(storetest.NewMemory())}, context.Background()
	s.pass(t, 1)
	s.pass(t, 3)
	late, err := encodeSummary(counted{row: s.blank(testDrive.Schools[1])})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.summaries.Merge(ctx, []store.Patch{{ID: s.ids[0], Facet: facetCounts, Rev: store.Revision{Major: 2, Minor: 99}, Value: late}}); err != nil {
		t.Fatal(err)
	}
	compareSummaries(t, s.Server, 0)
}
