package operator

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Runner is a service that tells what it runs on.
type Runner interface {
	Name() string
	Ready(context.Context) error
	Runs() Runs
}

// Runs is what a service runs on.
type Runs struct {
	Log         *eventlog.Log
	DriveID     string
	DriveDigest string
}

// diagnosis is the door through which a process is asked how it is.
type diagnosis struct {
	pb.UnimplementedDiagnosisServiceServer
	runners []Runner
	dir     string // the data folder; "" for none
}

// diagnoseWithin bounds what store and broker may take; what takes longer is told as not answering.
const diagnoseWithin = 3 * time.Second

var started = time.Now()

func (d diagnosis) Diagnose(ctx context.Context, _ *pb.DiagnoseRequest) (*pb.DiagnoseResponse, error) {
	out := &pb.DiagnoseResponse{
		Pid: int32(os.Getpid()), StartedAt: timestamppb.New(started), Version: version(), MemoryResident: resident(), Goroutines: int64(runtime.NumGoroutine()),
		Services: make([]*pb.ServiceDiagnosis, len(d.runners)),
	}
	out.Host, _ = os.Hostname() // "" where the machine has no name
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	out.MemoryHeap = int64(memory.HeapAlloc)
	if free, size, ok := diskOf(d.dir); ok {
		out.Disk = &pb.DiskDiagnosis{Free: free, Size: size}
	}
	ctx, cancel := context.WithTimeout(ctx, diagnoseWithin)
	defer cancel()
	var asking sync.WaitGroup
	for i, r := range d.runners {
		asking.Go(func() { out.Services[i] = diagnoseService(ctx, r) })
		for _, c := range r.Runs().Log.Running() {
			out.Consumers = append(out.Consumers, &pb.ConsumerDiagnosis{Service: r.Name(), Stream: c.Stream, Durable: c.Durable,
				PausedSince: since(c.Paused), Why: c.Why, BusySince: since(c.Busy), InHand: int64(c.InHand)})
		}
	}
	if len(d.runners) > 0 {
		asking.Go(func() { out.Broker = diagnoseBroker(ctx, d.runners[0].Runs().Log) })
	}
	asking.Wait()
	out.Clock = timestamppb.Now() // last: the answer is on its way at once
	return out, nil
}

func diagnoseService(ctx context.Context, r Runner) *pb.ServiceDiagnosis {
	out := &pb.ServiceDiagnosis{Name: r.Name(), Drive: r.Runs().DriveID, DriveDigest: r.Runs().DriveDigest}
	asked := time.Now()
	err := r.Ready(ctx)
	out.Took, out.Ready = durationpb.New(time.Since(asked)), err == nil
	if err != nil {
		out.WhyVi, out.WhyEn = words(err)
	}
	return out
}

func diagnoseBroker(ctx context.Context, log *eventlog.Log) *pb.BrokerDiagnosis {
	c := log.Connection(ctx)
	out := &pb.BrokerDiagnosis{Connected: c.Server != "", Server: c.Server, Reconnects: int64(c.Reconnects)}
	if c.Err != nil {
		out.WhyVi, out.WhyEn = words(c.Err)
		return out
	}
	out.ClockAhead, out.RoundTrip = durationpb.New(c.Ahead), durationpb.New(c.RoundTrip)
	return out
}

func since(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

// version tells what the binary was built from, as far as it knows.
var version = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return runtime.Version()
	}
	commit, changed := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value[:min(len(s.Value), 12)]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+"
		}
	}
	if commit == "" {
		return info.Main.Version + " " + info.GoVersion
	}
	return commit + changed + " " + info.GoVersion
})
