package e2e

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/recordfeed/rows"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/examtable"
	"google.golang.org/protobuf/proto"
)

// The records of the feed test: enough versions that one who stopped reading after the first ones lags by 100,000; with the race
// detector, under which SQLite takes ten times as long, by a fifth of it.
const (
	feedPupils   = feedVersions / 8
	feedFirst    = feedPupils / 6
	feedVersions = feedLag + 1000 // after the first
	feedKills    = 6
)

// subscriberEnv makes the test binary a subscriber: a process of its own that keeps a table in step. It holds the broker's URL and the file.
const subscriberEnv = "RASOAT_E2E_SUBSCRIBER"

// TestFeed: one who subscribed from the start, one who joins late, one who is killed again and again, and one who lags by 100,000 versions
// end with the same table, which is that of the cut-off.
func TestFeed(t *testing.T) {
	ctx := testContext(t)
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
	written := make(chan error, 1)
	go func() { written <- change(ctx, records) }()
	during := killSubscriber(t, s.NATSURL(), killed, written)
	if during < feedKills/2 {
		t.Errorf("only %d of %d kills came while records were written: write more", during, feedKills)
	}

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
	if err := subscriber(s.NATSURL(), killed, true).Run(); err != nil {
		t.Fatal(err)
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

// change writes new pupils, corrections and withdrawals, in random order.
func change(ctx context.Context, records *demo.RecordLog) error {
	r := rand.New(rand.NewPCG(1, 1))
	for n := 0; n < feedVersions; n += 1000 {
		if err := records.Put(ctx, r.Perm(feedPupils)[:1000], func(int) bool { return r.IntN(5) == 0 }); err != nil {
			return err
		}
	}
	return nil
}

// killSubscriber runs a subscriber, kills it at random moments and starts it again, until records are written; it tells how many kills came
// before that.
func killSubscriber(t *testing.T, url, file string, written <-chan error) (during int) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	writing := true
	for kill := 0; writing || kill < feedKills; kill++ {
		process := subscriber(url, file, false)
		if err := process.Start(); err != nil {
			t.Fatal(err)
		}
		moment := time.NewTimer(time.Duration(200+r.IntN(600)) * time.Millisecond)
		select {
		case <-moment.C:
		case err := <-written:
			if err != nil {
				t.Fatal(err)
			}
			writing = false
			<-moment.C
		}
		if writing {
			during++
		}
		_ = process.Process.Kill()
		_ = process.Wait()
	}
	return during
}

func subscriber(url, file string, once bool) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^TestFeedSubscriber$", "-test.timeout=10m")
	env := url + "|" + file
	if once {
		env += "|once"
	}
	cmd.Env = append(os.Environ(), subscriberEnv+"="+env)
	return cmd
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
	if err := recordfeed.Subscribe(context.Background(), recordfeed.Config{URL: url, Name: "killed", Handler: table, Once: once != "", Batch: 500}); err != nil {
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
