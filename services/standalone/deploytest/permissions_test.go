package deploytest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/node"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

const school, another = "01.01000701", "01.01000702"

// refused reports whether the broker refused what was just sent. Its refusal comes before its answer to the flush.
func refused(t *testing.T, nc *nats.Conn, act, subject string) bool {
	t.Helper()
	if err := nc.FlushTimeout(eventually.Patience); err != nil {
		t.Fatal(err)
	}
	err := nc.LastError()
	return errors.Is(err, nats.ErrPermissionViolation) && strings.Contains(err.Error(), fmt.Sprintf("%s to %q", act, subject))
}

// Each user may do what accounts.conf says and nothing else.
func TestPermissions(t *testing.T) {
	s := alone(t)
	ctx := eventually.Context(t)
	if _, err := eventlog.Open(ctx, as(t, s, "services"), eventlog.Config{Service: "test"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		user           string
		may, mayNot    []string // publish
		hears, mayHear []string // subscribe: allowed, refused
	}{
		{user: "services",
			may:   []string{"submission.profile.01.01000701.x", "record.x", "portal.submit." + school, "$JS.API.STREAM.LIST"},
			hears: []string{"portal.>", "_INBOX_services.x"}},
		{user: "operator",
			may:     []string{"$JS.API.STREAM.INFO.SUBMISSIONS", "$JS.API.STREAM.SNAPSHOT.SUBMISSIONS", "$JS.API.CONSUMER.DELETE.QUESTIONS.x"},
			mayNot:  []string{"submission.profile.01.01000701.x", "record.x", "decision.x", "dead.intake.PORTAL", "portal.submit." + school},
			hears:   []string{"dead.>", "_INBOX_operator.x"},
			mayHear: []string{"_INBOX.>", "_INBOX_services.>", "$SYS.>", ">"}},
		{user: "exam",
			may: []string{"$JS.API.CONSUMER.CREATE.RECORDS.feed-exam", "$JS.API.CONSUMER.MSG.NEXT.RECORDS.feed-exam", "$JS.API.STREAM.INFO.RECORDS"},
			mayNot: []string{"record.x", "decision.cutoff.x", "portal.submit." + school, "$JS.API.STREAM.PURGE.RECORDS", "$JS.API.STREAM.DELETE.RECORDS", "$JS.API.STREAM.UPDATE.RECORDS",
				"$JS.API.STREAM.MSG.DELETE.RECORDS", "$JS.API.STREAM.MSG.GET.SUBMISSIONS", "$JS.API.CONSUMER.CREATE.SUBMISSIONS.x", "$JS.API.CONSUMER.CREATE.DECISIONS.x.decision.settle.>",
				"$JS.API.CONSUMER.CREATE.DECISIONS.x", "$JS.API.CONSUMER.DELETE.DECISIONS.matching-decisions"},
			hears:   []string{"_INBOX_exam.x"},
			mayHear: []string{"_INBOX.>", "record.>", "verdict.>", ">"}},
		{user: "portal-01-01000701",
			may: []string{"portal.submit." + school, "$JS.API.CONSUMER.MSG.NEXT.RECEIPTS.portal-01-01000701"},
			mayNot: []string{"portal.submit." + another, "portal.submit.02.02000101", "portal.receipt." + school, "submission.profile.01.01000701.x", "decision.unlocks.01.01000701", "record.x",
				"$JS.API.CONSUMER.CREATE.RECEIPTS.x.portal.receipt." + another, "$JS.API.CONSUMER.CREATE.PORTAL.x", "$JS.API.CONSUMER.MSG.NEXT.RECEIPTS.portal-01-01000702", "$JS.API.STREAM.INFO.PORTAL"},
			hears:   []string{"portal.receipt." + school, "verdict.results." + school, "identity." + school, "reminder." + school, "decision.return." + school},
			mayHear: []string{"portal.receipt." + another, "portal.receipt.>", "portal.submit.>", "verdict.results." + another, "record.>", "_INBOX.>", ">"}},
	} {
		nc := as(t, s, c.user)
		for allowed, subjects := range map[bool][]string{true: c.may, false: c.mayNot} {
			for _, subject := range subjects {
				if err := nc.Publish(subject, nil); err != nil {
					t.Fatal(err)
				}
				if got := !refused(t, nc, "Publish", subject); got != allowed {
					t.Errorf("%s publishes to %s: got %v, want %v", c.user, subject, got, allowed)
				}
			}
		}
		for allowed, subjects := range map[bool][]string{true: c.hears, false: c.mayHear} {
			for _, subject := range subjects {
				if _, err := nc.SubscribeSync(subject); err != nil {
					t.Fatal(err)
				}
				if got := !refused(t, nc, "Subscription", subject); got != allowed {
					t.Errorf("%s subscribes to %s: got %v, want %v", c.user, subject, got, allowed)
				}
			}
		}
	}
}

// counted counts the records that a subscriber is given.
type counted struct{ n int }

func (c *counted) Handle(_ context.Context, records []recordfeed.Record) error {
	c.n += len(records)
	return nil
}

// A portal hands in and hears its receipt, also one that came while it was away; exam registration reads the records with its cut-offs. All of it
// with the permissions of deploy/nats.
func TestUsersDoTheirWork(t *testing.T) {
	s := alone(t)
	ctx := eventually.Context(t)
	services, err := eventlog.Open(ctx, as(t, s, "services"), eventlog.Config{Service: "test"})
	if err != nil {
		t.Fatal(err)
	}
	operator, err := jetstream.New(as(t, s, "operator"))
	if err != nil {
		t.Fatal(err)
	}
	durable := jetstream.ConsumerConfig{Durable: "portal-01-01000701", AckPolicy: jetstream.AckExplicitPolicy, FilterSubject: "portal.receipt." + school}
	if _, err := operator.CreateConsumer(ctx, eventlog.Receipts, durable); err != nil {
		t.Fatalf("the operator makes a consumer for a portal: %v", err)
	}
	portal, err := jetstream.New(as(t, s, "portal-01-01000701"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := portal.Publish(ctx, "portal.submit."+school, []byte("a batch")); err != nil {
		t.Errorf("a portal hands in: %v", err)
	}
	for _, subject := range []string{"portal.receipt." + school, "portal.receipt." + another} {
		if _, err := services.Append(ctx, eventlog.Event{Subject: subject, Type: "rasoat.portal.receipt.v1", Data: []byte(subject)}); err != nil {
			t.Fatal(err)
		}
	}
	receipts, err := portal.Consumer(ctx, eventlog.Receipts, durable.Durable)
	if err != nil {
		t.Fatalf("a portal finds its consumer: %v", err)
	}
	m, err := receipts.Next(jetstream.FetchMaxWait(eventually.Patience))
	if err != nil || string(m.Data()) != "portal.receipt."+school {
		t.Fatalf("a portal reads its receipt: got %v", err)
	}
	if err := m.DoubleAck(ctx); err != nil {
		t.Errorf("a portal acknowledges: %v", err)
	}
	const pupil = "0123456789abcdef0123456789abcdef"
	record, err := proto.Marshal(&reportingpb.RecordState{Pupil: pupil, State: &reportingpb.RecordState_Withdrawn{Withdrawn: &reportingpb.WithdrawnRecord{Province: "01", School: "01000701"}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := services.Append(ctx, eventlog.Event{Subject: "record." + pupil, Type: wire.TypeRecord, Data: record}); err != nil {
		t.Fatal(err)
	}
	var got counted
	err = recordfeed.Subscribe(ctx, recordfeed.Config{Conn: as(t, s, "exam"), Name: "exam", Handler: &got, CutOffs: true, Once: true})
	if err != nil || got.n != 1 {
		t.Errorf("exam registration reads: got %d records, %v, want 1", got.n, err)
	}
}

// No reader of the services on DECISIONS can be robbed or bent by exam registration: accounts.conf names each of them.
func TestExamCannotRobTheServices(t *testing.T) {
	s := alone(t)
	nc := as(t, s, "exam")
	for _, durable := range decisionReaders(t) {
		for _, subject := range []string{"$JS.API.CONSUMER.MSG.NEXT.DECISIONS." + durable, "$JS.API.CONSUMER.CREATE.DECISIONS." + durable + ".decision.cutoff.*"} {
			if err := nc.Publish(subject, nil); err != nil {
				t.Fatal(err)
			}
			if !refused(t, nc, "Publish", subject) {
				t.Errorf("exam registration may use %s", subject)
			}
		}
	}
}

// decisionReaders are the durables on DECISIONS of the running services.
func decisionReaders(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, r := range durables(t) {
		if r.Stream == eventlog.Decisions {
			out = append(out, r.Durable)
		}
	}
	return out
}

// node.Settle waits for every durable of the services, and for no other.
func TestSettleWaitsForEveryReader(t *testing.T) {
	known := node.Readers(demo.NewSample(6, 60, -1).Drive)
	for _, r := range durables(t) {
		if !slices.Contains(known, r) && !(r.Stream == eventlog.Submissions && strings.HasPrefix(r.Durable, "validation-")) {
			t.Errorf("the list of node/settled.go lacks %s of %s", r.Durable, r.Stream)
		}
	}
}

// durables are those of the running services. Each of them is there once nothing waits any more.
func durables(t *testing.T) []node.Reader {
	t.Helper()
	s := system(t)
	ctx := eventually.Context(t)
	if err := node.Settle(ctx, s.Log(), s.sample.Drive); err != nil {
		t.Fatal(err)
	}
	var out []node.Reader
	for _, stream := range eventlog.Streams {
		readings, err := s.Log().Readings(ctx, stream.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range readings {
			out = append(out, node.Reader{Stream: stream.Name, Durable: r.Durable})
		}
	}
	return out
}
