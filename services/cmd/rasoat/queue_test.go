package main

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/rasoat/rasoat/services/internal/eventually"
)

func aQueue(waiting, rechecks int64) *pb.GetQueueResponse {
	return &pb.GetQueueResponse{
		Provinces: []*pb.ProvinceQueue{{Province: "01", Waiting: waiting, Rechecks: rechecks}}, Waiting: waiting, Rechecks: rechecks, Rate: 19.84,
		Registry: pb.RegistryState_REGISTRY_STATE_WELL, SpentToday: 70, BudgetADay: 90_000, BudgetASecond: 20,
		DoneAt: timestamppb.New(time.Now().Add(125*time.Minute + 20*time.Second)),
	}
}

func TestQueueCommand(t *testing.T) {
	c, f := newMatchingCLI(t)
	c.services.drive = &intakepb.GetDriveResponse{Provinces: []*intakepb.CatalogueEntry{{Code: "01", Name: "Thủ đô"}}} // as the services name it
	f.queues = []*pb.GetQueueResponse{aQueue(1234, 56)}
	done := when(f.queues[0].GetDoneAt())
	c.want(exitFine, []string{"Thủ đô", "1234", "56", "trả lời bình thường", "70/90000", "Budget a second: 20", "19.8", done, "còn 2 giờ 5 phút / in 2 h 5 min"}, "queue")
	c.want(exitFine, []string{`"waiting":"1234"`, `"done_at"`}, "queue", "--json")

	away := aQueue(3, 0)
	away.Registry, away.DoneAt, away.BudgetADay, away.BudgetASecond = pb.RegistryState_REGISTRY_STATE_AWAY, nil, 0, 0
	away.Provinces[0].Province = "00" // in no catalogue
	f.queues = []*pb.GetQueueResponse{away}
	c.want(exitFine, []string{"is away", "70/no limit", "Done at: unknown"}, "queue", "--lang", "en")

	spent := aQueue(3, 0)
	spent.Registry, spent.ResumesAt = pb.RegistryState_REGISTRY_STATE_SPENT, timestamppb.New(time.Now().Add(50*time.Hour+time.Minute))
	f.queues = []*pb.GetQueueResponse{spent}
	c.want(exitFine, []string{"the budget of the day is spent", "Goes on at", "(in 2 d 2 h)"}, "queue", "--lang", "en")
	f.queues = []*pb.GetQueueResponse{aQueue(0, 0)}
	c.want(exitFine, []string{"No question waits"}, "queue")
	c.want(exitInput, nil, "queue", "01")
	c.want(exitInput, []string{"--every"}, "queue", "--watch", "--every", "0")
}

func TestQueueWatch(t *testing.T) {
	c, f := newMatchingCLI(t)
	stages := []*pb.GetQueueResponse{aQueue(6, 2), aQueue(6, 2), aQueue(0, 2), aQueue(0, 0)}
	stages[2].Registry = pb.RegistryState_REGISTRY_STATE_MAINTENANCE
	f.queues = stages
	code, out, _ := c.run("queue", "--watch", "--every", "1ms", "--lang", "en")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != exitFine || len(lines) != 3 {
		t.Fatalf("exit %d:\n%s", code, out)
	}
	for i, want := range []string{"0%  waiting 6  re-checks 2  19.8/s  done ", "75%  waiting 0  re-checks 2  19.8/s  is closed for maintenance", "100%  waiting 0  re-checks 0"} {
		if !strings.HasPrefix(strings.TrimSpace(lines[i]), want) {
			t.Errorf("line %d is %q, want %q", i, lines[i], want)
		}
	}
	f.queues = stages
	_, out, _ = c.run("queue", "--watch", "--every", "1ms", "--json")
	lines = strings.Split(strings.TrimSpace(out), "\n")
	var last struct{ Waiting, Rechecks string }
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || len(lines) != 4 || last.Waiting != "0" {
		t.Errorf("got %d lines, %+v, %v", len(lines), last, err)
	}
}

// It goes on until it is stopped, and that is no failure.
func TestQueueWatchStops(t *testing.T) {
	c, f := newMatchingCLI(t)
	f.queues = []*pb.GetQueueResponse{aQueue(6, 2)}
	ctx, cancel := context.WithCancel(eventually.Context(t))
	defer cancel()
	out := &waiter{texts: map[string]chan struct{}{"waiting 6": make(chan struct{})}}
	ended := make(chan int, 1)
	go func() {
		ended <- command(ctx, []string{"queue", "--watch", "--every", "1ms", "--lang", "en", "--server", "passthrough:///fake"}, streams{nil, out, io.Discard}, c.dial)
	}()
	out.wait(ctx, t, "waiting 6")
	cancel()
	if code := <-ended; code != exitFine {
		t.Errorf("exit %d after it was stopped", code)
	}
}

func TestFromNow(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "in 0 s", 59 * time.Second: "in 59 s", time.Minute: "in 1 min", 90 * time.Minute: "in 1 h 30 min", 49 * time.Hour: "in 2 d 1 h",
	} {
		if got := fromNow(d).En; got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}
