package backup

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"
	"google.golang.org/grpc"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// The steps of a backup and of a restore.
const (
	Flooring  = "floors"      // noting the floors, setting the durables
	Saving    = "collections" // of the services, into files
	Taking    = "streams"     // into files
	Verifying = "verify"
	Giving    = "restore-streams"
	Loading   = "restore-collections"
)

// Tell is told how far a step is: of what (a service or a stream), how much is done, in bytes or documents, and of how much; 0 when nobody knows.
type Tell func(step, what string, done, total int64)

// System is what is backed up or restored: the broker, and a connection to each process.
type System struct {
	Conn      *nats.Conn
	Processes []grpc.ClientConnInterface
}

const streamsDir = "streams"

// order is that of the streams: whatever names a message by its sequence comes before the stream that has it.
var order = []string{
	eventlog.DeadLetters, eventlog.Receipts, eventlog.Progress, eventlog.Records, eventlog.Verdicts, eventlog.Questions, eventlog.Identities,
	eventlog.Decisions, eventlog.Submissions, eventlog.Portal, eventlog.Leases,
}

// partial stands in the name of a folder in which a backup is being taken. Nobody takes it for a whole one: it has no manifest, and another name.
const partial = ".partial-"

// Take takes a backup into a folder that is not there yet. It fails with Conflict when the folder is there, with Unavailable when broker, service or disk
// is ill, and with Invalid when a service is missing. Whatever ends it, dir is there whole or not at all.
func Take(ctx context.Context, sys System, dir string, tell Tell) (*Manifest, error) {
	const op = "backup.take"
	dir = filepath.Clean(dir)
	if _, err := os.Lstat(dir); err == nil {
		return nil, fault.New(fault.Conflict, op, "Đã có "+dir+"; mỗi bản sao lưu cần một thư mục mới.", dir+" is there already: each backup takes a new folder")
	}
	first, _, err := describe(ctx, sys.Processes)
	if err == nil {
		err = oneDrive(first)
	}
	if err != nil {
		return nil, err
	}
	for _, k := range first {
		if k.GetBackup() != "" && !k.GetRestored() {
			return nil, fault.New(fault.Conflict, op, "Dịch vụ "+k.GetService()+" đang được khôi phục dở dang.", "the service "+k.GetService()+" is in the midst of a restore")
		}
	}
	js, err := jetstream.New(sys.Conn)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, op, err)
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return nil, disk(err)
	}
	temp, err := os.MkdirTemp(filepath.Dir(dir), filepath.Base(dir)+partial)
	if err != nil {
		return nil, disk(err)
	}
	t := &taking{System: sys, js: js, dir: temp, tell: tell, m: &Manifest{
		Format: Format, ID: nuid.Next(), Began: time.Now().UTC(), Program: program(), Broker: sys.Conn.ConnectedServerVersion(), Seconds: map[string]float64{},
	}}
	if err := t.run(ctx, first); err != nil {
		return nil, errors.Join(err, os.RemoveAll(temp))
	}
	t.m.Ended = time.Now().UTC()
	return t.m, finish(temp, dir, t.m)
}

// Leftovers returns the folders of backups of this name that were broken off by a kill.
func Leftovers(dir string) []string {
	dir = filepath.Clean(dir)
	found, _ := filepath.Glob(dir + partial + "*") // no pattern of ours is malformed
	return found
}

// taking is a backup that is being taken.
type taking struct {
	System
	js   jetstream.JetStream
	dir  string
	m    *Manifest
	tell Tell
}

func (t *taking) run(ctx context.Context, first map[string]kept) error {
	if err := t.step(Flooring, func() error { return t.floors(ctx) }); err != nil {
		return err
	}
	if err := t.step(Saving, func() error {
		for _, name := range Services {
			s, err := save(ctx, t.dir, first[name], t.tell)
			if err != nil {
				return err
			}
			t.m.Services = append(t.m.Services, s)
		}
		return nil
	}); err != nil {
		return err
	}
	return t.step(Taking, func() error { return t.streams(ctx) })
}

// step times a step.
func (t *taking) step(name string, f func() error) error {
	t.tell(name, "", 0, 0)
	began := time.Now()
	err := f()
	t.m.Seconds[name] = time.Since(began).Seconds()
	return err
}

func (t *taking) floors(ctx context.Context) error {
	for _, stream := range order {
		floors, err := eventlog.Floors(ctx, t.js, stream)
		if err != nil {
			return err
		}
		t.m.Floors = append(t.m.Floors, floors...)
	}
	return nil
}

// tries is how often the streams are taken again because of a cut-off.
const tries = 5

// streams takes every stream. A cut-off stands in DECISIONS and names a place in RECORDS, which was taken before: when one was taken meanwhile, all are
// taken anew, so that no cut-off is beyond the records that it fixes.
func (t *taking) streams(ctx context.Context) error {
	for range tries {
		before, err := t.lastCutOff(ctx)
		if err != nil {
			return err
		}
		t.m.Streams = nil
		if err := os.RemoveAll(filepath.Join(t.dir, streamsDir)); err != nil {
			return disk(err)
		}
		for _, stream := range order {
			if err := t.stream(ctx, stream); err != nil {
				return err
			}
		}
		after, err := t.lastCutOff(ctx)
		if err != nil || after == before {
			return err
		}
	}
	return fault.New(fault.Unavailable, "backup.streams", "Mốc chốt danh sách cứ được lấy trong lúc sao lưu; hãy chạy lại.",
		"cut-offs were taken again and again meanwhile: run it again")
}

// lastCutOff returns the sequence of the newest cut-off; 0 for none.
func (t *taking) lastCutOff(ctx context.Context) (uint64, error) {
	s, err := t.js.Stream(ctx, eventlog.Decisions)
	if err != nil {
		return 0, unavailable("backup.streams", eventlog.Decisions, err)
	}
	m, err := s.GetLastMsgForSubject(ctx, "decision.cutoff.*")
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, unavailable("backup.streams", eventlog.Decisions, err)
	}
	return m.Sequence, nil
}

// stream takes one stream. That of the leases is not there when nobody ever held one.
func (t *taking) stream(ctx context.Context, name string) error {
	if _, err := t.js.Stream(ctx, name); err != nil {
		if name == eventlog.Leases && errors.Is(err, jetstream.ErrStreamNotFound) {
			return nil
		}
		return unavailable("backup.streams", name, err)
	}
	w, err := create(t.dir, filepath.Join(streamsDir, name+".snapshot"))
	if err != nil {
		return err
	}
	out := Stream{Stream: name}
	out.Config, out.State, err = snapshot(ctx, t.Conn, name, w, func(s State) { t.tell(Taking, name, w.size, int64(s.Bytes)) })
	if out.File, err = w.close(err); err != nil {
		return err
	}
	t.m.Streams = append(t.m.Streams, out)
	return nil
}

// program tells what this program was built from, as far as it knows.
func program() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return info.Main.Version
}
