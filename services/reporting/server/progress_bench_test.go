package server

import (
	"context"
	"fmt"
	"log/slog"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/internal/store/storetest"
	"google.golang.org/protobuf/proto"
)

// nation is a store of 2,900 summaries of 345 pupils each, in ten classes.
func nation(tb testing.TB) *Server {
	tb.Helper()
	var schools []drive.School
	for i := range 2900 {
		province := fmt.Sprintf("%02d", []int{1, 79, 48, 31, 92}[i%5])
		schools = append(schools, drive.School{Province: province, Code: fmt.Sprintf("%s%06d", province, i), Name: fmt.Sprintf("THPT số %d", i), Kind: drive.THPT, Expected: 345})
	}
	s := New(Config{Drive: drive.Sample(schools)}, Deps{Store: storetest.NewMemory(), Logger: slog.New(slog.DiscardHandler)})
	ed, err := s.edition(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	var patches []store.Patch
	for i, sc := range s.drive.Schools {
		row := s.blank(sc)
		for _, c := range row.GetWindows() {
			c.Expected, c.Verified, c.Rejected, c.Missing = 345, 300, 15, 30
			row.Standing = append(row.Standing, &pb.Standing{Window: c.GetWindow(), Seen: make([]byte, 32)})
		}
		for class := range 10 {
			windows := s.noCounts()
			for _, c := range windows {
				c.Expected, c.Verified, c.Missing = 34, 30, 4
			}
			row.Classes = append(row.Classes, &pb.ClassProgress{Class: fmt.Sprintf("12A%d", class), Windows: windows})
		}
		value, err := encodeSummary(counted{row, basis{ed, markDigest(store.Doc{})}})
		if err != nil {
			tb.Fatal(err)
		}
		patches = append(patches, store.Patch{ID: s.ids[i], Facet: facetCounts, Rev: store.Revision{Major: 1, Minor: 1}, Value: value})
	}
	if err := s.summaries.Merge(context.Background(), patches); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.snapshot.stop)
	return s
}

// BenchmarkGetProgress answers for the nation, message included.
func BenchmarkGetProgress(b *testing.B) {
	s := nation(b)
	for name, req := range map[string]*pb.GetProgressRequest{"schools": {}, "provinces": {ByProvince: true}, "classes": {ByClass: true}, "current": {Current: true}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				resp, err := s.GetProgress(context.Background(), req)
				if err != nil || len(resp.GetSchools()) == 0 || resp.GetTotals()[0].GetExpected() != 2900*345 || !resp.GetConserved() {
					b.Fatal(err)
				}
				data, err := proto.Marshal(resp)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(data)))
			}
		})
	}
}

// BenchmarkSnapshot reads a snapshot in which nothing has changed: what is done once a second while somebody asks.
func BenchmarkSnapshot(b *testing.B) {
	s := nation(b)
	last, err := s.look(context.Background(), nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if last, err = s.look(context.Background(), last); err != nil {
			b.Fatal(err)
		}
	}
}
