package demo

import (
	"context"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/screen"
	"github.com/rasoat/rasoat/services/portal"
	"github.com/rasoat/rasoat/services/standalone/folder"
	"github.com/rasoat/rasoat/services/standalone/node"
	"github.com/rasoat/rasoat/services/workbook"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
)

// Progress is told how far a step of the demo is; nil where nobody looks.
type Progress func(step screen.Step, done, total int)

// The steps that take a while.
var (
	writing    = screen.Step{Name: fault.Text{Vi: "Viết bảng tính", En: "Writing workbooks"}, Unit: pupils}
	Submitting = screen.Step{Name: fault.Text{Vi: "Gửi bảng tính", En: "Submitting workbooks"}, Unit: fault.Text{Vi: "tệp", En: "files"}}
	judging    = screen.Step{Name: fault.Text{Vi: "Đánh giá và đối chiếu", En: "Judging and matching"}, Unit: messages}
	publishing = screen.Step{Name: fault.Text{Vi: "Duyệt và công bố", En: "Approving and publishing"}, Unit: messages}

	pupils   = fault.Text{Vi: "học sinh", En: "pupils"}
	messages = fault.Text{Vi: "thông điệp", En: "messages"}
)

// System is what a demo plays against, wherever its services run.
type System struct {
	Doors  grpc.ClientConnInterface // of every service, with tokens of those who may call
	Broker *nats.Conn
	Log    *eventlog.Log
}

// Run plays the drive: it writes the workbooks of the sample into dir, hands them in through the gRPC doors as the
// schools would, waits until the system is quiet, has the schools declare and the provinces approve where the drive asks for it, and reports what
// became of every pupil. Exam registration subscribes from the start.
func (s *Sample) Run(ctx context.Context, sys System, dir string, progress Progress) (*Report, error) {
	if progress == nil {
		progress = func(screen.Step, int, int) {}
	}
	files, err := s.WriteWorkbooks(filepath.Join(dir, folder.Workbooks), s.counter(progress, writing))
	if err != nil {
		return nil, err
	}
	exam, err := Subscribe(ctx, sys.Broker)
	if err != nil {
		return nil, err
	}
	defer exam.Stop()

	began := time.Now()
	summaries, err := s.submit(ctx, sys.Doors, files, progress)
	if err != nil {
		return nil, err
	}
	if err := s.settle(ctx, sys.Log, judging, progress); err != nil {
		return nil, err
	}
	approvals, err := s.approve(ctx, sys.Doors)
	if err != nil {
		return nil, err
	}
	if err := s.settle(ctx, sys.Log, publishing, progress); err != nil {
		return nil, err
	}
	seconds := time.Since(began).Seconds()
	if err := exam.CatchUp(ctx); err != nil {
		return nil, err
	}
	report, err := s.report(ctx, reportingpb.NewReportingServiceClient(sys.Doors))
	if err != nil {
		return nil, err
	}
	for i, sum := range summaries {
		report.Accepted += sum.Accepted
		report.Refused += sum.Refused + sum.Unreadable
		for _, p := range sum.Problems {
			p.Path = fileOf(files[i].Path) + " " + p.Path
			report.Problems = append(report.Problems, p)
		}
	}
	report.Records, report.Approvals = exam.Count(), approvals
	report.Seconds, report.PupilsPerSecond = round(seconds), round(float64(s.Nation.Pupils())/seconds)
	return report, nil
}

// counter tells a step's progress in pupils.
func (s *Sample) counter(progress Progress, step screen.Step) func(int) {
	var mu sync.Mutex
	done := 0
	return func(pupils int) {
		mu.Lock()
		defer mu.Unlock()
		done += pupils
		progress(step, done, s.Nation.Pupils())
	}
}

// submit hands in every workbook; a few schools at a time, each over one stream.
func (s *Sample) submit(ctx context.Context, conn grpc.ClientConnInterface, files []File, progress Progress) ([]*portal.Summary, error) {
	summaries := make([]*portal.Summary, len(files))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0) + 1)
	var mu sync.Mutex
	done := 0
	for i, f := range files {
		summaries[i] = &portal.Summary{}
		g.Go(func() error {
			if err := s.submitFile(ctx, conn, f, summaries[i]); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			done++
			progress(Submitting, done, len(files))
			return nil
		})
	}
	return summaries, g.Wait()
}

func (s *Sample) submitFile(ctx context.Context, conn grpc.ClientConnInterface, f File, summary *portal.Summary) error {
	book, err := workbook.Open(f.Path, s.Drive, workbook.Options{School: f.School.Code})
	if err != nil {
		return err
	}
	defer book.Close()
	client := portal.Client{Intake: intakepb.NewIntakeServiceClient(conn)}
	sender := portal.Sender{Drive: s.Drive.ID, Province: f.School.Province, School: f.School.Code, Source: intakepb.Source_SOURCE_WORKBOOK}
	return client.Submit(ctx, portal.Batches(portal.FromWorkbook(book), sender, summary.Note), summary)
}

// settle waits until the system is quiet, and shows how many messages are done.
func (s *Sample) settle(ctx context.Context, log *eventlog.Log, step screen.Step, progress Progress) error {
	quiet := make(chan error, 1)
	go func() { quiet <- node.Settle(ctx, log, s.Drive) }()
	most := uint64(1)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-quiet:
			progress(step, int(most), int(most))
			return err
		case <-tick.C:
			pending, err := node.Pending(ctx, log, s.Drive)
			if err != nil {
				continue // Settle will say so
			}
			most = max(most, pending)
			progress(step, int(most-pending), int(most))
		}
	}
}

// fileOf gives the school and file name of a path, for people.
func fileOf(path string) string {
	parts := strings.Split(filepath.ToSlash(path), "/")
	return strings.Join(parts[max(0, len(parts)-3):], "/")
}
