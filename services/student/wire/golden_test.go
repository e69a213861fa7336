package wire

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// update writes the golden payload of a type that has none yet. A published payload is never written again: it has to
// decode for ever.
var update = flag.Bool("update", false, "write golden payloads that are missing")

// golden is one message of each published event, every field of it set.
func golden() map[string]proto.Message {
	at := timestamppb.New(time.Date(2023, 4, 21, 9, 59, 59, 0, time.UTC))
	mark := func(v int32) *studentpb.Score { return &studentpb.Score{MarkTenths: &v} }
	avg := int32(81)
	profile := &studentpb.Profile{
		Code: "0100000001", Class: "12A1", FullName: "Nguyễn Thị Mẫu", DateOfBirth: &studentpb.Date{Year: 2005, Month: 3, Day: 5},
		Gender: studentpb.Gender_GENDER_FEMALE, Ethnicity: "01", Nationality: "VN",
		Identity:  &studentpb.Identity{Kind: studentpb.IdentityKind_IDENTITY_KIND_PERSONAL_ID, Number: "001305000001"},
		Residence: &studentpb.Residence{Province: "01", District: "001", Commune: "00001", CatalogueDate: "2023-04-10"},
	}
	results := &studentpb.Results{
		Code: "0100000001", Class: "12A1", Part: studentpb.Part_PART_RESULTS_12_2, SchoolYear: "2022-2023",
		Programme: studentpb.Programme_PROGRAMME_UPPER_2006, SchoolStudied: "01000701", SpecialisedSubject: "TOAN", ForeignLanguage: "N1",
		Subjects: []*studentpb.Subject{{Code: "TOAN", Semester2: mark(80), Year: mark(81), YearBeforeRetake: mark(40)},
			{Code: "THEDUC", Semester2: &studentpb.Score{Comment: studentpb.Comment_COMMENT_PASSED}, Year: &studentpb.Score{Exempt: true}}},
		Semester2:        &studentpb.Term{AverageTenths: &avg, Rating: studentpb.Rating_RATING_EXCELLENT, Conduct: studentpb.Conduct_CONDUCT_GOOD},
		Year:             &studentpb.Term{AverageTenths: &avg, Rating: studentpb.Rating_RATING_GOOD, ConductAbsent: "KHONG_XEP_LOAI"},
		YearBeforeRetake: &studentpb.Term{AverageTenths: &avg}, SummerTraining: true,
	}
	problem := &studentpb.Problem{Path: "records[1]", Rule: "RECORD_TWICE", MessageVi: "a", MessageEn: "b", RemedyVi: "c", RemedyEn: "d"}
	receipt := &intakepb.Receipt{
		SubmissionId: "s1", Drive: "2022-2023-12", Province: "01", School: "01000701", Kind: studentpb.Kind_KIND_PROFILE, Sequence: 7, StoredAt: at,
		Sha256: []byte{1, 2}, Accepted: 1, Refused: 1,
		AcceptedRecords: []*intakepb.AcceptedRef{{Index: 0, Pupil: "abc", Part: studentpb.Part_PART_PROFILE, NotAfter: at, OnTime: true}},
		RefusedRecords:  []*intakepb.RefusedRecord{{Index: 1, Problems: []*studentpb.Problem{problem}}},
	}
	finding := &validationpb.Finding{
		Rule: "YEAR_MARK", RuleVersion: 1, Severity: validationpb.Severity_SEVERITY_ERROR, Field: "subjects[TOAN].year",
		Personal: &validationpb.FindingDetail{Reported: "8.1", Expected: "8.4", MessageVi: "a", MessageEn: "b", RemedyVi: "c", RemedyEn: "d"},
	}
	values := []byte("sixteen bytes ok")
	return map[string]proto.Message{
		// A message that has gained fields has a payload more: the one without them goes on decoding.
		TypeSubmission + "-source": &intakepb.SubmissionAccepted{
			SubmissionId: "s1", Drive: "2022-2023-12", Province: "01", School: "01000701", Kind: studentpb.Kind_KIND_PROFILE, Sha256: []byte{1, 2},
			Records: []*intakepb.AcceptedRecord{{Pupil: "abc", Part: studentpb.Part_PART_PROFILE, ContentHash: []byte{3}, IdentityHash: []byte{4},
				Personal: &studentpb.Record{Content: &studentpb.Record_Profile{Profile: profile}}}},
			Source: intakepb.Source_SOURCE_WORKBOOK,
		},
		TypeVerdicts + "-book": &validationpb.RecordsJudged{
			Drive: "2022-2023-12", DriveDigest: "d", Book: 3,
			Verdicts: []*validationpb.Verdict{{Pupil: "abc", Part: studentpb.Part_PART_RESULTS_10, Revision: 7, ContentHash: []byte{3}, Findings: []*validationpb.Finding{{
				Rule: "YEAR_MARK", RuleVersion: 2, Severity: validationpb.Severity_SEVERITY_WARNING, Field: "subjects[TOAN].year", Values: values,
				Personal: &validationpb.FindingDetail{Reported: "8.1", Expected: "8.2", MessageVi: "a", MessageEn: "b", RemedyVi: "c", RemedyEn: "d",
					Fix: &validationpb.Fix{Kind: validationpb.FixKind_FIX_KIND_VALUE, Value: "82", Certain: true}},
			}}}},
		},
		TypeBookOpened: &validationpb.BookOpened{Drive: "2022-2023-12", DriveVersion: "2", DriveDigest: "d", Digest: "b", Number: 3},
		TypeSources: &intakepb.SourcesDecided{
			Drive: "2022-2023-12", Province: "01", School: "01000701",
			Sources: []*intakepb.PartSource{{Part: studentpb.Part_PART_PROFILE, Source: intakepb.Source_SOURCE_PORTAL},
				{Part: studentpb.Part_PART_RESULTS_12_1, Source: intakepb.Source_SOURCE_WORKBOOK, Reason: "a b"}},
		},
		TypeWindows: &intakepb.WindowsExtended{
			Drive: "2022-2023-12", Extensions: []*intakepb.Extension{{Scope: "01", Window: "first", Closes: at, Officer: "lan", PersonalReason: "a b", Sequence: 9}},
		},
		TypeUnlocks: &intakepb.UnlocksDecided{
			Drive: "2022-2023-12", Province: "01", School: "01000701",
			Unlocks: []*intakepb.Unlock{{Id: "u1", Province: "01", School: "01000701", Class: "12A1", Pupils: []string{"abc"}, Parts: []studentpb.Part{studentpb.Part_PART_PROFILE},
				Expires: at, AskedBy: "minh", AskedAt: at, PersonalReason: "a b", Decision: intakepb.UnlockDecision_UNLOCK_DECISION_APPROVE, DecidedBy: "lan", DecidedAt: at,
				PersonalDecisionReason: "c d"}},
		},
		TypeAcknowledged: &reportingpb.WarningsAcknowledged{
			Drive: "2022-2023-12", Province: "01", School: "01000701",
			Warnings: []*reportingpb.AcknowledgedWarning{{Pupil: "abc", Part: studentpb.Part_PART_RESULTS_10, Rule: "YEAR_MARK", RuleVersion: 2,
				Field: "subjects[TOAN].year", Values: values, PersonalReason: "a b", Withdrawn: true}},
		},
		TypeSubmission: &intakepb.SubmissionAccepted{
			SubmissionId: "s1", Drive: "2022-2023-12", DriveDigest: "d", Province: "01", School: "01000701", Kind: studentpb.Kind_KIND_PROFILE, Sha256: []byte{1, 2},
			Records: []*intakepb.AcceptedRecord{{Pupil: "abc", Part: studentpb.Part_PART_PROFILE, ContentHash: []byte{3}, IdentityHash: []byte{4}, NotAfter: at, Index: 2,
				Personal: &studentpb.Record{Content: &studentpb.Record_Profile{Profile: profile}}}},
			Refused: []*intakepb.RefusedByIndex{{Index: 1, Problems: []*studentpb.Problem{problem}}}, PortalStoredAt: at,
		},
		TypePortalReceipt: &intakepb.PortalReceipt{PortalSequence: 3, SubmissionId: "s1", Answer: &intakepb.PortalReceipt_Receipt{Receipt: receipt}},
		TypeDriveLoaded:   &intakepb.DriveLoaded{Drive: "2022-2023-12", Version: "1", Digest: "d"},
		TypeVerdicts: &validationpb.RecordsJudged{
			Drive: "2022-2023-12", DriveDigest: "d",
			Verdicts: []*validationpb.Verdict{{Pupil: "abc", Part: studentpb.Part_PART_RESULTS_10, Revision: 7, ContentHash: []byte{3}, Findings: []*validationpb.Finding{finding}}},
			Shared:   []*validationpb.SharedVerdict{{Pupil: "abc", Name: "year12", Basis: 15, ContentHashes: [][]byte{{5}, {6}}, Findings: []*validationpb.Finding{finding}}},
		},
		TypeIdentities: &matchingpb.IdentitiesJudged{
			Drive: "2022-2023-12",
			Judgements: []*matchingpb.Judgement{{Pupil: "abc", Revision: 7, IdentityHash: []byte{4}, Outcome: matchingpb.Outcome_OUTCOME_MISMATCHED,
				Fields: []matchingpb.Field{matchingpb.Field_FIELD_DATE_OF_BIRTH}, MessageVi: "a", MessageEn: "b"}},
			Shared: []*matchingpb.SharedNumber{{Pupil: "abc", Number: "n", Basis: 16, Others: []string{"def"}}},
		},
		TypeIdentities + "-explained": &matchingpb.IdentitiesJudged{
			Drive: "2022-2023-12",
			Judgements: []*matchingpb.Judgement{{Pupil: "abc", Revision: 7, IdentityHash: []byte{4}, Outcome: matchingpb.Outcome_OUTCOME_SUPERSEDED, MessageVi: "a", MessageEn: "b",
				Steps:  []*matchingpb.Step{{Field: matchingpb.Field_FIELD_FULL_NAME, Level: "tone", Weight: 812}, {Field: matchingpb.Field_FIELD_RESIDENCE, Level: "different", Weight: -310}},
				Causes: []*matchingpb.Cause{{Field: matchingpb.Field_FIELD_ID_NUMBER, Kind: "cancelled"}},
				Proposal: &matchingpb.Proposal{Field: matchingpb.Field_FIELD_DATE_OF_BIRTH, Kind: "day_month_swapped",
					Personal: &matchingpb.PersonalProposal{Reported: "2005-05-03", Proposed: "2005-03-05"}},
				Actor: matchingpb.Actor_ACTOR_FAMILY, WeightsVersion: 3, Seen: values, Asked: []*matchingpb.Asked{{Way: matchingpb.Way_WAY_VERIFY, Hypothesis: "lookalike", Yes: true}},
				Others: []string{"def"}, Province: "01", School: "01000701", Person: values}},
			Decisions: []*matchingpb.IdentityDecision{{Pupil: "abc", Seen: [][]byte{values}, Basis: 9}},
		},
		TypeQuestion: &matchingpb.QuestionOpened{Drive: "2022-2023-12", Pupil: "abc", IdentityHash: []byte{4}, Deadline: at, After: 5, Tries: 1},
		TypeSettled: &matchingpb.IdentitySettled{
			Drive: "2022-2023-12", Province: "01", School: "01000701", Pupil: "abc", Seen: values, Evidence: matchingpb.Evidence_EVIDENCE_IDENTITY_CARD,
			Officer: "lan", PersonalReason: "a b", Withdrawn: true, OfficersNeeded: 2,
		},
		TypeSettled + "-shared": &matchingpb.IdentitySettled{
			Drive: "2022-2023-12", Province: "01", School: "01000701", Pupil: "abc", Seen: values, Shared: []byte("sixteen others ok"),
			Evidence: matchingpb.Evidence_EVIDENCE_IDENTITY_CARD, Officer: "lan", PersonalReason: "a b", OfficersNeeded: 1,
		},
		TypeDeclared: &reportingpb.SchoolDeclared{
			Drive: "2022-2023-12", Province: "01", School: "01000701", Window: "first", Withdrawn: true, Officer: "lan", PersonalNote: "a b",
		},
		TypeApproved: &reportingpb.PupilsApproved{
			Drive: "2022-2023-12", Province: "01", School: "01000701", Window: "first", Pupils: []*reportingpb.ApprovedPupil{{Pupil: "abc", Seen: values}},
			Officer: "lan", PersonalException: "a b",
		},
		TypeReturned: &reportingpb.PupilsReturned{
			Drive: "2022-2023-12", Province: "01", School: "01000701", Window: "first", Officer: "lan",
			Pupils: []*reportingpb.ReturnedOne{{Pupil: "abc", Seen: values, Parts: []studentpb.Part{studentpb.Part_PART_RESULTS_10}, PersonalReason: "a b", Withdrawn: true}},
		},
		TypeClaim: &reportingpb.ClaimSettled{
			Drive: "2022-2023-12", Province: "01", School: "01000701", Pupil: "abc", Officer: "lan", PersonalReason: "a b",
			Overruled: []*reportingpb.OverruledEnrolment{{Province: "01", School: "01000702", ContentHash: []byte{3}}},
		},
		TypeSample: &reportingpb.SampleCompared{
			Drive: "2022-2023-12", Province: "01", School: "01000701", Window: "first", Seed: 7, Officer: "lan",
			Pupils: []*reportingpb.Compared{{Pupil: "abc", Seen: values, Differing: []string{"full_name"}}},
		},
		TypeRecheck: &matchingpb.RecheckAsked{
			Drive: "2022-2023-12", Pupils: []string{"abc"}, Scope: "01", Unresolved: true, Reason: matchingpb.RecheckReason_RECHECK_REASON_NOTICE,
		},
		TypeRecord + "-book": &reportingpb.RecordState{
			Pupil: "abc", Drive: "2022-2023-12", Basis: &reportingpb.Basis{Revisions: 20, Judgements: 21}, Replaces: 7,
			State: &reportingpb.RecordState_Verified{Verified: &reportingpb.VerifiedRecord{
				Province: "01", School: "01000701", Class: "12A1", ExamBoard: "01", Windows: []string{"first", "second"},
				Identity: matchingpb.Outcome_OUTCOME_CONFIRMED, DriveDigest: "d", Book: 3,
				Personal: &reportingpb.PersonalRecord{Profile: profile, Results: []*studentpb.Results{results}},
			}},
		},
		TypeRecord + "-place": &reportingpb.RecordState{
			Pupil: "abc", Drive: "2022-2023-12", Basis: &reportingpb.Basis{Revisions: 22, Judgements: 23}, Replaces: 8,
			State: &reportingpb.RecordState_Withdrawn{Withdrawn: &reportingpb.WithdrawnRecord{Reason: reportingpb.Status_STATUS_REJECTED, Province: "01", School: "01000701"}},
		},
		TypeCutOff: &reportingpb.CutOff{
			Id: "exam", Drive: "2022-2023-12", Sequence: 9, At: at, Verified: 2, Withdrawn: 1, Digest: values, Officer: "lan", PersonalReason: "a b",
			Schools: []*reportingpb.CutOffSchool{{Province: "01", School: "01000701", Verified: 2, Withdrawn: 1, Digest: values}},
		},
		TypeSubscriberRemoved: &reportingpb.SubscriberRemoved{Name: "exam", ReadTo: 9, Officer: "lan", PersonalReason: "a b"},
		TypeProgress: &reportingpb.ProgressNoted{
			Drive: "2022-2023-12", At: at, Rows: []*reportingpb.NotedCounts{{Province: "01", School: "01000701", Windows: []*reportingpb.Counts{everyCount()}}},
		},
		TypeReminder: &reportingpb.ReminderSent{
			Drive: "2022-2023-12", Province: "01", School: "01000701", Counts: everyCount(), Returned: 2, Closes: at, Note: "a b", Officer: "lan", State: values,
		},
		TypeRecord: &reportingpb.RecordState{
			Pupil: "abc", Drive: "2022-2023-12", Basis: &reportingpb.Basis{Revisions: 20, Judgements: 21},
			State: &reportingpb.RecordState_Verified{Verified: &reportingpb.VerifiedRecord{
				Province: "01", School: "01000701", Class: "12A1", ExamBoard: "01", Windows: []string{"first", "second"},
				Identity: matchingpb.Outcome_OUTCOME_CONFIRMED, DriveDigest: "d",
				Personal: &reportingpb.PersonalRecord{Profile: profile, Results: []*studentpb.Results{results}},
			}},
		},
	}
}

// everyCount has another number in each field.
func everyCount() *reportingpb.Counts {
	return &reportingpb.Counts{Window: "first", Expected: 91, Missing: 3, Rejected: 4, UnexplainedWarning: 5, Duplicate: 6, Mismatched: 7, NeedsPerson: 8, Waiting: 9,
		AwaitingApproval: 24, Verified: 25, Unexpected: 12, Returned: 13}
}

// TestGolden decodes the payload of every published version: to the same message, field for field.
func TestGolden(t *testing.T) {
	for name, want := range golden() {
		file := filepath.Join("testdata", name+".binpb")
		data, err := os.ReadFile(file)
		if os.IsNotExist(err) && *update {
			if data, err = Canonical(want); err == nil {
				err = os.WriteFile(file, data, 0o600)
			}
		}
		if err != nil {
			t.Errorf("%s: %v; a new type gets its payload with go test ./student/wire -update", name, err)
			continue
		}
		got := want.ProtoReflect().New().Interface()
		if err := proto.Unmarshal(data, got); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(got.ProtoReflect().GetUnknown()) > 0 || !proto.Equal(got, want) {
			t.Errorf("%s: the published payload decodes to another message:\n%s", name, protojson.Format(got))
		}
	}
}

// TestOutside holds what is read of a submission without decoding it against the decoded message.
func TestOutside(t *testing.T) {
	ev := golden()[TypeSubmission].(*intakepb.SubmissionAccepted)
	data, err := Canonical(ev)
	if err != nil {
		t.Fatal(err)
	}
	early := ev.PortalStoredAt.AsTime().Add(-time.Second)
	ev.PortalStoredAt = timestamppb.New(early)
	onTime, err := Canonical(ev)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := OpenBatch(data, early); err != nil || len(b.Records) != 0 {
		t.Errorf("arrived in PORTAL at the close: got %d records, %v; want none, whenever the log stored it", len(b.Records), err)
	}
	b, err := OpenBatch(onTime, early.Add(time.Hour))
	if err != nil || len(b.Records) != 1 || b.Drive != ev.Drive || b.Province != ev.Province || b.School != ev.School {
		t.Fatalf("arrived a second before the close: got %+v, %v", b, err)
	}
	r, want := b.Records[0], ev.Records[0]
	content, err := r.Content()
	if err != nil || r.Pupil != want.Pupil || ToPart(r.Part) != want.Part || !bytes.Equal(r.ContentHash, want.ContentHash) ||
		!bytes.Equal(r.IdentityHash, want.IdentityHash) || !r.NotAfter.Equal(want.NotAfter.AsTime()) || !proto.Equal(content, want.Personal) {
		t.Errorf("got %+v, %v; want %v", r, err, want)
	}
	again, err := OpenAccepted(r.Bytes)
	if err != nil || again.Pupil != r.Pupil {
		t.Errorf("a record from its own bytes: got %+v, %v", again, err)
	}
}

// FuzzOutside: no bytes make it panic, and what the decoder refuses is refused here or in the content.
func FuzzOutside(f *testing.F) {
	for _, m := range golden() {
		data, err := Canonical(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := OpenBatch(data, time.Unix(0, 0))
		if err != nil {
			return
		}
		for _, r := range b.Records {
			if _, err := r.Content(); err != nil {
				return
			}
		}
	})
}

// TestRoundTrip turns a record of each kind into the contract and back.
func TestRoundTrip(t *testing.T) {
	ev := golden()[TypeRecord].(*reportingpb.RecordState).GetVerified().GetPersonal()
	if got := ToProfile(FromProfile(ev.Profile)); !proto.Equal(got, ev.Profile) {
		t.Errorf("profile: got %v", got)
	}
	if got := ToResults(FromResults(ev.Results[0])); !proto.Equal(got, ev.Results[0]) {
		t.Errorf("results: got %v", got)
	}
	e := &studentpb.Enrolment{Code: "1", Class: "12A1", State: studentpb.EnrolmentState_ENROLMENT_STATE_LEFT, Since: &studentpb.Date{Year: 2023, Month: 1, Day: 2}, Reason: "r"}
	if got := ToEnrolment(FromEnrolment(e)); !proto.Equal(got, e) {
		t.Errorf("enrolment: got %v", got)
	}
}

// TestOutsideOfJudgements holds what is read of judgements without decoding them against the decoded messages.
func TestOutsideOfJudgements(t *testing.T) {
	if outcomeWaiting != uint64(matchingpb.Outcome_OUTCOME_WAITING) {
		t.Errorf("outcomeWaiting is %d, the contract says %d", outcomeWaiting, matchingpb.Outcome_OUTCOME_WAITING)
	}
	verdicts := golden()[TypeVerdicts].(*validationpb.RecordsJudged)
	identities := golden()[TypeIdentities].(*matchingpb.IdentitiesJudged)
	v, errV := OpenVerdicts(must(t, verdicts))
	i, errI := OpenIdentities(must(t, identities))
	if errV != nil || errI != nil || len(v.Each) != 1 || len(v.Shared) != 1 || len(i.Each) != 1 || len(i.Shared) != 1 {
		t.Fatalf("got %+v, %v; %+v, %v", v, errV, i, errI)
	}
	if b, err := OpenVerdicts(must(t, golden()[TypeVerdicts+"-book"])); err != nil || b.Book != 3 || v.Book != 0 {
		t.Errorf("the book: got %d, %v; and %d of a message without one", b.Book, err, v.Book)
	}
	if g, w := v.Each[0], verdicts.Verdicts[0]; g.Pupil != w.Pupil || ToPart(g.Part) != w.Part || g.Revision != w.Revision || !bytes.Equal(g.Bytes, must(t, w)) {
		t.Errorf("verdict: got %+v", g)
	}
	if g, w := v.Shared[0], verdicts.Shared[0]; g.Pupil != w.Pupil || g.Name != w.Name || g.Revision != w.Basis || !bytes.Equal(g.Bytes, must(t, w)) {
		t.Errorf("shared verdict: got %+v", g)
	}
	if g, w := i.Each[0], identities.Judgements[0]; g.Pupil != w.Pupil || g.Revision != w.Revision || g.Waiting || !bytes.Equal(g.Bytes, must(t, w)) {
		t.Errorf("identity: got %+v", g)
	}
	if g, w := i.Shared[0], identities.Shared[0]; g.Pupil != w.Pupil || g.Name != w.Number || g.Revision != w.Basis || !bytes.Equal(g.Bytes, must(t, w)) {
		t.Errorf("shared number: got %+v", g)
	}
	decided := golden()[TypeIdentities+"-explained"].(*matchingpb.IdentitiesJudged)
	d, err := OpenIdentities(must(t, decided))
	if err != nil || len(d.Decided) != 1 || d.Decided[0].Pupil != "abc" || d.Decided[0].Revision != 9 || !bytes.Equal(d.Decided[0].Bytes, must(t, decided.Decisions[0])) {
		t.Errorf("a decision: got %+v, %v", d.Decided, err)
	}
	identities.Judgements[0].Outcome = matchingpb.Outcome_OUTCOME_WAITING
	if i, err := OpenIdentities(must(t, identities)); err != nil || !i.Each[0].Waiting {
		t.Errorf("a waiting identity: got %+v, %v", i, err)
	}
}

func must(t *testing.T, m proto.Message) []byte {
	t.Helper()
	data, err := Canonical(m)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
