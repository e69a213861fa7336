package main

import (
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/nats-io/nats.go"
	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/portal"
	"golang.org/x/time/rate"
	"google.golang.org/protobuf/proto"
)

// How many batches a second go through each of the other doors, and then.
const (
	beside = 1
	later  = 0.5
)

// again returns the batches of a part, and then the first record of each under new ids for as long as the load goes on, at an easy pace.
func (l *load) again(p part) iter.Seq[*intakepb.Submission] {
	pace := rate.NewLimiter(beside, 1)
	return func(yield func(*intakepb.Submission) bool) {
		for round := 0; len(p.batches) > 0 && (round == 0 || l.goesOn()); round++ {
			if round == 1 {
				pace.SetLimit(later)
			}
			for _, b := range p.batches {
				if round > 0 && !l.goesOn() || pace.Wait(l.ctx) != nil {
					return
				}
				sub := proto.CloneOf(b)
				if round > 0 {
					sub.Id, sub.Records = fmt.Sprint(b.GetId(), "-again-", round), sub.GetRecords()[:1]
				}
				if !yield(sub) {
					return
				}
			}
		}
	}
}

// stream hands a part in over one stream, as the client of portals does.
func (l *load) stream(p part) error {
	summary := &portal.Summary{}
	told := 0
	client := portal.Client{Intake: l.intake, AnswerTimeout: 10 * time.Second, Report: func(portal.Progress) {
		for ; told < len(summary.Receipts); told++ {
			l.book.receipt(summary.Receipts[told].ID, summary.Receipts[told].Sequence)
		}
	}}
	err := client.Submit(l.ctx, func(yield func(portal.Batch, error) bool) {
		for sub := range l.again(p) {
			if !yield(portal.Batch{Submission: sub, Origins: make([]portal.Origin, len(sub.GetRecords()))}, nil) {
				return
			}
		}
	}, summary)
	l.book.reconnected(summary.Reconnects)
	if err == nil && summary.Refused+summary.Conflicts > 0 {
		return fault.Internalf("drills.stream", "%d records refused, %d ids in conflict", summary.Refused, summary.Conflicts)
	}
	return err
}

// messages hands a part in through PORTAL, each until the broker says that it has it.
func (l *load) messages(p part) error {
	for sub := range l.again(p) {
		data, err := proto.Marshal(sub)
		if err != nil {
			return fault.Wrap(fault.Internal, "drills.messages", err)
		}
		for {
			sequence, err := l.publish("portal.submit."+sub.GetProvince()+"."+sub.GetSchool(), data)
			if err == nil {
				l.book.stored(sequence, sub.GetId())
				break
			}
			if l.ctx.Err() != nil {
				return l.ctx.Err()
			}
		}
	}
	return nil
}

// publish returns the sequence at which the broker stored a message.
func (l *load) publish(subject string, data []byte) (uint64, error) {
	const op = "drills.publish"
	m := &nats.Msg{Subject: subject, Data: data}
	answer, err := l.nc.RequestMsg(m, 2*time.Second)
	if err != nil {
		// Nobody listens there at this moment, or nobody answered: a portal waits a little.
		_ = l.pace.Wait(l.ctx)
		return 0, fault.Wrap(fault.Unavailable, op, err)
	}
	var ack struct {
		Seq   uint64          `json:"seq"`
		Error json.RawMessage `json:"error"`
	}
	if err := json.Unmarshal(answer.Data, &ack); err != nil || ack.Seq == 0 {
		_ = l.pace.Wait(l.ctx)
		return 0, fault.New(fault.Unavailable, op, "PORTAL chưa nhận.", "PORTAL did not take it: "+string(ack.Error))
	}
	return ack.Seq, nil
}
