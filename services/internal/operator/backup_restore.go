package operator

import (
	"context"
	"errors"
	"io"
	"slices"

	pb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/seen"
	"github.com/rasoat/rasoat/services/internal/store"
	"google.golang.org/grpc"
)

const opRestore = "operator.restore"

// BeginRestore implements pb.BackupServiceServer.
func (s backups) BeginRestore(ctx context.Context, req *pb.BeginRestoreRequest) (*pb.BeginRestoreResponse, error) {
	k, err := s.find(req.GetService())
	if err != nil {
		return nil, err
	}
	if !s.held {
		return nil, fault.New(fault.Conflict, opRestore,
			"Dịch vụ đang chạy bình thường; hãy dừng mọi bản của nó rồi chạy một bản với --hold.",
			"the service runs as always: stop every copy of it and start one with --hold")
	}
	state := seen.In(k.Store)
	last, err := state.Restore(ctx)
	if err != nil {
		return nil, err
	}
	ours := last.Backup == req.GetBackup()
	if ours && last.Done && !req.GetReplace() {
		return &pb.BeginRestoreResponse{Restored: true}, nil
	}
	if !ours && !req.GetReplace() {
		empty, err := k.empty(ctx)
		if err != nil {
			return nil, err
		}
		if !empty {
			return nil, fault.New(fault.Conflict, opRestore,
				"Kho dữ liệu của dịch vụ không trống; --replace "+req.GetService()+" xoá những gì đang có.",
				"the store of the service is not empty; --replace "+req.GetService()+" drops what it holds")
		}
	}
	if err := state.Begin(ctx, req.GetBackup()); err != nil {
		return nil, err
	}
	if !req.GetReplace() {
		return &pb.BeginRestoreResponse{}, nil
	}
	for _, name := range k.all() {
		if err := k.Store.Collection(name).Drop(ctx); err != nil {
			return nil, err
		}
	}
	return &pb.BeginRestoreResponse{}, nil
}

// Load implements pb.BackupServiceServer.
func (s backups) Load(stream grpc.ClientStreamingServer[pb.LoadRequest, pb.LoadResponse]) error {
	ctx, out := stream.Context(), &pb.LoadResponse{}
	var known Keeps
	for service := ""; ; {
		req, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return stream.SendAndClose(out)
		}
		if err != nil {
			return err
		}
		if service != req.GetService() {
			if known, err = s.begun(ctx, req.GetService(), req.GetBackup()); err != nil {
				return err
			}
			service = req.GetService()
		}
		page := req.GetPage()
		if !slices.Contains(known.all(), page.GetCollection()) {
			return fault.New(fault.Invalid, opRestore, "Dịch vụ không có tập hợp này; bản sao lưu của phiên bản khác?",
				"the service has no such collection; is the backup of another version?")
		}
		patches := patchesOf(page)
		if err := known.Store.Collection(page.GetCollection()).Merge(ctx, patches); err != nil {
			return err
		}
		out.Documents += int64(len(page.GetDocuments()))
		out.Facets += int64(len(patches))
	}
}

func patchesOf(page *pb.SaveResponse) []store.Patch {
	var out []store.Patch
	for _, d := range page.GetDocuments() {
		for _, f := range d.GetFacets() {
			out = append(out, store.Patch{
				ID: d.GetId(), Facet: f.GetName(), Rev: store.Revision{Major: f.GetMajor(), Minor: f.GetMinor()}, Schema: f.GetSchema(), Value: f.GetValue(),
			})
		}
	}
	return out
}

// EndRestore implements pb.BackupServiceServer.
func (s backups) EndRestore(ctx context.Context, req *pb.EndRestoreRequest) (*pb.EndRestoreResponse, error) {
	k, err := s.find(req.GetService())
	if err != nil {
		return nil, err
	}
	if last, err := seen.In(k.Store).Restore(ctx); err != nil || last.Backup == req.GetBackup() && last.Done {
		return &pb.EndRestoreResponse{}, err
	}
	if k, err = s.begun(ctx, req.GetService(), req.GetBackup()); err != nil {
		return nil, err
	}
	return &pb.EndRestoreResponse{}, seen.In(k.Store).End(ctx, req.GetBackup(), req.GetEnds())
}

// begun returns the store of a service into which a backup is being put back.
func (s backups) begun(ctx context.Context, service, backup string) (Keeps, error) {
	k, err := s.find(service)
	if err != nil {
		return k, err
	}
	last, err := seen.In(k.Store).Restore(ctx)
	if err != nil {
		return k, err
	}
	if !s.held || last.Backup != backup || last.Done {
		return k, fault.New(fault.Conflict, opRestore, "Dịch vụ này không ở trong lúc khôi phục bản sao lưu đó.", "this service is not being restored from that backup")
	}
	return k, nil
}
