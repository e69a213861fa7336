package server

import (
	"bufio"
	"context"
	"slices"
	"strings"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/clock"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/rasoat/rasoat/services/reporting/export"
	"google.golang.org/grpc"
)

// formats are the forms of files by their number in the contract.
var formats = map[pb.Format]export.Format{
	pb.Format_FORMAT_XLSX: export.XLSX, pb.Format_FORMAT_CSV: export.CSV, pb.Format_FORMAT_NDJSON: export.NDJSON,
}

// Export writes a table of a scope as a file, in pieces. It fails with NotFound for a scope that there is not, with Invalid for the pupils of
// the whole nation, and with Denied when whole ID numbers are asked for by somebody who may not see them.
func (s *Server) Export(req *pb.ExportRequest, stream grpc.ServerStreamingServer[pb.ExportResponse]) error {
	const op = "reporting.export"
	ctx := stream.Context()
	if req.GetUnmasked() {
		if err := mayUnmask(ctx, op, req); err != nil {
			return err
		}
	}
	format, ok := formats[req.GetFormat()]
	if !ok {
		return fault.New(fault.Invalid, op, "Nêu định dạng tệp.", "name a format")
	}
	now, err := s.log.Now(ctx)
	if err != nil {
		return fault.Wrap("", op, err)
	}
	to := &pieces{stream: stream, first: &pb.ExportResponse{FileName: fileName(req, format, now), ContentType: format.ContentType()}}
	w := bufio.NewWriterSize(to, pieceSize)
	switch req.GetTable() {
	case pb.Table_TABLE_PROGRESS:
		err = s.exportProgress(ctx, w, format, req.GetScope(), now)
	case pb.Table_TABLE_PUPILS:
		err = s.exportPupils(ctx, w, format, req, now)
	default:
		err = fault.New(fault.Invalid, op, "Nêu bảng cần xuất.", "name a table")
	}
	if err != nil {
		return fault.Wrap("", op, err)
	}
	return w.Flush()
}

// mayUnmask reports why a caller may not see whole ID numbers: they are for the school, its province and the ministry.
func mayUnmask(ctx context.Context, op string, req *pb.ExportRequest) error {
	caller, known := access.From(ctx)
	if known && slices.Contains([]access.Role{access.School, access.Province, access.Ministry}, caller.Role) && caller.Covers(req.GetScope()) {
		return nil
	}
	return fault.New(fault.Denied, op,
		"Vai trò này chỉ được xem số định danh đã che; trường, sở và Bộ mới được xem đủ số trong phạm vi của mình.",
		"this role may see masked ID numbers only: whole ones are for the school, its province and the ministry, within their scope")
}

// pieceSize is the size of a piece of a file, in bytes.
const pieceSize = 64 << 10

// pieces sends a file in pieces; the first carries its name.
type pieces struct {
	stream grpc.ServerStreamingServer[pb.ExportResponse]
	first  *pb.ExportResponse
}

func (p *pieces) Write(b []byte) (int, error) {
	for piece := range slices.Chunk(b, pieceSize) {
		m := p.first
		if m == nil {
			m = &pb.ExportResponse{}
		}
		p.first = nil
		m.Data = piece
		if err := p.stream.Send(m); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

// fileName says what is in the file, of whom and as of when, in Vietnam's time.
func fileName(req *pb.ExportRequest, format export.Format, at time.Time) string {
	what, scope := "tien-do", strings.ReplaceAll(req.GetScope(), "/", "-")
	if req.GetTable() == pb.Table_TABLE_PUPILS {
		what = "hoc-sinh"
	}
	if scope == "" {
		scope = "toan-quoc"
	}
	return what + "-" + scope + "-" + clock.FileStamp(at) + "." + string(format)
}

// head returns what stands above and below a table of a scope.
func (s *Server) head(scope string, at time.Time) export.Head {
	h := export.Head{
		Authority: "BỘ GIÁO DỤC VÀ ĐÀO TẠO", Place: "Hà Nội", Signer: "THỦ TRƯỞNG ĐƠN VỊ", Scope: "Toàn quốc", Drive: s.drive.Name, Year: s.drive.SchoolYear, AsOf: at,
	}
	province, code, ofSchool := strings.Cut(scope, "/")
	if province == "" {
		return h
	}
	unit, _ := s.drive.Catalogue.Province(province)
	h.Above, h.Authority, h.Place, h.Signer, h.Scope = "UBND "+strings.ToUpper(unit.Full()), "SỞ GIÁO DỤC VÀ ĐÀO TẠO", unit.Name, "GIÁM ĐỐC", unit.Full()
	if ofSchool {
		sc, _ := s.drive.School(code)
		h.Above, h.Authority, h.Signer, h.Scope = "SỞ GIÁO DỤC VÀ ĐÀO TẠO "+strings.ToUpper(unit.Name), strings.ToUpper(sc.Name), "HIỆU TRƯỞNG", sc.Name+", "+unit.Full()
	}
	return h
}

func (s *Server) exportWindows() []export.Window {
	out := make([]export.Window, len(s.drive.Windows))
	for i, w := range s.drive.Windows {
		out[i] = export.Window{ID: w.ID, Name: w.Name, Closes: w.Closes}
	}
	return out
}

// exportProgress writes the table of progress: of the nation a line a province.
func (s *Server) exportProgress(ctx context.Context, w *bufio.Writer, format export.Format, scope string, now time.Time) error {
	resp, err := s.GetProgress(ctx, &pb.GetProgressRequest{Scope: scope, ByProvince: scope == "", Current: true})
	if err != nil {
		return err
	}
	p := export.Progress{Head: s.head(scope, now), Windows: s.exportWindows()}
	for _, sc := range resp.GetSchools() {
		if at := sc.GetAsOf(); at != nil && at.AsTime().Before(p.Head.AsOf) {
			p.Head.AsOf = at.AsTime() // the table is as old as its oldest row
		}
		p.Rows = append(p.Rows, s.exportRow(sc))
	}
	return export.WriteProgress(w, format, p)
}

func (s *Server) exportRow(sc *pb.SchoolProgress) export.Row {
	r := export.Row{Province: sc.GetProvince(), Code: sc.GetSchool(), Name: sc.GetName(), Declared: sc.GetDeclared(), Counts: make([]export.Counts, len(s.drive.Windows))}
	if unit, ok := s.drive.Catalogue.Province(sc.GetProvince()); ok && r.Name == "" {
		r.Name = unit.Full()
	}
	for i, w := range s.drive.Windows {
		k := &r.Counts[i]
		for _, c := range sc.GetWindows() {
			if c.GetWindow() == w.ID {
				k.Expected, k.Unexpected, k.Returned, k.By = c.GetExpected(), c.GetUnexpected(), c.GetReturned(), byStatus(c)
			}
		}
		for _, st := range sc.GetStanding() {
			if st.GetWindow() != w.ID {
				continue
			}
			if at := st.GetDeclaredAt(); at != nil {
				k.DeclaredAt = at.AsTime()
			}
			if at := st.GetApprovedAt(); at != nil {
				k.ApprovedAt = at.AsTime()
			}
		}
	}
	return r
}

func byStatus(c *pb.Counts) [reporting.Statuses]int64 {
	return [reporting.Statuses]int64{
		reporting.Missing: c.GetMissing(), reporting.Rejected: c.GetRejected(), reporting.UnexplainedWarning: c.GetUnexplainedWarning(),
		reporting.Duplicate: c.GetDuplicate(), reporting.Mismatched: c.GetMismatched(), reporting.NeedsPerson: c.GetNeedsPerson(),
		reporting.Waiting: c.GetWaiting(), reporting.AwaitingApproval: c.GetAwaitingApproval(), reporting.Verified: c.GetVerified(),
	}
}
