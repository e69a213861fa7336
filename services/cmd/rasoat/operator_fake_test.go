package main

import (
	"bytes"
	"context"
	"net"
	"strings"
	"sync"
	"testing"

	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// lettersOfAll are the dead letters that every process tells of.
type lettersOfAll struct {
	mu      sync.Mutex
	letters []*pb.Letter // the first is 1
}

// fakeProcess is a process with services, as an operator sees it.
type fakeProcess struct {
	pb.UnimplementedDeadLetterServiceServer
	pb.UnimplementedDiagnosisServiceServer
	reportingpb.UnimplementedReportingServiceServer
	matchingpb.UnimplementedMatchingServiceServer

	all       *lettersOfAll
	durable   string // the one that it reads
	broken    bool   // replays fail
	refusal   error  // of Diagnose
	diagnosis *pb.DiagnoseResponse
	progress  *reportingpb.GetProgressResponse
	queue     *matchingpb.GetQueueResponse
}

func (p *fakeProcess) find(sequence uint64) (*pb.Letter, error) {
	if sequence == 0 || sequence > uint64(len(p.all.letters)) {
		return nil, rpc.ToStatus(fault.New(fault.NotFound, "fake", "không có thư đó", "there is no such letter"))
	}
	return p.all.letters[sequence-1], nil
}

func (p *fakeProcess) ListLetters(req *pb.ListLettersRequest, stream grpc.ServerStreamingServer[pb.ListLettersResponse]) error {
	p.all.mu.Lock()
	defer p.all.mu.Unlock()
	for _, l := range p.all.letters {
		if l.GetSettlement() == nil || req.GetAll() {
			if err := stream.Send(&pb.ListLettersResponse{Letters: []*pb.Letter{l}}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *fakeProcess) GetLetter(_ context.Context, req *pb.GetLetterRequest) (*pb.GetLetterResponse, error) {
	l, err := p.find(req.GetSequence())
	return &pb.GetLetterResponse{Letter: l, StoredAt: timestamppb.Now(), Size: 13, Records: 2, Digest: []byte{0xab, 0xcd}, Schema: "rasoat.x.v1.Y"}, err
}

func (p *fakeProcess) GetPayload(_ context.Context, req *pb.GetPayloadRequest) (*pb.GetPayloadResponse, error) {
	_, err := p.find(req.GetSequence())
	return &pb.GetPayloadResponse{Payload: []byte("Nguyễn Văn A")}, err
}

// settle settles a letter unless it was.
func (p *fakeProcess) settle(l *pb.Letter, outcome, reason string) string {
	if l.GetSettlement() != nil {
		return "already"
	}
	l.Settlement = &pb.Settlement{Outcome: outcome, By: "lan", Reason: reason, At: timestamppb.Now()}
	return outcome
}

func (p *fakeProcess) Replay(_ context.Context, req *pb.ReplayRequest) (*pb.ReplayResponse, error) {
	p.all.mu.Lock()
	defer p.all.mu.Unlock()
	l, err := p.find(req.GetSequence())
	switch {
	case err != nil:
		return nil, err
	case l.GetSettlement() == nil && l.GetDurable() != p.durable:
		return &pb.ReplayResponse{Outcome: "elsewhere", Letter: l}, nil
	case l.GetSettlement() == nil && p.broken:
		return &pb.ReplayResponse{Outcome: "failed", Letter: l, MessageVi: "không đọc được", MessageEn: "cannot be decoded"}, nil
	}
	return &pb.ReplayResponse{Outcome: p.settle(l, "replayed", req.GetReason()), Letter: l}, nil
}

func (p *fakeProcess) Drop(_ context.Context, req *pb.DropRequest) (*pb.DropResponse, error) {
	p.all.mu.Lock()
	defer p.all.mu.Unlock()
	l, err := p.find(req.GetSequence())
	if err != nil {
		return nil, err
	}
	return &pb.DropResponse{Outcome: p.settle(l, "dropped", req.GetReason()), Letter: l}, lawful(req)
}

func (p *fakeProcess) Diagnose(context.Context, *pb.DiagnoseRequest) (*pb.DiagnoseResponse, error) {
	if p.refusal != nil {
		return nil, rpc.ToStatus(p.refusal)
	}
	out := proto.Clone(p.diagnosis).(*pb.DiagnoseResponse)
	if out.GetClock() == nil {
		out.Clock = timestamppb.Now()
	}
	return out, nil
}

func (p *fakeProcess) GetProgress(context.Context, *reportingpb.GetProgressRequest) (*reportingpb.GetProgressResponse, error) {
	return p.progress, nil
}

func (p *fakeProcess) GetQueue(context.Context, *matchingpb.GetQueueRequest) (*matchingpb.GetQueueResponse, error) {
	return p.queue, nil
}

// operators runs command lines against processes by their addresses; at another address nobody is.
type operators struct {
	t    *testing.T
	at   map[string]*bufconn.Listener
	dial grpc.DialOption
}

func newOperators(t *testing.T, processes map[string]*fakeProcess) *operators {
	t.Helper()
	o := &operators{t: t, at: map[string]*bufconn.Listener{}}
	var serving sync.WaitGroup
	t.Cleanup(serving.Wait)
	for address, p := range processes {
		l, s := bufconn.Listen(1<<16), grpc.NewServer()
		pb.RegisterDeadLetterServiceServer(s, p)
		pb.RegisterDiagnosisServiceServer(s, p)
		reportingpb.RegisterReportingServiceServer(s, p)
		matchingpb.RegisterMatchingServiceServer(s, p)
		serving.Go(func() { _ = s.Serve(l) }) // ends when the server is stopped
		t.Cleanup(s.Stop)
		o.at[address] = l
	}
	o.dial = grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
		if l := o.at[address]; l != nil {
			return l.DialContext(ctx)
		}
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: net.ErrClosed}
	})
	return o
}

// want fails unless the command ended with the code and printed each text somewhere; what it printed is given.
func (o *operators) want(code int, texts []string, args ...string) string {
	o.t.Helper()
	var out, errOut bytes.Buffer
	got := command(o.t.Context(), append(args, "--wait", "1ms"), streams{strings.NewReader(""), &out, &errOut}, o.dial)
	if got != code {
		o.t.Errorf("%v: exit %d, want %d\n%s%s", args, got, code, &out, &errOut)
	}
	for _, text := range texts {
		if !strings.Contains(out.String()+errOut.String(), text) {
			o.t.Errorf("%v: nothing says %q\n%s%s", args, text, &out, &errOut)
		}
	}
	return out.String()
}
