package server

import (
	"context"
	"strings"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
)

func TestReturn(t *testing.T) {
	const awaiting, verified = pb.Status_STATUS_AWAITING_APPROVAL, pb.Status_STATUS_VERIFIED
	ctx := context.Background()
	s := serveOn(t, approvalDrive)
	for _, id := range []string{"a", "b", "c"} {
		s.pupil(t, testSchool, id, "12A1", nil)
	}
	s.pupil(t, "01/01000702", "elsewhere", "12A1", nil)
	s.settle(t)
	s.approve(t, &pb.ApproveRequest{Scope: "01", Exception: "danh mục ghi sai"})
	if got := s.status(t, testSchool); got["a"] != verified || s.standing(t, "a").GetVerified() == nil {
		t.Fatalf("before: got %v", got)
	}
	back := func(pupil, reason string, parts ...studentpb.Part) *pb.Returned {
		return &pb.Returned{Pupil: pupil, Reason: reason, Parts: parts}
	}
	withdraw := func(r *pb.Returned) *pb.Returned { r.Withdraw = true; return r }
	got := s.giveBack(t,
		back("nobody", "điểm khác học bạ"), back("elsewhere", "điểm khác học bạ"), back("a", "....."), back("a", "điểm khác học bạ", studentpb.Part_PART_RESULTS_12_2),
		withdraw(back("b", "trả lại nhầm")),
		back("a", "điểm khác học bạ", results10), back("a", "điểm khác học bạ", results10), back("a", "một lý do khác"), back("b", "thiếu con dấu"))
	want := []string{"RETURN_UNKNOWN_PUPIL", "RETURN_UNKNOWN_PUPIL", "RETURN_REASON", "RETURN_PART", "RETURN_NOT_RETURNED", "RETURN_TWICE"}
	if got.GetReturned() != 3 || got.GetSequence() == 0 || got.GetStoredAt().AsTime().IsZero() || len(got.GetRefused()) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i, p := range got.GetRefused() {
		if p.GetRule() != want[i] || p.GetMessageVi() == "" || p.GetMessageEn() == "" || p.GetRemedyVi() == "" || p.GetRemedyEn() == "" {
			t.Errorf("got %v, want %s with messages and remedies", p, want[i])
		}
	}
	if path := got.GetRefused()[5].GetPath(); path != "pupils[7]" {
		t.Errorf("got path %q, want pupils[7]", path)
	}
	if now := s.status(t, testSchool); now["a"] != awaiting || now["b"] != awaiting || now["c"] != verified {
		t.Errorf("given back: got %v", now)
	}
	if w := s.standing(t, "a").GetWithdrawn(); w.GetReason() != awaiting || !w.GetReturned() {
		t.Errorf("given back: the record says %v", s.standing(t, "a"))
	}

	// The school sees what was returned, where it looks anyway and in the list, page by page.
	pupils, err := s.ListPupils(ctx, &pb.ListPupilsRequest{Scope: testSchool})
	if err != nil || len(pupils.GetPupils()[0].GetReturned()) != 1 || len(pupils.GetPupils()[2].GetReturned()) != 0 {
		t.Fatalf("got %v, %v", pupils, err)
	}
	if r := pupils.GetPupils()[0].GetReturned()[0]; r.GetReason() != "điểm khác học bạ" || r.GetOfficer() != "so01" || r.GetWindow() != firstWindow || len(r.GetParts()) != 1 || r.GetStoredAt().AsTime().IsZero() {
		t.Errorf("got %v", r)
	}
	s.shownAsReturned(t, "a", "c")
	var listed []string
	req := &pb.ListReturnedRequest{Scope: "01", PageSize: 1}
	for {
		page, err := s.ListReturned(ctx, req)
		if err != nil || len(page.GetPupils()) > 1 {
			t.Fatalf("got %v, %v", page, err)
		}
		for _, r := range page.GetPupils() {
			listed = append(listed, r.GetSchool()+" "+r.GetClass()+" "+r.GetPupil()+" "+r.GetReason())
		}
		if req.PageToken = page.GetNextPageToken(); req.PageToken == "" {
			break
		}
	}
	if len(listed) != 2 || listed[0] != "01000701 12A1 a điểm khác học bạ" || listed[1] != "01000701 12A1 b thiếu con dấu" {
		t.Errorf("got %q", listed)
	}
	correctable, err := s.ListCorrectable(ctx, &pb.ListCorrectableRequest{Scope: testSchool, Pupils: []string{"a", "b", "c", "elsewhere", "nobody"}})
	if err != nil || len(correctable.GetPupils()) != 2 || len(correctable.GetPupils()[0].GetParts()) != 1 || len(correctable.GetPupils()[1].GetParts()) != 5 {
		t.Errorf("correctable: got %v, %v; want one part of a and all five of b", correctable, err)
	}
	s.rebuilt(t, testSchool)

	// No approval goes over it, with an exception or without, until something changes or the return is taken back.
	if line := s.approve(t, &pb.ApproveRequest{Scope: testSchool, Exception: "danh mục ghi sai"})[0]; line.GetApproved() != 0 || s.status(t, testSchool)["a"] != awaiting {
		t.Errorf("got %v", line)
	}
	if again := s.giveBack(t, back("a", "điểm khác học bạ", results10)); again.GetReturned() != 1 || again.GetSequence() != 0 {
		t.Errorf("the same again: got %v, want nothing appended", again)
	}
	undone := withdraw(back("b", "trả lại nhầm"))
	if got := s.giveBack(t, undone); got.GetReturned() != 1 || got.GetSequence() == 0 {
		t.Errorf("taken back: got %v", got)
	}
	if got := s.giveBack(t, undone); got.GetReturned() != 1 || got.GetSequence() != 0 {
		t.Errorf("taken back again: got %v, want nothing appended", got)
	}
	s.change(t, "a", "mended")
	if page, err := s.ListReturned(ctx, &pb.ListReturnedRequest{Scope: testSchool}); err != nil || len(page.GetPupils()) != 0 {
		t.Errorf("changed and taken back: got %v, %v", page, err)
	}
	if line := s.approve(t, &pb.ApproveRequest{Scope: testSchool, Exception: "danh mục ghi sai"})[0]; line.GetApproved() != 2 || s.standing(t, "a").GetVerified() == nil || s.standing(t, "b").GetVerified() == nil {
		t.Errorf("approved again: got %v", line)
	}
	// Content that was returned is returned still when it comes back after something else, unless something was said since.
	s.giveBack(t, back("c", "điểm khác học bạ"))
	s.change(t, "c", "other")
	s.change(t, "c", "c")
	if page, err := s.ListReturned(ctx, &pb.ListReturnedRequest{Scope: testSchool}); err != nil || len(page.GetPupils()) != 1 {
		t.Errorf("the returned content came back: got %v, %v", page, err)
	}

	if _, err := s.ListReturned(ctx, &pb.ListReturnedRequest{Scope: "02"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("unknown province: got %v", err)
	}
	if _, err := s.ListReturned(ctx, &pb.ListReturnedRequest{Scope: "01", PageToken: "x"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("bad page token: got %v", err)
	}
	if _, err := s.Return(ctx, &pb.ReturnRequest{Scope: testSchool, Window: "third"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("unknown window: got %v", err)
	}
	free := serve(t)
	if _, err := free.Return(ctx, &pb.ReturnRequest{Scope: testSchool, Window: firstWindow}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a drive without approval: got %v", err)
	}
}

// shownAsReturned looks at a pupil who was returned wherever people meet the pupil, and at another who was not.
func (s *service) shownAsReturned(t *testing.T, returned, other string) {
	t.Helper()
	ctx := context.Background()
	mend := &pb.ListPupilsRequest{Scope: testSchool, Statuses: []pb.Status{pb.Status_STATUS_REJECTED}}
	for _, with := range []bool{false, true} {
		mend.Returned = with
		page, err := s.ListPupils(ctx, mend)
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]bool{}
		for _, p := range page.GetPupils() {
			names[p.GetPupil()] = true
		}
		if names[returned] != with || names[other] {
			t.Errorf("with the returned %v: the list of what to fix has %v", with, names)
		}
	}
	explained, err := s.Explain(ctx, &pb.ExplainRequest{Scope: testSchool, Pupil: returned})
	if err != nil {
		t.Fatal(err)
	}
	if w := explained.GetPupil().GetWindows()[0]; !w.GetReturned() {
		t.Errorf("explain says %v", w)
	}
	said := ""
	for _, e := range explained.GetEvents() {
		said += e.GetMessageEn() + "\n"
	}
	if !strings.Contains(said, "withdrawn (version") || !strings.Contains(said, "Returned by the province") || strings.Contains(said, "Awaiting approval") {
		t.Errorf("the timeline says %s", said)
	}
	docs, err := s.pupils.Get(ctx, []string{s.drive.ID + "/" + returned, s.drive.ID + "/" + other})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"Tỉnh trả lại", "Đã xác thực"} {
		p, err := readPupil(docs[i], s.drive)
		if err != nil {
			t.Fatal(err)
		}
		line, err := s.exported(p, &p.facts.Enrolments[0], drive.School{Province: "01", Code: "01000701"})
		if err != nil || line.Standings[0].Text().Vi != want {
			t.Errorf("the table of pupils says %v, want %s; %v", line.Standings, want, err)
		}
	}
}
