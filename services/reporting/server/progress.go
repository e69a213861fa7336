package server

import (
	"context"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/store"
	"golang.org/x/sync/errgroup"
)

// progress is what the service keeps of how far everybody is.
type progress struct {
	marks     store.Collection // <drive>/<province>/<school>: a counter a process, marks.go
	summaries store.Collection // <drive>/<province>/<school>: the counts, summary.go
	marker    *marker
	ids       []string         // the documents of the schools, in the order of the drive
	scopes    map[string][]int // the schools of each scope, by their place in the drive
	snapshot  *snapshot
	counting  chan struct{} // a place for each school that is counted for a caller
	noteEvery time.Duration
	noted     time.Time // the last hour that this process knows to be noted; of the holder of the lease alone
	webhooks  []Webhook
}

// The collections of it.
const (
	marksName     = "marks"
	summariesName = "summaries"
)

// countAtOnce is how many schools are counted at once for all callers.
const countAtOnce = 4

func newProgress(cfg Config, db store.DB) *progress {
	p := &progress{
		marks: db.Collection(marksName), summaries: db.Collection(summariesName), marker: newMarker(), scopes: map[string][]int{},
		snapshot: newSnapshot(), counting: make(chan struct{}, countAtOnce), noteEvery: cfg.NoteEvery, webhooks: cfg.Webhooks,
	}
	if p.noteEvery <= 0 {
		p.noteEvery = time.Hour
	}
	p.scopes[""] = nil
	for i, sc := range cfg.Drive.Schools {
		p.ids = append(p.ids, cfg.Drive.ID+"/"+sc.Province+"/"+sc.Code)
		for _, scope := range []string{"", sc.Province, sc.Province + "/" + sc.Code} {
			p.scopes[scope] = append(p.scopes[scope], i)
		}
	}
	return p
}

// runProgress adds what runs beside the consumers.
func (s *Server) runProgress(ctx context.Context, g *errgroup.Group) {
	g.Go(func() error { return s.summarise(ctx) })
	for _, h := range s.webhooks {
		g.Go(func() error { return s.log.Consume(ctx, h.consumer(s.logger)) })
	}
	g.Go(func() error {
		<-ctx.Done()
		s.snapshot.stop()
		return nil
	})
}

// inScope returns the places in the drive of the schools of a scope. It fails with NotFound for one that there is not.
func (s *Server) inScope(op, scope string) ([]int, error) {
	schools, ok := s.scopes[scope]
	if !ok {
		return nil, noSuchScope(op)
	}
	return schools, nil
}

// GetProgress returns the row of each school of the scope from its summary, or of each province. Rows are at most a second or two behind what was
// summarised; with "current", every school is counted of which something was acknowledged that its summary does not have. It fails
// with NotFound for a scope that there is not.
func (s *Server) GetProgress(ctx context.Context, req *pb.GetProgressRequest) (*pb.GetProgressResponse, error) {
	schools, err := s.inScope("reporting.get_progress", req.GetScope())
	if err != nil {
		return nil, err
	}
	out := &pb.GetProgressResponse{}
	var rows []*pb.SchoolProgress
	if req.GetCurrent() {
		if rows, err = s.currentRows(ctx, schools); err != nil {
			return nil, err
		}
		if !req.GetByClass() {
			for i := range rows {
				rows[i] = withoutClasses(rows[i])
			}
		}
	} else {
		v, err := s.snapshot.get(ctx, s.look)
		if err != nil {
			return nil, err
		}
		rows = make([]*pb.SchoolProgress, len(schools))
		for i, at := range schools {
			if rows[i] = v.rows[at].short; req.GetByClass() {
				rows[i] = v.rows[at].full
			}
			if v.rows[at].behind {
				out.Behind++
			}
		}
	}
	if out.Totals, out.Conserved = s.totals(rows); !out.GetConserved() {
		s.logger.ErrorContext(ctx, "a report does not add up") // which school it is was told when it was counted
	}
	if out.Schools = rows; req.GetByProvince() {
		out.Schools = s.byProvince(rows)
	}
	return out, nil
}

// currentRows returns the rows of some schools as they are now: summaries that count all that is marked, and the others counted here.
func (s *Server) currentRows(ctx context.Context, schools []int) ([]*pb.SchoolProgress, error) {
	ids := make([]string, len(schools))
	for i, at := range schools {
		ids[i] = s.ids[at]
	}
	ed, err := s.edition(ctx)
	if err != nil {
		return nil, err
	}
	marks, err := s.marks.Get(ctx, ids)
	if err != nil {
		return nil, err
	}
	summaries, err := s.summaries.Get(ctx, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]*pb.SchoolProgress, len(schools))
	g, within := errgroup.WithContext(ctx)
	g.SetLimit(countAtOnce)
	unlocks := false
	for i, at := range schools {
		if basisOfSummary(summaries[i]) == (basis{ed, markDigest(marks[i])}) {
			if rows[i] = s.decodeSummary(summaries[i]); rows[i] != nil {
				continue
			}
		}
		g.Go(func() (err error) {
			rows[i], err = s.countFor(within, s.drive.Schools[at])
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for _, r := range rows {
		unlocks = unlocks || len(r.GetUnlocks()) > 0
	}
	if !unlocks {
		return rows, nil
	}
	now, err := s.log.Now(ctx)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i] = withStates(rows[i], now)
	}
	return rows, nil
}

// countFor counts a school for a caller, a few at a time.
func (s *Server) countFor(ctx context.Context, sc drive.School) (*pb.SchoolProgress, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case s.counting <- struct{}{}:
	}
	defer func() { <-s.counting }()
	c, err := s.countWithBasis(ctx, sc)
	return c.row, err
}
