package server

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// TestRecordSaysWhatItReplaces: a version names the one before it and the book that judged it; a withdrawal says where the record belonged; and
// none of that is content, so nothing is published for it.
func TestRecordSaysWhatItReplaces(t *testing.T) {
	s := serve(t)
	s.pupil(t, testSchool, "abc", "12A1", nil)
	s.settle(t)
	first := s.standing(t, "abc")
	if first.GetVerified() == nil || first.GetReplaces() != 0 || first.GetVerified().GetBook() != 1 {
		t.Fatalf("the first: got %v", first)
	}
	judge := func(book, revision uint64, found ...*validationpb.Finding) {
		t.Helper()
		s.put(t, "verdict.results.01.01000701", wire.TypeVerdicts, &validationpb.RecordsJudged{
			Drive: testDrive.ID, Book: book, Verdicts: []*validationpb.Verdict{verdict("abc", results10, revision, "abc", found...)},
		})
		s.settle(t)
	}
	m, err := s.log.Last(t.Context(), "record.abc")
	if err != nil {
		t.Fatal(err)
	}
	judge(2, 3)
	if now, err := s.log.Last(t.Context(), "record.abc"); err != nil || now.Sequence != m.Sequence {
		t.Errorf("judged good by another book: version %d became %d, %v", m.Sequence, now.Sequence, err)
	}
	judge(3, 3, found(validationpb.Severity_SEVERITY_ERROR, "YEAR_MARK", 1))
	taken, err := s.log.Last(t.Context(), "record.abc")
	if err != nil {
		t.Fatal(err)
	}
	got := s.standing(t, "abc")
	if w := got.GetWithdrawn(); w.GetProvince() != "01" || w.GetSchool() != "01000701" || got.GetReplaces() != m.Sequence {
		t.Errorf("the withdrawal: got %v", got)
	}
	if taken.Header.Get("rasoat-province") != "01" || taken.Header.Get("rasoat-school") != "01000701" {
		t.Errorf("the headers of the withdrawal: %v", taken.Header)
	}
	judge(4, 3)
	if got := s.standing(t, "abc"); got.GetReplaces() != taken.Sequence || got.GetVerified().GetBook() != 1 {
		t.Errorf("verified again: got %v; the roster was judged by book 1", got)
	}
}

// publish puts a version of a record into RECORDS, as derive does; class "" takes it back.
func (s *service) publish(t *testing.T, pupil, school, class string) uint64 {
	t.Helper()
	state := &pb.RecordState{Pupil: pupil, Drive: testDrive.ID, State: &pb.RecordState_Withdrawn{Withdrawn: &pb.WithdrawnRecord{Province: school[:2], School: school[3:]}}}
	if class != "" {
		state.State = &pb.RecordState_Verified{Verified: &pb.VerifiedRecord{Province: school[:2], School: school[3:], Class: class}}
	}
	if m, err := s.log.Last(t.Context(), "record."+pupil); err == nil {
		state.Replaces = m.Sequence
	}
	return s.put(t, "record."+pupil, wire.TypeRecord, state)
}

const secondSchool = "79/79000701"

func (s *service) take(t *testing.T, req *pb.TakeCutOffRequest) *pb.CutOff {
	t.Helper()
	req.Reason = "Chốt danh sách dự thi"
	resp, err := s.TakeCutOff(access.With(t.Context(), access.Caller{Subject: "lan"}), req)
	if err != nil {
		t.Fatal(err)
	}
	return resp.GetCutOff()
}

func TestCutOff(t *testing.T) {
	s := serve(t)
	for i := range 20 {
		s.publish(t, fmt.Sprint("p", i), []string{testSchool, secondSchool}[i%2], "12A1")
	}
	s.publish(t, "p1", secondSchool, "12A2")
	s.publish(t, "p3", secondSchool, "")
	last := s.publish(t, "p5", testSchool, "12A1") // moved
	cut := s.take(t, &pb.TakeCutOffRequest{Id: "now"})
	if cut.GetSequence() != last || cut.GetVerified() != 19 || cut.GetWithdrawn() != 1 || cut.GetOfficer() != "lan" || len(cut.GetSchools()) != 2 {
		t.Errorf("got %v", cut)
	}
	hour := time.Now()
	passed(t, s, hour)
	s.publish(t, "p2", testSchool, "")
	s.publish(t, "p2", testSchool, "12A9")
	s.publish(t, "p99", testSchool, "12A1")

	again := s.take(t, &pb.TakeCutOffRequest{Id: "then", Moment: &pb.TakeCutOffRequest_Sequence{Sequence: last}})
	at := s.take(t, &pb.TakeCutOffRequest{Id: "hour", Moment: &pb.TakeCutOffRequest_At{At: timestamppb.New(hour)}})
	for _, c := range []*pb.CutOff{again, at} {
		if c.GetSequence() != last || string(c.GetDigest()) != string(cut.GetDigest()) || len(differingSchools(c.GetSchools(), cut.GetSchools())) != 0 {
			t.Errorf("%s, as of the same: got %v, want %v", c.GetId(), c, cut)
		}
	}
	later := s.take(t, &pb.TakeCutOffRequest{Id: "later"})
	if got := differingSchools(later.GetSchools(), cut.GetSchools()); !slices.Equal(got, []string{testSchool}) || later.GetVerified() != 20 {
		t.Errorf("later: %v differ, %v", got, later)
	}
	// It stands for ever.
	if got := s.take(t, &pb.TakeCutOffRequest{Id: "now"}); !proto.Equal(got, cut) {
		t.Errorf("again: got %v, want %v", got, cut)
	}
	for req, want := range map[*pb.TakeCutOffRequest]fault.Kind{
		{Id: "now", Moment: &pb.TakeCutOffRequest_Sequence{Sequence: 3}}:                            fault.Conflict,
		{Id: "x", Moment: &pb.TakeCutOffRequest_Sequence{Sequence: 1 << 40}}:                        fault.Invalid,
		{Id: "x", Moment: &pb.TakeCutOffRequest_At{At: timestamppb.New(time.Now().Add(time.Hour))}}: fault.Invalid,
	} {
		if _, err := s.TakeCutOff(t.Context(), req); !fault.Is(err, want) {
			t.Errorf("%v: got %v, want %v", req, err, want)
		}
	}
	list, err := s.ListCutOffs(t.Context(), &pb.ListCutOffsRequest{})
	if err != nil || len(list.GetCutOffs()) != 4 || list.GetCutOffs()[0].GetSchools() != nil {
		t.Errorf("list: %v, %v", list, err)
	}
	var out sentRecords
	out.ctx = t.Context()
	if err := s.ReadCutOff(&pb.ReadCutOffRequest{Id: "now", Scope: secondSchool}, &out); err != nil {
		t.Fatal(err)
	}
	var count recordfeed.Count
	for _, r := range out.records {
		data, err := proto.Marshal(r.GetRecord())
		if err != nil {
			t.Fatal(err)
		}
		count.Add(recordfeed.Record{Pupil: r.GetRecord().GetPupil(), Version: r.GetVersion(), Outline: r.GetRecord(), Payload: data}.Held())
	}
	if got := count.Schools(); len(got) != 1 || !proto.Equal(got[0], cut.GetSchools()[1]) {
		t.Errorf("read: got %v, want %v", got, cut.GetSchools()[1])
	}
	if err := s.ReadCutOff(&pb.ReadCutOffRequest{Id: "none"}, &out); !fault.Is(err, fault.NotFound) {
		t.Errorf("read what is not there: %v", err)
	}
}

// passed waits until the log's clock has passed a time.
func passed(t *testing.T, s *service, at time.Time) {
	t.Helper()
	for {
		if now, err := s.log.Now(t.Context()); err != nil || now.After(at) {
			return
		}
	}
}

type sentRecords struct {
	grpc.ServerStream
	ctx     context.Context
	records []*pb.VersionedRecord
}

func (s *sentRecords) Context() context.Context { return s.ctx }

func (s *sentRecords) Send(r *pb.ReadCutOffResponse) error {
	s.records = append(s.records, r.GetRecords()...)
	return nil
}

func TestCompareCutOff(t *testing.T) {
	s := serve(t)
	holding := func(pupil string, version uint64, digest string) *pb.Holding {
		return &pb.Holding{Pupil: pupil, Version: version, Digest: []byte(digest)}
	}
	for i := range 4 { // of the roster alone: their parts came
		s.pupil(t, testSchool, fmt.Sprint("p", i), "12A1", nil)
	}
	s.settle(t)
	cut := s.take(t, &pb.TakeCutOffRequest{Id: "a"})
	var holdings []*pb.Holding
	for i := range 4 {
		m, err := s.log.Last(t.Context(), fmt.Sprint("record.p", i))
		if err != nil {
			t.Fatal(err)
		}
		d := recordfeed.Digest(fmt.Sprint("p", i), m.Sequence, m.Data)
		holdings = append(holdings, holding(fmt.Sprint("p", i), m.Sequence, string(d[:])))
	}
	compare := func(schools []*pb.CutOffSchool, of string, holdings ...*pb.Holding) *pb.CompareCutOffResponse {
		t.Helper()
		resp, err := s.CompareCutOff(t.Context(), &pb.CompareCutOffRequest{Id: "a", Schools: schools, HoldingsOf: of, Holdings: holdings})
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	if got := compare(cut.GetSchools(), ""); len(got.GetDiffering()) != 0 {
		t.Errorf("the same: got %v", got)
	}
	if got := compare(nil, ""); !slices.Equal(got.GetDiffering(), []string{testSchool}) {
		t.Errorf("nothing: got %v", got)
	}
	if got := compare(nil, testSchool, holdings...); len(got.GetPupils()) != 0 {
		t.Errorf("the same pupils: got %v", got)
	}
	got := compare(nil, testSchool, holding("p0", holdings[0].GetVersion(), "x"), holding("p1", 1000, "x"), holding("x", 3, ""), holdings[3])
	var kinds []string
	for _, p := range got.GetPupils() {
		kinds = append(kinds, p.GetPupil()+" "+p.GetKind())
	}
	if !slices.Equal(kinds, []string{"p0 content", "p1 version", "p2 missing", "x surplus"}) {
		t.Errorf("got %v", kinds)
	}
}

// kept is a handler that forgets.
type kept struct{}

func (kept) Handle(context.Context, []recordfeed.Record) error { return nil }

func subscribe(t *testing.T, broker *eventlogtest.Server, name string) {
	t.Helper()
	if err := recordfeed.Subscribe(t.Context(), recordfeed.Config{Conn: broker.Conn(t), Name: name, Handler: kept{}, Once: true}); err != nil {
		t.Fatal(err)
	}
}

// TestRemoveSubscriber: a subscriber that finished says so; one that reads is not removed; a removal has its reason in the log, and whoever comes
// again under the name receives everything.
func TestRemoveSubscriber(t *testing.T) {
	broker := eventlogtest.Start(t)
	s := &service{log: broker.Log(t, eventlog.Config{Service: "reporting"}), db: storetest.NewMemory(), on: testDrive}
	s.run(t)
	s.publish(t, "a", testSchool, "12A1")
	subscribe(t, broker, "once")
	reading, stop := context.WithCancel(t.Context())
	caught, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- recordfeed.Subscribe(reading, recordfeed.Config{URL: broker.URL(), Name: "reads", Handler: kept{}, CaughtUp: func() { close(caught) }})
	}()
	<-caught
	state := func(name string) pb.SubscriberState {
		t.Helper()
		resp, err := s.ListSubscribers(t.Context(), &pb.ListSubscribersRequest{})
		if err != nil {
			t.Fatal(err)
		}
		for _, sub := range resp.GetSubscribers() {
			if sub.GetName() == name {
				if left := sub.GetLeftAt() != nil; left != (sub.GetState() != pb.SubscriberState_SUBSCRIBER_STATE_READING) {
					t.Errorf("%v says when it left: %t", sub, left)
				}
				return sub.GetState()
			}
		}
		return pb.SubscriberState_SUBSCRIBER_STATE_UNSPECIFIED
	}
	ctx := access.With(t.Context(), access.Caller{Subject: "lan"})
	remove := func(name string) (*pb.RemoveSubscriberResponse, error) {
		return s.RemoveSubscriber(ctx, &pb.RemoveSubscriberRequest{Name: name, Reason: "máy chủ thi cũ"})
	}
	if got := state("once"); got != pb.SubscriberState_SUBSCRIBER_STATE_FINISHED {
		t.Errorf("one that had everything is %v", got)
	}
	if got := state("reads"); got != pb.SubscriberState_SUBSCRIBER_STATE_READING {
		t.Errorf("one that reads is %v", got)
	}
	if _, err := remove("reads"); !fault.Is(err, fault.Invalid) {
		t.Errorf("one that reads was removed: %v", err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if got := state("reads"); got != pb.SubscriberState_SUBSCRIBER_STATE_STOPPED {
		t.Errorf("one that was stopped is %v", got)
	}
	resp, err := remove("once")
	if err != nil || resp.GetReadTo() != 1 {
		t.Fatalf("got %v, %v", resp, err)
	}
	m, err := s.log.Read(t.Context(), eventlog.Decisions, resp.GetSequence())
	if err != nil {
		t.Fatal(err)
	}
	said := new(pb.SubscriberRemoved)
	if err := proto.Unmarshal(m.Data, said); err != nil || m.Subject != "decision.subscriber.once" || said.GetOfficer() != "lan" || said.GetPersonalReason() == "" {
		t.Errorf("%s holds %v, %v", m.Subject, said, err)
	}
	if got := state("once"); got != pb.SubscriberState_SUBSCRIBER_STATE_UNSPECIFIED {
		t.Errorf("the removed one is %v", got)
	}
	if _, err := remove("once"); !fault.Is(err, fault.NotFound) {
		t.Errorf("removed twice: %v", err)
	}
	subscribe(t, broker, "once")
	if got := state("once"); got != pb.SubscriberState_SUBSCRIBER_STATE_FINISHED {
		t.Errorf("one that came again is %v", got)
	}
}

func TestHolders(t *testing.T) {
	broker := eventlogtest.Start(t)
	s := &service{log: broker.Log(t, eventlog.Config{Service: "reporting"}), db: storetest.NewMemory(), on: testDrive}
	s.run(t)
	s.publish(t, "before", testSchool, "12A1")
	first := s.publish(t, "b", testSchool, "12A1")
	s.publish(t, "before", testSchool, "12A2") // replaced before anybody came
	s.publish(t, "c", testSchool, "12A1")
	subscribe(t, broker, "exam")
	s.publish(t, "new", testSchool, "12A1")
	s.publish(t, "b", testSchool, "12A2")
	s.publish(t, "b", testSchool, "12A3")
	s.publish(t, "c", testSchool, "")
	subscribe(t, broker, "late")
	head := s.publish(t, "new", testSchool, "12A2")

	subs, err := s.ListSubscribers(t.Context(), &pb.ListSubscribersRequest{})
	if err != nil || len(subs.GetSubscribers()) != 2 || subs.GetNewest() != head {
		t.Fatalf("got %v, %v", subs, err)
	}
	for i, want := range []*pb.Subscriber{{Name: "exam", ReadTo: 4, Pending: 5}, {Name: "late", ReadTo: 8, Pending: 1}} {
		got := subs.GetSubscribers()[i]
		if got.GetName() != want.Name || got.GetReadTo() != want.ReadTo || got.GetPending() != want.Pending || got.GetInHand() != 0 || got.GetBehindSince() == nil {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	page := func(req *pb.ListHoldersRequest) []string {
		t.Helper()
		var out []string
		for {
			resp, err := s.ListHolders(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range resp.GetHolders() {
				out = append(out, fmt.Sprintf("%s %s %d %d %t", h.GetSubscriber(), h.GetPupil(), h.GetHolds(), h.GetNewest(), h.GetWithdrawn()))
			}
			if req.PageToken = resp.GetNextPageToken(); req.PageToken == "" {
				return out
			}
		}
	}
	want := []string{"exam b 2 7 false", "exam c 4 8 true", "late new 5 9 false"}
	for _, size := range []int32{0, 1, 2} {
		if got := page(&pb.ListHoldersRequest{PageSize: size}); !slices.Equal(got, want) {
			t.Errorf("by %d: got %v, want %v", size, got, want)
		}
	}
	if got := page(&pb.ListHoldersRequest{Pupil: "b"}); !slices.Equal(got, want[:1]) || first != 2 {
		t.Errorf("of b: got %v", got)
	}
	if got := page(&pb.ListHoldersRequest{Pupil: "before"}); got != nil {
		t.Errorf("of one who was replaced before: got %v", got)
	}
	if _, err := s.ListHolders(t.Context(), &pb.ListHoldersRequest{PageToken: "x"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a token that is none: %v", err)
	}
	for _, name := range []string{"exam", "late"} {
		subscribe(t, broker, name)
	}
	if got := page(&pb.ListHoldersRequest{}); got != nil {
		t.Errorf("everything read: got %v", got)
	}
}
