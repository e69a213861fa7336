package server

import (
	"cmp"
	"context"
	"slices"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/reporting"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// GetAccuracy tells what the comparisons of a window found. It fails with NotFound for a scope or a window that there is not.
func (s *Server) GetAccuracy(ctx context.Context, req *pb.GetAccuracyRequest) (*pb.GetAccuracyResponse, error) {
	const op = "reporting.get_accuracy"
	w, err := s.window(op, req.GetWindow())
	if err != nil {
		return nil, err
	}
	schools := s.schoolsOf(req.GetScope())
	if len(schools) == 0 {
		return nil, noSuchScope(op)
	}
	out := &pb.GetAccuracyResponse{Total: &pb.Accuracy{Window: w.ID}}
	for page := range slices.Chunk(schools, perPage) {
		lines, err := s.accuracies(ctx, page, w)
		if err != nil {
			return nil, err
		}
		for _, a := range lines {
			out.Schools = append(out.Schools, a)
			out.Total.Compared += a.GetCompared()
			out.Total.Differing += a.GetDiffering()
		}
	}
	out.Total.AgreesFrom, out.Total.AgreesTo = reporting.Wilson(out.Total.GetCompared()-out.Total.GetDiffering(), out.Total.GetCompared())
	return out, nil
}

// accuracies returns a line for each of some schools that was compared.
func (s *Server) accuracies(ctx context.Context, schools []drive.School, w drive.Window) ([]*pb.Accuracy, error) {
	ids := make([]string, len(schools))
	for i, sc := range schools {
		ids[i] = s.drive.ID + "/" + sc.Province + "/" + sc.Code
	}
	docs, err := s.schools.Get(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []*pb.Accuracy
	for _, d := range docs {
		samples, err := samplesOf(d, w.ID)
		if err != nil {
			return nil, err
		}
		if len(samples) > 0 {
			out = append(out, accuracy(samples))
		}
	}
	return out, nil
}

// sample is the newest result of one draw.
type sample struct {
	*pb.SampleCompared
	sequence uint64
	stored   time.Time
}

// samplesOf reads the comparisons of a school for a window.
func samplesOf(d store.Doc, window string) ([]sample, error) {
	var out []sample
	for _, f := range d.Prefix(facetSample + window + "/") {
		ev := new(pb.SampleCompared)
		if err := proto.Unmarshal(f.Value, ev); err != nil {
			return nil, fault.Wrap(fault.Internal, "reporting.sample", err)
		}
		out = append(out, sample{ev, f.Rev.Major, time.Unix(0, int64(f.Rev.Minor))})
	}
	return out, nil
}

// accuracy adds the comparisons of a school up; of a pupil who was compared more than once the last counts.
func accuracy(samples []sample) *pb.Accuracy {
	slices.SortFunc(samples, func(a, b sample) int { return cmp.Compare(a.sequence, b.sequence) })
	differs := map[string]bool{}
	for _, one := range samples {
		for _, c := range one.GetPupils() {
			differs[c.GetPupil()] = len(c.GetDiffering()) > 0
		}
	}
	last := samples[len(samples)-1]
	a := &pb.Accuracy{
		Province: last.GetProvince(), School: last.GetSchool(), Window: last.GetWindow(), Compared: int64(len(differs)),
		Officer: last.GetOfficer(), StoredAt: timestamppb.New(last.stored),
	}
	for _, d := range differs {
		if d {
			a.Differing++
		}
	}
	a.AgreesFrom, a.AgreesTo = reporting.Wilson(a.Compared-a.Differing, a.Compared)
	return a
}
