package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/recordfeed"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// aProcess is a healthy process of a service that reads a stream.
func aProcess(all *lettersOfAll, service, stream, durable string) *fakeProcess {
	return &fakeProcess{all: all, durable: durable,
		diagnosis: &pb.DiagnoseResponse{Version: "abc", StartedAt: timestamppb.New(time.Now().Add(-time.Hour)), MemoryResident: 30e6,
			Services:  []*pb.ServiceDiagnosis{{Name: service, Drive: "d", DriveDigest: "e1", Ready: true}},
			Broker:    &pb.BrokerDiagnosis{Connected: true},
			Consumers: []*pb.ConsumerDiagnosis{{Service: service, Stream: stream, Durable: durable}}},
		progress: &reportingpb.GetProgressResponse{Conserved: true},
		queue:    &matchingpb.GetQueueResponse{Registry: matchingpb.RegistryState_REGISTRY_STATE_WELL},
	}
}

const everyServer = "intake=10.0.0.1:1,validation=10.0.0.2:1,matching=10.0.0.3:1,reporting=10.0.0.4:1"

func TestDoctor(t *testing.T) {
	s := eventlogtest.Start(t)
	l := s.Log(t, eventlog.Config{Service: "test"})
	all := &lettersOfAll{}
	intake, validation := aProcess(all, "intake", eventlog.Portal, "intake-portal"), aProcess(all, "validation", eventlog.Submissions, "validation-2")
	matching, reporting := aProcess(all, "matching", eventlog.Identities, "matching-identities"), aProcess(all, "reporting", eventlog.Records, "reporting-x")
	o := newOperators(t, map[string]*fakeProcess{"10.0.0.1:1": intake, "10.0.0.2:1": validation, "10.0.0.3:1": matching, "10.0.0.4:1": reporting})
	doctor := func(code int, texts []string, more ...string) string {
		t.Helper()
		return o.want(code, texts, append([]string{"doctor", "--nats", s.URL(), "--server", everyServer, "--lang", "en"}, more...)...)
	}
	if out := doctor(exitFine, []string{"✓ process", "10.0.0.3:1", "matching; up 1h", "30.0 MB", "✓ stream", "10 streams", "✓ clock", "6 clocks agree", "✓ dead letters",
		"✓ conservation", "✓ registry", "? disk", "4 readers run"}); strings.Contains(out, "✗") || strings.Contains(out, "! ") {
		t.Errorf("a healthy system:\n%s", out)
	}

	// What is not well, each by itself.
	for name, tt := range map[string]struct {
		ail   func() (heal func())
		code  int
		texts []string
	}{
		"a letter": {func() func() {
			all.letters = []*pb.Letter{aLetter(1, "validation", "v")}
			return func() { all.letters = nil }
		}, exitFindings, []string{"✗ dead letters", "1 are open", "rasoat dead list"}},
		"conservation": {func() func() {
			reporting.progress = &reportingpb.GetProgressResponse{}
			return func() { reporting.progress = &reportingpb.GetProgressResponse{Conserved: true} }
		}, exitFindings, []string{"✗ conservation", "rasoat rebuild reporting"}},
		"an absent registry": {func() func() {
			matching.queue.Registry = matchingpb.RegistryState_REGISTRY_STATE_AWAY
			return func() { matching.queue.Registry = matchingpb.RegistryState_REGISTRY_STATE_WELL }
		}, exitFine, []string{"! registry", "is away", "nothing is lost"}},
		"pupils whom nobody asks about": {func() func() {
			matching.queue.Unasked = 3
			return func() { matching.queue.Unasked = 0 }
		}, exitFindings, []string{"✗ registry", "3 pupils wait although no question", "rasoat recheck --nation --unresolved"}},
		"a store away": {func() func() {
			one := validation.diagnosis.Services[0]
			one.Ready, one.WhyEn, one.WhyVi = false, "the store does not answer", "kho không trả lời"
			return func() { one.Ready = true }
		}, exitFindings, []string{"✗ service", "validation 10.0.0.2:1", "the store does not answer"}},
		"another drive and version": {func() func() {
			intake.diagnosis.Services[0].DriveDigest, intake.diagnosis.Version = "e2", "old"
			return func() { intake.diagnosis.Services[0].DriveDigest, intake.diagnosis.Version = "e1", "abc" }
		}, exitFindings, []string{"✗ drive", "d e2 (10.0.0.1:1)", "! version", "old (10.0.0.1:1)"}},
		"a wrong clock": {func() func() {
			matching.diagnosis.Clock = timestamppb.New(time.Now().Add(10 * time.Minute))
			return func() { matching.diagnosis.Clock = nil }
		}, exitFindings, []string{"✗ clock", "10.0.0.3:1", "before the other clocks", "NTP"}},
		"a reader that pauses": {func() func() {
			c := validation.diagnosis.Consumers[0]
			c.PausedSince, c.Why = timestamppb.New(time.Now().Add(-5*time.Minute)), "unavailable: store.merge"
			return func() { c.PausedSince = nil }
		}, exitFindings, []string{"✗ reader", "validation-2 has been waiting for 5m", "unavailable: store.merge"}},
		"a reader that pauses for a moment": {func() func() {
			c := validation.diagnosis.Consumers[0]
			c.PausedSince = timestamppb.New(time.Now().Add(-5 * time.Second))
			return func() { c.PausedSince = nil }
		}, exitFine, []string{"! reader"}},
		"a reader that hangs": {func() func() {
			c := matching.diagnosis.Consumers[0]
			c.BusySince = timestamppb.New(time.Now().Add(-5 * time.Minute))
			return func() { c.BusySince = nil }
		}, exitFindings, []string{"✗ reader", "matching-identities 10.0.0.3:1", "at one batch for 5m", "restart the process"}},
		"no right": {func() func() {
			intake.refusal = fault.New(fault.Denied, "fake", "không được", "the role school may not")
			return func() { intake.refusal = nil }
		}, exitFindings, []string{"✗ process", "the role school may not", "operator or auditor"}},
		"a full disk": {func() func() {
			reporting.diagnosis.Disk = &pb.DiskDiagnosis{Free: 1, Size: 100}
			return func() { reporting.diagnosis.Disk = nil }
		}, exitFindings, []string{"✗ disk", "99% used"}},
		"another service": {func() func() {
			reporting.diagnosis.Services[0].Name = "intake"
			return func() { reporting.diagnosis.Services[0].Name = "reporting" }
		}, exitFindings, []string{"✗ process", "at this address runs intake", "fix --server"}},
	} {
		heal := tt.ail()
		if out := doctor(tt.code, tt.texts); t.Failed() {
			t.Fatalf("%s:\n%s", name, out)
		}
		heal()
	}
	o.want(exitUnavailable, []string{"✗ process", "10.0.0.9:1", "cannot be reached"}, "doctor", "--nats", s.URL(), "--server", everyServer+"|10.0.0.9:1", "--lang", "en")
	o.want(exitUnavailable, []string{"✗ service", "validation", "no address of --server runs it"}, "doctor", "--nats", s.URL(), "--server", "10.0.0.1:1", "--lang", "en")

	// A wrong role and a wrong address are one finding each, with the next step, and nothing follows from them.
	bad := func(out string) (lines []string) {
		for line := range strings.Lines(out) {
			if strings.HasPrefix(line, "✗") || strings.HasPrefix(line, "!") {
				lines = append(lines, line)
			}
		}
		return lines
	}
	for _, p := range []*fakeProcess{intake, validation, matching, reporting} {
		p.refusal = fault.New(fault.Denied, "fake", "không được", "the role school may not")
	}
	if got := bad(doctor(exitFindings, []string{"rasoat token", "--role operator"}, "--stuck", "1ns")); len(got) != 1 || !strings.Contains(got[0], "10.0.0.4:1") {
		t.Errorf("a wrong role: %d findings\n%s", len(got), strings.Join(got, ""))
	}
	for _, p := range []*fakeProcess{intake, validation, matching, reporting} {
		p.refusal = nil
	}
	if got := bad(o.want(exitUnavailable, []string{"whether its address in --server is right"}, "doctor", "--nats", s.URL(), "--server", "10.0.0.9:1", "--lang", "en")); len(got) != 1 {
		t.Errorf("a wrong address: %d findings\n%s", len(got), strings.Join(got, ""))
	}

	// A message that nobody reads, in a stream of another configuration. An older book of rules is read by nobody, either.
	mustPublish(t, l, verified("a", "1"))
	if _, err := l.Append(t.Context(), eventlog.Event{Subject: "submission.profile.01.01000701.s", Type: "rasoat.test.v1", Data: []byte("x")}); err != nil {
		t.Fatal(err)
	}
	js, err := jetstream.New(s.Conn(t))
	if err != nil {
		t.Fatal(err)
	}
	for durable, stream := range map[string]string{"nobody": eventlog.Records, "reporting-x": eventlog.Records, "validation-1": eventlog.Submissions, "validation-2": eventlog.Submissions} {
		if _, err := js.CreateConsumer(t.Context(), stream, jetstream.ConsumerConfig{Durable: durable, AckPolicy: jetstream.AckExplicitPolicy}); err != nil {
			t.Fatal(err)
		}
	}
	stream, err := js.Stream(t.Context(), eventlog.Verdicts)
	if err != nil {
		t.Fatal(err)
	}
	cfg := stream.CachedInfo().Config
	cfg.MaxAge = time.Hour
	if _, err := js.UpdateStream(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	out := doctor(exitFindings, []string{"✗ reader", "nobody", "no process reads it: 1 messages wait", "! reader", "reporting-x", "validation-2", "✗ stream", "VERDICTS",
		"max_age is 1h0m0s, must be 0s", "9 streams"}, "--stuck", "1ns")
	if strings.Contains(out, "validation-1") {
		t.Errorf("an older book is told of:\n%s", out)
	}
	var got struct {
		Exit      int
		Findings  []struct{ State, Check, About, MessageVi, MessageEn string }
		Processes []struct {
			Address   string
			Diagnosis struct{ Version string }
		}
		Streams []eventlog.StreamState
	}
	out = doctor(exitFindings, nil, "--json")
	if err := json.Unmarshal([]byte(out), &got); err != nil || got.Exit != exitFindings || len(got.Processes) != 4 || got.Processes[0].Diagnosis.Version != "abc" ||
		len(got.Streams) != 10 || len(got.Findings) == 0 {
		t.Errorf("--json: %v, got %+v", err, got)
	}
	doctor(exitInput, []string{"--stuck"}, "--stuck", "0")
	s.Stop()
	doctor(exitUnavailable, []string{"✗ broker", "cannot be reached", "✓ process"})
}

// feedOf keeps nothing.
type feedOf struct{}

func (feedOf) Handle(context.Context, []recordfeed.Record) error { return nil }

// TestDoctorOfSubscribers: one that ended on purpose is well whatever waits for it, one that reads is, one that was stopped is told of, and only one
// that was killed while something waits is wrong.
func TestDoctorOfSubscribers(t *testing.T) {
	s := eventlogtest.Start(t)
	l := s.Log(t, eventlog.Config{Service: "test"})
	all := &lettersOfAll{}
	one := aProcess(all, "intake", eventlog.Portal, "intake-portal")
	for _, service := range everyService[1:] {
		one.diagnosis.Services = append(one.diagnosis.Services, &pb.ServiceDiagnosis{Name: service, Drive: "d", DriveDigest: "e1", Ready: true})
	}
	o := newOperators(t, map[string]*fakeProcess{"10.0.0.1:1": one})
	doctor := func(code int, texts ...string) {
		t.Helper()
		o.want(code, texts, "doctor", "--nats", s.URL(), "--server", "10.0.0.1:1", "--lang", "en", "--stuck", "1ns")
	}
	mustPublish(t, l, verified("a", "1"))
	run := func(name string, once bool) (stop func()) {
		ctx, cancel := context.WithCancel(t.Context())
		caught, ended := make(chan struct{}), make(chan error, 1)
		cfg := recordfeed.Config{URL: s.URL(), Name: name, Handler: feedOf{}, Once: once, CaughtUp: func() { close(caught) }}
		go func() { ended <- recordfeed.Subscribe(ctx, cfg) }()
		<-caught
		stop = func() {
			cancel()
			if err := <-ended; err != nil {
				t.Fatal(err)
			}
		}
		if once {
			if err := <-ended; err != nil {
				t.Fatal(err)
			}
			return cancel
		}
		return stop
	}
	run("once", true)
	mustPublish(t, l, verified("b", "1"))
	doctor(exitFine, "✓ subscriber", "once", "ended by itself (--once)", "1 versions wait for it, the oldest for")
	stop := run("reads", false)
	doctor(exitFine, "✓ subscriber", "is connected and reads; 0 versions wait for it")
	stop()
	doctor(exitFine, "! subscriber", "was stopped", "rasoat subscribers remove reads --reason")

	js, err := jetstream.New(s.Conn(t))
	if err != nil {
		t.Fatal(err)
	}
	killed := jetstream.ConsumerConfig{Durable: recordfeed.Prefix + "killed", AckPolicy: jetstream.AckAllPolicy}
	if _, err := js.CreateConsumer(t.Context(), eventlog.Records, killed); err != nil {
		t.Fatal(err)
	}
	doctor(exitFindings, "✗ subscriber", "killed or cut off; 2 versions wait", "rasoat subscribers remove killed --reason")
}
