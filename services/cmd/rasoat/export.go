package main

import (
	"errors"
	"io"
	"path/filepath"
	"strings"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/commandline"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/spf13/cobra"
)

// exporting is what the export command was told.
type exporting struct {
	scope, table, out string
	unmasked          bool
}

// fileFormats are the formats by the extension of a file.
var fileFormats = map[string]reportingpb.Format{
	".xlsx": reportingpb.Format_FORMAT_XLSX, ".csv": reportingpb.Format_FORMAT_CSV, ".ndjson": reportingpb.Format_FORMAT_NDJSON,
}

var exportTables = map[string]reportingpb.Table{"progress": reportingpb.Table_TABLE_PROGRESS, "pupils": reportingpb.Table_TABLE_PUPILS}

func (a *app) exportCommand() *cobra.Command {
	var w exporting
	c := &cobra.Command{
		Use:   "export [SCOPE]",
		Short: "Xuất bảng tiến độ hoặc danh sách học sinh ra tệp / Write the table of progress, or of pupils, into a file",
		Long: `Bảng tiến độ (mỗi trường một dòng, có dòng cộng và phần ký) là bảng mà tỉnh gửi lên. Danh sách học sinh có thông tin cá nhân; số định danh
được che, trừ khi có --unmasked và vai trò được phép xem. Định dạng theo đuôi tệp: .xlsx, .csv, .ndjson.

The table of progress (a line a school, with totals and a block to sign) is the one that a province sends up. The list of pupils is personal; ID
numbers are masked, unless --unmasked is given and the role may see them. The format follows the extension: .xlsx, .csv, .ndjson.

` + exitCodes,
		Example: `  rasoat export 01 --out tien-do-ha-noi.xlsx
  rasoat export --out tien-do-toan-quoc.csv
  rasoat export 01/01000701 --table pupils --out hoc-sinh.xlsx`,
		Args: oneScope,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				w.scope = args[0]
			}
			return a.export(c, w)
		},
	}
	f := c.Flags()
	commandline.OutputFile(c, &w.out, "out", "file to write; its extension is the format: .xlsx, .csv or .ndjson",
		".xlsx", ".csv", ".ndjson")
	f.StringVar(&w.table, "table", "progress", "progress or pupils")
	f.BoolVar(&w.unmasked, "unmasked", false, "with --table pupils: whole ID numbers, for roles that may see them")
	a.serverFlags(c)
	return c
}

func (a *app) export(c *cobra.Command, w exporting) error {
	req := &reportingpb.ExportRequest{Scope: w.scope, Table: exportTables[w.table], Format: fileFormats[strings.ToLower(filepath.Ext(w.out))], Unmasked: w.unmasked}
	switch {
	case !anyScope.MatchString(w.scope):
		return usage(c, "Phạm vi phải có dạng 01 hoặc 01/01000701", "A scope is like 01 or 01/01000701")
	case req.Table == reportingpb.Table_TABLE_UNSPECIFIED:
		return usage(c, "--table là progress hoặc pupils", "--table is progress or pupils")
	case req.Format == reportingpb.Format_FORMAT_UNSPECIFIED:
		return usage(c, "--out cần tệp có đuôi .xlsx, .csv hoặc .ndjson", "--out needs a file that ends in .xlsx, .csv or .ndjson")
	case req.Table == reportingpb.Table_TABLE_PUPILS && w.scope == "":
		return usage(c, "Danh sách học sinh cần một tỉnh hoặc trường", "The list of pupils needs a province or a school")
	}
	size, err := a.download(c, req, w.out)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(struct {
			File  string `json:"file"`
			Bytes int64  `json:"bytes"`
		}{w.out, size})
	}
	a.printf("%s: %s (%d bytes)\n", a.text("Đã ghi", "Written"), w.out, size)
	return nil
}

// download writes what is sent.
func (a *app) download(c *cobra.Command, req *reportingpb.ExportRequest, out string) (size int64, err error) {
	conn, err := a.connect()
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close() }() // every piece is in
	stream, err := reportingpb.NewProgressServiceClient(conn).Export(c.Context(), req)
	if err != nil {
		return 0, rpc.FromStatus(err)
	}
	err = commandline.WriteFile(c, out, func(w io.Writer) error {
		for {
			m, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return rpc.FromStatus(err)
			}
			if _, err := w.Write(m.GetData()); err != nil {
				return err
			}
			size += int64(len(m.GetData()))
		}
	})
	return size, err
}
