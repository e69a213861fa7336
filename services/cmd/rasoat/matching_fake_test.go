package main

import (
	"bytes"
	"context"
	"net"
	"slices"
	"strconv"
	"sync"
	"testing"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// fakeMatching is matching as the command line sees it. It refuses what breaks the contract.
type fakeMatching struct {
	pb.UnimplementedMatchingServiceServer

	mu        sync.Mutex
	reviews   []*pb.Review // one a page
	listed    []*pb.ListReviewsRequest
	settled   []*pb.SettleRequest
	rechecked []*pb.RecheckRequest
	unclaimed bool                   // nobody claims the numbers
	queues    []*pb.GetQueueResponse // one after the other; the last stays
}

// lawful is the error of a request that breaks the contract.
func lawful(m proto.Message) error {
	if fields := rpc.Validate(m, ""); len(fields) > 0 {
		return rpc.ToStatus(&fault.Error{Kind: fault.Invalid, Op: "fake", Fields: fields, Text: fault.Text{Vi: "sai giao ước", En: "against the contract"}})
	}
	return nil
}

func (f *fakeMatching) ListReviews(_ context.Context, req *pb.ListReviewsRequest) (*pb.ListReviewsResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.listed = append(f.listed, req)
	at, _ := strconv.Atoi(req.GetPageToken())
	if at >= len(f.reviews) {
		return &pb.ListReviewsResponse{}, lawful(req)
	}
	out := &pb.ListReviewsResponse{Reviews: f.reviews[at : at+1]}
	if at+1 < len(f.reviews) {
		out.NextPageToken = strconv.Itoa(at + 1)
	}
	return out, lawful(req)
}

// Settle needs two officers, and the facts as they are.
func (f *fakeMatching) Settle(_ context.Context, req *pb.SettleRequest) (*pb.SettleResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !bytes.Equal(req.GetSeen(), seen) {
		return nil, rpc.ToStatus(fault.New(fault.Conflict, "fake", "đã thay đổi", "has changed"))
	}
	f.settled = append(f.settled, req)
	said := map[string]bool{}
	for _, s := range f.settled {
		said[s.GetOfficer()] = !s.GetWithdraw()
	}
	missing := 2
	for _, stands := range said {
		if stands {
			missing--
		}
	}
	return &pb.SettleResponse{Sequence: uint64(len(f.settled)), StoredAt: timestamppb.Now(), OfficersMissing: int32(missing)}, lawful(req)
}

func (f *fakeMatching) Recheck(_ context.Context, req *pb.RecheckRequest) (*pb.RecheckResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rechecked = append(f.rechecked, req)
	if f.unclaimed {
		return &pb.RecheckResponse{}, lawful(req)
	}
	return &pb.RecheckResponse{Sequence: uint64(len(f.rechecked))}, lawful(req)
}

func (f *fakeMatching) GetQueue(context.Context, *pb.GetQueueRequest) (*pb.GetQueueResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	q := f.queues[0]
	if len(f.queues) > 1 {
		f.queues = f.queues[1:]
	}
	return q, nil
}

func newMatchingCLI(t *testing.T) (*cli, *fakeMatching) {
	t.Helper()
	f := &fakeMatching{}
	l, s := bufconn.Listen(1<<20), grpc.NewServer()
	pb.RegisterMatchingServiceServer(s, f)
	services := &fakeServices{}
	intakepb.RegisterWindowServiceServer(s, services)
	var serving sync.WaitGroup
	serving.Go(func() { _ = s.Serve(l) }) // ends when the server is stopped
	t.Cleanup(func() {
		s.Stop()
		serving.Wait()
	})
	return &cli{t: t, services: services, dial: grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) })}, f
}

var seen = []byte("what was seen...")

// private are the values of a review that are printed only when they are asked for.
var private = []string{"Nguyễn Văn Ẩn", "2005-03-04", "004205001234", "2005-04-03", "Đã xem bản chính"}

// aReview is one of a pupil whose day and month are exchanged, and whom one officer has settled.
func aReview(pupil string) *pb.Review {
	return &pb.Review{
		Outcome: pb.Outcome_OUTCOME_MISMATCHED, OfficersNeeded: 2,
		Judgement: &pb.Judgement{
			Pupil: pupil, Province: "01", School: "01000701", Seen: slices.Clone(seen), Outcome: pb.Outcome_OUTCOME_MISMATCHED, Actor: pb.Actor_ACTOR_SCHOOL,
			MessageVi: "Ngày sinh bị đảo ngày và tháng.", MessageEn: "Day and month of the birth date are exchanged.",
			Causes: []*pb.Cause{{Field: pb.Field_FIELD_DATE_OF_BIRTH, Kind: "swapped"}},
			Steps: []*pb.Step{{Field: pb.Field_FIELD_FULL_NAME, Level: "raw", Weight: 1525}, {Field: pb.Field_FIELD_DATE_OF_BIRTH, Level: "swapped", Weight: 207},
				{Field: pb.Field_FIELD_GENDER, Level: "differs", Weight: -505}},
			Proposal: &pb.Proposal{Field: pb.Field_FIELD_DATE_OF_BIRTH, Kind: "day_month_swapped", Personal: &pb.PersonalProposal{Reported: private[1], Proposed: private[3]}},
		},
		Settlements: []*pb.Settlement{{Officer: "lan.sgd01", Evidence: pb.Evidence_EVIDENCE_BIRTH_CERTIFICATE, Reason: private[4], StoredAt: timestamppb.Now()}},
		Personal: &pb.PersonalReview{Profile: &studentpb.Profile{Class: "12A1", FullName: private[0], DateOfBirth: &studentpb.Date{Year: 2005, Month: 3, Day: 4},
			Gender: studentpb.Gender_GENDER_MALE, Identity: &studentpb.Identity{Number: private[2]}}},
	}
}
