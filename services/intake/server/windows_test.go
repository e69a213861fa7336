package server

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"testing"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const (
	r121, r122 = studentpb.Part_PART_RESULTS_12_1, studentpb.Part_PART_RESULTS_12_2
	aSchool    = "01/01000701"
)

// reporting is what may be corrected, as far as intake asks.
type reporting struct {
	correctable map[string][]student.Part
	away        bool
	asked       int
}

func (r *reporting) ask(_ context.Context, _ string, pupils []string) (map[string][]student.Part, error) {
	r.asked++
	if r.away {
		return nil, errors.New("away")
	}
	out := map[string][]student.Part{}
	for _, p := range pupils {
		out[p] = r.correctable[p]
	}
	return out, nil
}

// closed is a drive of two schools whose first window closed an hour ago; the second and the corrections are open.
func closed(t *testing.T) (*Server, *reporting, *eventlog.Log) {
	t.Helper()
	now := time.Now().Truncate(time.Second)
	d := drive.SampleClosing([]drive.School{
		{Province: "01", Code: "01000701", Name: "THPT số 1 Ba Đình", Kind: drive.THPT, Expected: 40},
		{Province: "79", Code: "79000701", Name: "THPT số 1 Quận 1", Kind: drive.THPT, Expected: 40},
	}, now.Add(2*time.Hour), now.Add(-time.Hour), now.Add(time.Hour))
	log := eventlogtest.NewLog(t, "intake")
	r := &reporting{correctable: map[string][]student.Part{}}
	return New(Config{Drive: d, Key: student.Key("a key of a test, thirty-two bytes")}, Deps{
		Log: log, Store: noStore{}, Logger: slog.New(slog.DiscardHandler), Correctable: r.ask,
	}), r, log
}

func as(account string) context.Context {
	return access.With(context.Background(), access.Caller{Subject: account})
}

func rulesOf(err error) []string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return nil
	}
	var out []string
	for _, field := range f.Fields {
		out = append(out, field.Rule)
	}
	return out
}

func (s *Server) pupil() string { return string(s.cfg.Key.Ref(s.cfg.Drive.ID, "0100000001")) }

func TestLateIsRefused(t *testing.T) {
	ctx := context.Background()
	s, r, log := closed(t)
	_, err := s.take(ctx, s.results("late", 0, r10, r11), time.Time{})
	if !fault.Is(err, fault.Invalid) || !slices.Equal(rulesOf(err), []string{"WINDOW_CLOSED", "WINDOW_CLOSED"}) {
		t.Fatalf("late: got %v", err)
	}
	if _, err := log.Last(ctx, "submission.*.*.*.*"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a refused batch stands in the log: %v", err)
	}
	if len(s.sourcesNow(t)) != 0 {
		t.Error("a refused batch gave a part its source")
	}
	mixed, err := s.take(ctx, s.results("late", 0, r10, r122), time.Time{}) // the id is still free
	if err != nil || mixed.GetAccepted() != 1 || mixed.GetRefused() != 1 || mixed.GetRefusedRecords()[0].GetProblems()[0].GetRule() != "WINDOW_CLOSED" ||
		mixed.GetRefusedRecords()[0].GetIndex() != 0 || !mixed.GetAcceptedRecords()[0].GetOnTime() {
		t.Fatalf("one late, one of the open window: got %v, %v", mixed, err)
	}
	if again, err := s.take(ctx, s.results("late", 0, r10, r122), time.Time{}); err != nil || !proto.Equal(again, mixed) {
		t.Errorf("the same again: got %v, %v", again, err)
	}
	if sources := s.sourcesNow(t); len(sources) != 1 || sources[r122] != portal {
		t.Errorf("sources: got %v", sources)
	}
	before := r.asked
	if _, err := s.take(ctx, s.results("open", 0, r122), time.Time{}); err != nil || r.asked != before {
		t.Errorf("of the open window: got %v, reporting was asked %d times", err, r.asked-before)
	}
}

// What came through PORTAL is judged by the time at which PORTAL stored it, whenever it is taken.
func TestPortalIsJudgedByItsTime(t *testing.T) {
	ctx := context.Background()
	s, _, _ := closed(t)
	closes := s.cfg.Drive.Windows[0].Closes
	got, err := s.take(ctx, s.results("early", 0, r10), closes.Add(-1))
	if err != nil || !got.GetAcceptedRecords()[0].GetOnTime() || !got.GetAcceptedRecords()[0].GetNotAfter().AsTime().Equal(closes) {
		t.Errorf("stored a nanosecond before the close: got %v, %v", got, err)
	}
	if _, err := s.take(ctx, s.results("late", 0, r11), closes); !slices.Equal(rulesOf(err), []string{"WINDOW_CLOSED"}) {
		t.Errorf("stored at the close: got %v", err)
	}
	if again, err := s.take(ctx, s.results("early", 0, r10), time.Time{}); err != nil || !proto.Equal(again, got) {
		t.Errorf("a repeat after the close by RPC: got %v, %v", again, err)
	}
	if again, err := s.take(ctx, s.results("early", 0, r10), closes.Add(time.Minute)); err != nil || !proto.Equal(again, got) {
		t.Errorf("a repeat after the close by PORTAL: got %v, %v", again, err)
	}
	if _, err := s.take(ctx, s.results("early", 0, r11), time.Time{}); !fault.Is(err, fault.Conflict) {
		t.Errorf("another content under the same id: got %v", err)
	}
}

func TestCorrection(t *testing.T) {
	ctx := context.Background()
	s, r, _ := closed(t)
	r.correctable[s.pupil()] = []student.Part{student.Results10}
	got, err := s.take(ctx, s.results("a", 0, r10, r11), time.Time{})
	if err != nil || got.GetAccepted() != 1 || got.GetRefused() != 1 || !got.GetAcceptedRecords()[0].GetOnTime() ||
		!got.GetAcceptedRecords()[0].GetNotAfter().AsTime().Equal(s.cfg.Drive.Corrections) {
		t.Fatalf("a correctable part and another: got %v, %v", got, err)
	}
	r.away = true
	if again, err := s.take(ctx, s.results("a", 0, r10, r11), time.Time{}); err != nil || !proto.Equal(again, got) {
		t.Errorf("a repeat without reporting: got %v, %v", again, err)
	}
	if _, err := s.take(ctx, s.results("b", 0, r10), time.Time{}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a late part without reporting: got %v, want unavailable", err)
	}
	if _, err := s.take(ctx, s.results("b", 0, r122), time.Time{}); err != nil {
		t.Errorf("a part in time without reporting: got %v", err)
	}
}

func TestExtensions(t *testing.T) {
	ctx := context.Background()
	s, _, _ := closed(t)
	first := s.cfg.Drive.Windows[0]
	extend := func(scope string, closes time.Time) (*pb.ExtendWindowResponse, error) {
		return s.ExtendWindow(as("bo"), &pb.ExtendWindowRequest{Scope: scope, Window: "first", Closes: timestamppb.New(closes), Reason: "Mưa lũ kéo dài"})
	}
	later := time.Now().Add(30 * time.Minute).Truncate(time.Second)
	got, err := extend("01", later)
	if err != nil || got.GetSequence() == 0 || got.GetExtension().GetOfficer() != "bo" || got.GetExtension().GetSequence() != got.GetSequence() {
		t.Fatalf("extended: got %v, %v", got, err)
	}
	if again, err := extend("01", later); err != nil || !proto.Equal(again, got) {
		t.Errorf("the same again: got %v, %v", again, err)
	}
	if _, err := s.ExtendWindow(ctx, &pb.ExtendWindowRequest{Window: "first", Closes: timestamppb.New(later), Reason: "Mưa lũ"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("by nobody: got %v", err)
	}
	for rule, change := range map[string]func(*pb.ExtendWindowRequest){
		"EXTENSION_EARLIER": func(r *pb.ExtendWindowRequest) { r.Closes = timestamppb.New(first.Closes.Add(-1)) },
		"WINDOW_UNKNOWN":    func(r *pb.ExtendWindowRequest) { r.Window = "third" },
		"PROVINCE_UNKNOWN":  func(r *pb.ExtendWindowRequest) { r.Scope = "03" },
		"EXPIRY_TOO_LATE":   func(r *pb.ExtendWindowRequest) { r.Closes = timestamppb.New(later.AddDate(1, 0, 0)) },
	} {
		req := &pb.ExtendWindowRequest{Window: "first", Closes: timestamppb.New(later), Reason: "Mưa lũ"}
		change(req)
		if _, err := s.ExtendWindow(as("bo"), req); !slices.Equal(rulesOf(err), []string{rule}) {
			t.Errorf("got %v, want %s", err, rule)
		}
	}
	if r, err := s.take(ctx, s.results("a", 0, r121), time.Time{}); err != nil || !r.GetAcceptedRecords()[0].GetNotAfter().AsTime().Equal(later) {
		t.Errorf("in the province: got %v, %v", r, err)
	}
	elsewhere := s.results("b", 0, r121)
	elsewhere.Province, elsewhere.School = "79", "79000701"
	if _, err := s.take(ctx, elsewhere, time.Time{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("in another province: got %v", err)
	}
	closesHere := func(scope string) (time.Time, int) {
		t.Helper()
		d, err := s.GetDrive(ctx, &pb.GetDriveRequest{Scope: scope})
		if err != nil {
			t.Fatal(err)
		}
		w := d.GetWindows()[0]
		if !w.GetCloses().AsTime().Equal(first.Closes) {
			t.Errorf("%q: the drive closes %v", scope, w.GetCloses())
		}
		return w.GetClosesHere().AsTime(), len(w.GetExtensions())
	}
	for scope, want := range map[string]time.Time{"": first.Closes, "01": later, aSchool: later, "79": first.Closes} {
		if got, _ := closesHere(scope); !got.Equal(want) {
			t.Errorf("%q closes %v, want %v", scope, got, want)
		}
	}
	if _, err := extend("", later.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if r, err := s.take(ctx, elsewhere, time.Time{}); err != nil || !r.GetAcceptedRecords()[0].GetOnTime() {
		t.Errorf("in the nation: got %v, %v", r, err)
	}
	if _, err := extend("", first.Closes); err != nil { // taken back
		t.Fatal(err)
	}
	if got, n := closesHere(""); !got.Equal(first.Closes) || n != 3 {
		t.Errorf("the nation, taken back: got %v and %d decisions, want %v and all three", got, n, first.Closes)
	}
}

func TestGetDrive(t *testing.T) {
	ctx := context.Background()
	s, _, log := closed(t)
	for scope, want := range map[string]int{"": 2, "01": 1, aSchool: 1, "02": 0} {
		d, err := s.GetDrive(ctx, &pb.GetDriveRequest{Scope: scope})
		if err != nil || len(d.GetSchools()) != want || d.GetId() != s.cfg.Drive.ID || len(d.GetWindows()) != 2 || len(d.GetProvinces()) != 0 || d.GetBook() != 0 {
			t.Errorf("%q: got %v, %v; want %d schools", scope, d, err, want)
		}
	}
	for _, scope := range []string{"03", "01/nobody", "79/01000701"} {
		if _, err := s.GetDrive(ctx, &pb.GetDriveRequest{Scope: scope}); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: got %v, want NotFound", scope, err)
		}
	}
	data, err := proto.Marshal(&validationpb.BookOpened{Drive: s.cfg.Drive.ID, Digest: "d", Number: 3})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := log.Append(ctx, eventlog.Event{Subject: "decision.book.sample-12", Type: wire.TypeBookOpened, Data: data}); err != nil {
		t.Fatal(err)
	}
	d, err := s.GetDrive(ctx, &pb.GetDriveRequest{Catalogues: true})
	if err != nil || d.GetBook() != 3 || d.GetBookDigest() != "d" || len(d.GetProvinces()) != 63 || len(d.GetEthnicGroups()) < 54 || len(d.GetCountries()) < 190 ||
		len(d.GetSubjects()) < 10 || d.GetProvinces()[0].GetExamBoard() == "" || d.GetCatalogueDate() != "2023-04-10" {
		t.Errorf("got %d provinces, %d groups, %d countries, %d subjects, book %d, %v", len(d.GetProvinces()), len(d.GetEthnicGroups()), len(d.GetCountries()), len(d.GetSubjects()), d.GetBook(), err)
	}
}

// BenchmarkTake takes a submission of one record, while no close is near.
func BenchmarkTake(b *testing.B) {
	log := eventlogtest.NewLog(b, "intake")
	d := drive.Sample([]drive.School{{Province: "01", Code: "01000701", Name: "THPT số 1 Ba Đình", Kind: drive.THPT, Expected: 40}})
	s := New(Config{Drive: d, Key: student.Key("a key of a test, thirty-two bytes")}, Deps{Log: log, Store: noStore{}, Logger: slog.New(slog.DiscardHandler)})
	n := 0
	for b.Loop() {
		n++
		if _, err := s.take(b.Context(), s.results("s"+strconv.Itoa(n), 0, r10), time.Time{}); err != nil {
			b.Fatal(err)
		}
	}
}
