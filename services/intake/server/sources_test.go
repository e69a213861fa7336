package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"
)

const (
	portal, workbook = pb.Source_SOURCE_PORTAL, pb.Source_SOURCE_WORKBOOK
	r10, r11         = studentpb.Part_PART_RESULTS_10, studentpb.Part_PART_RESULTS_11
)

// noStore is a database of which nothing is asked: taking a submission needs none.
type noStore struct{ store.DB }

func (noStore) Collection(string) store.Collection { return nil }

// copiesOf returns copies of intake on one log.
func copiesOf(t *testing.T, n int) ([]*Server, *eventlog.Log) {
	t.Helper()
	log := eventlogtest.NewLog(t, "intake")
	d := drive.Sample([]drive.School{{Province: "01", Code: "01000701", Name: "THPT số 1 Ba Đình", Kind: drive.THPT, Expected: 40}})
	out := make([]*Server, n)
	for i := range out {
		out[i] = New(Config{Drive: d, Key: student.Key("a key of a test, thirty-two bytes")}, Deps{Log: log, Store: noStore{}, Logger: slog.New(slog.DiscardHandler)})
	}
	return out, log
}

// results is a submission of parts of one pupil. The source is that of the whole submission.
func (s *Server) results(id string, source pb.Source, parts ...studentpb.Part) *pb.Submission {
	sub := &pb.Submission{Id: id, Drive: s.cfg.Drive.ID, Province: "01", School: "01000701", Kind: studentpb.Kind_KIND_RESULTS, Source: source}
	for _, p := range parts {
		sub.Records = append(sub.Records, &studentpb.Record{Content: &studentpb.Record_Results{Results: &studentpb.Results{Code: "0100000001", Class: "12A1", Part: p, SchoolYear: "2020-2021"}}})
	}
	return sub
}

func (s *Server) sourcesNow(t *testing.T) map[studentpb.Part]pb.Source {
	t.Helper()
	got, err := s.GetSources(context.Background(), &pb.GetSourcesRequest{Province: "01", School: "01000701"})
	if err != nil {
		t.Fatal(err)
	}
	out := map[studentpb.Part]pb.Source{}
	for _, p := range got.GetSources() {
		out[p.GetPart()] = p.GetSource()
	}
	return out
}

// TestFirstSourceAtOnce lets both sources send a part first, at once, through several copies: one of them has it, and the other is
// told so.
func TestFirstSourceAtOnce(t *testing.T) {
	copies, log := copiesOf(t, 4)
	var g errgroup.Group
	outcomes := make([]error, 16)
	for i := range outcomes {
		g.Go(func() error {
			s := copies[i%len(copies)]
			_, outcomes[i] = s.take(context.Background(), s.results(fmt.Sprintf("s%d", i), []pb.Source{portal, workbook}[i/4%2], r10), time.Time{})
			return nil
		})
	}
	_ = g.Wait()
	owner := copies[0].sourcesNow(t)[r10]
	for i, err := range outcomes {
		if mine := []pb.Source{portal, workbook}[i/4%2] == owner; mine != (err == nil) || err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("submission %d, of the owner: %v: got %v", i, mine, err)
		}
	}
	if m, err := log.Last(context.Background(), "decision.sources.01.01000701"); err != nil || m.Sequence != 1 {
		t.Errorf("the table: got sequence %d, %v; want one message", m.Sequence, err)
	}
}

// TestSourcesOfRepeats: what was taken is answered for ever and neither refused for its source nor given a part by coming again.
func TestSourcesOfRepeats(t *testing.T) {
	ctx := context.Background()
	copies, log := copiesOf(t, 1)
	s := copies[0]
	first, err := s.take(ctx, s.results("a", 0, r10), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := log.Read(ctx, eventlog.Submissions, first.GetSequence())
	if err != nil {
		t.Fatal(err)
	}
	if ev, err := wire.Submission(m.Data); err != nil || ev.GetSource() != portal {
		t.Errorf("in the log: source %v, %v; want the portal where nothing is said", ev.GetSource(), err)
	}
	if _, err := s.SetSource(ctx, &pb.SetSourceRequest{Province: "01", School: "01000701", Parts: []studentpb.Part{r10}, Source: workbook, Reason: "phần mềm hỏng"}); err != nil {
		t.Fatal(err)
	}
	for _, source := range []pb.Source{0, portal, workbook} {
		if again, err := s.take(ctx, s.results("a", source, r10), time.Time{}); err != nil || !proto.Equal(again, first) {
			t.Errorf("the same again from %v: got %v, %v; want the receipt of the first", source, again, err)
		}
	}
	if _, err := s.take(ctx, s.results("a", portal, r10, r11), time.Time{}); !fault.Is(err, fault.Conflict) {
		t.Errorf("another content under the same id: got %v, want a conflict", err)
	}
	if _, err := s.take(ctx, s.results("a", workbook, r11), time.Time{}); !fault.Is(err, fault.Conflict) {
		t.Errorf("another content under the same id: got %v, want a conflict", err)
	}
	if _, has := s.sourcesNow(t)[r11]; has {
		t.Error("a submission that was not taken gave a part its source")
	}
	var f *fault.Error
	_, err = s.take(ctx, s.results("b", portal, r10), time.Time{})
	if !errors.As(err, &f) || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Rule != "SOURCE_OF_RECORD" || f.Fields[0].Path != "records[0]" ||
		f.Fields[0].Text.Vi == "" || f.Fields[0].Text.En == "" || f.Fields[0].Remedy.Vi == "" || f.Fields[0].Remedy.En == "" {
		t.Errorf("from another source: got %+v", err)
	}
	mixed, err := s.take(ctx, s.results("b", portal, r10, r11), time.Time{}) // the id is still free
	if err != nil || mixed.GetAccepted() != 1 || mixed.GetRefused() != 1 || s.sourcesNow(t)[r11] != portal {
		t.Errorf("one of another source and one of none: got %v, %v", mixed, err)
	}
}

// TestSourcesOfAnotherDrive say nothing of this one.
func TestSourcesOfAnotherDrive(t *testing.T) {
	ctx := context.Background()
	copies, log := copiesOf(t, 1)
	data, err := proto.Marshal(&pb.SourcesDecided{Drive: "another", Province: "01", School: "01000701", Sources: []*pb.PartSource{{Part: r10, Source: workbook}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := log.Append(ctx, eventlog.Event{Subject: "decision.sources.01.01000701", Type: wire.TypeSources, Data: data}); err != nil {
		t.Fatal(err)
	}
	s := copies[0]
	if got := s.sourcesNow(t); len(got) != 0 {
		t.Errorf("got %v, want none", got)
	}
	if _, err := s.take(ctx, s.results("a", portal, r10), time.Time{}); err != nil || s.sourcesNow(t)[r10] != portal {
		t.Errorf("got %v, %v", s.sourcesNow(t), err)
	}
	if _, err := s.SetSource(ctx, &pb.SetSourceRequest{Province: "79", School: "01000701", Source: portal, Reason: "một lý do"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("a school of another province: got %v, want NotFound", err)
	}
	all, err := s.SetSource(as("lan"), &pb.SetSourceRequest{Province: "01", School: "01000701", Source: workbook, Reason: "một lý do"})
	if err != nil || len(all.GetSources()) != len(student.Parts) || all.GetSources()[0].GetReason() != "một lý do" || all.GetSources()[0].GetOfficer() != "lan" {
		t.Errorf("every part: got %v, %v", all, err)
	}
}
