package server

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/grpc"
)

// download is a caller of Export.
type download struct {
	grpc.ServerStream
	ctx     context.Context
	data    bytes.Buffer
	name    string
	kind    string
	largest int
}

func (d *download) Context() context.Context { return d.ctx }

func (d *download) Send(m *pb.ExportResponse) error {
	if m.GetFileName() != "" {
		d.name, d.kind = m.GetFileName(), m.GetContentType()
	}
	d.largest = max(d.largest, len(m.GetData()))
	d.data.Write(m.GetData())
	return nil
}

func (s *service) export(t *testing.T, caller access.Caller, req *pb.ExportRequest) (*download, error) {
	t.Helper()
	d := &download{ctx: context.Background()}
	if caller.Role != "" {
		d.ctx = access.With(d.ctx, caller)
	}
	return d, s.Export(req, d)
}

// exported puts two pupils into the log: one with an error, one whom nobody enrols.
func (s *service) someone(t *testing.T) {
	t.Helper()
	s.pupil(t, testSchool, "an", "12A1", map[studentpb.Part][]*validationpb.Finding{
		results10: {found(validationpb.Severity_SEVERITY_ERROR, "E1", 1), found(validationpb.Severity_SEVERITY_INFO, "I1", 2)},
	})
	r := record("binh", profile, "binh")
	r.Personal.GetProfile().Identity = &studentpb.Identity{Number: "001305001234"}
	r.Personal.GetProfile().DateOfBirth = &studentpb.Date{Year: 2005, Month: 3, Day: 7}
	r.Personal.GetProfile().FullName = "=Bình"
	s.put(t, "submission.profile.01.01000701.x", wire.TypeSubmission, submission(testSchool, r))
	s.settle(t)
}

// TestExportPupils: a line a pupil, masked, with what is to be done.
func TestExportPupils(t *testing.T) {
	s := serve(t)
	s.someone(t)
	d, err := s.export(t, access.Caller{}, &pb.ExportRequest{Scope: "01", Table: pb.Table_TABLE_PUPILS, Format: pb.Format_FORMAT_CSV})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(d.data.Bytes(), []byte("\ufeff")))).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("got %q, %v", rows, err)
	}
	an, binh := strings.Join(rows[1], "|"), strings.Join(rows[2], "|")
	if !strings.HasPrefix(an, "1|01000701|THPT số 1 Ba Đình|12A1|an|") || !strings.Contains(an, "|Có lỗi|") || !strings.Contains(an, "kết quả lớp 10: E1") || strings.Contains(an, "I1") {
		t.Errorf("got %s", an)
	}
	if !strings.Contains(binh, "|'=Bình|07/03/2005|********1234|Ngoài danh sách|") || !strings.Contains(binh, "thiếu kết quả lớp 11") {
		t.Errorf("got %s", binh)
	}
	if !strings.HasPrefix(d.name, "hoc-sinh-01-20") || !strings.HasSuffix(d.name, ".csv") || d.kind != "text/csv; charset=utf-8" {
		t.Errorf("file %s of type %s", d.name, d.kind)
	}
}

// TestUnmasked: whole numbers are for the school, its province and the ministry, within their scope.
func TestUnmasked(t *testing.T) {
	s := serve(t)
	s.someone(t)
	for _, c := range []struct {
		caller  access.Caller
		allowed bool
	}{
		{access.Caller{Role: access.School, Scopes: []string{testSchool}}, true},
		{access.Caller{Role: access.Province, Scopes: []string{"01"}}, true},
		{access.Caller{Role: access.Ministry, Scopes: []string{access.Nation}}, true},
		{access.Caller{Role: access.Province, Scopes: []string{"79"}}, false},
		{access.Caller{Role: access.School, Scopes: []string{"01/01000702"}}, false},
		{access.Caller{Role: access.Portal, Scopes: []string{testSchool}}, false},
		{access.Caller{Role: access.Auditor, Scopes: []string{access.Nation}}, false},
		{access.Caller{Role: access.Exam, Scopes: []string{access.Nation}}, false},
		{access.Caller{Role: access.Operator, Scopes: []string{access.Nation}}, false},
		{access.Caller{}, false},
	} {
		d, err := s.export(t, c.caller, &pb.ExportRequest{Scope: testSchool, Table: pb.Table_TABLE_PUPILS, Format: pb.Format_FORMAT_NDJSON, Unmasked: true})
		if whole := strings.Contains(d.data.String(), "001305001234"); whole != c.allowed || fault.Is(err, fault.Denied) == c.allowed {
			t.Errorf("%v: whole numbers %v, %v", c.caller, whole, err)
		}
	}
}

// TestExportProgress: what GetProgress says, a line a school and window.
func TestExportProgress(t *testing.T) {
	s := serve(t)
	s.someone(t)
	for _, format := range []pb.Format{pb.Format_FORMAT_XLSX, pb.Format_FORMAT_CSV, pb.Format_FORMAT_NDJSON} {
		d, err := s.export(t, access.Caller{}, &pb.ExportRequest{Scope: "01", Table: pb.Table_TABLE_PROGRESS, Format: format})
		if err != nil || d.data.Len() == 0 || d.largest > pieceSize || !strings.HasPrefix(d.name, "tien-do-01-") {
			t.Errorf("%v: %d bytes in %s, %v", format, d.data.Len(), d.name, err)
		}
		if format != pb.Format_FORMAT_NDJSON {
			continue
		}
		if lines := bytes.Count(d.data.Bytes(), []byte("\n")); lines != 2*len(testDrive.Windows) {
			t.Errorf("%d lines", lines)
		}
		var line struct {
			School     string
			Declared   int64
			Unexpected int64
			Conserved  bool
		}
		if err := json.NewDecoder(&d.data).Decode(&line); err != nil || line.School != "01000701" || line.Declared != 40 || !line.Conserved {
			t.Errorf("got %+v, %v", line, err)
		}
	}
	for want, req := range map[fault.Kind]*pb.ExportRequest{
		fault.NotFound: {Scope: "98", Table: pb.Table_TABLE_PUPILS, Format: pb.Format_FORMAT_CSV},
		fault.Invalid:  {Table: pb.Table_TABLE_PUPILS, Format: pb.Format_FORMAT_CSV},
	} {
		if _, err := s.export(t, access.Caller{}, req); !fault.Is(err, want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
