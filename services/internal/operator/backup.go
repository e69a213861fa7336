package operator

import (
	"context"
	"maps"
	"slices"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/seen"
	"github.com/rasoat/rasoat/services/internal/store"
	"google.golang.org/grpc"
)

// Keeper is a service that tells what it keeps.
type Keeper interface {
	Name() string
	Keeps() Keeps
}

// Keeps is what a service keeps: its collections in its database.
type Keeps struct {
	Store       store.DB
	Collections []string
	DriveID     string
	DriveDigest string
}

// all returns every collection that is saved. What the store has seen of the log comes last: it is noted before anything is merged, so what is read
// of it last is not below what was read of the others.
func (k Keeps) all() []string { return append(slices.Clone(k.Collections), seen.Collection) }

// backups is the door through which a backup reads collections and a restore puts them back.
type backups struct {
	pb.UnimplementedBackupServiceServer
	keepers map[string]Keeper
	held    bool // the services of the process do not run
}

const opBackup = "operator.backup"

func (s backups) find(service string) (Keeps, error) {
	k, ok := s.keepers[service]
	if !ok {
		known := strings.Join(slices.Sorted(maps.Keys(s.keepers)), ", ")
		return Keeps{}, fault.New(fault.NotFound, opBackup, "Tiến trình này không có dịch vụ đó; có: "+known, "this process does not have that service; it has: "+known)
	}
	return k.Keeps(), nil
}

// Describe implements pb.BackupServiceServer.
func (s backups) Describe(ctx context.Context, _ *pb.DescribeRequest) (*pb.DescribeResponse, error) {
	out := &pb.DescribeResponse{}
	for _, name := range slices.Sorted(maps.Keys(s.keepers)) {
		k := s.keepers[name].Keeps()
		last, err := seen.In(k.Store).Restore(ctx)
		if err != nil {
			return nil, err
		}
		empty, err := k.empty(ctx)
		if err != nil {
			return nil, err
		}
		out.Services = append(out.Services, &pb.KeptService{
			Service: name, Drive: k.DriveID, DriveDigest: k.DriveDigest, Collections: k.all(), Empty: empty, Held: s.held, Backup: last.Backup, Restored: last.Done,
		})
	}
	return out, nil
}

func (k Keeps) empty(ctx context.Context) (bool, error) {
	for _, name := range k.all() {
		docs, err := k.Store.Collection(name).Scan(ctx, "", "", 1)
		if err != nil || len(docs) > 0 {
			return false, err
		}
	}
	return true, nil
}

// pageBytes bounds a page, unless one document alone has more; far below what a message may have.
const pageBytes = 1 << 20

// Save implements pb.BackupServiceServer. In memory is what one Scan reads.
func (s backups) Save(req *pb.SaveRequest, stream grpc.ServerStreamingServer[pb.SaveResponse]) error {
	k, err := s.find(req.GetService())
	if err != nil {
		return err
	}
	for _, name := range k.all() {
		for after, ended := "", false; !ended; {
			docs, err := k.Store.Collection(name).Scan(stream.Context(), "", after, perPage)
			if err != nil {
				return err
			}
			if ended = len(docs) < perPage; len(docs) > 0 {
				after = docs[len(docs)-1].ID
			}
			if err := sendPages(name, docs, stream.Send); err != nil {
				return err
			}
		}
	}
	return nil
}

// sendPages sends documents as pages of about the same size.
func sendPages(collection string, docs []store.Doc, send func(*pb.SaveResponse) error) error {
	page, size := &pb.SaveResponse{Collection: collection}, 0
	for _, d := range docs {
		doc := &pb.KeptDocument{Id: d.ID, Facets: make([]*pb.KeptFacet, len(d.Facets))}
		for i, f := range d.Facets {
			doc.Facets[i] = &pb.KeptFacet{Name: f.Name, Major: f.Rev.Major, Minor: f.Rev.Minor, Schema: f.Schema, Value: f.Value}
			size += len(f.Name) + len(f.Value) + 16
		}
		page.Documents = append(page.Documents, doc)
		if size += len(d.ID); size >= pageBytes {
			if err := send(page); err != nil {
				return err
			}
			page, size = &pb.SaveResponse{Collection: collection}, 0
		}
	}
	if len(page.Documents) == 0 {
		return nil
	}
	return send(page)
}
