package tablepipe

import (
	"context"
	"encoding/gob"
	"errors"
	"io"
	"os/exec"
	"sync"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/recordfeed"
)

// Table is a table that another program serves.
type Table struct {
	program *exec.Cmd
	in      io.WriteCloser

	mu       sync.Mutex // one request at a time
	requests *gob.Encoder
	answers  *gob.Decoder
}

var _ recordfeed.Table = (*Table)(nil)

// Open starts a program that calls Serve, and waits until it has opened its table. It fails with Invalid for a program that
// cannot be started or speaks otherwise, and as the table does. The program hears nothing of a context that ends: it has to
// finish its batch.
func Open(program *exec.Cmd) (*Table, error) {
	in, err := program.StdinPipe()
	if err != nil {
		return nil, foreign(err)
	}
	out, err := program.StdoutPipe()
	if err != nil {
		return nil, foreign(err)
	}
	if err := program.Start(); err != nil {
		return nil, foreign(err)
	}
	t := &Table{program: program, in: in, requests: gob.NewEncoder(in), answers: gob.NewDecoder(out)}
	var first reply
	if err := t.answers.Decode(&first); err != nil || first.Protocol != protocol {
		_ = t.Close() // it does not speak with us
		return nil, foreign(err)
	}
	if err := first.Fault.err(); err != nil {
		_ = t.Close() // it has said what is wrong
		return nil, err
	}
	return t, nil
}

func foreign(err error) error {
	return &fault.Error{Kind: fault.Invalid, Op: "tablepipe.open", Err: err, Text: fault.Text{
		Vi: "Chương trình rasoat-standalone, nơi ghi bảng SQLite, không chạy được hoặc khác phiên bản. Hãy cài lại cả hai bằng make install rồi chạy lại.",
		En: "The program rasoat-standalone, which writes SQLite, does not start or is of another version. Install both again with make install, then run this again.",
	}}
}

func ended(err error) error {
	return &fault.Error{Kind: fault.Unavailable, Op: "tablepipe.call", Err: err, Text: fault.Text{
		Vi: "Chương trình ghi bảng SQLite đã dừng giữa chừng. Những gì đã ghi vẫn còn nguyên: hãy chạy lại lệnh này để nhận tiếp.",
		En: "The program that writes SQLite ended in the middle. What it stored is kept: run this again, and it goes on from there.",
	}}
}

// call makes a request and visits each reply to it.
func (t *Table) call(q request, visit func(reply) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.requests.Encode(q); err != nil {
		return ended(err)
	}
	var refused error // what visit said; the replies are read to their end all the same
	for more := true; more; {
		var one reply
		if err := t.answers.Decode(&one); err != nil {
			return ended(err)
		}
		if err := one.Fault.err(); err != nil {
			return errors.Join(refused, err)
		}
		if refused == nil {
			refused = visit(one)
		}
		more = one.More
	}
	return refused
}

// Handle implements recordfeed.Handler.
func (t *Table) Handle(_ context.Context, records []recordfeed.Record) error {
	q := request{Op: opHandle, Records: make([]record, len(records))}
	for i, r := range records {
		q.Records[i] = record{r.Pupil, r.Version, r.StoredAt, r.Payload, r.AfterCutOff}
	}
	return t.call(q, func(reply) error { return nil })
}

// Empty implements recordfeed.Table.
func (t *Table) Empty(context.Context) (bool, error) {
	var empty bool
	err := t.call(request{Op: opEmpty}, func(r reply) error {
		empty = r.Empty
		return nil
	})
	return empty, err
}

// Each implements recordfeed.Table.
func (t *Table) Each(_ context.Context, visit func(recordfeed.Held) error) error {
	return t.call(request{Op: opEach}, func(r reply) error {
		for _, h := range r.Held {
			if err := visit(h); err != nil {
				return err
			}
		}
		return nil
	})
}

// Close ends the program, which closes its table.
func (t *Table) Close() error {
	_ = t.in.Close() // the program may have ended before
	if err := t.program.Wait(); err != nil {
		return ended(err)
	}
	return nil
}
