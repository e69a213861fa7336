package portal

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	pb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"google.golang.org/protobuf/encoding/protojson"
)

// maxLine is the longest line of NDJSON; a results record has about 6 KB.
const maxLine = 1 << 20

// The stable names of what can be wrong with a line.
const (
	RuleLine     = "LINE_NOT_A_RECORD"
	RuleLongLine = "LINE_TOO_LONG"
)

// ReadNDJSON reads one record a line, in the JSON form of rasoat.student.v1.Record. A line that is none is a
// problem, and the others go on; blank lines are passed over. name stands for the file in what people read; size is
// its length in bytes, 0 when that is not known.
func ReadNDJSON(r io.Reader, name string, size int64) Source {
	return func(yield func(Entry, error) bool) {
		in := bufio.NewReaderSize(r, 64<<10)
		var read int64
		for number := 1; ; number++ {
			line, length, err := readLine(in)
			read += length
			if err != nil && !errors.Is(err, io.EOF) {
				yield(Entry{}, fault.Wrap(fault.Invalid, "portal.ndjson", err))
				return
			}
			if number == 1 {
				line = bytes.TrimPrefix(line, []byte("\ufeff"))
			}
			if line = bytes.TrimSpace(line); len(line) > 0 {
				e := readRecord(line, Place(name+":"+strconv.Itoa(number)))
				if size > 0 {
					e.Done = float64(read) / float64(size)
				}
				if !yield(e, nil) {
					return
				}
			}
			if err != nil {
				return
			}
		}
	}
}

// readLine reads to the end of a line. Of a line that is too long it keeps one byte more than is allowed.
func readLine(in *bufio.Reader) (line []byte, length int64, err error) {
	for {
		piece, err := in.ReadSlice('\n')
		length += int64(len(piece))
		if room := maxLine + 1 - len(line); room > 0 {
			line = append(line, piece[:min(room, len(piece))]...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, length, err
		}
	}
}

func readRecord(line []byte, at Place) Entry {
	e := Entry{Origin: at}
	record := new(pb.Record)
	switch {
	case len(line) > maxLine:
		e.Problems = []Problem{lineProblem(at, RuleLongLine,
			fault.Text{Vi: "Dòng quá dài.", En: "The line is too long."},
			fault.Text{Vi: "Mỗi dòng chỉ một bản ghi.", En: "Write one record a line."})}
	case !utf8.Valid(line):
		e.Problems = []Problem{notARecord(at, "UTF-8")}
	default:
		if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(line, record); err != nil {
			e.Problems = []Problem{notARecord(at, rpc.JSONPlace(err, line))}
			break
		}
		e.Records = []*pb.Record{record}
	}
	return e
}

// notARecord complains of a line that is no record; where is the field and the column, if they can be told.
func notARecord(at Place, where string) Problem {
	text := fault.Text{Vi: "Dòng không phải là bản ghi JSON của hợp đồng", En: "The line is not a record of the contract in JSON"}
	if where != "" {
		text.Vi += " (" + strings.Replace(where, "column ", "cột ", 1) + ")"
		text.En += " (" + where + ")"
	}
	return lineProblem(at, RuleLine, fault.Text{Vi: text.Vi + ".", En: text.En + "."},
		fault.Text{Vi: "Ghi mỗi dòng một rasoat.student.v1.Record dạng JSON, mã UTF-8.", En: "Write one rasoat.student.v1.Record a line, as JSON in UTF-8."})
}

func lineProblem(at Place, rule string, text, remedy fault.Text) Problem {
	return Problem{Field: fault.Field{Path: string(at), Rule: rule, Text: text, Remedy: remedy}, Refused: true}
}
