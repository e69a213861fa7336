package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/rasoat/rasoat/services/internal/eventually"
)

// fakeProgress answers the questions about ways, outcomes and files.
type fakeProgress struct {
	reportingpb.UnimplementedProgressServiceServer

	mu       sync.Mutex
	tokens   []string // at which WatchOutcomes was begun
	news     []*reportingpb.WatchOutcomesResponse
	exported []*reportingpb.ExportRequest
	deny     bool
}

func (f *fakeProgress) Explain(_ context.Context, req *reportingpb.ExplainRequest) (*reportingpb.ExplainResponse, error) {
	return &reportingpb.ExplainResponse{
		Events: []*studentpb.Event{{At: timestamppb.Now(), Service: "intake", Stream: "SUBMISSIONS", Sequence: 12, Pupil: req.GetPupil(), Part: studentpb.Part_PART_PROFILE, MessageVi: "Đã nhận", MessageEn: "received"}},
		Pupil:  &reportingpb.Pupil{Windows: []*reportingpb.WindowStatus{{Window: "1", Status: reportingpb.Status_STATUS_WAITING}}}, Unavailable: []string{"matching"},
	}, nil
}

// WatchOutcomes sends one answer a call, then breaks off; when there is none left it waits for the caller to go.
func (f *fakeProgress) WatchOutcomes(req *reportingpb.WatchOutcomesRequest, stream grpc.ServerStreamingServer[reportingpb.WatchOutcomesResponse]) error {
	f.mu.Lock()
	f.tokens = append(f.tokens, req.GetResumeToken())
	var next *reportingpb.WatchOutcomesResponse
	if len(f.news) > 0 {
		next, f.news = f.news[0], f.news[1:]
	}
	f.mu.Unlock()
	if next == nil {
		<-stream.Context().Done()
		return stream.Context().Err()
	}
	if err := stream.Send(next); err != nil {
		return err
	}
	return status.Error(codes.Unavailable, "stopping")
}

func (f *fakeProgress) Export(req *reportingpb.ExportRequest, stream grpc.ServerStreamingServer[reportingpb.ExportResponse]) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.exported = append(f.exported, req)
	if err := stream.Send(&reportingpb.ExportResponse{Data: []byte("one,"), FileName: "x.csv"}); err != nil {
		return err
	}
	if f.deny {
		return status.Error(codes.PermissionDenied, "masked numbers only")
	}
	return stream.Send(&reportingpb.ExportResponse{Data: []byte("two")})
}

func newProgressCLI(t *testing.T) (*cli, *fakeProgress) {
	t.Helper()
	f := &fakeProgress{}
	l, s := bufconn.Listen(1<<20), grpc.NewServer()
	reportingpb.RegisterProgressServiceServer(s, f)
	var serving sync.WaitGroup
	serving.Go(func() { _ = s.Serve(l) }) // ends when the server is stopped
	t.Cleanup(func() {
		s.Stop()
		serving.Wait()
	})
	return &cli{t: t, dial: grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) })}, f
}

func TestExplainCommand(t *testing.T) {
	c, _ := newProgressCLI(t)
	c.want(exitFine, []string{"SUBMISSIONS 12", "ref1", "Đã nhận / received", "đang chờ", "matching"}, "explain", "01/01000701", "--pupil", "ref1")
	c.want(exitFine, []string{`"message_en":"received"`}, "explain", "01/01000701", "--submission", "s1", "--json")
	c.want(exitInput, []string{"--pupil"}, "explain", "01/01000701")
	c.want(exitInput, []string{"01/01000701"}, "explain", "01", "--pupil", "ref1")
}

// TestOutcomesCommand goes on at the last place that was told, also in another run.
func TestOutcomesCommand(t *testing.T) {
	c, f := newProgressCLI(t)
	f.news = []*reportingpb.WatchOutcomesResponse{
		{Province: "01", School: "01000701", ResumeToken: "1-0-0", News: &reportingpb.WatchOutcomesResponse_Found{Found: &reportingpb.FoundOutcome{
			Pupil: "ref1", Part: studentpb.Part_PART_RESULTS_10, Findings: []*validationpb.Finding{{Rule: "YEAR_MARK", Field: "subjects[TOAN].year", Personal: &validationpb.FindingDetail{MessageVi: "sai", MessageEn: "wrong"}}},
		}}},
		{ResumeToken: "1-1-0", News: &reportingpb.WatchOutcomesResponse_Identity{Identity: &matchingpb.Judgement{Pupil: "ref2", Outcome: matchingpb.Outcome_OUTCOME_NOT_FOUND}}},
		{ResumeToken: "1-1-1", News: &reportingpb.WatchOutcomesResponse_Returned{Returned: &reportingpb.ReturnedPupil{Pupil: "ref3", Window: "1", Reason: "học bạ khác"}}},
	}
	state := filepath.Join(t.TempDir(), "place")
	ctx, cancel := context.WithCancel(eventually.Context(t))
	defer cancel()
	out := &endingWriter{end: cancel, at: "học bạ khác"}
	var complaints bytes.Buffer
	args := []string{"outcomes", "01/01000701", "--state", state, "--server", "passthrough:///fake"}
	if code := command(ctx, args, streams{strings.NewReader(""), out, &complaints}, c.dial); code != exitFine {
		t.Errorf("exit %d: %s", code, complaints.String())
	}
	for _, text := range []string{"ref1  kết quả lớp 10 / results of grade 10  môn Toán, cả năm / Toán, year: sai / wrong  [YEAR_MARK]", "ref2  NOT_FOUND", "ref3"} {
		if !strings.Contains(out.text(), text) {
			t.Errorf("nothing says %q in %s", text, out.text())
		}
	}
	if want := []string{"", "1-0-0", "1-1-0"}; !slices.Equal(f.tokens, want) {
		t.Errorf("began at %q, want %q", f.tokens, want)
	}
	if b, err := os.ReadFile(state); string(b) != "1-1-1\n" || err != nil {
		t.Errorf("kept %q, %v", b, err)
	}
	c.want(exitInput, []string{"--since"}, "outcomes", "01", "--since", "now", "--state", state)
	c.want(exitInput, []string{"01/01000701"}, "outcomes", "1")
}

// endingWriter ends something as soon as a text was written.
type endingWriter struct {
	mu  sync.Mutex
	all strings.Builder
	at  string
	end func()
}

func (w *endingWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all.Write(p)
	if strings.Contains(w.all.String(), w.at) {
		w.end()
	}
	return len(p), nil
}

func (w *endingWriter) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.String()
}

// TestExportCommand: the format follows the extension, and there is a file only when it is whole.
func TestExportCommand(t *testing.T) {
	c, f := newProgressCLI(t)
	out := filepath.Join(t.TempDir(), "t.csv")
	c.want(exitFine, []string{"7 bytes"}, "export", "01", "--out", out)
	if b, err := os.ReadFile(out); string(b) != "one,two" || err != nil {
		t.Errorf("got %q, %v", b, err)
	}
	c.want(exitFine, []string{`"bytes":7`}, "export", "01/01000701", "--table", "pupils", "--unmasked", "--out", filepath.Join(filepath.Dir(out), "p.XLSX"), "--json")
	if r := f.exported[1]; r.GetFormat() != reportingpb.Format_FORMAT_XLSX || r.GetTable() != reportingpb.Table_TABLE_PUPILS || !r.GetUnmasked() || r.GetScope() != "01/01000701" {
		t.Errorf("asked for %v", r)
	}
	f.deny = true
	c.want(exitFindings, []string{"masked numbers only"}, "export", "01", "--out", filepath.Join(filepath.Dir(out), "denied.csv"))
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(out), "denied*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	c.want(exitInput, []string{".ndjson"}, "export", "01", "--out", "t.pdf")
	c.want(exitInput, nil, "export", "--table", "pupils", "--out", out)
	c.want(exitInput, nil, "export", "--table", "all", "--out", out)
}
