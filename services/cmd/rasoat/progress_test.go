package main

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// fakeProgressing is progress as the command line sees it. It refuses what breaks the contract.
type fakeProgressing struct {
	pb.UnimplementedReportingServiceServer
	pb.UnimplementedProgressServiceServer
	asked    []*pb.GetProgressRequest
	history  []*pb.GetHistoryRequest
	urgent   []*pb.ListUrgentRequest
	reminded []*pb.RemindRequest
	broken   bool
}

var someCounts = []*pb.Counts{{Window: "first", Expected: 40, Verified: 30, Missing: 7, AwaitingApproval: 3, Returned: 2}, {Window: "second", Expected: 40, Missing: 40}}

func someRow() *pb.SchoolProgress {
	return &pb.SchoolProgress{Province: "01", School: "01000701", Name: "THPT A", Declared: 41, Windows: someCounts,
		Standing: []*pb.Standing{{Window: "first", DeclaredAt: april, ApprovedAt: april, Approved: 30}, {Window: "second", DeclaredAt: april}},
		Classes:  []*pb.ClassProgress{{Class: "12A9", Windows: someCounts}}}
}

func (f *fakeProgressing) GetProgress(_ context.Context, req *pb.GetProgressRequest) (*pb.GetProgressResponse, error) {
	f.asked = append(f.asked, req)
	return &pb.GetProgressResponse{Schools: []*pb.SchoolProgress{someRow()}, Totals: someCounts, Conserved: !f.broken, Behind: 4}, lawful(req)
}

func (f *fakeProgressing) WatchProgress(req *pb.WatchProgressRequest, stream grpc.ServerStreamingServer[pb.WatchProgressResponse]) error {
	if err := lawful(req); err != nil {
		return err
	}
	return stream.Send(&pb.WatchProgressResponse{Schools: []*pb.SchoolProgress{someRow()}, Totals: someCounts, Conserved: !f.broken, AsOf: april})
}

func (f *fakeProgressing) GetHistory(_ context.Context, req *pb.GetHistoryRequest) (*pb.GetHistoryResponse, error) {
	f.history = append(f.history, req)
	present := []*pb.Counts{{Window: "first", Expected: 41, Verified: 37, Missing: 4}}
	return &pb.GetHistoryResponse{Hours: []*pb.Hour{{At: april, Windows: someCounts}}, Present: &pb.Hour{At: april, Windows: present}, NextAt: april}, lawful(req)
}

func aForecast() *pb.Forecast {
	return &pb.Forecast{Province: "01", School: "01000701", Name: "THPT A", Done: 31, Remaining: 9, PaceHundredths: 105, DoneAt: april, WillMiss: true, Short: 5}
}

func (f *fakeProgressing) GetForecast(_ context.Context, req *pb.GetForecastRequest) (*pb.GetForecastResponse, error) {
	well := &pb.Forecast{Province: "01", School: "01000702", Name: "THPT B", Done: 40}
	return &pb.GetForecastResponse{Schools: []*pb.Forecast{aForecast(), well}, MethodVi: "Cách tính", MethodEn: "How", Closes: timestamppb.New(april.AsTime().Add(time.Hour))}, lawful(req)
}

func (f *fakeProgressing) ListUrgent(_ context.Context, req *pb.ListUrgentRequest) (*pb.ListUrgentResponse, error) {
	f.urgent = append(f.urgent, req)
	return &pb.ListUrgentResponse{OrderVi: "Thứ tự", OrderEn: "The order", Schools: []*pb.Urgent{
		{Forecast: aForecast(), ReasonVi: "chưa gửi học sinh nào", ReasonEn: "has sent no pupil yet", RemindedAt: april}}}, lawful(req)
}

func (f *fakeProgressing) Remind(_ context.Context, req *pb.RemindRequest) (*pb.RemindResponse, error) {
	f.reminded = append(f.reminded, req)
	return &pb.RemindResponse{Reminded: 5, Already: 6, Done: 7}, lawful(req)
}

func newProgressingCLI(t *testing.T) (*cli, *fakeProgressing) {
	t.Helper()
	f := &fakeProgressing{}
	l, s := bufconn.Listen(1<<20), grpc.NewServer()
	pb.RegisterReportingServiceServer(s, f)
	pb.RegisterProgressServiceServer(s, f)
	var serving sync.WaitGroup
	serving.Go(func() { _ = s.Serve(l) }) // ends when the server is stopped
	t.Cleanup(func() {
		s.Stop()
		serving.Wait()
	})
	return &cli{t: t, dial: grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) })}, f
}

func TestProgressCommand(t *testing.T) {
	c, f := newProgressingCLI(t)
	c.want(exitFine, []string{"01/01000701", "THPT A", "Approval (of these returned)", "trong đó bị trả lại", "3 (2)", "đã duyệt 30 em / 30 approved", "báo hoàn thành / declared", "4 trường có tin mới", "4 schools have news that is not counted above yet"}, "progress")
	c.want(exitFine, []string{"12A9"}, "progress", "01/01000701", "--current", "--lang", "en")
	c.want(exitFine, []string{`"behind":"4"`}, "progress", "01", "--by", "class", "--json")
	if code, out, _ := c.run("status", "01/01000701", "--current"); code != exitFindings || !strings.Contains(out, "4 schools have news") {
		t.Errorf("status: exit %d\n%s", code, out)
	}
	for i, want := range []*pb.GetProgressRequest{
		{ByProvince: true}, {Scope: "01/01000701", ByClass: true, Current: true}, {Scope: "01", ByClass: true},
		{Scope: "01/01000701", ByClass: true, Current: true},
	} {
		if got := f.asked[i]; got.String() != want.String() {
			t.Errorf("call %d: asked %v, want %v", i, got, want)
		}
	}
	if _, out, _ := c.run("progress", "01", "--window", "first"); strings.Contains(out, "second") {
		t.Errorf("another window is told:\n%s", out)
	}
	c.want(exitInput, []string{"--by is province"}, "progress", "--by", "pupil")
	c.want(exitInput, []string{"A scope is like"}, "progress", "Hanoi")
	f.broken = true
	c.want(exitFindings, []string{"BÁO ĐỘNG"}, "progress")
}

// TestProgressWatch: the fake ends its stream, and so does the command.
func TestProgressWatch(t *testing.T) {
	c, f := newProgressingCLI(t)
	if _, out, _ := c.run("progress", "01", "--watch", "--wait", "1ms"); !strings.Contains(out, "17:00:00 21/04/2023 (giờ VN, UTC+7)") || !strings.Contains(out, "THPT A") || !strings.Contains(out, "behind the list of pupils") {
		t.Errorf("got\n%s", out)
	}
	if _, out, _ := c.run("progress", "--watch", "--json", "--wait", "1ms"); !strings.HasPrefix(out, `{`) || !strings.Contains(out, `"conserved":true`) {
		t.Errorf("got\n%s", out)
	}
	f.broken = true
	if _, _, errOut := c.run("progress", "01", "--watch", "--wait", "1ms"); !strings.Contains(errOut, "ALARM") {
		t.Errorf("got\n%s", errOut)
	}
}

func TestHistoryCommand(t *testing.T) {
	c, f := newProgressingCLI(t)
	c.want(exitFine, []string{"17:00:00 21/04/2023 (giờ VN, UTC+7)", "first", "40", "30", "Hiện nay / Now", "37", "behind the list of pupils", "The next hour is noted at: 17:00:00 21/04/2023"}, "history", "01", "--last", "48h")
	if got := f.history[0]; got.GetScope() != "01" || time.Since(got.GetSince().AsTime()) < 47*time.Hour {
		t.Errorf("asked %v", got)
	}
	c.want(exitFine, []string{`"hours"`}, "history", "--json")
	if f.history[1].GetSince() != nil {
		t.Errorf("asked %v, want the whole drive", f.history[1])
	}
	c.want(exitInput, nil, "history", "x")
}

func TestForecastCommand(t *testing.T) {
	c, _ := newProgressingCLI(t)
	c.want(exitFine, []string{"THPT A", "THPT B", "1.05", "18:00:00 21/04/2023 (giờ VN, UTC+7)", "1 of 2 schools", "How"}, "forecast", "01", "--window", "first", "--lang", "en")
	if _, out, _ := c.run("forecast", "--window", "first", "--missing"); strings.Contains(out, "THPT B") || !strings.Contains(out, "1/2 trường") {
		t.Errorf("got\n%s", out)
	}
	c.want(exitFine, []string{`"pace_hundredths":"105"`}, "forecast", "--window", "first", "--json")
	c.want(exitInput, []string{"--window is missing"}, "forecast")
	c.want(exitInput, nil, "forecast", "x", "--window", "first")
}

func TestUrgentCommand(t *testing.T) {
	c, f := newProgressingCLI(t)
	c.want(exitFine, []string{"01/01000701", "chưa gửi học sinh nào / has sent no pupil yet", "17:00:00 21/04/2023 (giờ VN, UTC+7)", "Thứ tự / The order"}, "urgent", "01", "--window", "first", "--limit", "7")
	if got := f.urgent[0]; got.GetScope() != "01" || got.GetLimit() != 7 {
		t.Errorf("asked %v", got)
	}
	c.want(exitFine, []string{`"order_vi"`}, "urgent", "--window", "first", "--json")
	c.want(exitInput, []string{"--window is missing"}, "urgent")
	c.want(exitInput, []string{"Name a province"}, "urgent", "01/01000701", "--window", "first")
}

func TestRemindCommand(t *testing.T) {
	c, f := newProgressingCLI(t)
	c.want(exitFine, []string{"Reminded: 5", "before: 6", "done: 7"}, "remind", "01", "--window", "first", "--note", "Trước 15 giờ", "--lang", "en")
	if got := f.reminded[0]; got.GetScope() != "01" || got.GetNote() != "Trước 15 giờ" {
		t.Errorf("asked %v", got)
	}
	c.want(exitFine, []string{`"already":6`}, "remind", "--window", "first", "--json")
	c.want(exitInput, []string{"--window is missing"}, "remind", "01")
	c.want(exitInput, nil, "remind", "x", "--window", "first")
}
