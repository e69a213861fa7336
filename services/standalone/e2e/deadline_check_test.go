package e2e

import (
	"context"
	"strings"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// partOf is a part of a pupil.
type partOf struct {
	pupil string
	part  studentpb.Part
}

// slowCommit puts into the log, after the close, what an intake took before it and was slow to write: it is void.
func (d *deadline) slowCommit(ctx context.Context) string {
	d.t.Helper()
	const id = "void"
	school := d.nation.Schools()[0]
	for _, m := range d.messages(ctx, d.t, eventlog.Submissions) {
		ev := d.submitted(m)
		if ev.GetKind() != studentpb.Kind_KIND_RESULTS || ev.GetSchool() != school.Code || ev.GetSubmissionId() == "off" {
			continue
		}
		ev.SubmissionId, ev.PortalStoredAt = id, nil
		for _, r := range ev.GetRecords() {
			r.NotAfter = timestamppb.New(d.closes)
		}
		data, err := proto.Marshal(ev)
		if err != nil {
			d.t.Fatal(err)
		}
		if _, err := d.Log().Append(ctx, eventlog.Event{
			Subject: "submission.results." + school.Province + "." + school.Code + "." + id, Type: wire.TypeSubmission, Data: data, Records: 1,
		}); err != nil {
			d.t.Fatal(err)
		}
		return id
	}
	d.t.Fatal("nothing of the race is in the log")
	return ""
}

func (d *deadline) submitted(m eventlog.Message) *intakepb.SubmissionAccepted {
	d.t.Helper()
	ev, err := wire.Submission(m.Data)
	if err != nil {
		d.t.Fatal(err)
	}
	return ev
}

// checkSides holds every submission of the race against the time at which it was stored. Somebody is on each side of the close, by each door.
func (d *deadline) checkSides(ctx context.Context, r *racers, void string) {
	d.t.Helper()
	late := func(at time.Time) bool { return !at.Before(d.closes) }
	var rpcOnTime, afterTheClose, portalLate int
	stored := map[uint64]time.Time{}
	for _, m := range d.messages(ctx, d.t, eventlog.Portal) {
		stored[m.Sequence] = m.Stored
	}
	receipts := map[string]*intakepb.Receipt{}
	for _, m := range d.messages(ctx, d.t, eventlog.Submissions) {
		ev := d.submitted(m)
		if id := ev.GetSubmissionId(); id != void && !strings.HasPrefix(id, "rpc-") && !strings.HasPrefix(id, "portal-") {
			continue // not of the race
		}
		receipt := d.receipt(ctx, ev)
		receipts[ev.GetSubmissionId()] = receipt
		arrived, got := wire.Arrived(ev, m.Stored), receipt.GetAcceptedRecords()[0]
		until := got.GetNotAfter().AsTime()
		byRPC := ev.GetPortalStoredAt() == nil
		closes := d.closes
		if byRPC && arrived.Before(d.again) {
			closes = d.far
		}
		if got.GetOnTime() != arrived.Before(until) || !until.Equal(closes) {
			d.t.Errorf("%s arrived at %v, the window closed at %v: the receipt says %v", ev.GetSubmissionId(), arrived, closes, got)
		}
		switch {
		case byRPC && !late(arrived):
			rpcOnTime++
		case !byRPC && late(m.Stored) && !late(arrived):
			afterTheClose++
		}
	}
	if receipts[void].GetAcceptedRecords()[0].GetOnTime() {
		d.t.Error("what was written after the close is on time")
	}
	for id, given := range r.receipts {
		if !equal(given, receipts[id]) {
			d.t.Errorf("%s: the receipt was %v, and is %v", id, given, receipts[id])
		}
	}
	for id, at := range r.refused {
		if !late(at) || receipts[id] != nil {
			d.t.Errorf("%s was refused at %v, the window closed at %v; receipt %v", id, at, d.closes, receipts[id])
		}
	}
	answered := map[uint64]bool{}
	for _, m := range d.messages(ctx, d.t, eventlog.Receipts) {
		a := new(intakepb.PortalReceipt)
		if err := proto.Unmarshal(m.Data, a); err != nil {
			d.t.Fatal(err)
		}
		at := stored[a.GetPortalSequence()]
		answered[a.GetPortalSequence()] = true
		problems := a.GetRefusal().GetProblems()
		switch {
		case !late(at) && !equal(a.GetReceipt(), receipts[a.GetSubmissionId()]):
			d.t.Errorf("PORTAL stored %s at %v: got %v", a.GetSubmissionId(), at, a)
		case late(at) && (a.GetReceipt() != nil || len(problems) != 1 || problems[0].GetRule() != "WINDOW_CLOSED"):
			d.t.Errorf("PORTAL stored %s at %v, late: got %v", a.GetSubmissionId(), at, a)
		case late(at):
			portalLate++
		}
	}
	if len(answered) != len(stored) {
		d.t.Errorf("%d of %d submissions of PORTAL were answered", len(answered), len(stored))
	}
	d.t.Logf("RPC: %d on time, %d refused; PORTAL: %d taken after the close, %d refused", rpcOnTime, len(r.refused), afterTheClose, portalLate)
	if rpcOnTime == 0 || len(r.refused) == 0 || afterTheClose == 0 || portalLate == 0 {
		d.t.Error("somebody was not on each side of the close, by each door")
	}
}

// receipt reads the receipt of a submission.
func (d *deadline) receipt(ctx context.Context, ev *intakepb.SubmissionAccepted) *intakepb.Receipt {
	d.t.Helper()
	got, err := d.intake.GetSubmission(ctx, &intakepb.GetSubmissionRequest{Province: ev.GetProvince(), School: ev.GetSchool(), SubmissionId: ev.GetSubmissionId()})
	if err != nil {
		d.t.Fatal(err)
	}
	return got.GetReceipt()
}

// seenState is what the drill's services say.
type seenState struct {
	receipts map[string]*intakepb.Receipt
	held     map[partOf]uint64 // revisions, by ListRecords
	pupils   map[string]*reportingpb.Pupil
}

func (d *deadline) look(ctx context.Context) seenState {
	d.t.Helper()
	out := seenState{receipts: map[string]*intakepb.Receipt{}, held: map[partOf]uint64{}, pupils: map[string]*reportingpb.Pupil{}}
	for _, m := range d.messages(ctx, d.t, eventlog.Submissions) {
		ev := d.submitted(m)
		out.receipts[ev.GetSchool()+"/"+ev.GetSubmissionId()] = d.receipt(ctx, ev)
	}
	for _, school := range d.nation.Schools() {
		list, err := d.reporting.ListRecords(ctx, &reportingpb.ListRecordsRequest{Scope: school.Province + "/" + school.Code, PageSize: 1000})
		if err != nil {
			d.t.Fatal(err)
		}
		for _, p := range list.GetPupils() {
			for _, r := range p.GetRecords() {
				out.held[partOf{p.GetPupil(), wire.ToPart(wire.FromRecord(r.GetPersonal()).Part)}] = r.GetRevision()
			}
		}
	}
	d.eachPupil(ctx, d.t, func(p *reportingpb.Pupil) { out.pupils[p.GetPupil()] = p })
	return out
}

// checkHeld holds reporting and validation against the log: of each part exactly the newest that came in time is held and judged.
func (d *deadline) checkHeld(ctx context.Context, seen seenState) {
	d.t.Helper()
	want, counts := map[partOf]uint64{}, map[partOf]map[uint64]bool{}
	for _, m := range d.messages(ctx, d.t, eventlog.Submissions) {
		ev := d.submitted(m)
		for _, r := range ev.GetRecords() {
			if at := (partOf{r.GetPupil(), r.GetPart()}); wire.OnTime(r, wire.Arrived(ev, m.Stored)) {
				if counts[at] == nil {
					counts[at] = map[uint64]bool{}
				}
				want[at], counts[at][m.Sequence] = m.Sequence, true
			}
		}
	}
	for at, revision := range want {
		if seen.held[at] != revision {
			d.t.Errorf("%v of %s: reporting holds %d, want %d", at.part, at.pupil, seen.held[at], revision)
		}
	}
	if len(seen.held) != len(want) {
		d.t.Errorf("reporting holds %d parts, want %d", len(seen.held), len(want))
	}
	judged := map[partOf]bool{}
	for _, m := range d.messages(ctx, d.t, eventlog.Verdicts) {
		ev := new(validationpb.RecordsJudged)
		if err := proto.Unmarshal(m.Data, ev); err != nil {
			d.t.Fatal(err)
		}
		for _, v := range ev.GetVerdicts() {
			at := partOf{v.GetPupil(), v.GetPart()}
			if !counts[at][v.GetRevision()] {
				d.t.Errorf("%v of %s: validation judged revision %d, which did not come in time", at.part, at.pupil, v.GetRevision())
			}
			judged[at] = judged[at] || v.GetRevision() == want[at]
		}
	}
	for at := range want {
		if !judged[at] {
			d.t.Errorf("%v of %s: what came in time was not judged", at.part, at.pupil)
		}
	}
}

// compare tells where two looks differ.
func (d *deadline) compare(before, after seenState) {
	d.t.Helper()
	if len(before.receipts) != len(after.receipts) || len(before.pupils) != len(after.pupils) || len(before.held) != len(after.held) {
		d.t.Errorf("before %d receipts, %d pupils, %d parts; after a rebuild %d, %d, %d", len(before.receipts), len(before.pupils), len(before.held),
			len(after.receipts), len(after.pupils), len(after.held))
	}
	for id, r := range before.receipts {
		if !equal(r, after.receipts[id]) {
			d.t.Errorf("the receipt of %s was %v, and is %v", id, r, after.receipts[id])
		}
	}
	for ref, p := range before.pupils {
		if !equal(p, after.pupils[ref]) {
			d.t.Errorf("pupil %s was %v, and after a rebuild is %v", ref, p, after.pupils[ref])
		}
	}
	for at, revision := range before.held {
		if after.held[at] != revision {
			d.t.Errorf("%v of %s was revision %d, and after a rebuild is %d", at.part, at.pupil, revision, after.held[at])
		}
	}
}
