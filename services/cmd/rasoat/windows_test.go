package main

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// fakeWindows is the service of windows as the command line sees it. It refuses what breaks the contract.
type fakeWindows struct {
	pb.UnimplementedWindowServiceServer
	asked    []*pb.AskUnlockRequest
	decided  []*pb.DecideUnlockRequest
	listed   []*pb.ListUnlocksRequest
	extended []*pb.ExtendWindowRequest
}

var april = timestamppb.New(time.Date(2023, 4, 21, 10, 0, 0, 0, time.UTC))

func anUnlock(state pb.UnlockState) *pb.Unlock {
	return &pb.Unlock{Id: "u7", Province: "01", School: "01000701", Class: "12A1", Pupils: []string{"p1", "p2"}, Parts: []studentpb.Part{studentpb.Part_PART_PROFILE},
		Expires: april, AskedBy: "truong", AskedAt: april, PersonalReason: "Em Nguyễn Văn Ẩn ốm", State: state}
}

func (f *fakeWindows) AskUnlock(_ context.Context, req *pb.AskUnlockRequest) (*pb.AskUnlockResponse, error) {
	f.asked = append(f.asked, req)
	return &pb.AskUnlockResponse{Unlock: anUnlock(pb.UnlockState_UNLOCK_STATE_ASKED)}, lawful(req)
}

func (f *fakeWindows) DecideUnlock(_ context.Context, req *pb.DecideUnlockRequest) (*pb.DecideUnlockResponse, error) {
	f.decided = append(f.decided, req)
	if req.GetUnlock() == "mine" {
		return nil, rpc.ToStatus(fault.New(fault.Denied, "fake", "phải khác người", "a different account has to"))
	}
	return &pb.DecideUnlockResponse{Unlock: anUnlock(pb.UnlockState_UNLOCK_STATE_OPEN)}, lawful(req)
}

func (f *fakeWindows) ListUnlocks(_ context.Context, req *pb.ListUnlocksRequest) (*pb.ListUnlocksResponse, error) {
	f.listed = append(f.listed, req)
	all := anUnlock(pb.UnlockState_UNLOCK_STATE_EXPIRED)
	all.Class, all.Pupils, all.Parts = "", nil, nil
	return &pb.ListUnlocksResponse{Unlocks: []*pb.Unlock{anUnlock(pb.UnlockState_UNLOCK_STATE_OPEN), all}}, lawful(req)
}

func (f *fakeWindows) ExtendWindow(_ context.Context, req *pb.ExtendWindowRequest) (*pb.ExtendWindowResponse, error) {
	f.extended = append(f.extended, req)
	return &pb.ExtendWindowResponse{Sequence: 9, StoredAt: april, Extension: &pb.Extension{
		Scope: req.GetScope(), Window: req.GetWindow(), Closes: req.GetCloses(), Officer: "bo", PersonalReason: req.GetReason()}}, lawful(req)
}

func (f *fakeWindows) GetDrive(_ context.Context, req *pb.GetDriveRequest) (*pb.GetDriveResponse, error) {
	out := &pb.GetDriveResponse{Id: "2022-2023-12", Name: "Đợt thử", Book: 3, BookDigest: "0123456789abcdef", Corrections: april,
		Windows: []*pb.DriveWindow{{Window: "first", NameVi: "Đợt 1", NameEn: "Window 1", Closes: april, ClosesHere: timestamppb.New(april.AsTime().Add(time.Hour)),
			Parts:      []studentpb.Part{studentpb.Part_PART_PROFILE, studentpb.Part_PART_ENROLMENT},
			Extensions: []*pb.Extension{{Scope: "", Window: "first", Closes: april, Officer: "bo", PersonalReason: "Em Nguyễn Văn Ẩn ốm"}}}},
		Schools: []*pb.DriveSchool{{Province: "01", School: "01000701", Name: "THPT A", Kind: "thpt", Declared: 40}}}
	if req.GetCatalogues() {
		out.Provinces = []*pb.CatalogueEntry{{Code: "01", Name: "Thành phố Hà Nội", ExamBoard: "01"}}
	}
	return out, lawful(req)
}

func newWindowsCLI(t *testing.T) (*cli, *fakeWindows) {
	t.Helper()
	f := &fakeWindows{}
	l, s := bufconn.Listen(1<<20), grpc.NewServer()
	pb.RegisterWindowServiceServer(s, f)
	var serving sync.WaitGroup
	serving.Go(func() { _ = s.Serve(l) }) // ends when the server is stopped
	t.Cleanup(func() {
		s.Stop()
		serving.Wait()
	})
	return &cli{t: t, dial: grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) })}, f
}

func TestUnlockCommand(t *testing.T) {
	c, f := newWindowsCLI(t)
	c.want(exitFine, []string{"u7", "asked", "12A1", "2 học sinh / 2 pupils", "profile", "17:00:00 21/04/2023 (giờ VN, UTC+7)", "truong"}, "unlock", "ask", "01/01000701",
		"--class", "12A1", "--pupil", "p1", "--part", "results/12/1", "--until", "2023-04-25 17:00", "--reason", "Mất điện cả ngày")
	r := f.asked[0]
	if r.GetScope() != "01/01000701" || r.GetClass() != "12A1" || len(r.GetPupils()) != 1 || r.GetParts()[0] != studentpb.Part_PART_RESULTS_12_1 ||
		!r.GetExpires().AsTime().Equal(time.Date(2023, 4, 25, 10, 0, 0, 0, time.UTC)) || r.GetReason() != "Mất điện cả ngày" {
		t.Errorf("got %v", r)
	}
	for i, d := range []string{"approve", "refuse", "revoke"} {
		c.want(exitFine, []string{"u7", "open"}, "unlock", d, "01/01000701", "u7", "--reason", "Đã kiểm tra", "--lang", "en")
		if got := f.decided[i]; int(got.GetDecision()) != i+1 || got.GetUnlock() != "u7" || got.GetReason() != "Đã kiểm tra" {
			t.Errorf("%s: got %v", d, got)
		}
	}
	if code, _, errOut := c.run("unlock", "approve", "01/01000701", "mine", "--reason", "Đã kiểm tra"); code == exitFine || !strings.Contains(errOut, "a different account has to") {
		t.Errorf("one's own: exit %d, %s", code, errOut)
	}
	c.want(exitFine, []string{"open", "expired", "the school", "all"}, "unlock", "list", "01", "--state", "open,expired", "--lang", "en")
	if got := f.listed[0]; got.GetScope() != "01" || len(got.GetStates()) != 2 {
		t.Errorf("got %v", got)
	}
	c.want(exitFine, []string{"Nguyễn Văn Ẩn"}, "unlock", "list", "--reasons")
	for _, args := range [][]string{{"unlock", "list"}, {"unlock", "list", "--json"}, {"drive", "--json"}, {"drive"}, {"unlock", "approve", "01/01000701", "u7", "--reason", "Đã xem", "--json"}} {
		if code, out, errOut := c.run(args...); code != exitFine || strings.Contains(out+errOut, "Ẩn") {
			t.Errorf("%v: exit %d, or a reason was printed:\n%s%s", args, code, out, errOut)
		}
	}
	c.want(exitFine, []string{`"state":"UNLOCK_STATE_OPEN"`}, "unlock", "list", "--json")
	if len(unlockStates) != len(pb.UnlockState_name)-1 || len(listedStates) != len(unlockStates) {
		t.Errorf("%d states have a name, want %d", len(unlockStates), len(pb.UnlockState_name)-1)
	}
}

func TestExtendCommand(t *testing.T) {
	c, f := newWindowsCLI(t)
	c.want(exitFine, []string{"17:00:00 24/04/2023 (giờ VN, UTC+7)", "first", "(9, "}, "extend", "01", "--window", "first", "--until", "2023-04-24 17:00", "--reason", "Mưa lũ")
	c.want(exitFine, []string{`"sequence":"9"`}, "extend", "--window", "first", "--until", "2023-04-24T17:00:30+07:00", "--reason", "Mưa lũ", "--json")
	if f.extended[0].GetScope() != "01" || f.extended[1].GetScope() != "" || f.extended[1].GetCloses().AsTime().Second() != 30 {
		t.Errorf("got %v", f.extended)
	}
}

func TestDriveCommand(t *testing.T) {
	c, _ := newWindowsCLI(t)
	c.want(exitFine, []string{"2022-2023-12", "Book of rules: 3 (0123456789ab)", "Window 1", "17:00:00 21/04/2023 (giờ VN, UTC+7)", "18:00:00 21/04/2023 (giờ VN, UTC+7)", "enrolment, profile", "+ the nation, bo"},
		"drive", "--lang", "en")
	c.want(exitFine, []string{"THPT A", "40"}, "drive", "01", "--schools")
	c.want(exitFine, []string{`"exam_board":"01"`, `"closes_here":"2023-04-21T11:00:00Z"`}, "drive", "01/01000701", "--catalogues", "--json")
}

func TestWindowsInput(t *testing.T) {
	c, _ := newWindowsCLI(t)
	ask := []string{"unlock", "ask", "01/01000701", "--reason", "Mất điện"}
	for name, args := range map[string][]string{
		"ask without a school":    {"unlock", "ask", "--until", "2023-04-25 17:00", "--reason", "Mất điện"},
		"ask for a province":      {"unlock", "ask", "01", "--until", "2023-04-25 17:00", "--reason", "Mất điện"},
		"ask without an expiry":   ask,
		"an expiry that is none":  append(ask[:5:5], "--until", "25/4 17h"),
		"a part that is none":     append(ask[:5:5], "--until", "2023-04-25 17:00", "--part", "grade 9"),
		"a short reason":          {"unlock", "ask", "01/01000701", "--until", "2023-04-25 17:00", "--reason", "ok"},
		"approve without an id":   {"unlock", "approve", "01/01000701", "--reason", "Đã kiểm tra"},
		"approve without reason":  {"unlock", "approve", "01/01000701", "u7"},
		"list of a bad scope":     {"unlock", "list", "Hà Nội"},
		"list of a bad state":     {"unlock", "list", "--state", "ajar"},
		"extend a school":         {"extend", "01/01000701", "--window", "first", "--until", "2023-04-24 17:00", "--reason", "Mưa lũ"},
		"extend nothing":          {"extend", "--until", "2023-04-24 17:00", "--reason", "Mưa lũ"},
		"extend without an hour":  {"extend", "--window", "first", "--reason", "Mưa lũ"},
		"extend two":              {"extend", "01", "79", "--window", "first", "--until", "2023-04-24 17:00", "--reason", "Mưa lũ"},
		"the drive of two scopes": {"drive", "01", "79"},
		"the drive of a bad one":  {"drive", "Hà Nội"},
	} {
		if code, out, errOut := c.run(args...); code != exitInput {
			t.Errorf("%s: exit %d, want %d\n%s%s", name, code, exitInput, out, errOut)
		}
	}
}
