package operator

import (
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
)

// often is how often it is told how far a step is.
const often = 200 * time.Millisecond

// teller tells how far a rebuild is: each step at its beginning, and what was done of it now and then.
type teller struct {
	tell func(*pb.RebuildResponse) error
	at   pb.RebuildResponse
	told time.Time
}

func (t *teller) step(name string, total uint64) error {
	t.at.Step, t.at.Processed, t.at.Total = name, 0, int64(total)
	return t.say()
}

// count adds to what was done.
func (t *teller) count(n uint64) error {
	t.at.Processed += int64(n)
	if time.Since(t.told) < often {
		return nil
	}
	return t.say()
}

// done is the last word.
func (t *teller) done(switched bool) error {
	t.at.Step, t.at.Processed, t.at.Total, t.at.Switched, t.at.Done = Done, 0, 0, switched, true
	return t.say()
}

func (t *teller) say() error {
	t.told = time.Now()
	return t.tell(&pb.RebuildResponse{
		Step: t.at.Step, Processed: t.at.Processed, Total: t.at.Total, Differing: t.at.Differing, Differences: t.at.Differences,
		Switched: t.at.Switched, Done: t.at.Done,
	})
}
