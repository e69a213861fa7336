package e2e

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/recordfeed/rows"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/examtable"
	"google.golang.org/protobuf/proto"
)

// The records of the feed test. One who stopped reading after the first ones lags by all versions that were written since.
const (
	feedPupils = 400
	feedFirst  = 50
	feedKills  = 5
	feedChunk  = 300 // versions that are written for each kill
	feedBatch  = 100 // the most that a subscriber who is killed takes at once
	feedLag    = feedKills * feedChunk
)

// subscriberEnv makes the test binary a subscriber: a process of its own that keeps a table in step. It holds the broker's URL and the file.
const subscriberEnv = "RASOAT_E2E_SUBSCRIBER"

// TestFeed: one who subscribed from the start, one who joins late, one who is killed again and again, and one who lags by thousands of versions
// end with the same table, which is that of the cut-off.
func TestFeed(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := start(t, options{seed: 5})
	feed := reportingpb.NewFeedServiceClient(dial(t, s.GRPCAddr()))
	records := demo.NewRecordLog(s.Log(), feedPupils)
	tables := map[string]*examtable.Table{}
	for _, name := range []string{"start", "late", "lagging"} {
		table, err := examtable.Open(filepath.Join(t.TempDir(), name), rows.Default())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = table.Close() })
		tables[name] = table
	}
	once := func(name string) {
		t.Helper()
		if err := recordfeed.Subscribe(ctx, recordfeed.Config{URL: s.NATSURL(), Name: name, Handler: tables[name], Once: true}); err != nil {
			t.Fatal(err)
		}
	}

	following, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		ended <- recordfeed.Subscribe(following, recordfeed.Config{URL: s.NATSURL(), Name: "start", Handler: tables["start"]})
	}()
	first := make([]int, feedFirst)
	for i := range first {
		first[i] = i
	}
	if err := records.Put(ctx, first, nil); err != nil {
		t.Fatal(err)
	}
	once("lagging")

	killed := filepath.Join(t.TempDir(), "killed")
	killSubscriber(t, s.NATSURL(), killed, records)

	subs, err := feed.ListSubscribers(ctx, &reportingpb.ListSubscribersRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, sub := range subs.GetSubscribers() {
		if sub.GetName() == "lagging" && (sub.GetPending() < feedLag || sub.GetReadTo() != feedFirst || sub.GetBehindSince() == nil) {
			t.Errorf("the lagging one: %v", sub)
		}
	}
	lags := false
	for req := (&reportingpb.ListHoldersRequest{PageSize: 1000}); !lags; {
		page, err := feed.ListHolders(ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range page.GetHolders() {
			lags = lags || h.GetSubscriber() == "lagging" && h.GetHolds() <= feedFirst
		}
		if req.PageToken = page.GetNextPageToken(); req.PageToken == "" && !lags {
			t.Error("nobody tells that the lagging one holds old versions")
			break
		}
	}
	taken, err := feed.TakeCutOff(ctx, &reportingpb.TakeCutOffRequest{Id: "exam", Reason: "Chốt danh sách dự thi"})
	if err != nil {
		t.Fatal(err)
	}
	once("late")
	once("lagging")
	if said, err := acks(t, subscriber(ctx, s.NATSURL(), killed, true), func(int) {}); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	wait(ctx, t, "the one from the start to have read everything", func() bool {
		subs, err := feed.ListSubscribers(ctx, &reportingpb.ListSubscribersRequest{})
		return err == nil && subs.GetSubscribers()[len(subs.GetSubscribers())-1].GetReadTo() == subs.GetNewest()
	})
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if tables["killed"], err = examtable.Open(killed, rows.Default()); err != nil {
		t.Fatal(err)
	}
	defer tables["killed"].Close()
	for name, table := range tables {
		compareWithCutOff(ctx, t, name, table, taken.GetCutOff())
	}
}

// killSubscriber runs a subscriber again and again while new pupils, corrections and withdrawals are written, in random order, and kills it each time
// when it has just taken some of them: it cannot have taken all.
func killSubscriber(t *testing.T, url, file string, records *demo.RecordLog) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 1))
	for range feedKills {
		process := subscriber(t.Context(), url, file, false)
		written := make(chan error, 1)
		chunk, withdrawn := r.Perm(feedPupils)[:feedChunk], rand.New(rand.NewPCG(r.Uint64(), 1))
		go func() {
			written <- records.Put(t.Context(), chunk, func(int) bool { return withdrawn.IntN(5) == 0 })
		}()
		after := 1 + rand.IntN(feedChunk/feedBatch-1)
		said, _ := acks(t, process, func(n int) { // it ends because it is killed
			if n == after {
				_ = process.Process.Kill()
			}
		})
		if process.ProcessState.Exited() {
			t.Fatalf("the subscriber ended by itself: %s", said)
		}
		if err := <-written; err != nil {
			t.Fatal(err)
		}
	}
}

func subscriber(ctx context.Context, url, file string, once bool) *exec.Cmd {
	env := url + "|" + file
	if once {
		env += "|once"
	}
	return child(ctx, "TestFeedSubscriber", subscriberEnv, env)
}

// saying is a table that says each batch that it has taken.
type saying struct{ *examtable.Table }

func (s saying) Handle(ctx context.Context, records []recordfeed.Record) error {
	err := s.Table.Handle(ctx, records)
	if err == nil {
		fmt.Println(ack)
	}
	return err
}

// TestFeedSubscriber is the subscriber of TestFeed that is killed.
func TestFeedSubscriber(t *testing.T) {
	env := os.Getenv(subscriberEnv)
	if env == "" {
		return // not a test of its own: TestFeed runs it
	}
	url, rest, _ := strings.Cut(env, "|")
	file, once, _ := strings.Cut(rest, "|")
	table, err := examtable.Open(file, rows.Default())
	if err != nil {
		t.Fatal(err)
	}
	if err := recordfeed.Subscribe(context.Background(), recordfeed.Config{URL: url, Name: "killed", Handler: saying{table}, Once: once != "", Batch: feedBatch}); err != nil {
		t.Fatal(errors.Join(err, table.Close()))
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
}

// compareWithCutOff counts a table and compares it with a manifest, school by school.
func compareWithCutOff(ctx context.Context, t *testing.T, name string, table recordfeed.Table, cut *reportingpb.CutOff) {
	t.Helper()
	var count recordfeed.Count
	if err := table.Each(ctx, func(h recordfeed.Held) error {
		count.Add(h)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if total := count.Total; total.Verified != cut.GetVerified() || total.Withdrawn != cut.GetWithdrawn() || string(total.Digest[:]) != string(cut.GetDigest()) ||
		total.Verified+total.Withdrawn < feedPupils*9/10 {
		t.Errorf("%s: got %d verified, %d withdrawn, %v; want %d, %d, %x", name, total.Verified, total.Withdrawn, total.Digest, cut.GetVerified(), cut.GetWithdrawn(), cut.GetDigest())
	}
	schools := count.Schools()
	for i, want := range cut.GetSchools() {
		if len(schools) != len(cut.GetSchools()) || !proto.Equal(schools[i], want) {
			t.Fatalf("%s: the schools differ: %d, want %d", name, len(schools), len(cut.GetSchools()))
		}
	}
}
