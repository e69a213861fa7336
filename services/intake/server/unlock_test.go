package server

import (
	"context"
	"slices"
	"testing"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

func TestUnlocks(t *testing.T) {
	s, _, log := closed(t)
	expires := timestamppb.New(time.Now().Add(time.Hour))
	ask := &pb.AskUnlockRequest{Scope: aSchool, Class: "12A1", Parts: []studentpb.Part{r10}, Expires: expires, Reason: "Mất điện cả ngày"}
	if _, err := s.AskUnlock(context.Background(), ask); !fault.Is(err, fault.Invalid) {
		t.Errorf("asked by nobody: got %v", err)
	}
	asked, err := s.AskUnlock(as("truong"), ask)
	if err != nil || asked.GetUnlock().GetState() != pb.UnlockState_UNLOCK_STATE_ASKED || asked.GetUnlock().GetAskedBy() != "truong" {
		t.Fatalf("asked: got %v, %v", asked, err)
	}
	if again, err := s.AskUnlock(as("truong"), ask); err != nil || !proto.Equal(again, asked) {
		t.Errorf("asked again: got %v, %v", again, err)
	}
	if _, err := s.take(as("x"), s.results("a", 0, r10), time.Time{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("an unlock that was only asked for opened: %v", err)
	}
	id := asked.GetUnlock().GetId()
	decide := func(account string, d pb.UnlockDecision) (*pb.DecideUnlockResponse, error) {
		return s.DecideUnlock(as(account), &pb.DecideUnlockRequest{Scope: aSchool, Unlock: id, Decision: d, Reason: "Đã kiểm tra"})
	}
	if _, err := decide("truong", pb.UnlockDecision_UNLOCK_DECISION_APPROVE); !fault.Is(err, fault.Denied) {
		t.Errorf("approved by who asked: got %v", err)
	}
	if _, err := decide("", pb.UnlockDecision_UNLOCK_DECISION_APPROVE); !fault.Is(err, fault.Invalid) {
		t.Errorf("approved by nobody: got %v", err)
	}
	opened, err := decide("so", pb.UnlockDecision_UNLOCK_DECISION_APPROVE)
	if err != nil || opened.GetUnlock().GetState() != pb.UnlockState_UNLOCK_STATE_OPEN {
		t.Fatalf("approved: got %v, %v", opened, err)
	}
	if again, err := decide("so", pb.UnlockDecision_UNLOCK_DECISION_APPROVE); err != nil || !proto.Equal(again, opened) {
		t.Errorf("approved again: got %v, %v", again, err)
	}
	if _, err := decide("so2", pb.UnlockDecision_UNLOCK_DECISION_REFUSE); !fault.Is(err, fault.Conflict) {
		t.Errorf("refused when it is open: got %v", err)
	}
	got, err := s.take(context.Background(), s.results("a", 0, r10, r11), time.Time{})
	if err != nil || got.GetAccepted() != 1 || !got.GetAcceptedRecords()[0].GetOnTime() || !proto.Equal(got.GetAcceptedRecords()[0].GetNotAfter(), expires) {
		t.Errorf("by the unlock: got %v, %v; want its part alone", got, err)
	}
	other := s.results("b", 0, r10)
	other.Records[0].GetResults().Class = "12A2"
	if _, err := s.take(context.Background(), other, time.Time{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("another class: got %v", err)
	}
	revoked, err := decide("so2", pb.UnlockDecision_UNLOCK_DECISION_REVOKE)
	if err != nil || revoked.GetUnlock().GetState() != pb.UnlockState_UNLOCK_STATE_REVOKED {
		t.Fatalf("revoked: got %v, %v", revoked, err)
	}
	if _, err := s.take(context.Background(), s.results("c", 0, r10), time.Time{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("after the revocation: got %v", err)
	}
	if _, err := s.take(context.Background(), s.results("c", 0, r10), revoked.GetUnlock().GetDecidedAt().AsTime().Add(-1)); err != nil {
		t.Errorf("stored by PORTAL before the revocation: got %v", err)
	}
	second, err := s.AskUnlock(as("truong"), ask)
	if err != nil || second.GetUnlock().GetId() != id+"-2" {
		t.Errorf("the same asked for after the end: got %v, %v", second, err)
	}
	if _, err := s.DecideUnlock(as("so"), &pb.DecideUnlockRequest{Scope: aSchool, Unlock: "u0", Decision: 1, Reason: "không có"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unlock that there is not: got %v", err)
	}
	// Kept by somebody's hand: who asked has approved. It opens nothing.
	forged := &pb.UnlocksDecided{Drive: s.cfg.Drive.ID, Province: "79", School: "79000701", Unlocks: []*pb.Unlock{{
		Id: "u9", Province: "79", School: "79000701", Expires: expires, AskedBy: "truong", Decision: pb.UnlockDecision_UNLOCK_DECISION_APPROVE, DecidedBy: "truong",
	}}}
	data, _ := proto.Marshal(forged)
	if _, err := log.Append(context.Background(), eventlog.Event{Subject: "decision.unlocks.79.79000701", Type: wire.TypeUnlocks, Data: data}); err != nil {
		t.Fatal(err)
	}
	sub := s.results("d", 0, r10)
	sub.Province, sub.School = "79", "79000701"
	if _, err := s.take(context.Background(), sub, time.Time{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("an unlock approved by who asked for it opened: %v", err)
	}
	for scope, want := range map[string][]string{"": {id + "-2", id, "u9"}, "01": {id + "-2", id}, aSchool: {id + "-2", id}, "79": {"u9"}, "02": nil} {
		list, err := s.ListUnlocks(context.Background(), &pb.ListUnlocksRequest{Scope: scope})
		var got []string
		for _, u := range list.GetUnlocks() {
			got = append(got, u.GetId())
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("list %q: got %v, %v; want %v", scope, got, err, want)
		}
	}
	if list, err := s.ListUnlocks(context.Background(), &pb.ListUnlocksRequest{States: []pb.UnlockState{pb.UnlockState_UNLOCK_STATE_REVOKED}}); err != nil || len(list.GetUnlocks()) != 1 {
		t.Errorf("revoked ones: got %v, %v", list, err)
	}
	if _, err := s.ListUnlocks(context.Background(), &pb.ListUnlocksRequest{Scope: "01/nobody"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("of no school: got %v", err)
	}
}

// Many ask and decide at once, through several copies: nothing is lost, and one decision holds.
func TestUnlocksAtOnce(t *testing.T) {
	copies, log := copiesOf(t, 3)
	expires := timestamppb.New(time.Now().Add(time.Hour))
	ids := make([]string, 12)
	var g errgroup.Group
	for i := range ids {
		g.Go(func() error {
			got, err := copies[i%3].AskUnlock(as("truong"), &pb.AskUnlockRequest{Scope: aSchool, Expires: expires, Reason: "Lý do " + string(rune('a'+i))})
			ids[i] = got.GetUnlock().GetId()
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	kinds := make([]error, 6)
	for i := range kinds {
		g.Go(func() error {
			d := []pb.UnlockDecision{pb.UnlockDecision_UNLOCK_DECISION_APPROVE, pb.UnlockDecision_UNLOCK_DECISION_REFUSE}[i%2]
			_, kinds[i] = copies[i%3].DecideUnlock(as("so"+string(rune('a'+i))), &pb.DecideUnlockRequest{Scope: aSchool, Unlock: ids[0], Decision: d, Reason: "một lý do"})
			return nil
		})
	}
	_ = g.Wait()
	fine := 0
	for i, err := range kinds {
		if err == nil {
			fine++
		} else if !fault.Is(err, fault.Conflict) {
			t.Errorf("decision %d: got %v", i, err)
		}
	}
	list, err := copies[0].ListUnlocks(context.Background(), &pb.ListUnlocksRequest{Scope: aSchool})
	if err != nil || len(list.GetUnlocks()) != len(ids) || fine != 1 {
		t.Errorf("got %d unlocks and %d decisions, %v; want %d and one", len(list.GetUnlocks()), fine, err, len(ids))
	}
	if m, err := log.Last(context.Background(), "decision.unlocks.01.01000701"); err != nil || m.Sequence != uint64(len(ids)+1) {
		t.Errorf("got sequence %d, %v", m.Sequence, err)
	}
}
