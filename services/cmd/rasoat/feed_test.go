package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/recordfeed"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// fakeFeed is the service of the feed as the command line sees it: one cut-off of what a table held.
type fakeFeed struct {
	reportingpb.UnimplementedFeedServiceServer
	cut      *reportingpb.CutOff
	pupils   []*reportingpb.HoldingDifference
	taken    *reportingpb.TakeCutOffRequest
	compared []*reportingpb.CompareCutOffRequest
	holders  []*reportingpb.Holder
	removed  *reportingpb.RemoveSubscriberRequest
}

func (f *fakeFeed) TakeCutOff(_ context.Context, req *reportingpb.TakeCutOffRequest) (*reportingpb.TakeCutOffResponse, error) {
	f.taken = req
	return &reportingpb.TakeCutOffResponse{CutOff: f.cut}, nil
}

func (f *fakeFeed) ListCutOffs(context.Context, *reportingpb.ListCutOffsRequest) (*reportingpb.ListCutOffsResponse, error) {
	return &reportingpb.ListCutOffsResponse{CutOffs: []*reportingpb.CutOff{f.cut}}, nil
}

func (f *fakeFeed) CompareCutOff(_ context.Context, req *reportingpb.CompareCutOffRequest) (*reportingpb.CompareCutOffResponse, error) {
	f.compared = append(f.compared, req)
	if req.GetHoldingsOf() != "" {
		return &reportingpb.CompareCutOffResponse{Pupils: f.pupils}, nil
	}
	out := &reportingpb.CompareCutOffResponse{}
	if len(f.pupils) > 0 {
		out.Differing = []string{"01/01000701"}
	}
	return out, nil
}

func (f *fakeFeed) ReadCutOff(_ *reportingpb.ReadCutOffRequest, stream grpc.ServerStreamingServer[reportingpb.ReadCutOffResponse]) error {
	return stream.Send(&reportingpb.ReadCutOffResponse{Records: []*reportingpb.VersionedRecord{{Version: 7, Record: verified("a", "1")}}})
}

func (f *fakeFeed) ListSubscribers(context.Context, *reportingpb.ListSubscribersRequest) (*reportingpb.ListSubscribersResponse, error) {
	return &reportingpb.ListSubscribersResponse{Newest: 9, Subscribers: []*reportingpb.Subscriber{{Name: "exam", ReadTo: 7, Pending: 2, BehindSince: timestamppb.Now(),
		State: reportingpb.SubscriberState_SUBSCRIBER_STATE_FINISHED, LeftAt: timestamppb.Now()}}}, nil
}

func (f *fakeFeed) RemoveSubscriber(_ context.Context, req *reportingpb.RemoveSubscriberRequest) (*reportingpb.RemoveSubscriberResponse, error) {
	if req.GetName() != "exam" {
		return nil, rpc.ToStatus(fault.New(fault.NotFound, "fake", "không có tên này", "nobody has this name"))
	}
	f.removed = req
	return &reportingpb.RemoveSubscriberResponse{Sequence: 4, StoredAt: timestamppb.Now(), ReadTo: 7}, nil
}

func (f *fakeFeed) ListHolders(context.Context, *reportingpb.ListHoldersRequest) (*reportingpb.ListHoldersResponse, error) {
	return &reportingpb.ListHoldersResponse{Holders: f.holders}, nil
}

// TestWatchInto keeps a file in step over two runs, and compares it with a cut-off.
func TestWatchInto(t *testing.T) {
	s := eventlogtest.Start(t)
	l := s.Log(t, eventlog.Config{Service: "test"})
	mustPublish(t, l, verified("a", "1"), verified("b", "1"), verified("a", "2"))
	c := newCLI(t)
	path := filepath.Join(t.TempDir(), "exam.ndjson")
	watch := func() recordfeed.Kept {
		t.Helper()
		code, out, errOut := runCommand(t, "watch", "records", "--nats", s.URL(), "--into", "ndjson", "--file", path, "--name", "exam", "--once", "--json")
		var kept recordfeed.Kept
		if err := json.Unmarshal([]byte(out), &kept); err != nil || code != exitFine {
			t.Fatalf("exit %d, %v: %s%s", code, err, out, errOut)
		}
		return kept
	}
	if got := watch(); got.Verified != 2 || got.Newest != 3 {
		t.Errorf("got %+v", got)
	}
	c.feed.cut = &reportingpb.CutOff{Id: "exam", Sequence: 3, Verified: 2}
	compare := []string{"cutoff", "compare", "exam", "--into", "ndjson", "--file", path}
	c.want(exitFine, []string{"Differences: 0"}, compare...)
	schools := c.feed.compared[0].GetSchools()
	if len(schools) != 1 || schools[0].GetVerified() != 2 || len(schools[0].GetDigest()) != 32 {
		t.Errorf("asked with %v", schools)
	}
	mustPublish(t, l, withdrawn("b"))
	if got := watch(); got.Verified != 1 || got.Withdrawn != 1 || got.Newest != 4 {
		t.Errorf("after a withdrawal: got %+v", got)
	}
	c.feed.pupils = []*reportingpb.HoldingDifference{{Pupil: "b", Kind: "version", Holds: 4, ShouldHold: 2}}
	c.want(exitFine, []string{"Differences: 0  Chỉnh sửa sau chốt / Corrected since: 1"}, compare...)
	c.feed.pupils = append(c.feed.pupils, &reportingpb.HoldingDifference{Pupil: "x", Kind: "missing", ShouldHold: 1})
	c.want(exitFindings, []string{"missing", "Corrected since: 1"}, compare...)
	if data, err := os.ReadFile(path); err != nil || strings.Count(string(data), "\n") != 3 {
		t.Errorf("the file, %v:\n%s", err, data)
	}
	for _, args := range [][]string{{"--into", "csv", "--name", "x"}, {"--into", "xml", "--file", path, "--name", "x"}, {"--into", "csv", "--file", path + ".csv", "--name", "a b"}} {
		if code, _, errOut := runCommand(t, append([]string{"watch", "records", "--nats", s.URL()}, args...)...); code != exitInput {
			t.Errorf("%v: exit %d, %s", args, code, errOut)
		}
	}
}

// TestRecordsInForce: wherever records are counted it is said why they may be more than the verified pupils.
func TestRecordsInForce(t *testing.T) {
	s := eventlogtest.Start(t)
	mustPublish(t, s.Log(t, eventlog.Config{Service: "test"}), verified("a", "1"), verified("b", "1"))
	c := newCLI(t)
	c.feed.cut = &reportingpb.CutOff{Id: "exam", Sequence: 2, Verified: 2}
	watch := []string{"watch", "records", "--nats", s.URL(), "--once"}
	for name, args := range map[string][]string{
		"what is read":  watch,
		"what is kept":  append(watch, "--into", "csv", "--file", filepath.Join(t.TempDir(), "x.csv"), "--name", "x"),
		"a new cut-off": {"cutoff", "take", "exam", "--reason", "x"},
	} {
		run := c.run
		if args[0] == "watch" { // it asks the broker alone
			run = func(args ...string) (int, string, string) { return runCommand(t, args...) }
		}
		_, out, errOut := run(args...)
		for _, want := range []string{"2 records are in force", "The verified pupils (rasoat progress) may be fewer", "2 hồ sơ đang có hiệu lực"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: nothing says %q:\n%s%s", name, want, out, errOut)
			}
		}
	}
	if _, out, _ := c.run("cutoff", "list"); !strings.Contains(out, "In force") || strings.Contains(out, "Verified") {
		t.Errorf("records in force are called otherwise:\n%s", out)
	}
}

// TestWatchIntoErrors: every error of a table and of the feed is one of this program, in both languages with the next step,
// whichever program keeps the table.
func TestWatchIntoErrors(t *testing.T) {
	s := eventlogtest.Start(t)
	s.Log(t, eventlog.Config{Service: "test"})
	dir := t.TempDir()
	foreign := filepath.Join(dir, "letter.csv")
	if err := os.WriteFile(foreign, []byte("something else\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	try := func(code int, vi, en string, args ...string) {
		t.Helper()
		got, out, errOut := runCommand(t, append([]string{"watch", "records", "--nats", s.URL(), "--once"}, args...)...)
		if got != code || !strings.HasPrefix(errOut, "rasoat: ") || !strings.Contains(errOut, vi) || !strings.Contains(errOut, en) {
			t.Errorf("%v: exit %d, %s%s", args, got, out, errOut)
		}
		for _, foreignWord := range []string{"Usage", "unknown command", "standalone.watch", "exit status"} {
			if strings.Contains(out+errOut, foreignWord) {
				t.Errorf("%v: %q came through: %s%s", args, foreignWord, out, errOut)
			}
		}
	}
	sqlite := []string{"--into", "sqlite", "--file", filepath.Join(dir, "exam.sqlite"), "--name", "x"}
	t.Setenv("PATH", dir)
	try(exitInput, "Hãy cài nó", "Install it", sqlite...)
	other := []byte("#!/bin/sh\necho 'Error: unknown command' >&2\necho Usage\nexit 1\n")
	if err := os.WriteFile(filepath.Join(dir, standaloneName), other, 0o700); err != nil {
		t.Fatal(err)
	}
	try(exitInput, "Hãy cài lại cả hai", "Install both again", sqlite...)
	try(exitInput, "Hãy chuyển nó đi", "Move it away", "--into", "csv", "--file", foreign, "--name", "x")
	try(exitInput, "kiểm tra lại đường dẫn", "check the path", "--into", "csv", "--file", filepath.Join(dir, "none", "x.csv"), "--name", "x")
	try(exitInput, "Hãy sửa --name", "Fix --name", "--into", "csv", "--file", filepath.Join(dir, "x.csv"), "--name", "a b")
}

// TestCompareWithoutFile: a table that is not there is told, and not made: a nation is not reported as missing.
func TestCompareWithoutFile(t *testing.T) {
	c := newCLI(t)
	c.feed.cut = &reportingpb.CutOff{Id: "exam", Sequence: 3, Verified: 2}
	path := filepath.Join(t.TempDir(), "none.ndjson")
	c.want(exitInput, []string{"check the path"}, "cutoff", "compare", "exam", "--into", "ndjson", "--file", path)
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the file was made: %v", err)
	}
}

func TestCutOffCommands(t *testing.T) {
	c := newCLI(t)
	c.feed.cut = &reportingpb.CutOff{Id: "exam", Sequence: 3, Verified: 2, Withdrawn: 1, Digest: []byte{0xab}, Officer: "lan"}
	c.want(exitFine, []string{"exam", "ab", "lan"}, "cutoff", "take", "exam", "--reason", "Chốt danh sách", "--at", "2023-05-13T17:00:00+07:00")
	if c.feed.taken.GetAt().AsTime().Hour() != 10 {
		t.Errorf("asked %v", c.feed.taken)
	}
	c.want(exitInput, []string{"--at"}, "cutoff", "take", "exam", "--reason", "Chốt danh sách", "--at", "yesterday")
	c.want(exitInput, nil, "cutoff", "take")
	c.want(exitInput, nil, "cutoff")
	c.want(exitFine, []string{`"sequence":"3"`}, "cutoff", "list", "--json")
	c.want(exitFine, []string{`"version":"7"`}, "cutoff", "read", "exam")
	c.want(exitFine, []string{"exam", "đã nhận đủ", "had everything and ended", "Newest version: 9"}, "subscribers")
	c.want(exitFine, []string{"Removed exam", "version 7", "decision 4"}, "subscribers", "remove", "exam", "--reason", "máy chủ cũ")
	if c.feed.removed.GetReason() != "máy chủ cũ" {
		t.Errorf("asked %v", c.feed.removed)
	}
	c.want(exitInput, []string{"--reason"}, "subscribers", "remove", "exam")
	c.want(exitInput, []string{"nobody has this name"}, "subscribers", "remove", "x", "--reason", "máy chủ cũ")
	c.want(exitFine, nil, "holders")
	c.feed.holders = []*reportingpb.Holder{{Subscriber: "exam", Pupil: "abc", Holds: 3, Newest: 9, Withdrawn: true}}
	c.want(exitFindings, []string{"abc", "withdrawn"}, "holders")
	c.want(exitFindings, []string{`"pupil":"abc"`}, "holders", "--json")
}
