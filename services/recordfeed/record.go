package recordfeed

import (
	"context"
	"time"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
)

// Record is one version of the record of a pupil. It may be kept: nothing in it is used again.
type Record struct {
	Pupil    string    // the reference
	Version  uint64    // its sequence in RECORDS; a later version is greater
	StoredAt time.Time // by the broker's clock
	Payload  []byte    // the record as it is stored, to the byte; Open decodes it
	// Outline is the record without its personal part.
	Outline *reportingpb.RecordState

	// AfterCutOff is the id of the newest cut-off that has an earlier version of the pupil: this one corrects it. "" for a record that no
	// cut-off has, and always without Config.CutOffs.
	AfterCutOff string
}

// Verified reports whether the record stands; otherwise it was taken back.
func (r Record) Verified() bool { return r.Outline.GetVerified() != nil }

// Place is the province and the school of the record, or of the one that is taken back.
func (r Record) Place() (province, school string) {
	if v := r.Outline.GetVerified(); v != nil {
		return v.GetProvince(), v.GetSchool()
	}
	return r.Outline.GetWithdrawn().GetProvince(), r.Outline.GetWithdrawn().GetSchool()
}

// Held returns what a cut-off knows of the record.
func (r Record) Held() Held {
	h := Held{Pupil: r.Pupil, Version: r.Version, Verified: r.Verified(), Digest: Digest(r.Pupil, r.Version, r.Payload)}
	h.Province, h.School = r.Place()
	return h
}

// Handler takes records.
type Handler interface {
	// Handle stores records, in order of version; there may be several versions of one pupil among them. When it returns nil they are kept for
	// good, and are not handed over again but for an accident. An error ends Subscribe, and they come again at its next start.
	Handle(ctx context.Context, records []Record) error
}

// Table is a handler that keeps the newest version of each pupil.
type Table interface {
	Handler
	// Empty reports whether nothing is kept yet.
	Empty(ctx context.Context) (bool, error)
	// Each visits what is kept, in any order.
	Each(ctx context.Context, visit func(Held) error) error
	Close() error
}

// Held is what is kept of a pupil, without the record itself.
type Held struct {
	Pupil            string
	Version          uint64
	Verified         bool // false: taken back
	Province, School string
	Digest           [32]byte
}
