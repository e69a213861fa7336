package server

import (
	"context"
	"slices"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

// TestListsAndRebuild pages through what is acknowledged and held, and gathers all of it from the log anew.
func TestListsAndRebuild(t *testing.T) {
	ctx := context.Background()
	s := serve(t)
	a, b, c := warning("YEAR_MARK", 1), warning("YEAR_MARK", 2), warning("CLASS_NAME", 3)
	for i, school := range []string{"01/01000702", testSchool, "79/79000701"} {
		for _, class := range []string{"12A2", "12A1"} {
			id := "p" + string(rune('0'+i)) + class
			s.pupil(t, school, id, class, map[studentpb.Part][]*validationpb.Finding{results10: {a, b}, roster: {c}})
			s.settle(t)
			s.answer(t, school, answerTo(id, results10, a), answerTo(id, roster, c))
			s.answer(t, school, answerTo(id, results10, b))
		}
	}
	// One warning goes away with its values.
	revision := s.put(t, "submission.results.01.01000701.again", wire.TypeSubmission, submission(testSchool, record("p112A1", results10, "new")))
	s.put(t, "verdict.results.01.01000701", wire.TypeVerdicts, &validationpb.RecordsJudged{
		Drive: testDrive.ID, Book: 1, Verdicts: []*validationpb.Verdict{verdict("p112A1", results10, revision, "new", a)},
	})
	s.settle(t)

	list := func(req *pb.ListAcknowledgementsRequest) []*pb.ListedAcknowledgement {
		t.Helper()
		var out []*pb.ListedAcknowledgement
		for {
			page, err := s.ListAcknowledgements(ctx, req)
			if err != nil || req.GetPageSize() > 0 && len(page.GetAcknowledgements()) > int(req.GetPageSize()) {
				t.Fatalf("got a page of %d, %v", len(page.GetAcknowledgements()), err)
			}
			out = append(out, page.GetAcknowledgements()...)
			if page.GetNextPageToken() == "" {
				return out
			}
			req.PageToken = page.GetNextPageToken()
		}
	}
	all := list(&pb.ListAcknowledgementsRequest{Scope: "01", Lapsed: true})
	var order []string
	lapsed := 0
	for _, l := range all {
		order = append(order, l.GetSchool()+" "+l.GetClass())
		if l.GetLapsed() {
			lapsed++
			if l.GetPupil() != "p112A1" || l.GetFinding().GetRule() != "YEAR_MARK" || l.GetFinding().GetRuleVersion() != 1 || len(l.GetFinding().GetValues()) != 0 {
				t.Errorf("lapsed: got %v", l)
			}
		}
		if l.GetReason() == "" || l.GetSequence() == 0 || l.GetStoredAt().AsTime().IsZero() {
			t.Errorf("got %v, want reason, sequence and time", l)
		}
	}
	if len(all) != 12 || !slices.IsSorted(order) || lapsed != 1 {
		t.Errorf("got %d, %d lapsed, in order %v; want 12, one lapsed, by school and class", len(all), lapsed, order)
	}
	for _, size := range []int32{1, 2, 5} {
		paged := list(&pb.ListAcknowledgementsRequest{Scope: "01", Lapsed: true, PageSize: size})
		if !slices.EqualFunc(paged, all, func(a, b *pb.ListedAcknowledgement) bool { return proto.Equal(a, b) }) {
			t.Errorf("in pages of %d: got %d, want the same %d", size, len(paged), len(all))
		}
	}
	for _, tt := range []struct {
		req  *pb.ListAcknowledgementsRequest
		want int
	}{
		{&pb.ListAcknowledgementsRequest{Scope: "01"}, 11},
		{&pb.ListAcknowledgementsRequest{Scope: "79"}, 6},
		{&pb.ListAcknowledgementsRequest{Scope: testSchool, Rule: "CLASS_NAME"}, 2},
		{&pb.ListAcknowledgementsRequest{Scope: testSchool, Rule: "YEAR_MARK", Lapsed: true}, 4},
	} {
		if got := list(tt.req); len(got) != tt.want {
			t.Errorf("%v: got %d, want %d", tt.req, len(got), tt.want)
		}
	}
	if _, err := s.ListAcknowledgements(ctx, &pb.ListAcknowledgementsRequest{Scope: "02"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("unknown province: got %v", err)
	}
	if _, err := s.ListAcknowledgements(ctx, &pb.ListAcknowledgementsRequest{Scope: "01", PageToken: "x"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("bad page token: got %v", err)
	}

	pupils := func() *pb.ListPupilsResponse {
		t.Helper()
		out, err := s.ListPupils(ctx, &pb.ListPupilsRequest{Scope: testSchool})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	last := func() uint64 {
		m, err := s.log.Last(ctx, "record.*")
		if err != nil {
			t.Fatal(err)
		}
		return m.Sequence
	}
	before, records := pupils(), last()
	s.stop()
	if err := s.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	if got := pupils(); !proto.Equal(got, before) {
		t.Errorf("gathered anew: the lists differ")
	}
	s.run(t)
	s.settle(t)
	again := list(&pb.ListAcknowledgementsRequest{Scope: "01", Lapsed: true})
	if !proto.Equal(pupils(), before) || !slices.EqualFunc(again, all, func(a, b *pb.ListedAcknowledgement) bool { return proto.Equal(a, b) }) {
		t.Errorf("run again: the lists differ")
	}
	if got := last(); got != records {
		t.Errorf("run again: RECORDS went from %d to %d", records, got)
	}
}

// TestListRecords gives what is held of the pupils of a school and of nobody else.
func TestListRecords(t *testing.T) {
	ctx := context.Background()
	s := serve(t)
	s.pupil(t, testSchool, "abc", "12A1", nil)
	s.pupil(t, testSchool, "def", "12A2", nil)
	s.pupil(t, testSchool, "unexpected", "", nil)
	s.pupil(t, "01/01000702", "elsewhere", "12A1", nil)
	s.settle(t)
	for _, tt := range []struct {
		req    *pb.ListRecordsRequest
		pupils []string
		each   int
	}{
		{&pb.ListRecordsRequest{Scope: testSchool}, []string{"abc", "def", "unexpected"}, 0},
		{&pb.ListRecordsRequest{Scope: testSchool, PageSize: 1}, []string{"abc", "def", "unexpected"}, 0},
		{&pb.ListRecordsRequest{Scope: testSchool, Class: "12A2"}, []string{"def"}, 5},
		{&pb.ListRecordsRequest{Scope: testSchool, Class: "12A2", Parts: []studentpb.Part{roster, results10}}, []string{"def"}, 2},
	} {
		var got []string
		for {
			page, err := s.ListRecords(ctx, tt.req)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range page.GetPupils() {
				got = append(got, p.GetPupil())
				if tt.each > 0 && len(p.GetRecords()) != tt.each {
					t.Errorf("%v: got %d records of %s, want %d", tt.req, len(p.GetRecords()), p.GetPupil(), tt.each)
				}
				for _, r := range p.GetRecords() {
					if r.GetRevision() == 0 || r.GetPersonal().GetContent() == nil {
						t.Errorf("%v: got %v", tt.req, r)
					}
				}
			}
			if tt.req.PageToken = page.GetNextPageToken(); tt.req.PageToken == "" {
				break
			}
		}
		if !slices.Equal(got, tt.pupils) {
			t.Errorf("%v: got %v, want %v", tt.req, got, tt.pupils)
		}
	}
	if _, err := s.ListRecords(ctx, &pb.ListRecordsRequest{Scope: "79/01000701"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("unknown school: got %v", err)
	}
}
