package backup

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	pb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	"google.golang.org/protobuf/encoding/protodelim"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
)

// A file of collections is gzip over pages, each a SaveResponse behind its length.
const collectionsDir = "collections"

// save writes the collections of a service into a file. One page is in memory.
func save(ctx context.Context, temp string, k kept, tell Tell) (Service, error) {
	out := Service{Service: k.GetService(), Drive: k.GetDrive(), DriveDigest: k.GetDriveDigest(), Collections: map[string]int64{}}
	for _, name := range k.GetCollections() {
		out.Collections[name] = 0
	}
	stream, err := k.client.Save(ctx, &pb.SaveRequest{Service: k.GetService()})
	if err != nil {
		return out, rpc.FromStatus(err)
	}
	w, err := create(temp, filepath.Join(collectionsDir, k.GetService()+".pages.gz"))
	if err != nil {
		return out, err
	}
	packed, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return out, fault.Wrap(fault.Internal, "backup.save", err)
	}
	err = func() error {
		for {
			page, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				return packed.Close()
			}
			if err != nil {
				return rpc.FromStatus(err)
			}
			n, err := protodelim.MarshalTo(packed, page)
			if err != nil {
				return err
			}
			out.count(page, n)
			tell(Saving, k.GetService(), out.Documents, 0)
		}
	}()
	out.File, err = w.close(err)
	return out, err
}

func (s *Service) count(page *pb.SaveResponse, bytes int) {
	s.Bytes += int64(bytes)
	s.Documents += int64(len(page.GetDocuments()))
	s.Collections[page.GetCollection()] += int64(len(page.GetDocuments()))
	for _, d := range page.GetDocuments() {
		s.Facets += int64(len(d.GetFacets()))
	}
}

// load sends the pages of a file to a service.
func load(ctx context.Context, dir string, m *Manifest, s Service, k kept, tell Tell) error {
	const op = "backup.load"
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(s.Name)))
	if err != nil {
		return fault.Wrap(fault.Invalid, op, err)
	}
	defer func() { _ = f.Close() }()
	unpacked, err := gzip.NewReader(bufio.NewReaderSize(f, 1<<20))
	if err != nil {
		return fault.Wrap(fault.Invalid, op, err)
	}
	in := bufio.NewReader(unpacked)
	stream, err := k.client.Load(ctx)
	if err != nil {
		return rpc.FromStatus(err)
	}
	sent := int64(0)
	for {
		page := &pb.SaveResponse{}
		if err := (protodelim.UnmarshalOptions{MaxSize: 64 << 20}).UnmarshalFrom(in, page); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fault.Wrap(fault.Invalid, op, err)
		}
		if err := stream.Send(&pb.LoadRequest{Service: s.Service, Backup: m.ID, Page: page}); err != nil {
			break // the answer tells why
		}
		sent += int64(len(page.GetDocuments()))
		tell(Loading, s.Service, sent, s.Documents)
	}
	resp, err := stream.CloseAndRecv()
	if err != nil {
		return rpc.FromStatus(err)
	}
	if resp.GetDocuments() != s.Documents || resp.GetFacets() != s.Facets {
		return fault.Internalf(op, "%d documents and %d facets were put back of %d and %d", resp.GetDocuments(), resp.GetFacets(), s.Documents, s.Facets)
	}
	return nil
}
