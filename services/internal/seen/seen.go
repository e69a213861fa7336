// Package seen stores, in the store of a service, what that store knows of the log: how far it has
// seen each stream, and whether a restore into it was interrupted. Package eventlog uses it to
// watch over a service (Log.Remember).
//
// Each stream has one small facet, in a collection of its own that backups include. The mark of a
// restore has a facet too, which backups leave out.
package seen

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
)

// Collection is the name of the collection that is saved.
const Collection = "seen"

// restores is the collection of the mark of a restore.
const restores = "restores"

const (
	document     = "log"
	facetStream  = "stream/" // + name of the stream
	facetRestore = "restore"
)

// Store is what a store knows of the log. It is an eventlog.Memory.
type Store struct {
	marks, restores store.Collection
}

var _ eventlog.Memory = (*Store)(nil)

// In returns what the database of a service knows.
func In(db store.DB) *Store {
	return &Store{marks: db.Collection(Collection), restores: db.Collection(restores)}
}

// Restore is the last restore into a store.
type Restore struct {
	Backup string            `json:"backup"` // its id; "" when there was none
	Done   bool              `json:"done"`
	Ends   map[string]uint64 `json:"ends,omitempty"` // by stream: the last message that was put back

	revision uint64
}

// Known implements eventlog.Memory.
func (s *Store) Known(ctx context.Context) (eventlog.Known, error) {
	const op = "seen.known"
	out := eventlog.Known{Seen: map[string]eventlog.Mark{}}
	docs, err := s.marks.Get(ctx, []string{document})
	if err != nil {
		return out, err
	}
	for _, f := range docs[0].Prefix(facetStream) {
		stored, err := time.Parse(time.RFC3339Nano, string(f.Value))
		if err != nil {
			return out, fault.Wrap(fault.Internal, op, err)
		}
		out.Seen[strings.TrimPrefix(f.Name, facetStream)] = eventlog.Mark{Sequence: f.Rev.Major, Stored: stored}
	}
	r, err := s.Restore(ctx)
	out.Restored, out.Restoring = r.Ends, r.Backup != "" && !r.Done
	return out, err
}

// See implements eventlog.Memory.
func (s *Store) See(ctx context.Context, stream string, m eventlog.Mark) error {
	return s.marks.Merge(ctx, []store.Patch{{
		ID: document, Facet: facetStream + stream, Rev: store.Revision{Major: m.Sequence}, Value: []byte(m.Stored.UTC().Format(time.RFC3339Nano)),
	}})
}

// Restore tells of the last restore. It fails with Unavailable.
func (s *Store) Restore(ctx context.Context) (Restore, error) {
	var r Restore
	docs, err := s.restores.Get(ctx, []string{document})
	if err != nil {
		return r, err
	}
	if f, ok := docs[0].Facet(facetRestore); ok {
		if err := json.Unmarshal(f.Value, &r); err != nil {
			return r, fault.Wrap(fault.Internal, "seen.restore", err)
		}
		r.revision = f.Rev.Major
	}
	return r, nil
}

// Begin marks the store: a restore of this backup has begun. The service does not start until End.
func (s *Store) Begin(ctx context.Context, backup string) error {
	r, err := s.Restore(ctx)
	if err != nil || r.Backup == backup && !r.Done {
		return err
	}
	return s.write(ctx, r.revision+1, Restore{Backup: backup})
}

// End tells that everything was put back: in the log up to these sequences, and in the store.
func (s *Store) End(ctx context.Context, backup string, ends map[string]uint64) error {
	r, err := s.Restore(ctx)
	if err != nil || r.Backup == backup && r.Done {
		return err
	}
	return s.write(ctx, r.revision+1, Restore{Backup: backup, Done: true, Ends: ends})
}

func (s *Store) write(ctx context.Context, revision uint64, r Restore) error {
	value, err := json.Marshal(r)
	if err != nil {
		return fault.Wrap(fault.Internal, "seen.restore", err)
	}
	return s.restores.Merge(ctx, []store.Patch{{ID: document, Facet: facetRestore, Rev: store.Revision{Major: revision}, Value: value}})
}

// Forget forgets how far the streams were seen: the collections were made anew from the log that is there.
func (s *Store) Forget(ctx context.Context) error { return s.marks.Drop(ctx) }
