package main

import (
	"context"
	"encoding/json"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/student/wire"
)

// poison is a message of a type that its readers know, with a content that nobody can work with.
type poison struct {
	stream, subject, kind string
	readers               []string // the durables that set it aside; the broker keeps as many dead letters
	data                  []byte   // nil for what nobody can decode
}

// poisons are one for every kind of reader there is, of a school of the nation, and one for every stream that nobody consumes.
func poisons(school sandbox.SchoolRange) []poison {
	of := "." + school.Province + "." + school.Code
	partless := []byte("\x42\x00") // a rasoat.intake.v1.SubmissionAccepted with a record of no part
	return []poison{
		{eventlog.Portal, "portal.submit" + of, "", []string{"intake-portal"}, nil},
		{eventlog.Receipts, "portal.receipt" + of, wire.TypePortalReceipt, nil, nil},
		{eventlog.Submissions, "submission.profile" + of + ".poison", wire.TypeSubmission,
			[]string{"matching-profiles", "reporting-submissions", "validation-1"}, nil},
		{eventlog.Submissions, "submission.profile" + of + ".partless", wire.TypeSubmission, []string{"reporting-submissions", "validation-1"}, partless},
		{eventlog.Verdicts, "verdict.profile" + of, wire.TypeVerdicts, []string{"reporting-verdicts"}, nil},
		{eventlog.Identities, "identity" + of, wire.TypeIdentities, []string{"matching-identities", "reporting-identities"}, nil},
		{eventlog.Questions, "question.first" + of, wire.TypeQuestion, []string{"matching-first-" + school.Province}, nil},
		{eventlog.Decisions, "decision.settle" + of, wire.TypeSettled, []string{"matching-decisions"}, nil},
		{eventlog.Decisions, "decision.declare" + of, wire.TypeDeclared, []string{"reporting-decisions"}, nil},
		{eventlog.Records, "record.poison", wire.TypeRecord, nil, nil},
		{eventlog.Progress, "reminder" + of, wire.TypeReminder, nil, nil},
		{eventlog.DeadLetters, "dead.intake." + eventlog.Portal, "poison", nil, nil},
	}
}

// post puts a poison message into its stream.
func (p poison) post(ctx context.Context, nc *nats.Conn) error {
	const op = "drills.poison"
	m := nats.NewMsg(p.subject)
	if m.Data = p.data; p.data == nil {
		m.Data = []byte("\xff\xfe nobody can decode this")
	}
	if p.kind != "" {
		m.Header.Set(eventlog.HeaderType, p.kind)
	}
	answer, err := nc.RequestMsgWithContext(ctx, m)
	if err != nil {
		return fault.Wrap(fault.Unavailable, op, err)
	}
	var ack struct {
		Stream string `json:"stream"`
		Seq    uint64 `json:"seq"`
	}
	if err := json.Unmarshal(answer.Data, &ack); err != nil || ack.Stream != p.stream || ack.Seq == 0 {
		return fault.Internalf(op, "the broker did not take a message on %s: %s", p.subject, answer.Data)
	}
	return nil
}

// poisoned puts a poison message into every stream three times, and waits until each reader has set each aside.
func poisoned(ctx context.Context, s *scene) error {
	for range 3 {
		for _, p := range poisons(s.sample.Nation.Schools()[0]) {
			if err := p.post(ctx, s.Broker()); err != nil {
				return err
			}
			s.posted += len(p.readers)
		}
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
	}
	err := until(ctx, func() bool {
		n := 0
		err := each(ctx, s.log, eventlog.DeadLetters, func(m eventlog.Message) error {
			if m.Type == eventlog.TypeDeadLetter {
				n++
			}
			return nil
		})
		return err == nil && n >= s.posted
	})
	if err != nil {
		return err
	}
	return s.listed(ctx)
}

// listed makes sure that an operator is shown every letter.
func (s *scene) listed(ctx context.Context) error {
	lines, err := s.rasoat(ctx, "dead", "list", "--json")
	if err == nil && len(lines) != s.posted {
		err = fault.Internalf("drills.poison", "\"rasoat dead list\" shows %d letters of %d", len(lines), s.posted)
	}
	s.note("\"rasoat dead list\" shows %d letters", len(lines))
	return err
}
