package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/intake"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// take is the one way in. It checks the structure, takes the id, and answers with the receipt read back from the log.
// portalStored is the time at which PORTAL stored the submission, zero for another door.
//
// What is too late by then, or by the log's time now, is refused; what is stored too late all the same is in the log and void, as its receipt
// says.
//
// It fails with Invalid (nothing was taken), Conflict (the id is taken with another content) or Unavailable (send it
// again under the same id: if it was taken after all, the answer will be the same receipt).
func (s *Server) take(ctx context.Context, sub *pb.Submission, portalStored time.Time) (*pb.Receipt, error) {
	const op = "intake.take"
	// The interceptor has looked at unary calls; streams and PORTAL come straight here.
	if problems := rpc.Validate(sub, "submission"); len(problems) > 0 {
		return nil, malformed(problems)
	}
	h := intake.Header{
		ID: sub.GetId(), Drive: sub.GetDrive(), Province: sub.GetProvince(), School: sub.GetSchool(), Kind: wire.FromKind(sub.GetKind()), Source: sourceOf(sub.GetSource()),
	}
	subject, err := eventlog.Subject("submission", string(h.Kind), h.Province, h.School, h.ID)
	if err != nil {
		return nil, err
	}
	taken := "submission.*." + h.Province + "." + h.School + "." + h.ID
	candidates, canonical, sum, err := candidates(h, sub.GetRecords())
	if err != nil {
		return nil, err
	}
	batch, repeated, err := s.admit(ctx, h, taken, candidates, portalStored)
	if err != nil {
		return nil, err
	}
	if repeated {
		return s.repeat(ctx, taken, sum)
	}
	ev := event(s.cfg.Drive.Digest, h, sum, batch, canonical)
	if !portalStored.IsZero() {
		ev.PortalStoredAt = timestamppb.New(portalStored)
	}
	data, err := proto.Marshal(ev)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, op, err)
	}
	at, err := s.log.Append(ctx, eventlog.Event{
		Subject: subject, Type: wire.TypeSubmission, Schema: "rasoat.intake.v1.SubmissionAccepted", Data: data, Records: len(ev.Records),
		ExpectLast: &eventlog.Expect{Subject: taken},
	})
	if fault.Is(err, fault.Conflict) {
		return s.repeat(ctx, taken, sum)
	}
	if err != nil {
		return nil, fault.Wrap("", op, err)
	}
	m, err := s.log.Read(ctx, at.Stream, at.Sequence)
	if err != nil {
		return nil, fault.Wrap("", op, err)
	}
	return receipt(ev, m), nil
}

// malformed refuses a whole batch whose envelope breaks the contract.
func malformed(problems []fault.Field) error {
	e := fault.New(fault.Invalid, "intake.take", "Lô dữ liệu không nhận được.", "the batch cannot be taken")
	e.Fields = problems
	return e
}

// repeat answers a submission whose id is taken: the same content has the same receipt, another is a conflict.
func (s *Server) repeat(ctx context.Context, taken string, sum []byte) (*pb.Receipt, error) {
	const op = "intake.take"
	m, err := s.log.Last(ctx, taken)
	if err != nil {
		return nil, fault.Wrap("", op, err)
	}
	ev, err := wire.Submission(m.Data)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, op, err)
	}
	if !bytes.Equal(ev.GetSha256(), sum) {
		return nil, fault.New(fault.Conflict, op,
			"Mã lô này đã được dùng cho nội dung khác (số thứ tự "+strconv.FormatUint(m.Sequence, 10)+"). Gửi nội dung mới với mã lô mới.",
			"this submission id is taken by another content (sequence "+strconv.FormatUint(m.Sequence, 10)+"): send the new content under a new id")
	}
	return receipt(ev, m), nil
}

// candidates checks each record by itself and takes the digest of the whole batch as it came: the same content gives the
// same digest through every door, whatever was refused of it.
func candidates(h intake.Header, records []*studentpb.Record) ([]intake.Candidate, []*studentpb.Record, []byte, error) {
	hash := sha256.New()
	field := func(b []byte) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(b)))
		hash.Write(n[:])
		hash.Write(b)
	}
	for _, s := range []string{h.Drive, h.Province, h.School, string(h.Kind)} {
		field([]byte(s))
	}
	if len(records) > intake.MaxRecords {
		// Refused by Admit for its size alone: no record is looked at.
		return make([]intake.Candidate, len(records)), nil, nil, nil
	}
	out, forms := make([]intake.Candidate, len(records)), make([]*studentpb.Record, len(records))
	for i, r := range records {
		c := intake.Candidate{Record: wire.FromRecord(r), School: namedSchool(r)}
		forms[i] = wire.ToRecord(c.Record)
		canonical, err := wire.Canonical(forms[i])
		if err != nil {
			return nil, nil, nil, fault.Wrap(fault.Internal, "intake.candidates", err)
		}
		c.Canonical = canonical
		c.Problems = rpc.Validate(r, "records["+strconv.Itoa(i)+"]")
		field(canonical)
		field([]byte(c.School))
		out[i] = c
	}
	return out, forms, hash.Sum(nil), nil
}

// namedSchool is the school that a record names by itself.
func namedSchool(r *studentpb.Record) string {
	switch c := r.GetContent().(type) {
	case *studentpb.Record_Enrolment:
		return c.Enrolment.GetSchool()
	case *studentpb.Record_Profile:
		return c.Profile.GetSchool()
	case *studentpb.Record_Results:
		return c.Results.GetSchool()
	}
	return ""
}

// event makes the message of the log from a sorted batch and the canonical forms of its records.
func event(digest string, h intake.Header, sum []byte, b intake.Batch, canonical []*studentpb.Record) *pb.SubmissionAccepted {
	ev := &pb.SubmissionAccepted{
		SubmissionId: h.ID, Drive: h.Drive, DriveDigest: digest, Province: h.Province, School: h.School,
		Kind: wire.ToKind(h.Kind), Sha256: sum, Source: toSource(h.Source),
	}
	for _, a := range b.Accepted {
		r := &pb.AcceptedRecord{
			Pupil: string(a.Pupil), Part: wire.ToPart(a.Part), ContentHash: a.ContentHash, IdentityHash: a.IdentityHash,
			Index: int32(a.Index), Personal: canonical[a.Index],
		}
		if at := a.Until.NotAfter; !at.IsZero() {
			r.NotAfter = timestamppb.New(at)
		}
		ev.Records = append(ev.Records, r)
	}
	for _, r := range b.Refused {
		ev.Refused = append(ev.Refused, &pb.RefusedByIndex{Index: int32(r.Index), Problems: problems(r.Problems)})
	}
	return ev
}

// receipt says what the log holds.
func receipt(ev *pb.SubmissionAccepted, m eventlog.Message) *pb.Receipt {
	r := &pb.Receipt{
		SubmissionId: ev.GetSubmissionId(), Drive: ev.GetDrive(), Province: ev.GetProvince(), School: ev.GetSchool(), Kind: ev.GetKind(),
		Sequence: m.Sequence, StoredAt: timestamppb.New(m.Stored), Sha256: ev.GetSha256(),
		Accepted: int32(len(ev.GetRecords())), Refused: int32(len(ev.GetRefused())),
	}
	arrived := wire.Arrived(ev, m.Stored)
	for _, a := range ev.GetRecords() {
		r.AcceptedRecords = append(r.AcceptedRecords, &pb.AcceptedRef{
			Index: a.GetIndex(), Pupil: a.GetPupil(), Part: a.GetPart(), NotAfter: a.GetNotAfter(), OnTime: wire.OnTime(a, arrived),
		})
	}
	for _, f := range ev.GetRefused() {
		r.RefusedRecords = append(r.RefusedRecords, &pb.RefusedRecord{Index: f.GetIndex(), Problems: f.GetProblems()})
	}
	return r
}

// problems writes complaints in the contract.
func problems(fields []fault.Field) []*studentpb.Problem {
	out := make([]*studentpb.Problem, len(fields))
	for i, f := range fields {
		out[i] = &studentpb.Problem{
			Path: f.Path, Rule: f.Rule, MessageVi: f.Text.Vi, MessageEn: f.Text.En, RemedyVi: f.Remedy.Vi, RemedyEn: f.Remedy.En,
		}
	}
	return out
}
