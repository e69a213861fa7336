package embed

import (
	"context"
	"log/slog"
	"sync"
)

// checkpointPages is how far the WAL grows before it is folded into the file: 32 MB of pages, so
// that a page written again and again is copied once.
const checkpointPages = 8000

// checkpointer folds the WAL into the file and lets it begin anew. Left alone, SQLite does this in
// the midst of a commit, and never comes to the end while readers overlap: the WAL then grows
// without bound. So most is copied beside the writer and the readers, and only for the rest, some
// milliseconds, both are asked to pause.
type checkpointer struct {
	limit int           // pages; checkpointPages but in tests
	pages int           // what the WAL has grown by, a guess; whoever has the turn counts
	full  chan struct{} // says that it is time

	gate sync.RWMutex // a read holds it shared, the end of a checkpoint alone

	quit     chan struct{}
	quitOnce sync.Once
	stopped  sync.WaitGroup
}

func (c *checkpointer) start(d *db) {
	c.limit = checkpointPages
	c.full = make(chan struct{}, 1)
	c.quit = make(chan struct{})
	c.stopped.Go(func() {
		for {
			select {
			case <-c.full:
				c.run(d)
			case <-c.quit:
				return
			}
		}
	})
}

func (c *checkpointer) stop() {
	c.quitOnce.Do(func() { close(c.quit) })
	c.stopped.Wait()
}

// wrote counts a committed facet: most are on a page of their own.
func (c *checkpointer) wrote(valueSize int) {
	c.pages += 1 + valueSize/4096
	if c.pages < c.limit {
		return
	}
	c.pages = 0
	select {
	case c.full <- struct{}{}:
	default: // one is under way
	}
}

func (c *checkpointer) run(d *db) {
	c.pragma(d, "PRAGMA wal_checkpoint(PASSIVE)")
	<-d.turn
	c.gate.Lock()
	c.pragma(d, "PRAGMA wal_checkpoint(RESTART)")
	c.gate.Unlock()
	d.turn <- struct{}{}
}

// pragma runs a checkpoint. One that fails, or that a reader of another process is in the way of,
// loses nothing: the next one has more to do.
func (c *checkpointer) pragma(d *db, statement string) {
	var busy, pages, copied int
	if err := d.read.QueryRow(statement).Scan(&busy, &pages, &copied); err != nil {
		slog.WarnContext(context.Background(), "sqlite: checkpoint failed, the WAL goes on growing", slog.Any("error", err))
	}
}
