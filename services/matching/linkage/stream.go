package linkage

import (
	"context"
	"io"

	"github.com/rasoat/rasoat/services/internal/fault"
	"golang.org/x/sync/errgroup"
)

// batchRows is how many lines go to a worker at once.
const batchRows = 512

type batch struct {
	first int // number of the first row, from 0
	rows  []row
}

// stream reads the population and hands it to the workers, in whatever order they come. Progress goes from one share to the other.
func stream(ctx context.Context, in Input, o Options, from, to float64, f func(worker int, b batch)) error {
	batches := make(chan batch, 2*o.Workers)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(batches)
		done := &counting{}
		counted := in
		counted.Open = func() (r readCloser, err error) {
			done.readCloser, err = in.Open()
			return done, err
		}
		b := batch{}
		send := func() error {
			select {
			case batches <- b:
			case <-ctx.Done():
				return fault.Wrap(fault.Unavailable, "linkage", ctx.Err())
			}
			if in.Size > 0 {
				o.Progress(from + (to-from)*min(1, float64(done.n)/float64(in.Size)))
			}
			b = batch{first: b.first + len(b.rows), rows: make([]row, 0, batchRows)}
			return nil
		}
		err := eachRow(counted, func(r row) error {
			if b.rows = append(b.rows, r); len(b.rows) == batchRows {
				return send()
			}
			return nil
		})
		if err != nil {
			return err
		}
		return send()
	})
	for w := range o.Workers {
		group.Go(func() error {
			for b := range batches {
				f(w, b)
			}
			return nil
		})
	}
	return group.Wait()
}

type readCloser = io.ReadCloser

// counting counts what was read.
type counting struct {
	readCloser
	n int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.readCloser.Read(p)
	c.n += int64(n)
	return n, err
}
