package portal

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// fakeIntake takes each id once, as the real one does, and misbehaves as it is told.
type fakeIntake struct {
	intakepb.UnimplementedIntakeServiceServer

	mu      sync.Mutex
	taken   map[string][32]byte // content by id
	records int                 // in the log
	seen    int                 // batches that arrived, repeats among them
	streams int

	// misbehave is asked for each batch that arrived, after it was taken.
	misbehave func(n int, sub *intakepb.Submission) misdeed
}

type misdeed int

const (
	behave misdeed = iota
	lose           // take it and never answer
	breakOff
	crash
	sayUnavailable // do not take it
	sayInternal
	refuse // the whole batch
	refuseFirst
	late
)

func (f *fakeIntake) SubmitStream(stream grpc.BidiStreamingServer[intakepb.SubmitStreamRequest, intakepb.SubmitStreamResponse]) error {
	f.mu.Lock()
	f.streams++
	f.mu.Unlock()
	for {
		req, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		answer, err := f.take(req.GetSubmission())
		if err != nil {
			return err
		}
		if answer == nil {
			continue
		}
		if err := stream.Send(answer); err != nil {
			return err
		}
	}
}

func (f *fakeIntake) take(sub *intakepb.Submission) (*intakepb.SubmitStreamResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen++
	todo := behave
	if f.misbehave != nil {
		todo = f.misbehave(f.seen, sub)
	}
	out := &intakepb.SubmitStreamResponse{SubmissionId: sub.GetId()}
	refusal := func(code string) (*intakepb.SubmitStreamResponse, error) {
		r := &intakepb.Refusal{SubmissionId: sub.GetId(), Code: code, MessageVi: "không", MessageEn: "no"}
		if code == "invalid" {
			r.Problems = []*pb.Problem{{Path: "records[0].results.subjects[1].year.mark_tenths", Rule: "X"}}
		}
		out.Answer = &intakepb.SubmitStreamResponse_Refusal{Refusal: r}
		return out, nil
	}
	switch todo {
	case sayUnavailable:
		return refusal("unavailable")
	case sayInternal:
		return refusal("internal")
	case refuse:
		return refusal("invalid")
	}
	content, err := wire.Canonical(sub)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(content)
	if old, ok := f.taken[sub.GetId()]; ok && old != sum {
		return refusal("conflict")
	} else if !ok {
		f.taken[sub.GetId()] = sum
		f.records += len(sub.GetRecords())
	}
	switch todo {
	case lose:
		return nil, nil
	case breakOff:
		return nil, status.Error(codes.Unavailable, "going down")
	case crash:
		return nil, status.Error(codes.Internal, "stream terminated by RST_STREAM")
	}
	r := &intakepb.Receipt{SubmissionId: sub.GetId(), Kind: sub.GetKind(), Sequence: uint64(len(f.taken)), StoredAt: timestamppb.Now(), Accepted: int32(len(sub.GetRecords()))}
	for i := range sub.GetRecords() {
		if todo == refuseFirst && i == 0 {
			r.Accepted, r.Refused = r.Accepted-1, 1
			r.RefusedRecords = append(r.RefusedRecords, &intakepb.RefusedRecord{Index: 0, Problems: []*pb.Problem{{
				Path: "records[0].enrolment.since", Rule: "DATE_INVALID", MessageVi: "ngày", MessageEn: "date", RemedyVi: "sửa", RemedyEn: "mend"}}})
			continue
		}
		r.AcceptedRecords = append(r.AcceptedRecords, &intakepb.AcceptedRef{Index: int32(i), OnTime: todo != late})
	}
	out.Answer = &intakepb.SubmitStreamResponse_Receipt{Receipt: r}
	return out, nil
}

// network is where a fake service can be reached, goes away and comes back.
type network struct {
	tb testing.TB
	mu sync.Mutex
	l  *bufconn.Listener
	s  *grpc.Server
}

func (n *network) up(f *fakeIntake) {
	n.mu.Lock()
	defer n.mu.Unlock()
	l, s := bufconn.Listen(1<<20), grpc.NewServer(grpc.MaxRecvMsgSize(8<<20))
	intakepb.RegisterIntakeServiceServer(s, f)
	n.l, n.s = l, s
	go func() { _ = s.Serve(l) }() // ends when the test stops the server
}

func (n *network) down() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.s.Stop()
	n.l = nil
}

func (n *network) dial(ctx context.Context, _ string) (net.Conn, error) {
	n.mu.Lock()
	l := n.l
	n.mu.Unlock()
	if l == nil {
		return nil, fmt.Errorf("nobody listens")
	}
	return l.DialContext(ctx)
}

// mustStart starts a fake service and makes a client of it with short pauses.
func mustStart(tb testing.TB, f *fakeIntake) (*network, *Client) {
	tb.Helper()
	f.taken = map[string][32]byte{}
	n := &network{tb: tb}
	n.up(f)
	conn, err := Dial("passthrough:///fake", grpc.WithContextDialer(n.dial))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = conn.Close()
		n.mu.Lock()
		defer n.mu.Unlock()
		n.s.Stop()
	})
	return n, &Client{Intake: intakepb.NewIntakeServiceClient(conn), MinBackoff: time.Millisecond, MaxBackoff: 20 * time.Millisecond, AnswerTimeout: eventually.Patience}
}

// rosterOf makes entries of n pupils in classes of 45.
func rosterOf(n int) Source {
	return func(yield func(Entry, error) bool) {
		for i := range n {
			r := &pb.Record{Content: &pb.Record_Enrolment{Enrolment: &pb.Enrolment{
				Code: fmt.Sprintf("%010d", i), Class: fmt.Sprintf("12A%d", i/45), State: pb.EnrolmentState_ENROLMENT_STATE_JOINED,
				Since: &pb.Date{Year: 2022, Month: 9, Day: 5}}}}
			if !yield(Entry{Records: []*pb.Record{r}, Origin: Place(fmt.Sprintf("row %d", i))}, nil) {
				return
			}
		}
	}
}

var sender = Sender{Drive: "2022-2023-12", Province: "01", School: "01000701"}
