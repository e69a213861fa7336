package server

import (
	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// WatchProgress sends the rows of a scope, and then, once a second at most, those that have changed, until the caller goes. It fails with NotFound
// for a scope that there is not.
func (s *Server) WatchProgress(req *pb.WatchProgressRequest, stream grpc.ServerStreamingServer[pb.WatchProgressResponse]) error {
	schools, err := s.inScope("reporting.watch_progress", req.GetScope())
	if err != nil {
		return err
	}
	sent := make([]*pb.SchoolProgress, len(schools)) // a row that has not changed is the same one
	for first := true; ; first = false {
		v, next, err := s.snapshot.wait(stream.Context(), s.look)
		if err != nil {
			return err
		}
		rows := make([]*pb.SchoolProgress, len(schools))
		m := &pb.WatchProgressResponse{AsOf: timestamppb.New(v.at)}
		for i, at := range schools {
			if rows[i] = v.rows[at].short; rows[i] != sent[i] {
				m.Schools = append(m.Schools, rows[i])
			}
		}
		if sent = rows; first || len(m.Schools) > 0 {
			m.Totals, m.Conserved = s.totals(rows)
			if err := stream.Send(m); err != nil {
				return err
			}
		}
		select {
		case <-stream.Context().Done():
			return stream.Context().Err()
		case <-next:
		}
	}
}
