package backup

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	pb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
)

// Options of a restore.
type Options struct {
	Replace  []string // services whose stores are dropped first
	Replicas int      // copies of each stream; 0 for as many as it had
}

// Restored tells of a restore.
type Restored struct {
	Manifest     *Manifest          `json:"-"`
	Streams      []string           `json:"streams"`                 // that were put back now
	There        []string           `json:"already_there,omitempty"` // by a run before this one
	Durables     int                `json:"durables"`
	OtherDigests []string           `json:"services_of_another_drive_digest,omitempty"`
	Seconds      map[string]float64 `json:"seconds"`
}

// Give puts a backup back: streams, durables, collections. Before it touches anything it compares every file with the manifest, and looks at broker and
// stores: it fails with Invalid for a damaged backup, and with Conflict for a service that is not held, for a stream with messages and for a store that is
// not empty. Broken off at any point it can be run again, and until it has ended no service starts.
func Give(ctx context.Context, sys System, dir string, o Options, tell Tell) (*Restored, error) {
	const op = "backup.give"
	m, err := Read(dir)
	if err != nil {
		return nil, err
	}
	js, err := jetstream.New(sys.Conn)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, op, err)
	}
	g := &giving{System: sys, Options: o, js: js, dir: dir, m: m, tell: tell, out: &Restored{Manifest: m, Seconds: map[string]float64{}}}
	return g.out, g.run(ctx)
}

// giving is a restore under way.
type giving struct {
	System
	Options
	js       jetstream.JetStream
	dir      string
	m        *Manifest
	tell     Tell
	services map[string]kept
	done     map[string]bool // services that have the backup already, whole
	out      *Restored
}

func (g *giving) run(ctx context.Context) error {
	var plan []planned
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{Verifying, func() error { return Verify(ctx, g.dir, g.m, g.tell) }},
		{"look", func() (err error) {
			if err = g.look(ctx); err == nil {
				plan, err = g.plan(ctx)
			}
			return err
		}},
		{"begin", func() error { return g.begin(ctx) }},
		{Giving, func() error { return g.streams(ctx, plan) }},
		{Flooring, func() error { return g.floors(ctx) }},
		{Loading, func() error { return g.collections(ctx) }},
		{"end", func() error { return g.end(ctx) }},
	} {
		g.tell(step.name, "", 0, 0)
		began := time.Now()
		if err := step.do(); err != nil {
			return err
		}
		g.out.Seconds[step.name] = time.Since(began).Seconds()
	}
	return nil
}

// look asks the services whether they can take the backup.
func (g *giving) look(ctx context.Context) error {
	const op = "backup.look"
	first, all, err := describe(ctx, g.Processes)
	if err == nil {
		err = oneDrive(first)
	}
	if err != nil {
		return err
	}
	for _, k := range all {
		if !k.GetHeld() {
			return fault.New(fault.Conflict, op, "Dịch vụ "+k.GetService()+" đang chạy; dừng mọi bản rồi chạy một bản với --hold.",
				"the service "+k.GetService()+" runs as always: stop every copy of it and start one with --hold")
		}
	}
	g.services, g.done = first, map[string]bool{}
	for _, s := range g.m.Services {
		k, ok := first[s.Service]
		switch ours := k.GetBackup() == g.m.ID; {
		case !ok:
			return fault.New(fault.Invalid, op, "Không có dịch vụ "+s.Service+".", "there is no service "+s.Service)
		case k.GetDrive() != s.Drive:
			return fault.New(fault.Conflict, op, fmt.Sprintf("Bản sao lưu là của đợt %s, dịch vụ chạy đợt %s.", s.Drive, k.GetDrive()),
				fmt.Sprintf("the backup is of drive %s and the services run %s", s.Drive, k.GetDrive()))
		case len(lacks(k.GetCollections(), s.Collections)) > 0:
			missing := strings.Join(lacks(k.GetCollections(), s.Collections), ", ")
			return fault.New(fault.Conflict, op, fmt.Sprintf("Dịch vụ %s không có tập hợp %s; bản sao lưu của phiên bản khác.", s.Service, missing),
				fmt.Sprintf("the service %s has no collection %s: the backup is of another version", s.Service, missing))
		case slices.Contains(g.Replace, s.Service):
		case ours:
			g.done[s.Service] = k.GetRestored()
		case !k.GetEmpty():
			return fault.New(fault.Conflict, op, fmt.Sprintf("Kho dữ liệu của %s không trống; --replace %s xoá những gì đang có.", s.Service, s.Service),
				fmt.Sprintf("the store of %s is not empty; --replace %s drops what it holds", s.Service, s.Service))
		}
		if k.GetDriveDigest() != s.DriveDigest {
			g.out.OtherDigests = append(g.out.OtherDigests, s.Service)
		}
	}
	return nil
}

// begin marks every store, before anything is changed: from now on no service starts until the restore has ended.
func (g *giving) begin(ctx context.Context) error {
	for _, s := range g.m.Services {
		if g.done[s.Service] {
			continue
		}
		_, err := g.services[s.Service].client.BeginRestore(ctx, &pb.BeginRestoreRequest{
			Service: s.Service, Backup: g.m.ID, Replace: slices.Contains(g.Replace, s.Service),
		})
		if err != nil {
			return rpc.FromStatus(err)
		}
	}
	return nil
}

// floors makes the durables, each behind its floor.
func (g *giving) floors(ctx context.Context) error {
	for i, f := range g.m.Floors {
		if err := eventlog.SetFloor(ctx, g.Conn, f); err != nil {
			return err
		}
		g.out.Durables++
		g.tell(Flooring, f.Durable, int64(i+1), int64(len(g.m.Floors)))
	}
	return nil
}

func (g *giving) collections(ctx context.Context) error {
	for _, s := range g.m.Services {
		if g.done[s.Service] {
			continue
		}
		if err := load(ctx, g.dir, g.m, s, g.services[s.Service], g.tell); err != nil {
			return err
		}
	}
	return nil
}

// end takes the marks away: those of the streams first, so that a store without a mark has a log without one.
func (g *giving) end(ctx context.Context) error {
	for _, s := range g.m.Streams {
		if err := g.unmark(ctx, s); err != nil {
			return err
		}
	}
	for _, s := range g.m.Services {
		_, err := g.services[s.Service].client.EndRestore(ctx, &pb.EndRestoreRequest{Service: s.Service, Backup: g.m.ID, Ends: g.m.ends()})
		if err != nil {
			return rpc.FromStatus(err)
		}
	}
	return nil
}
