package server

import (
	"context"
	"slices"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// noteNation is the token of the nation's subject.
const noteNation = "nation"

// noteIfDue notes the hour that has ended last by the log's time, unless that is done. An hour that passed while nobody held the lease is
// noted late, with what stands then; of several the last one alone.
func (s *Server) noteIfDue(ctx context.Context) error {
	now, err := s.log.Now(ctx)
	if err != nil {
		return err
	}
	hour := now.Truncate(s.noteEvery)
	if !hour.After(s.noted) {
		return nil
	}
	// The summaries as they stand, and not those of a snapshot that nobody may be keeping.
	v, err := s.look(ctx, nil)
	if err != nil {
		return err
	}
	rows := make([]*pb.SchoolProgress, len(v.rows))
	for i := range v.rows {
		if v.rows[i].raw == nil { // every school has a summary by now; without it, the history would tell of a school with nobody
			return store.NotShown("reporting.note")
		}
		rows[i] = v.rows[i].short
	}
	if err := s.note(ctx, hour, rows); err != nil {
		return err
	}
	s.noted = hour
	return nil
}

// note writes the notes of an hour: of each province whose rows differ from its last note, and of the nation, in one atomic batch on condition of
// the last notes. A province that has this hour or a later one is left alone: no hour is noted twice, whoever else tries.
func (s *Server) note(ctx context.Context, hour time.Time, rows []*pb.SchoolProgress) error {
	const op = "reporting.note"
	of := map[string][]*pb.NotedCounts{}
	for _, r := range rows {
		of[r.GetProvince()] = append(of[r.GetProvince()], &pb.NotedCounts{Province: r.GetProvince(), School: r.GetSchool(), Windows: r.GetWindows()})
	}
	for _, p := range s.byProvince(rows) {
		of[noteNation] = append(of[noteNation], &pb.NotedCounts{Province: p.GetProvince(), Windows: p.GetWindows()})
	}
	for {
		events, err := s.notes(ctx, hour, of)
		if err != nil || len(events) == 0 {
			return err
		}
		if err := s.log.AppendBatch(ctx, events); !fault.Is(err, fault.Conflict) {
			return fault.Wrap("", op, err)
		}
		if err := breathe(ctx); err != nil { // a copy of the stream that is behind, or another holder: look again
			return err
		}
	}
}

// notes returns the notes that an hour lacks, by token of the subject.
func (s *Server) notes(ctx context.Context, hour time.Time, of map[string][]*pb.NotedCounts) ([]eventlog.Event, error) {
	const op = "reporting.note"
	var subjects, tokens []string
	for token := range of {
		tokens = append(tokens, token)
	}
	slices.Sort(tokens)
	for _, token := range tokens {
		subjects = append(subjects, "progress."+token)
	}
	last, err := s.log.LastMany(ctx, subjects)
	if err != nil {
		return nil, fault.Wrap("", op, err)
	}
	var out []eventlog.Event
	for i, token := range tokens {
		before := last[subjects[i]]
		then, err := readNote(before)
		if err != nil {
			return nil, err
		}
		ev := &pb.ProgressNoted{Drive: s.drive.ID, At: timestamppb.New(hour), Rows: of[token]}
		if before.Sequence > 0 && then.GetDrive() == s.drive.ID && (!then.GetAt().AsTime().Before(hour) || sameRows(then.GetRows(), ev.GetRows())) {
			continue
		}
		data, err := proto.Marshal(ev)
		if err != nil {
			return nil, fault.Wrap(fault.Internal, op, err)
		}
		out = append(out, eventlog.Event{
			Subject: subjects[i], Type: wire.TypeProgress, Schema: "rasoat.reporting.v1.ProgressNoted", Data: data, Records: len(ev.GetRows()),
			ExpectLast: &eventlog.Expect{Sequence: before.Sequence},
		})
	}
	return out, nil
}

// readNote reads a note; an empty message is none.
func readNote(m eventlog.Message) (*pb.ProgressNoted, error) {
	ev := new(pb.ProgressNoted)
	return ev, fault.Wrap(fault.Internal, "reporting.note", proto.Unmarshal(m.Data, ev))
}

func sameRows(a, b []*pb.NotedCounts) bool {
	return slices.EqualFunc(a, b, func(a, b *pb.NotedCounts) bool { return proto.Equal(a, b) })
}
