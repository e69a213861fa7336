package server

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	registrypb "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// distortions are answers that are none to what was asked.
var distortions = map[string]func(*registrypb.LookupResponse){
	"one answer short":        func(r *registrypb.LookupResponse) { r.Answers = r.Answers[1:] },
	"one answer more":         func(r *registrypb.LookupResponse) { r.Answers = append(r.Answers, r.Answers[0]) },
	"another person's number": func(r *registrypb.LookupResponse) { r.Answers[0].Person.IdNumber = dung.Identity.Number.Reveal() },
}

// TestNonsenseIsAskedAgain: an answer that makes no sense once is not believed, and the call is made again under another id.
func TestNonsenseIsAskedAgain(t *testing.T) {
	for name, distort := range distortions {
		w := newWorld(t)
		w.people.know(an, binh)
		w.people.distort = func(r *registrypb.LookupResponse) {
			if len(w.people.lookups) < triesOfNonsense {
				distort(r)
			}
		}
		w.send(schoolA, an, binh)
		w.ask(w.asking())
		if w.judged("an").GetOutcome() != confirmed || w.judged("binh").GetOutcome() != confirmed {
			t.Errorf("%s: got %v and %v, want confirmed", name, w.judged("an").GetOutcome(), w.judged("binh").GetOutcome())
		}
		ids := w.people.ids()
		if slices.Sort(ids); len(ids) != triesOfNonsense || len(slices.Compact(ids)) != triesOfNonsense {
			t.Errorf("%s: %d calls, want %d with an id each", name, len(ids), triesOfNonsense)
		}
	}
}

// TestNonsenseAboutOne: a pupil about whom the registry never answers sensibly is asked about alone, put back, and given up in the end, still
// waiting; the others are judged.
func TestNonsenseAboutOne(t *testing.T) {
	for name, distort := range distortions {
		w := newWorld(t)
		w.people.know(an, binh, chi)
		w.people.distort = func(r *registrypb.LookupResponse) {
			if i := slices.IndexFunc(r.Answers, func(a *registrypb.LookupAnswer) bool {
				return a.GetPerson().GetIdNumber() == an.Identity.Number.Reveal()
			}); i >= 0 {
				r.Answers[0], r.Answers[i] = r.Answers[i], r.Answers[0]
				distort(r)
			}
		}
		w.send(schoolA, binh, an, chi)
		w.ask(w.asking())
		for ref, want := range map[string]pb.Outcome{"an": waiting, "binh": confirmed, "chi": confirmed} {
			if got := w.judged(ref).GetOutcome(); got != want {
				t.Errorf("%s, %s: got %v, want %v", name, ref, got, want)
			}
		}
		if got := w.tries(); !slices.Equal(got, []int32{1, 2, 3, 4, 5}) {
			t.Errorf("%s: put back with the tries %v, want 1 to 5", name, got)
		}
		if got, want := len(w.people.lookups), triesOfNonsense+2+triesOfNonsense*(1+maxTries); got != want {
			t.Errorf("%s: %d calls, want %d: all together, then one by one, then the one who was put back", name, got, want)
		}
		// The next re-check asks again.
		w.people.distort = nil
		if _, err := w.Recheck(context.Background(), &pb.RecheckRequest{Unresolved: true}); err != nil {
			t.Fatal(err)
		}
		w.ask(w.asking())
		if got := w.judged("an").GetOutcome(); got != confirmed {
			t.Errorf("%s: got %v after a re-check, want confirmed", name, got)
		}
	}
}

// tries returns how often the questions of re-checks were put back.
func (w *world) tries() []int32 {
	w.t.Helper()
	var out []int32
	for _, m := range w.all("question.again.*.*", 0) {
		ev := new(pb.QuestionOpened)
		if err := proto.Unmarshal(m.Data, ev); err != nil {
			w.t.Fatal(err)
		}
		out = append(out, ev.GetTries())
	}
	return out
}

// TestPutBackOnce: who was put back is not put back again when the rest of the batch is tried again.
func TestPutBackOnce(t *testing.T) {
	w := newWorld(t)
	w.people.know(an, binh)
	alone := func(req *registrypb.LookupRequest, c child) bool {
		return slices.Equal(req.GetIdNumbers(), []string{c.Identity.Number.Reveal()})
	}
	w.people.refuse = func(req *registrypb.LookupRequest) error {
		if alone(req, binh) {
			return status.Error(codes.Unavailable, "away")
		}
		return nil
	}
	w.people.distort = func(r *registrypb.LookupResponse) { r.Answers = nil }
	w.send(schoolA, an, binh)
	w.project()
	c := w.asking().consumer("01", false)
	batch := w.all(c.Filter[0], 0)
	for range 3 {
		if err := c.Handle(context.Background(), slices.Clone(batch)); !fault.Is(err, fault.Unavailable) {
			t.Errorf("got %v, want unavailable", err)
		}
	}
	if got := w.questions(true); !slices.Equal(got, []string{"an"}) {
		t.Errorf("put back %v, want the one once", got)
	}
	w.people.refuse, w.people.distort = nil, nil
	if err := c.Handle(context.Background(), slices.Clone(batch)); err != nil {
		t.Error(err)
	}
	if got := w.people.lookups[len(w.people.lookups)-1]; !alone(got, binh) {
		t.Errorf("asked about %d pupils in the end, want the other alone", len(got.GetIdNumbers()))
	}
}

// TestAWrongVerification is as long as its claims, or nonsense.
func TestAWrongVerification(t *testing.T) {
	w := newWorld(t)
	a := w.asking()
	a.registry = shortVerifier{w.people}
	if _, err := a.verify(context.Background(), anywhere, 0, []claim{{an.Identity.Number, an.FullName, student.Date{}}}); !isNonsense(err) {
		t.Errorf("got %v, want nonsense", err)
	}
}

type shortVerifier struct {
	registrypb.RegistryServiceClient
}

func (s shortVerifier) Verify(context.Context, *registrypb.VerifyRequest, ...grpc.CallOption) (*registrypb.VerifyResponse, error) {
	return &registrypb.VerifyResponse{}, nil
}

// TestOneSenselessQuestionOpensNoBreaker tells the registry that is ill from the pupil about whom it makes no sense: of a whole group it counts as
// a failure, of a single question it does not.
func TestOneSenselessQuestionOpensNoBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, testDrive())
		for range 4 * failuresToOpen {
			o.pass(anywhere, 1, errAlone)
		}
		if got := time.Since(o.began); got > time.Second {
			t.Errorf("single questions held the gate up for %v", got)
		}
		for range failuresToOpen {
			o.pass(anywhere, 9, errNonsense)
		}
		if got := o.pass(anywhere, 9, nil); got < openFor {
			t.Errorf("a registry that makes no sense was asked again after %v", got)
		}
	})
}
