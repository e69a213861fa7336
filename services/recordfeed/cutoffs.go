package recordfeed

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/student/wire"
	"github.com/synadia-io/orbit.go/jetstreamext"
	"google.golang.org/protobuf/proto"
)

// cutOffs are the cut-offs that were taken, read before each batch.
type cutOffs struct {
	js       jetstream.JetStream
	consumer jetstream.Consumer
	came     uint64                // of the consumer's messages
	last     uint64                // in DECISIONS
	all      []*reportingpb.CutOff // in order of sequence, then of being taken
}

// mark fills in which cut-off each record corrects.
func (c *cutOffs) mark(ctx context.Context, records []Record) error {
	ctx, cancel := context.WithTimeout(ctx, 4*answerWithin)
	defer cancel()
	if err := c.refresh(ctx); err != nil {
		c.consumer = nil // it is made anew
		return fmt.Errorf("the cut-offs: %w", err)
	}
	unsure := map[uint64][]int{} // by sequence of the cut-off: places in records
	for i := range records {
		r := &records[i]
		cut := c.below(r.Version)
		switch replaces := r.Outline.GetReplaces(); {
		case cut == nil || replaces == 0:
		case replaces <= cut.GetSequence():
			r.AfterCutOff = cut.GetId()
		default: // corrected already once since the cut-off; or new since then
			unsure[cut.GetSequence()] = append(unsure[cut.GetSequence()], i)
		}
	}
	for sequence, places := range unsure {
		for part := range slices.Chunk(places, 500) {
			subjects := make([]string, len(part))
			for i, place := range part {
				subjects[i] = "record." + records[place].Pupil
			}
			had, err := c.had(ctx, subjects, sequence)
			if err != nil {
				return err
			}
			for i, place := range part {
				if had[subjects[i]] {
					records[place].AfterCutOff = c.below(records[place].Version).GetId()
				}
			}
		}
	}
	return nil
}

// below returns the newest cut-off below a version.
func (c *cutOffs) below(version uint64) *reportingpb.CutOff {
	for _, cut := range slices.Backward(c.all) {
		if cut.GetSequence() < version {
			return cut
		}
	}
	return nil
}

// had tells which subjects have a message up to a sequence.
func (c *cutOffs) had(ctx context.Context, subjects []string, upTo uint64) (map[string]bool, error) {
	out := map[string]bool{}
	msgs, err := jetstreamext.GetLastMsgsFor(ctx, c.js, eventlog.Records, subjects, jetstreamext.GetLastMsgsUpToSeq(upTo))
	if err != nil {
		return nil, err
	}
	left := "0"
	for m, err := range msgs {
		if errors.Is(err, jetstreamext.ErrNoMessages) {
			break
		}
		if err != nil {
			return nil, err
		}
		out[m.Subject] = true
		left = m.Header.Get("Nats-Num-Pending")
	}
	if left != "0" || ctx.Err() != nil {
		return nil, errors.New("the answer about a cut-off broke off")
	}
	return out, nil
}

// refresh reads the manifests that came since the last time.
func (c *cutOffs) refresh(ctx context.Context) error {
	if c.consumer == nil {
		var err error
		c.came = 0
		if c.consumer, err = c.js.CreateConsumer(ctx, eventlog.Decisions, jetstream.ConsumerConfig{
			FilterSubject: "decision.cutoff.*", DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: c.last + 1,
			AckPolicy: jetstream.AckNonePolicy, InactiveThreshold: 5 * time.Minute, MemoryStorage: true, Replicas: 1,
		}); err != nil {
			return err
		}
	}
	const most = 100
	for n := most; n == most; {
		n = 0
		batch, err := c.consumer.FetchNoWait(most)
		if err != nil {
			return err
		}
		for m := range batch.Messages() {
			n++
			meta, err := m.Metadata()
			if err != nil {
				return err
			}
			if c.came++; meta.Sequence.Consumer != c.came {
				return errors.New("one was lost on its way")
			}
			c.last = meta.Sequence.Stream
			cut := new(reportingpb.CutOff)
			if m.Headers().Get(eventlog.HeaderType) == wire.TypeCutOff && proto.Unmarshal(m.Data(), cut) == nil {
				at, _ := slices.BinarySearchFunc(c.all, cut.GetSequence()+1, func(have *reportingpb.CutOff, sequence uint64) int {
					if have.GetSequence() < sequence {
						return -1
					}
					return 1
				})
				c.all = slices.Insert(c.all, at, cut)
			}
		}
		if err := batch.Error(); err != nil {
			return err
		}
	}
	return nil
}
