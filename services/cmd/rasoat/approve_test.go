package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/proto"
)

// fakeApproval is the service of approvals as the command line sees it. It refuses what breaks the contract.
type fakeApproval struct {
	pb.UnimplementedApprovalServiceServer

	approved []*pb.ApproveRequest
	declared []*pb.DeclareRequest
	returned []*pb.ReturnRequest
	claimed  []*pb.SettleClaimRequest
	drawn    []*pb.DrawSampleRequest
	compared []*pb.RecordSampleRequest
}

func (f *fakeApproval) Approve(_ context.Context, req *pb.ApproveRequest) (*pb.ApproveResponse, error) {
	f.approved = append(f.approved, req)
	out := &pb.ApproveResponse{Schools: []*pb.SchoolApproval{{Province: "01", School: "01000701", Approved: 40, Sequence: 7}}}
	if !strings.Contains(req.GetScope(), "/") {
		out.Schools = append(out.Schools, &pb.SchoolApproval{Province: "01", School: "01000702", Refused: []*studentpb.Problem{
			{Rule: "APPROVE_REJECTED", MessageVi: "3 học sinh có lỗi", MessageEn: "3 pupils have an error", RemedyVi: "sửa", RemedyEn: "mend"},
		}}, &pb.SchoolApproval{Province: "01", School: "01000703"})
	}
	return out, lawful(req)
}

func (f *fakeApproval) Declare(_ context.Context, req *pb.DeclareRequest) (*pb.DeclareResponse, error) {
	f.declared = append(f.declared, req)
	return &pb.DeclareResponse{Sequence: 3, StoredAt: april, Counts: &pb.Counts{Expected: 40, AwaitingApproval: 30, Rejected: 10}}, lawful(req)
}

// Return refuses the pupil "nobody".
func (f *fakeApproval) Return(_ context.Context, req *pb.ReturnRequest) (*pb.ReturnResponse, error) {
	f.returned = append(f.returned, req)
	out := &pb.ReturnResponse{Sequence: 4, StoredAt: april}
	for _, p := range req.GetPupils() {
		if p.GetPupil() == "nobody" {
			out.Refused = append(out.Refused, &studentpb.Problem{Path: "pupils[0]", Rule: "RETURN_UNKNOWN_PUPIL", MessageEn: "no such pupil", RemedyEn: "look again"})
			continue
		}
		out.Returned++
	}
	return out, lawful(req)
}

func (f *fakeApproval) ListReturned(_ context.Context, req *pb.ListReturnedRequest) (*pb.ListReturnedResponse, error) {
	one := func(pupil string) []*pb.ReturnedPupil {
		return []*pb.ReturnedPupil{{Province: "01", School: "01000701", Class: "12A1", Pupil: pupil, Window: "first", Parts: []studentpb.Part{studentpb.Part_PART_RESULTS_10},
			Reason: "Điểm khác học bạ", Officer: "so01", StoredAt: april}}
	}
	if req.GetPageToken() == "" {
		return &pb.ListReturnedResponse{Pupils: one("p1"), NextPageToken: "more"}, lawful(req)
	}
	return &pb.ListReturnedResponse{Pupils: one("p2")}, lawful(req)
}

func (f *fakeApproval) SettleClaim(_ context.Context, req *pb.SettleClaimRequest) (*pb.SettleClaimResponse, error) {
	f.claimed = append(f.claimed, req)
	out := &pb.SettleClaimResponse{Overruled: []string{"01/01000702"}}
	if len(f.claimed) == 1 {
		out.Sequence, out.StoredAt = 5, april
	}
	return out, lawful(req)
}

func (f *fakeApproval) DrawSample(_ context.Context, req *pb.DrawSampleRequest) (*pb.DrawSampleResponse, error) {
	f.drawn = append(f.drawn, req)
	mark := int32(81)
	record := func(r *studentpb.Record) *pb.HeldRecord { return &pb.HeldRecord{Revision: 1, Personal: r} }
	return &pb.DrawSampleResponse{Population: 40, Pupils: []*pb.SampledPupil{
		{Pupil: "p1", Class: "12A1", Seen: []byte("sixteen bytes ok"), Records: []*pb.HeldRecord{
			record(&studentpb.Record{Content: &studentpb.Record_Profile{Profile: &studentpb.Profile{Code: "0100000001", FullName: "Nguyễn Thị Mẫu",
				DateOfBirth: &studentpb.Date{Year: 2005, Month: 3, Day: 5}, Gender: studentpb.Gender_GENDER_FEMALE,
				Identity: &studentpb.Identity{Kind: studentpb.IdentityKind_IDENTITY_KIND_PERSONAL_ID, Number: "001305000001"}, Ethnicity: "01", Nationality: "VN",
				Residence: &studentpb.Residence{Province: "01", District: "001", Commune: "00001", CatalogueDate: "2023-04"}}}}),
			record(&studentpb.Record{Content: &studentpb.Record_Enrolment{Enrolment: &studentpb.Enrolment{Code: "0100000001", Class: "12A1",
				State: studentpb.EnrolmentState_ENROLMENT_STATE_JOINED, Since: &studentpb.Date{Year: 2022, Month: 9, Day: 5}}}}),
			record(&studentpb.Record{Content: &studentpb.Record_Results{Results: &studentpb.Results{Code: "0100000001", Part: studentpb.Part_PART_RESULTS_10,
				Subjects: []*studentpb.Subject{{Code: "TOAN", Year: &studentpb.Score{MarkTenths: &mark}}, {Code: "THEDUC", Year: &studentpb.Score{Comment: studentpb.Comment_COMMENT_PASSED}}},
				Year:     &studentpb.Term{AverageTenths: &mark, Conduct: studentpb.Conduct_CONDUCT_GOOD}}}}),
		}},
		{Pupil: "p2", Class: "12A1", Seen: []byte("sixteen bytes OK"), Records: []*pb.HeldRecord{
			record(&studentpb.Record{Content: &studentpb.Record_Profile{Profile: &studentpb.Profile{Code: "0100000002", FullName: "=Nguyễn"}}}),
		}},
	}}, lawful(req)
}

func (f *fakeApproval) RecordSample(_ context.Context, req *pb.RecordSampleRequest) (*pb.RecordSampleResponse, error) {
	f.compared = append(f.compared, req)
	return &pb.RecordSampleResponse{Sequence: 6, StoredAt: april, Accuracy: accuracyLine()}, lawful(req)
}

func (f *fakeApproval) GetAccuracy(_ context.Context, req *pb.GetAccuracyRequest) (*pb.GetAccuracyResponse, error) {
	return &pb.GetAccuracyResponse{Schools: []*pb.Accuracy{accuracyLine()}, Total: &pb.Accuracy{Compared: 200, Differing: 3, AgreesFrom: 956, AgreesTo: 995}}, lawful(req)
}

func accuracyLine() *pb.Accuracy {
	return &pb.Accuracy{Province: "01", School: "01000701", Window: "first", Compared: 10, Differing: 1, AgreesFrom: 595, AgreesTo: 983, StoredAt: april, Officer: "so01"}
}

func newApprovalCLI(t *testing.T) (*cli, *fakeApproval) {
	t.Helper()
	f := &fakeApproval{}
	l, s := bufconn.Listen(1<<20), grpc.NewServer()
	pb.RegisterApprovalServiceServer(s, f)
	var serving sync.WaitGroup
	serving.Go(func() { _ = s.Serve(l) }) // ends when the server is stopped
	t.Cleanup(func() {
		s.Stop()
		serving.Wait()
	})
	return &cli{t: t, dial: grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) })}, f
}

func TestApproveCommand(t *testing.T) {
	c, f := newApprovalCLI(t)
	c.want(exitFindings, []string{"01/01000701", "40", "not approved, the reasons are below", "[APPROVE_REJECTED]", "3 pupils have an error", "→ mend", "nothing new", "Would approve"}, "approve", "01", "--window", "first", "--dry-run", "--lang", "en")
	c.want(exitFine, []string{"Approved", "40"}, "approve", "01/01000701", "--window", "first", "--exception", "Hai em chờ số", "--seen", "0aff")
	c.want(exitFine, []string{`"approved":"40"`}, "approve", "01/01000701", "--window", "first", "--json")
	if len(f.approved) != 3 || !f.approved[0].GetDryRun() || f.approved[1].GetDryRun() || f.approved[1].GetException() != "Hai em chờ số" || string(f.approved[1].GetSeen()) != "\x0a\xff" {
		t.Errorf("got %v", f.approved)
	}
	for name, args := range map[string][]string{
		"no scope":  {"approve", "--window", "first"},
		"nation":    {"approve", "", "--window", "first"},
		"no window": {"approve", "01"},
		"bad seen":  {"approve", "01/01000701", "--window", "first", "--seen", "xyz"},
		"bad scope": {"approve", "Hà Nội", "--window", "first"},
	} {
		if code, out, errOut := c.run(args...); code != exitInput {
			t.Errorf("%s: exit %d\n%s%s", name, code, out, errOut)
		}
	}
}

func TestDeclareCommand(t *testing.T) {
	c, f := newApprovalCLI(t)
	c.want(exitFine, []string{"Declared complete 01/01000701", "awaiting approval: 30", "something open: 10"}, "declare", "01/01000701", "--window", "first", "--note", "Hai em chuyển đi", "--lang", "en")
	c.want(exitFine, []string{"No longer declared"}, "declare", "01/01000701", "--window", "first", "--withdraw")
	c.want(exitFine, []string{`"sequence":"3"`}, "declare", "01/01000701", "--window", "first", "--json")
	c.want(exitInput, nil, "declare", "01", "--window", "first")
	c.want(exitInput, []string{"--window"}, "declare", "01/01000701")
	if len(f.declared) != 3 || f.declared[0].GetNote() != "Hai em chuyển đi" || !f.declared[1].GetWithdraw() {
		t.Errorf("got %v", f.declared)
	}
}

func TestReturnCommand(t *testing.T) {
	c, f := newApprovalCLI(t)
	school := []string{"return", "01/01000701", "--window", "first"}
	c.want(exitFine, []string{"Given back: 2"}, append(school, "--pupil", "p1", "--pupil", "p2", "--part", "results/10", "--reason", "Điểm khác học bạ", "--lang", "en")...)
	if r := f.returned[0]; len(r.GetPupils()) != 2 || r.GetPupils()[1].GetPupil() != "p2" || len(r.GetPupils()[1].GetParts()) != 1 || r.GetWindow() != "first" {
		t.Errorf("got %v", r)
	}
	c.in = "\ufeffpupil,reason,parts\np1,Điểm khác học bạ,results/10 profile\nnobody,\"Thiếu con dấu, chữ ký\",\n"
	c.want(exitFindings, []string{"Given back: 1", "RETURN_UNKNOWN_PUPIL", "→ look again"}, append(school, "--in", "-", "--lang", "en")...)
	if r := f.returned[1].GetPupils(); len(r) != 2 || len(r[0].GetParts()) != 2 || r[1].GetReason() != "Thiếu con dấu, chữ ký" || len(r[1].GetParts()) != 0 {
		t.Errorf("got %v", r)
	}
	c.want(exitFine, []string{"Taken back: 1"}, append(school, "--pupil", "p1", "--reason", "Trả lại nhầm", "--withdraw", "--lang", "en")...)
	c.want(exitFine, []string{`"returned":1`}, append(school, "--pupil", "p1", "--reason", "Điểm khác học bạ", "--json")...)
	c.want(exitFine, []string{"p1", "p2", "kết quả lớp 10 / results of grade 10", "Điểm khác học bạ", "so01"}, "return", "01", "--list")
	c.want(exitFine, []string{`"officer":"so01"`}, "return", "01", "--list", "--json")
	c.in = "ref,why\np1,x\n"
	for name, args := range map[string][]string{
		"columns":   append(school, "--in", "-"),
		"no file":   append(school, "--in", "nowhere.csv"),
		"nobody":    school,
		"no reason": append(school, "--pupil", "p1"),
		"no part":   append(school, "--pupil", "p1", "--reason", "Điểm khác", "--part", "marks"),
		"province":  {"return", "01", "--window", "first", "--pupil", "p1", "--reason", "Điểm khác"},
		"no window": {"return", "01/01000701", "--pupil", "p1", "--reason", "Điểm khác"},
		"short":     append(school, "--pupil", "p1", "--reason", "x"),
	} {
		if code, out, errOut := c.run(args...); code != exitInput {
			t.Errorf("%s: exit %d\n%s%s", name, code, out, errOut)
		}
	}
}

func TestClaimCommand(t *testing.T) {
	c, f := newApprovalCLI(t)
	claim := []string{"claim", "01/01000701", "p1", "--reason", "Học bạ gốc ở trường này"}
	c.want(exitFine, []string{"The decision is stored", "01/01000702"}, claim...)
	c.want(exitFine, []string{"It was decided so before"}, claim...)
	c.want(exitFine, []string{`"overruled"`}, append(claim, "--json")...)
	if r := f.claimed[0]; r.GetScope() != "01/01000701" || r.GetPupil() != "p1" || r.GetReason() != "Học bạ gốc ở trường này" {
		t.Errorf("got %v", r)
	}
	c.want(exitInput, []string{"--reason"}, claim[:3]...)
	c.want(exitInput, nil, "claim", "01", "p1", "--reason", "Học bạ gốc")
}

// TestSampleCommand draws a sheet, fills it in and records it: nothing personal is on the screen.
func TestSampleCommand(t *testing.T) {
	c, f := newApprovalCLI(t)
	sheet := filepath.Join(t.TempDir(), "phieu.xlsx")
	draw := []string{"sample", "draw", "01/01000701", "--window", "first", "--seed", "7", "--size", "2", "--out", sheet}
	code, out, errOut := c.run(draw...)
	if code != exitFine || !strings.Contains(out, "p1") || !strings.Contains(out, "2 / 40") ||
		!strings.Contains(out, "then rasoat sample record 01/01000701 --window first --seed 7 --in "+sheet) || f.drawn[0].GetSeed() != 7 || f.drawn[0].GetSize() != 2 {
		t.Fatalf("exit %d, asked %v\n%s%s", code, f.drawn, out, errOut)
	}
	_, asJSON, _ := c.run("sample", "draw", "01/01000701", "--window", "first", "--json")
	for _, secret := range []string{"Nguyễn", "2005", "001305000001", "8.1", "0100000001"} {
		if strings.Contains(out+errOut+asJSON, secret) {
			t.Errorf("%q was printed", secret)
		}
	}
	if !strings.Contains(asJSON, `"population":40`) {
		t.Errorf("got %s", asJSON)
	}
	info, err := os.Stat(sheet)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v, %v", info.Mode(), err)
	}
	checkPages(t, sheet)
	c.want(exitInput, nil, draw...) // a sheet is never written over
	tickLine(t, sheet, "1", "Toán")
	record := []string{"sample", "record", "01/01000701", "--window", "first", "--seed", "7", "--in", sheet}
	c.want(exitFine, []string{"The result is stored", "59.5–98.3 %", "so01"}, record...)
	want := &pb.RecordSampleRequest{Scope: "01/01000701", Window: "first", Seed: 7, Pupils: []*pb.Compared{
		{Pupil: "p1", Seen: []byte("sixteen bytes ok"), Differing: []string{"subjects[TOAN]"}}, {Pupil: "p2", Seen: []byte("sixteen bytes OK")},
	}}
	if len(f.compared) != 1 || !proto.Equal(f.compared[0], want) {
		t.Errorf("got %v, want %v", f.compared, want)
	}
	c.want(exitFine, []string{"59,5–98,3 % / 59.5–98.3 %", "95,6–99,5 % / 95.6–99.5 %", "200"}, "accuracy", "--window", "first")
	c.want(exitFine, []string{`"agrees_from":956`}, "accuracy", "01", "--window", "first", "--json")
	c.in = "pupil,seen,field,differs\np1,zz,full_name,\n"
	for name, args := range map[string][]string{
		"no seed":  {"sample", "record", "01/01000701", "--window", "first", "--in", sheet},
		"no sheet": {"sample", "record", "01/01000701", "--window", "first", "--seed", "7"},
		"bad row":  {"sample", "record", "01/01000701", "--window", "first", "--seed", "7", "--in", "-"},
		"school":   {"sample", "draw", "01", "--window", "first"},
		"scope":    {"accuracy", "Hà Nội", "--window", "first"},
	} {
		if code, out, errOut := c.run(args...); code != exitInput {
			t.Errorf("%s: exit %d\n%s%s", name, code, out, errOut)
		}
	}
}
