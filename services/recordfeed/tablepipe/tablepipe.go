// Package tablepipe keeps a table in another program: the command line of rasoat links no database, so that the program that
// does serves its tables over its standard input and output. The command line reads the records, and says what failed.
//
// The one rule that a reader must not miss: a batch is answered when the table has it on disk, and the serving program ends
// when its input does. So whichever of the two is killed, what was answered is kept and the rest comes again.
package tablepipe

import (
	"context"
	"encoding/gob"
	"errors"
	"io"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/recordfeed"
)

// protocol is the first thing that the serving program says. It changes with the messages below.
const protocol = "rasoat table 1"

// The operations.
const (
	opHandle = "handle"
	opEmpty  = "empty"
	opEach   = "each"
)

type request struct {
	Op      string
	Records []record
}

// record is a recordfeed.Record without its outline, which is made again of the payload.
type record struct {
	Pupil       string
	Version     uint64
	StoredAt    time.Time
	Payload     []byte
	AfterCutOff string
}

type reply struct {
	Protocol string // of the first reply
	Fault    *refusal
	Empty    bool
	Held     []recordfeed.Held
	More     bool // another reply to the same request follows
}

// refusal is an error on its way through the pipe, in the words for people.
type refusal struct {
	Kind   fault.Kind
	Op     string
	Text   fault.Text
	Fields []fault.Field
}

func refuse(err error) *refusal {
	if err == nil {
		return nil
	}
	f := fault.Worded(err)
	return &refusal{f.Kind, f.Op, f.Text, f.Fields}
}

func (r *refusal) err() error {
	if r == nil {
		return nil
	}
	return &fault.Error{Kind: r.Kind, Op: r.Op, Text: r.Text, Fields: r.Fields}
}

// heldAtOnce is how many pupils go into one reply.
const heldAtOnce = 2000

// Serve serves a table until the input ends, and closes it. It returns what keeps it from answering; what goes wrong with
// the table, from opening it on, goes to whoever asked.
func Serve(ctx context.Context, in io.Reader, out io.Writer, open func() (recordfeed.Table, error)) error {
	requests, answers := gob.NewDecoder(in), gob.NewEncoder(out)
	table, err := open()
	if sent := answers.Encode(reply{Protocol: protocol, Fault: refuse(err)}); err != nil || sent != nil {
		return sent
	}
	for {
		var q request
		err := requests.Decode(&q)
		if err == nil {
			err = serve(ctx, table, q, answers)
		}
		switch {
		case errors.Is(err, io.EOF):
			return table.Close()
		case err != nil:
			return errors.Join(err, table.Close())
		}
	}
}

func serve(ctx context.Context, table recordfeed.Table, q request, answers *gob.Encoder) error {
	var out reply
	var err error
	switch q.Op {
	case opHandle:
		err = handle(ctx, table, q.Records)
	case opEmpty:
		out.Empty, err = table.Empty(ctx)
	case opEach:
		err = table.Each(ctx, func(h recordfeed.Held) error {
			if out.Held = append(out.Held, h); len(out.Held) < heldAtOnce {
				return nil
			}
			out.More = true
			sent := answers.Encode(out)
			out = reply{}
			return sent
		})
	}
	out.Fault = refuse(err)
	return answers.Encode(out)
}

func handle(ctx context.Context, table recordfeed.Table, batch []record) error {
	records := make([]recordfeed.Record, len(batch))
	for i, r := range batch {
		outline, err := recordfeed.OutlineOf(r.Payload)
		if err != nil {
			return err
		}
		records[i] = recordfeed.Record{Pupil: r.Pupil, Version: r.Version, StoredAt: r.StoredAt, Payload: r.Payload,
			AfterCutOff: r.AfterCutOff, Outline: outline}
	}
	return table.Handle(ctx, records)
}
