package demo

import (
	"context"
	"fmt"

	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

// RecordLog writes RECORDS as reporting would, without the drive before it: for those who try subscribers. It is the stream's only writer, from
// its beginning.
type RecordLog struct {
	log       *eventlog.Log
	templates []*reportingpb.VerifiedRecord
	versions  []uint64 // of each pupil, the newest; 0 for none
	next      uint64
}

// templates is how many different records there are; pupils share them, but for the class.
const templates = 2000

// perAtomic is how many records go into one atomic batch.
const perAtomic = 500

// NewRecordLog makes a writer for some pupils.
func NewRecordLog(log *eventlog.Log, pupils int) *RecordLog {
	r := &RecordLog{log: log, versions: make([]uint64, pupils), next: 1}
	nation := NewSample(1, min(templates, pupils), -1).Nation
	for i := range nation.Pupils() {
		p := nation.Pupil(i)
		v := &reportingpb.VerifiedRecord{
			Province: p.School.Province, School: p.School.Code, Class: p.Enrolment.Class, ExamBoard: "01", Windows: []string{"first", "second"},
			Identity: matchingpb.Outcome_OUTCOME_CONFIRMED, DriveDigest: "records", Book: 1,
			Personal: &reportingpb.PersonalRecord{Profile: wire.ToProfile(p.Profile)},
		}
		for _, results := range p.Results {
			v.Personal.Results = append(v.Personal.Results, wire.ToResults(results))
		}
		r.templates = append(r.templates, v)
	}
	return r
}

// Ref is the reference of pupil i.
func (r *RecordLog) Ref(i int) string { return fmt.Sprintf("%022d", i) }

// Put appends a version of each pupil named, in batches; of those for whom withdrawn holds it takes the record back, if there is one. It fails with
// Unavailable, or Conflict when somebody else writes.
func (r *RecordLog) Put(ctx context.Context, pupils []int, withdrawn func(pupil int) bool) error {
	var batch []eventlog.Event
	in := map[int]bool{} // of the batch: a pupil stands in it once
	flush := func() error {
		err := r.log.AppendBatch(ctx, batch)
		batch, in = batch[:0:0], map[int]bool{}
		return err
	}
	for _, i := range pupils {
		if in[i] || len(batch) == perAtomic {
			if err := flush(); err != nil {
				return err
			}
		}
		data, err := proto.Marshal(r.state(i, withdrawn != nil && withdrawn(i)))
		if err != nil {
			return fault.Wrap(fault.Internal, "demo.records", err)
		}
		v := r.templates[i%len(r.templates)]
		batch = append(batch, eventlog.Event{
			Subject: "record." + r.Ref(i), Type: wire.TypeRecord, Schema: "rasoat.reporting.v1.RecordState", Data: data,
			Header:     map[string][]string{"rasoat-province": {v.GetProvince()}, "rasoat-school": {v.GetSchool()}},
			ExpectLast: &eventlog.Expect{Sequence: r.versions[i]},
		})
		in[i] = true
		r.versions[i] = r.next
		r.next++
	}
	if len(batch) == 0 {
		return nil
	}
	return flush()
}

func (r *RecordLog) state(i int, withdrawn bool) *reportingpb.RecordState {
	v := r.templates[i%len(r.templates)]
	state := &reportingpb.RecordState{
		Pupil: r.Ref(i), Drive: "2022-2023-12", Replaces: r.versions[i], Basis: &reportingpb.Basis{Revisions: r.next, Judgements: r.next},
		State: &reportingpb.RecordState_Verified{Verified: v},
	}
	if withdrawn && r.versions[i] > 0 {
		state.State = &reportingpb.RecordState_Withdrawn{Withdrawn: &reportingpb.WithdrawnRecord{
			Reason: reportingpb.Status_STATUS_REJECTED, Province: v.GetProvince(), School: v.GetSchool()}}
	}
	return state
}
