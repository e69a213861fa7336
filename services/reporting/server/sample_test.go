package server

import (
	"context"
	"fmt"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/protobuf/proto"
)

func TestSample(t *testing.T) {
	ctx := context.Background()
	s := serveOn(t, approvalDrive)
	for i := range 12 {
		s.pupil(t, testSchool, fmt.Sprintf("p%d", i), fmt.Sprintf("12A%d", i%3), nil)
	}
	s.pupil(t, "01/01000702", "elsewhere", "12A1", nil)
	s.settle(t)
	draw := func(seed uint64, size int32) *pb.DrawSampleResponse {
		t.Helper()
		resp, err := s.DrawSample(ctx, &pb.DrawSampleRequest{Scope: testSchool, Window: firstWindow, Seed: seed, Size: size})
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	got := draw(7, 5)
	if got.GetPopulation() != 12 || len(got.GetPupils()) != 5 || !proto.Equal(draw(7, 5), got) || len(draw(7, 0).GetPupils()) != 10 || len(draw(8, 50).GetPupils()) != 12 {
		t.Errorf("got %d of %d", len(got.GetPupils()), got.GetPopulation())
	}
	for i, p := range got.GetPupils() {
		if len(p.GetRecords()) != 5 || len(p.GetSeen()) != 16 || i > 0 && p.GetClass() < got.GetPupils()[i-1].GetClass() {
			t.Errorf("got %v, want five records and what is seen, in order of class", p)
		}
	}
	compared := func(seed uint64, differing ...string) *pb.RecordSampleResponse {
		t.Helper()
		req := &pb.RecordSampleRequest{Scope: testSchool, Window: firstWindow, Seed: seed}
		for i, p := range draw(seed, 5).GetPupils() {
			c := &pb.Compared{Pupil: p.GetPupil(), Seen: p.GetSeen()}
			if i == 0 {
				c.Differing = differing
			}
			req.Pupils = append(req.Pupils, c)
		}
		resp, err := s.RecordSample(by("so01", "01"), req)
		if err != nil {
			t.Fatal(err)
		}
		s.settle(t)
		return resp
	}
	if a := compared(7, "full_name").GetAccuracy(); a.GetCompared() != 5 || a.GetDiffering() != 1 || a.GetAgreesFrom() != 375 || a.GetAgreesTo() != 964 || a.GetOfficer() != "so01" {
		t.Errorf("got %v, want one of five", a)
	}
	if a := compared(7).GetAccuracy(); a.GetCompared() != 5 || a.GetDiffering() != 0 {
		t.Errorf("the same draw again: got %v, want none of five", a)
	}
	compared(9, "subjects[TOAN].year")
	all, err := s.GetAccuracy(ctx, &pb.GetAccuracyRequest{Window: firstWindow})
	if err != nil || len(all.GetSchools()) != 1 || all.GetTotal().GetDiffering() != 1 || all.GetTotal().GetCompared() < 5 || all.GetSchools()[0].GetSchool() != "01000701" ||
		all.GetSchools()[0].GetStoredAt().AsTime().IsZero() {
		t.Errorf("got %v, %v", all, err)
	}
	if none, err := s.GetAccuracy(ctx, &pb.GetAccuracyRequest{Scope: "79", Window: firstWindow}); err != nil || len(none.GetSchools()) != 0 || none.GetTotal().GetAgreesTo() != 1000 {
		t.Errorf("nobody was compared: got %v, %v", none, err)
	}
	s.approve(t, &pb.ApproveRequest{Scope: testSchool, Exception: "danh mục ghi sai"})
	s.rebuilt(t, testSchool)

	one := &pb.Compared{Pupil: "p1", Seen: make([]byte, 16)}
	for name, tt := range map[string]struct {
		req  *pb.RecordSampleRequest
		kind fault.Kind
	}{
		"twice":     {&pb.RecordSampleRequest{Scope: testSchool, Window: firstWindow, Pupils: []*pb.Compared{one, one}}, fault.Invalid},
		"elsewhere": {&pb.RecordSampleRequest{Scope: testSchool, Window: firstWindow, Pupils: []*pb.Compared{{Pupil: "elsewhere"}}}, fault.NotFound},
		"window":    {&pb.RecordSampleRequest{Scope: testSchool, Window: "third", Pupils: []*pb.Compared{one}}, fault.NotFound},
		"school":    {&pb.RecordSampleRequest{Scope: "79/01000701", Window: firstWindow, Pupils: []*pb.Compared{one}}, fault.NotFound},
	} {
		if _, err := s.RecordSample(ctx, tt.req); !fault.Is(err, tt.kind) {
			t.Errorf("%s: got %v, want %v", name, err, tt.kind)
		}
	}
	if _, err := s.GetAccuracy(ctx, &pb.GetAccuracyRequest{Scope: "02", Window: firstWindow}); !fault.Is(err, fault.NotFound) {
		t.Errorf("unknown province: got %v", err)
	}
}
