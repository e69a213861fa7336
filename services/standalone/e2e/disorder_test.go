package e2e

import (
	"sync/atomic"
	"testing"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/standalone/node"
)

// TestTwiceAndInReverse delivers every message of every handler of every service three times: as it came, in reverse, and one
// by one at random. What exam registration holds is the same as when each came once.
func TestTwiceAndInReverse(t *testing.T) {
	t.Parallel()
	digests := map[string]string{}
	for _, name := range []string{"once", "three times"} {
		ctx := t.Context()
		var seed atomic.Uint64
		s := start(t, options{seed: 12, pupils: 60, faults: 150, change: func(c *node.Config) {
			if name != "once" {
				c.WrapHandler = func(h eventlog.Handler) eventlog.Handler { return eventlogtest.Twice(h, seed.Add(1)) }
			}
		}})
		s.eachSubmission("a-", func(sub *submission) { s.send(ctx, t, sub) })
		s.eachSubmission("b-", func(sub *submission) { s.send(ctx, t, sub) })
		s.settle(ctx, t)
		var digest recordfeed.Content
		for _, m := range s.messages(ctx, t, eventlog.Records) {
			if err := digest.Put(decodeRecord(t, m), m.Sequence); err != nil {
				t.Fatal(err)
			}
		}
		digests[name] = digest.Sum()
		s.compareWithLog(ctx, t)
	}
	if digests["once"] != digests["three times"] {
		t.Errorf("got %v, want the same content digest", digests)
	}
}
