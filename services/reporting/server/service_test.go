package server

import (
	"context"
	"log/slog"
	"testing"

	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

const (
	roster    = studentpb.Part_PART_ENROLMENT
	profile   = studentpb.Part_PART_PROFILE
	results10 = studentpb.Part_PART_RESULTS_10
	results11 = studentpb.Part_PART_RESULTS_11
)

// service is reporting on a real log, with the events of the other services made by the test.
type service struct {
	*Server
	log  *eventlog.Log
	db   store.DB
	on   *drive.Drive
	stop func()
}

func serve(t *testing.T) *service {
	t.Helper()
	return serveOn(t, testDrive)
}

func serveOn(t *testing.T, d *drive.Drive) *service {
	t.Helper()
	return serveOver(t, d, storetest.NewMemory())
}

func serveOver(t *testing.T, d *drive.Drive, db store.DB) *service {
	t.Helper()
	s := &service{log: eventlogtest.NewLog(t, "reporting"), db: db, on: d}
	s.run(t)
	return s
}

func (s *service) run(t *testing.T) {
	s.Server = New(Config{Drive: s.on}, Deps{Log: s.log, Store: s.db, Logger: slog.New(slog.DiscardHandler)})
	var stops []func()
	for _, c := range s.consumers() {
		c.Handle = eventlogtest.Twice(c.Handle, 1)
		stops = append(stops, eventlogtest.Run(t, s.log, c))
	}
	s.stop = func() {
		for _, stop := range stops {
			stop()
		}
	}
}

func (s *service) settle(t *testing.T) {
	t.Helper()
	for _, c := range s.consumers() {
		eventlogtest.Settled(t, s.log, c.Stream, c.Durable)
	}
}

// put appends an event and gives its sequence.
func (s *service) put(t *testing.T, subject, kind string, m proto.Message) uint64 {
	t.Helper()
	at, err := s.log.Append(context.Background(), eventlog.Event{Subject: subject, Type: kind, Data: encode(t, m)})
	if err != nil {
		t.Fatal(err)
	}
	return at.Sequence
}

// pupil puts parts of a pupil into the log, each judged with the findings given. A class stands for an enrolment.
func (s *service) pupil(t *testing.T, school, id, class string, findings map[studentpb.Part][]*validationpb.Finding) {
	t.Helper()
	province, code := school[:2], school[3:]
	for _, part := range []studentpb.Part{roster, profile, results10, results11, studentpb.Part_PART_RESULTS_12_1} {
		content := id
		if part == roster {
			if content = class; class == "" {
				continue
			}
		}
		revision := s.put(t, "submission.results."+province+"."+code+"."+id+"-"+part.String(), wire.TypeSubmission, submission(school, record(id, part, content)))
		s.put(t, "verdict.results."+province+"."+code, wire.TypeVerdicts, &validationpb.RecordsJudged{
			Drive: testDrive.ID, Book: 1, Verdicts: []*validationpb.Verdict{verdict(id, part, revision, content, findings[part]...)},
		})
		if part == profile {
			s.put(t, "identity."+province+"."+code, wire.TypeIdentities, &matchingpb.IdentitiesJudged{Drive: testDrive.ID, Judgements: []*matchingpb.Judgement{
				{Pupil: id, Revision: revision, IdentityHash: []byte(content), Outcome: matchingpb.Outcome_OUTCOME_CONFIRMED},
			}})
		}
	}
	s.put(t, "verdict.results."+province+"."+code, wire.TypeVerdicts, &validationpb.RecordsJudged{Drive: testDrive.ID, Book: 1, Shared: []*validationpb.SharedVerdict{
		{Pupil: id, Name: "history", Basis: 1, ContentHashes: [][]byte{[]byte(id), []byte(id)}},
	}})
}

func answerTo(pupil string, part studentpb.Part, f *validationpb.Finding) *pb.Acknowledgement {
	return &pb.Acknowledgement{Pupil: pupil, Part: part, Rule: f.GetRule(), Values: f.GetValues(), Reason: "Học bạ ghi như vậy"}
}

func (s *service) answer(t *testing.T, scope string, answers ...*pb.Acknowledgement) *pb.AcknowledgeResponse {
	t.Helper()
	resp, err := s.Acknowledge(access.With(context.Background(), access.Caller{Subject: "minh"}), &pb.AcknowledgeRequest{Scope: scope, Acknowledgements: answers})
	if err != nil {
		t.Fatal(err)
	}
	s.settle(t)
	return resp
}

func (s *service) standing(t *testing.T, pupil string) *pb.RecordState {
	t.Helper()
	m, err := s.log.Last(context.Background(), "record."+pupil)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	state := new(pb.RecordState)
	if err != nil || proto.Unmarshal(m.Data, state) != nil {
		t.Fatal(err)
	}
	return state
}
