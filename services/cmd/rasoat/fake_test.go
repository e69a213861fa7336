package main

import (
	"bytes"
	"context"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// fakeServices are intake and reporting as the command line sees them.
type fakeServices struct {
	intakepb.UnimplementedIntakeServiceServer
	intakepb.UnimplementedWindowServiceServer
	reportingpb.UnimplementedReportingServiceServer

	mu       sync.Mutex
	receipts map[string]*intakepb.Receipt
	refusal  *intakepb.Refusal // of every batch, when it is not nil
	progress *reportingpb.GetProgressResponse
	pupils   []*reportingpb.ListPupilsResponse // pages
	asked    []*reportingpb.ListPupilsRequest
	held     []*studentpb.Record          // of the school
	since    map[*studentpb.Record]uint64 // the revision of what is held; 1 of what a test put there
	drive    *intakepb.GetDriveResponse   // nil for services that have none
	mayAsk   string                       // for the drive of scopes that begin so
	drives   []string                     // of what was submitted
	answered []*reportingpb.Acknowledgement
	taken    []*studentpb.Record // of every submission
	behind   bool                // what is taken is not yet held
}

func (f *fakeServices) SubmitStream(stream grpc.BidiStreamingServer[intakepb.SubmitStreamRequest, intakepb.SubmitStreamResponse]) error {
	for {
		req, err := stream.Recv()
		if err != nil {
			return nil
		}
		if err := stream.Send(f.take(req.GetSubmission())); err != nil {
			return err
		}
	}
}

func (f *fakeServices) take(sub *intakepb.Submission) *intakepb.SubmitStreamResponse {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := &intakepb.SubmitStreamResponse{SubmissionId: sub.GetId()}
	if f.refusal != nil {
		out.Answer = &intakepb.SubmitStreamResponse_Refusal{Refusal: f.refusal}
		return out
	}
	if r, ok := f.receipts[sub.GetId()]; ok {
		out.Answer = &intakepb.SubmitStreamResponse_Receipt{Receipt: r}
		return out
	}
	r := &intakepb.Receipt{SubmissionId: sub.GetId(), Kind: sub.GetKind(), StoredAt: timestamppb.Now(), Sequence: uint64(len(f.receipts) + 2), Accepted: int32(len(sub.GetRecords()))}
	for i, rec := range sub.GetRecords() {
		part, code := studentpb.Part_PART_PROFILE, rec.GetProfile().GetCode()
		switch {
		case rec.GetEnrolment() != nil:
			part, code = studentpb.Part_PART_ENROLMENT, rec.GetEnrolment().GetCode()
		case rec.GetResults() != nil:
			part, code = rec.GetResults().GetPart(), rec.GetResults().GetCode()
		}
		r.AcceptedRecords = append(r.AcceptedRecords, &intakepb.AcceptedRef{Index: int32(i), Part: part, Pupil: "ref" + code, OnTime: true})
	}
	f.receipts[sub.GetId()] = r
	f.drives = append(f.drives, sub.GetDrive())
	f.taken = append(f.taken, sub.GetRecords()...)
	if !f.behind {
		f.hold(r.GetSequence(), sub.GetRecords())
	}
	out.Answer = &intakepb.SubmitStreamResponse_Receipt{Receipt: r}
	return out
}

// hold makes records what is held, of a revision.
func (f *fakeServices) hold(revision uint64, records []*studentpb.Record) {
	for _, r := range records {
		now := wire.FromRecord(r)
		f.held = slices.DeleteFunc(slices.Clone(f.held), func(old *studentpb.Record) bool {
			return partOf(wire.FromRecord(old)) == partOf(now)
		})
		f.held = append(f.held, r)
		f.since[r] = revision
	}
}

func (f *fakeServices) GetDrive(_ context.Context, req *intakepb.GetDriveRequest) (*intakepb.GetDriveResponse, error) {
	if !strings.HasPrefix(req.GetScope(), f.mayAsk) {
		return nil, status.Error(codes.PermissionDenied, "not of this scope")
	}
	if f.drive == nil {
		return nil, status.Error(codes.NotFound, "no such school")
	}
	return f.drive, nil
}

func (f *fakeServices) GetSubmission(_ context.Context, req *intakepb.GetSubmissionRequest) (*intakepb.GetSubmissionResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r, ok := f.receipts[req.GetSubmissionId()]
	if !ok {
		return nil, status.Error(codes.NotFound, "no such submission")
	}
	return &intakepb.GetSubmissionResponse{Receipt: r}, nil
}

func (f *fakeServices) GetProgress(context.Context, *reportingpb.GetProgressRequest) (*reportingpb.GetProgressResponse, error) {
	return f.progress, nil
}

// Acknowledge takes everything.
func (f *fakeServices) Acknowledge(_ context.Context, req *reportingpb.AcknowledgeRequest) (*reportingpb.AcknowledgeResponse, error) {
	f.answered = append(f.answered, req.GetAcknowledgements()...)
	return &reportingpb.AcknowledgeResponse{Acknowledged: int32(len(req.GetAcknowledgements())), Sequence: 7, StoredAt: timestamppb.Now()}, nil
}

// ListRecords gives what is held, of one pupil a page.
func (f *fakeServices) ListRecords(_ context.Context, req *reportingpb.ListRecordsRequest) (*reportingpb.ListRecordsResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at, _ := strconv.Atoi(req.GetPageToken())
	if at >= len(f.held) {
		return &reportingpb.ListRecordsResponse{}, nil
	}
	out := &reportingpb.ListRecordsResponse{Pupils: []*reportingpb.HeldPupil{{Pupil: "ref" + wire.FromRecord(f.held[at]).Code().Reveal(), Records: []*reportingpb.HeldRecord{{Revision: max(1, f.since[f.held[at]]), Personal: f.held[at]}}}}}
	if at+1 < len(f.held) {
		out.NextPageToken = strconv.Itoa(at + 1)
	}
	return out, nil
}

func (f *fakeServices) ListPupils(_ context.Context, req *reportingpb.ListPupilsRequest) (*reportingpb.ListPupilsResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, req)
	page := 0
	if req.GetPageToken() != "" {
		page = 1
	}
	return f.pupils[page], nil
}

// cli runs command lines against fake services.
type cli struct {
	t        *testing.T
	services *fakeServices
	feed     *fakeFeed
	dial     grpc.DialOption
	in       string
}

func newCLI(t *testing.T) *cli {
	t.Helper()
	f := &fakeServices{receipts: map[string]*intakepb.Receipt{}, since: map[*studentpb.Record]uint64{}}
	l, s := bufconn.Listen(1<<20), grpc.NewServer()
	intakepb.RegisterIntakeServiceServer(s, f)
	intakepb.RegisterWindowServiceServer(s, f)
	reportingpb.RegisterReportingServiceServer(s, f)
	feed := &fakeFeed{}
	reportingpb.RegisterFeedServiceServer(s, feed)
	var serving sync.WaitGroup
	serving.Go(func() { _ = s.Serve(l) }) // ends when the server is stopped
	t.Cleanup(func() {
		s.Stop()
		serving.Wait()
	})
	return &cli{t: t, services: f, feed: feed, dial: grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) })}
}

// run gives the exit code and what was printed on both outputs.
func (c *cli) run(args ...string) (code int, out, errOut string) {
	c.t.Helper()
	var stdout, stderr bytes.Buffer
	switch args[0] {
	case "check", "rules", "generate": // work offline
	default:
		args = append(args, "--server", "passthrough:///fake")
	}
	code = command(c.t.Context(), args, streams{strings.NewReader(c.in), &stdout, &stderr}, c.dial)
	return code, stdout.String(), stderr.String()
}

// want fails unless the command ended with the code and printed each text somewhere.
func (c *cli) want(code int, texts []string, args ...string) {
	c.t.Helper()
	got, out, errOut := c.run(args...)
	if got != code {
		c.t.Errorf("%v: exit %d, want %d\n%s%s", args, got, code, out, errOut)
	}
	for _, text := range texts {
		if !strings.Contains(out+errOut, text) {
			c.t.Errorf("%v: nothing says %q\n%s%s", args, text, out, errOut)
		}
	}
}
