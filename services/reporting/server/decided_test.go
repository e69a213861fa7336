package server

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

// decided is a decision as the log delivers it.
func decided(tb testing.TB, sequence uint64, kind string, ev proto.Message) delivery {
	m := eventlog.Message{Type: kind, Sequence: sequence, Data: encode(tb, ev), Stored: time.Unix(int64(sequence), 0)}
	return func(s *Server) (func(*projection, eventlog.Message) error, eventlog.Message) {
		for _, from := range s.sources() {
			if read := from.readers[kind]; read != nil {
				return read, m
			}
		}
		tb.Fatalf("nobody reads %s", kind)
		return nil, m
	}
}

// abc projects messages in their order and gives what is known of the pupil abc.
func abc(tb testing.TB, messages []delivery) *pupil {
	tb.Helper()
	ctx := context.Background()
	s := New(Config{Drive: approvalDrive}, Deps{Store: storetest.NewMemory(), Logger: slog.New(slog.DiscardHandler)})
	for _, deliver := range messages {
		p := newProjection()
		read, m := deliver(s)
		if err := read(p, m); err != nil {
			tb.Fatal(err)
		}
		if err := s.merge(ctx, p); err != nil {
			tb.Fatal(err)
		}
	}
	docs, err := s.pupils.Get(ctx, []string{approvalDrive.ID + "/abc"})
	if err != nil {
		tb.Fatal(err)
	}
	p, err := readPupil(docs[0], approvalDrive)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// TestNewestWordHolds: of what a province said of a pupil the last in the log counts, and only for the content that it saw.
func TestNewestWordHolds(t *testing.T) {
	first := submitted(t, 7, submission(testSchool, record("abc", roster, "12A1"), record("abc", results10, "one")))
	other := submitted(t, 8, submission(testSchool, record("abc", results10, "two")))
	again := submitted(t, 9, submission(testSchool, record("abc", results10, "one")))
	one, two := abc(t, []delivery{first}).seen(firstWindow), abc(t, []delivery{first, other}).seen(firstWindow)
	if one == two {
		t.Fatal("other content has the same digest")
	}
	approve := func(sequence uint64, seen [16]byte) delivery {
		return decided(t, sequence, wire.TypeApproved, &pb.PupilsApproved{
			Drive: testDrive.ID, Province: "01", School: "01000701", Window: firstWindow, Pupils: []*pb.ApprovedPupil{{Pupil: "abc", Seen: seen[:]}},
		})
	}
	back := func(sequence uint64, seen [16]byte, withdrawn bool) delivery {
		return decided(t, sequence, wire.TypeReturned, &pb.PupilsReturned{
			Drive: testDrive.ID, Province: "01", School: "01000701", Window: firstWindow, Pupils: []*pb.ReturnedOne{{Pupil: "abc", Seen: seen[:], Withdrawn: withdrawn}},
		})
	}
	for i, tt := range []struct {
		messages []delivery
		want     reporting.Word
	}{
		{[]delivery{first, approve(1, one)}, reporting.Approved},
		{[]delivery{first, other, approve(1, one)}, reporting.Lapsed},
		{[]delivery{first, other, again, approve(1, one)}, reporting.Approved},
		{[]delivery{first, approve(1, one), back(2, one, false)}, reporting.Returned},
		{[]delivery{first, other, approve(1, one), back(2, one, false)}, reporting.NoWord},
		{[]delivery{first, other, back(1, one, false), approve(2, two)}, reporting.Approved},
		{[]delivery{first, back(1, one, false), back(2, one, true)}, reporting.NoWord},
		{[]delivery{first, approve(1, one), back(2, one, false), back(3, one, true), approve(4, one)}, reporting.Approved},
	} {
		everyOrder(len(tt.messages), func(order []int) {
			var all []delivery
			for _, k := range append(slices.Clone(order), order...) {
				all = append(all, tt.messages[k])
			}
			if got := abc(t, all).facts.Words[firstWindow]; got != tt.want {
				t.Fatalf("%d, order %v: got %v, want %v", i, order, got, tt.want)
			}
		})
	}
}

// TestAnyInterleaving makes random histories of submissions and decisions and delivers each in random orders, some messages twice: the facts and
// what follows from them are the same.
func TestAnyInterleaving(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 8))
	schools := []string{testSchool, "01/01000702"}
	came := map[string]int{} // how often a history came to something
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	for history := range 150 {
		var messages []delivery
		var digests [][16]byte
		for i := range uint64(6) {
			school := schools[r.IntN(2)]
			var records []*intakepb.AcceptedRecord
			for _, part := range []studentpb.Part{roster, profile, results10, results11, studentpb.Part_PART_RESULTS_12_1} {
				if r.IntN(3) > 0 {
					records = append(records, record("abc", part, pick("one", "two")))
				}
			}
			messages = append(messages, submitted(t, 10+i, submission(school, records...)))
			digests = append(digests, abc(t, messages).seen(firstWindow))
		}
		for sequence := range uint64(6) {
			seen := digests[r.IntN(len(digests))]
			school := schools[r.IntN(2)]
			switch r.IntN(4) {
			case 0:
				messages = append(messages, decided(t, 1+sequence, wire.TypeReturned, &pb.PupilsReturned{
					Drive: testDrive.ID, Province: school[:2], School: school[3:], Window: firstWindow, Pupils: []*pb.ReturnedOne{{Pupil: "abc", Seen: seen[:], Withdrawn: r.IntN(4) == 0}},
				}))
			case 1:
				messages = append(messages, decided(t, 1+sequence, wire.TypeClaim, &pb.ClaimSettled{
					Drive: testDrive.ID, Province: school[:2], School: school[3:], Pupil: "abc", Overruled: []*pb.OverruledEnrolment{
						{Province: "01", School: pick("01000701", "01000702"), ContentHash: []byte(pick("one", "two"))},
					},
				}))
			default:
				messages = append(messages, decided(t, 1+sequence, wire.TypeApproved, &pb.PupilsApproved{
					Drive: testDrive.ID, Province: school[:2], School: school[3:], Window: firstWindow, Pupils: []*pb.ApprovedPupil{{Pupil: "abc", Seen: seen[:]}},
				}))
			}
		}
		want := abc(t, messages)
		came[fmt.Sprint("word ", want.facts.Words[firstWindow])]++
		for _, e := range want.facts.Enrolments {
			came[fmt.Sprint("overruled ", e.Overruled)]++
		}
		for range 8 {
			shuffled := append(slices.Clone(messages), messages[:r.IntN(len(messages))]...)
			r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
			got := abc(t, shuffled)
			if !reflect.DeepEqual(got.facts, want.facts) || got.seen(firstWindow) != want.seen(firstWindow) || got.basis != want.basis {
				t.Fatalf("history %d: got %+v, want %+v", history, got.facts, want.facts)
			}
			if g, w := reporting.Decide(approvalDrive, got.facts), reporting.Decide(approvalDrive, want.facts); fmt.Sprint(g) != fmt.Sprint(w) {
				t.Fatalf("history %d: decision %+v, want %+v", history, g, w)
			}
		}
	}
	for _, word := range []reporting.Word{reporting.NoWord, reporting.Approved, reporting.Lapsed, reporting.Returned} {
		if came[fmt.Sprint("word ", word)] < 3 {
			t.Errorf("only %d histories come to the word %v", came[fmt.Sprint("word ", word)], word)
		}
	}
	if came["overruled true"] < 3 {
		t.Errorf("only %d enrolments are overruled", came["overruled true"])
	}
}

// TestSchoolDecisions: what is kept of a school is the last word of each kind, whatever the order.
func TestSchoolDecisions(t *testing.T) {
	declared := func(sequence uint64, withdrawn bool) delivery {
		return decided(t, sequence, wire.TypeDeclared, &pb.SchoolDeclared{Drive: testDrive.ID, Province: "01", School: "01000701", Window: firstWindow, Withdrawn: withdrawn})
	}
	messages := []delivery{
		declared(1, false), declared(2, true), declared(3, false),
		decided(t, 4, wire.TypeApproved, &pb.PupilsApproved{Drive: testDrive.ID, Province: "01", School: "01000701", Window: firstWindow}),
		decided(t, 5, wire.TypeUnlocks, &intakepb.UnlocksDecided{Drive: testDrive.ID, Province: "01", School: "01000701", Unlocks: []*intakepb.Unlock{{}}}),
	}
	everyOrder(len(messages), func(order []int) {
		s := New(Config{Drive: approvalDrive}, Deps{Store: storetest.NewMemory(), Logger: slog.New(slog.DiscardHandler)})
		for _, i := range append(slices.Clone(order), order...) {
			p := newProjection()
			read, m := messages[i](s)
			if err := read(p, m); err != nil {
				t.Fatal(err)
			}
			if err := s.merge(context.Background(), p); err != nil {
				t.Fatal(err)
			}
		}
		docs, err := s.schools.Get(context.Background(), []string{approvalDrive.ID + "/" + testSchool})
		if err != nil {
			t.Fatal(err)
		}
		standing := new(pb.Standing)
		if f, _ := docs[0].Facet(facetDeclared + firstWindow); proto.Unmarshal(f.Value, standing) != nil || standing.GetDeclaredAt().GetSeconds() != 3 {
			t.Fatalf("order %v: declared %v", order, standing)
		}
		if f, _ := docs[0].Facet(facetSchoolApproved + firstWindow); proto.Unmarshal(f.Value, standing) != nil || standing.GetApprovedAt().GetSeconds() != 4 {
			t.Fatalf("order %v: approved %v", order, standing)
		}
		unlocks := new(intakepb.UnlocksDecided)
		if f, _ := docs[0].Facet(facetUnlocks); proto.Unmarshal(f.Value, unlocks) != nil || len(unlocks.GetUnlocks()) != 1 {
			t.Fatalf("order %v: unlocks %v", order, unlocks)
		}
	})
}
