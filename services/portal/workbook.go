package portal

import (
	"github.com/rasoat/rasoat/services/student/wire"
	"github.com/rasoat/rasoat/services/workbook"

	pb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
)

// FromWorkbook returns the records of an open workbook; each problem names its cell. The workbook must stay open until
// the source was read.
func FromWorkbook(b *workbook.Book) Source {
	return func(yield func(Entry, error) bool) {
		n := 0
		for row, err := range b.Rows() {
			if err != nil {
				yield(Entry{}, err)
				return
			}
			e := Entry{Origin: row.Place, Records: make([]*pb.Record, 0, len(row.Records))}
			for _, r := range row.Records {
				e.Records = append(e.Records, wire.ToRecord(r))
			}
			for _, p := range row.Problems {
				e.Problems = append(e.Problems, Problem{Field: p.Field, Refused: p.Refused})
			}
			n++
			e.Done = min(1, float64(n)/float64(max(1, b.RowsAtMost())))
			if !yield(e, nil) {
				return
			}
		}
	}
}
