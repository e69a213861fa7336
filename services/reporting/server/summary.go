package server

import (
	"context"
	"crypto/sha256"
	"slices"
	"strconv"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"google.golang.org/protobuf/proto"
)

// facetCounts is the one facet of a summary.
const facetCounts = "counts"

// countsVersion is of the counting: another one has every school counted anew.
const countsVersion = "1"

// edition is what a summary depends on besides the marks: how is counted, by which drive, and in which generation of the collections. After a
// rebuild everything is counted anew, also because a count that began before the switch may have read what nobody writes to any more.
func (s *Server) edition(ctx context.Context) (digest, error) {
	active, err := s.db.Active(ctx)
	sum := sha256.Sum256([]byte(countsVersion + "/" + s.drive.Digest + "/" + strconv.FormatUint(active, 10)))
	return digest(sum[:16]), err
}

// basis is what a summary was counted from.
type basis struct{ edition, marks digest }

// headSize is the size in bytes of a basis before the row.
const headSize = 2 * len(digest{})

// encodeSummary makes the value of a summary: the basis, the row.
func encodeSummary(c counted) ([]byte, error) {
	head := append(append(make([]byte, 0, headSize+512), c.basis.edition[:]...), c.basis.marks[:]...)
	value, err := proto.MarshalOptions{}.MarshalAppend(head, c.row)
	return value, fault.Wrap(fault.Internal, "reporting.summary", err)
}

// basisOfSummary returns what a summary was counted from; the zero basis, which is none, where there is no summary.
func basisOfSummary(d store.Doc) basis {
	f, ok := d.Facet(facetCounts)
	if !ok || len(f.Value) < headSize {
		return basis{}
	}
	return basis{digest(f.Value[:headSize/2]), digest(f.Value[headSize/2 : headSize])}
}

// decodeSummary returns the row of a summary; nil where there is none, or one that another version of the drive or of this program left.
func (s *Server) decodeSummary(d store.Doc) *pb.SchoolProgress {
	f, ok := d.Facet(facetCounts)
	if !ok || len(f.Value) < headSize {
		return nil
	}
	row := new(pb.SchoolProgress)
	if proto.Unmarshal(f.Value[headSize:], row) != nil {
		return nil
	}
	same := func(c *pb.Counts, w drive.Window) bool { return c.GetWindow() == w.ID }
	if !slices.EqualFunc(row.GetWindows(), s.drive.Windows, same) {
		return nil
	}
	return row
}

// rowDigest is what a row says, but for the hour when it was counted.
func rowDigest(row *pb.SchoolProgress) (digest, error) {
	asOf := row.GetAsOf()
	row.AsOf = nil
	value, err := proto.MarshalOptions{Deterministic: true}.Marshal(row)
	row.AsOf = asOf
	sum := sha256.Sum256(value)
	return digest(sum[:16]), fault.Wrap(fault.Internal, "reporting.summary", err)
}

// counted is one school counted from a basis.
type counted struct {
	row   *pb.SchoolProgress
	basis basis
}

// countWithBasis counts a school: marks read, then pupils counted; again when the generation changed meanwhile.
func (s *Server) countWithBasis(ctx context.Context, sc drive.School) (counted, error) {
	for {
		before, err := s.edition(ctx)
		if err != nil {
			return counted{}, err
		}
		marks, err := s.marks.Get(ctx, []string{s.schoolID(sc)})
		if err != nil {
			return counted{}, err
		}
		row, err := s.countSchool(ctx, sc)
		if err != nil {
			return counted{}, err
		}
		after, err := s.edition(ctx)
		if err != nil {
			return counted{}, err
		}
		if before == after {
			return counted{row, basis{before, markDigest(marks[0])}}, nil
		}
	}
}
