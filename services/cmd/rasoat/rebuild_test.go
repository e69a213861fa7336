package main

import (
	"context"
	"encoding/json"
	"net"
	"sync"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/test/bufconn"
)

// fakeOperator says that a document of matching differs, and nothing of reporting.
type fakeOperator struct {
	pb.UnimplementedOperatorServiceServer
}

func (fakeOperator) Rebuild(req *pb.RebuildRequest, stream grpc.ServerStreamingServer[pb.RebuildResponse]) error {
	last := &pb.RebuildResponse{Step: "done", Done: true, Switched: true}
	switch req.GetService() {
	case "reporting":
	case "matching":
		last.Differing, last.Switched = 1, req.GetForce()
		last.Differences = []*pb.Difference{{Collection: "pupils", Id: "2022-2023-12/abc", Facet: "identity", Kind: "older"}}
	case "broken":
		return nil
	default:
		return rpc.ToStatus(fault.New(fault.NotFound, "fake", "không có", "this process rebuilds: matching, reporting"))
	}
	for _, r := range []*pb.RebuildResponse{{Step: "waiting"}, {Step: "gathering", Processed: 5, Total: 10}, last} {
		if err := stream.Send(r); err != nil {
			return err
		}
	}
	return nil
}

func TestRebuildCommand(t *testing.T) {
	l, s := bufconn.Listen(1<<20), grpc.NewServer()
	pb.RegisterOperatorServiceServer(s, fakeOperator{})
	var serving sync.WaitGroup
	serving.Go(func() { _ = s.Serve(l) }) // ends when the server is stopped
	t.Cleanup(func() {
		s.Stop()
		serving.Wait()
	})
	c := &cli{t: t, dial: grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) })}

	c.want(exitFine, []string{"Nothing differs", "serves now"}, "rebuild", "reporting")
	c.want(exitFindings, []string{"pupils", "2022-2023-12/abc", "identity", "older", "1 documents differ", "--force"}, "rebuild", "matching")
	c.want(exitFindings, []string{"older", "serves now"}, "rebuild", "matching", "--force")
	c.want(exitInput, []string{"matching, reporting"}, "rebuild", "intake")
	c.want(exitInput, []string{"Name one service"}, "rebuild")
	c.want(exitFindings, []string{"broke off"}, "rebuild", "broken")
	code, out, _ := c.run("rebuild", "matching", "--json")
	var got struct {
		Differing   string
		Switched    bool
		Differences []struct{ Collection, Kind string }
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != exitFindings || got.Differing != "1" || got.Switched || got.Differences[0].Kind != "older" {
		t.Errorf("exit %d, %v, got %+v of %s", code, err, got, out)
	}
}
