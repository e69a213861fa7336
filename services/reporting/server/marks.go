package server

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rasoat/rasoat/services/internal/store"
)

// A summary of a school never misses a change, however many copies write pupils while another counts them:
//
//	who writes:  pupils merged -> counter drawn -> mark written -> messages acknowledged
//	who counts:  marks read -> pupils counted -> summary written with the marks as its basis
//
// If a count did not see a pupil, the pupil was merged after the marks were read, and its mark was written later still, with a counter
// drawn later: the marks differ from the basis, and the school is counted again. Counters of one process may be written out of order, and
// then the lower one is lost; but it was drawn first, so its pupils were merged before the higher one was drawn, and whoever has read the
// higher mark counts them. A process that dies before it marks has acknowledged nothing: its messages come again.

// marker writes the marks of one process.
type marker struct {
	facet string        // of this process alone: a counter that begins anew needs a name of its own
	last  atomic.Uint64 // the counter
}

func newMarker() *marker { return &marker{facet: rand.Text()} }

// schoolSet collects the documents of schools whose counts some pupils may have changed. Its methods may be called from many goroutines.
type schoolSet struct {
	mu  sync.Mutex
	ids map[string]struct{}
}

func newSchoolSet() *schoolSet { return &schoolSet{ids: map[string]struct{}{}} }

// ofPupils adds the schools of pupils, read after the merge: those that enrol a pupil or ever did, because what changes of a pupil at one school
// changes its status at all of them; and those where its profile came from, because there it stops being unexpected when another school
// enrols it. Facets never go away, so these are the schools before the merge, too.
func (t *schoolSet) ofPupils(docs []store.Doc) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, d := range docs {
		drive := d.ID[:strings.LastIndexByte(d.ID, '/')+1]
		for _, prefix := range []string{facetEnrolment, facetFrom} {
			for _, f := range d.Prefix(prefix) {
				t.ids[drive+f.Name[len(prefix):]] = struct{}{}
			}
		}
	}
}

// deriveAndMark derives the pupils of a batch that is merged, and marks the schools that they and its decisions touched. What could not be derived is
// marked all the same: it is merged.
func (s *Server) deriveAndMark(ctx context.Context, p *projection) error {
	at := newSchoolSet()
	failed := s.derive(ctx, p, at)
	for _, patch := range p.schools {
		at.ids[patch.ID] = struct{}{}
	}
	if err := s.mark(ctx, at); failed == nil {
		return err
	}
	return failed
}

// mark marks schools as changed.
func (s *Server) mark(ctx context.Context, at *schoolSet) error {
	if len(at.ids) == 0 {
		return nil
	}
	rev := store.Revision{Major: s.marker.last.Add(1)}
	patches := make([]store.Patch, 0, len(at.ids))
	for id := range at.ids {
		patches = append(patches, store.Patch{ID: id, Facet: s.marker.facet, Rev: rev})
	}
	return s.marks.Merge(ctx, patches)
}

// digest is 16 bytes of a SHA-256.
type digest [16]byte

// markDigest is what stands of all marks of a school.
func markDigest(d store.Doc) digest {
	h := sha256.New()
	var n [8]byte
	for _, f := range d.Facets {
		h.Write([]byte(f.Name))
		h.Write(binary.BigEndian.AppendUint64(n[:0], f.Rev.Major))
	}
	return digest(h.Sum(nil))
}
