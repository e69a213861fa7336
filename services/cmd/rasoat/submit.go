package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"
	"math"
	"slices"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/portal"
	"github.com/spf13/cobra"
)

// submission is what the command was told.
type submission struct {
	school, drive, nonce string
	dryRun, preview      bool
	diff, showValues     bool
	allowErase, allowNew bool
	inFlight, problems   int
	declared             int // pupils of the school by the directory; 0 where that is not known
}

func (a *app) submitCommand() *cobra.Command {
	var s submission
	c := &cobra.Command{
		Use:   "submit FILE...",
		Short: "Gửi bảng tính hoặc NDJSON / Hand in workbooks or NDJSON",
		Long: `Đọc bảng tính (.xlsx: hồ sơ DANH MUC, kết quả học tập) hoặc NDJSON, gửi thành các lô và chờ biên nhận của từng lô.
Mã lô lấy từ nội dung và giờ lưu tệp: bị ngắt giữa chừng thì chạy lại đúng lệnh đó, phần đã nhận không bị gửi hai lần. Gửi lại một tệp
cũ thì những lô mà hệ thống đã có dữ liệu mới hơn được gửi với mã mới.

Trước khi gửi, lệnh cho biết sẽ thêm, sửa và xóa bao nhiêu giá trị so với dữ liệu đang có; tệp làm mất giá trị đang có thì không được gửi
nếu không có --allow-erase. Lệnh nêu học sinh có trong danh sách của hệ thống mà không có trong tệp. Tệp có vẻ là của trường khác thì không
được gửi nếu không có --allow-new-pupils; lỡ gửi nhầm trường thì rút lại bằng rasoat take-back.

Reads workbooks (.xlsx: profiles DANH MUC, results) or NDJSON, hands them in as submissions and waits for the receipt of
each. The id of a submission comes from its content and from when the file was saved: when interrupted, run the same
command again; nothing is taken twice. Of an earlier file, the submissions of which the system holds something newer go under new ids. First it tells how many values would be added, changed and erased of what the system holds; a
file that leaves out values is not handed in without --allow-erase. It names the pupils who are on the system's roster and not in the file. A file
that seems to be another school's is not submitted without --allow-new-pupils; rasoat take-back undoes a submission for the wrong school.

` + exitCodes,
		Example: `  rasoat submit hoso.xlsx ketqua.xlsx --school 01/01000701
  rasoat submit hoso.xlsx --school 01/01000701 --dry-run
  rasoat submit hoso.xlsx --school 01/01000701 --preview --diff
  cat pupils.ndjson | rasoat submit - --school 01/01000701 --json
  rasoat submit hoso.xlsx --school 01/01000701 --new    # the same content once more, under new ids`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(c, "Chưa nêu tệp nào", "No file was named")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return a.submit(c, s, args) },
	}
	f := c.Flags()
	f.StringVar(&s.school, "school", "", "province and school that hand in, as 01/01000701 (required)")
	f.StringVar(&s.drive, "drive", "", driveUsage)
	f.StringVar(&s.nonce, "new", "", "push the same content again under new ids; repeat --new=TEXT as printed to resume")
	f.Lookup("new").NoOptDefVal = "?"
	f.BoolVar(&s.dryRun, "dry-run", false, "only read the files and tell what is wrong")
	f.BoolVar(&s.preview, "preview", false, "only show what would be added, changed and erased of what the system holds")
	f.BoolVar(&s.diff, "diff", false, "show it cell by cell")
	f.BoolVar(&s.showValues, "show-values", false, "show the values, and the codes and names of pupils: personal data on your screen")
	f.BoolVar(&s.allowErase, "allow-erase", false, "hand in a file that erases values that the system holds")
	f.BoolVar(&s.allowNew, "allow-new-pupils", false, "submit a file of which many pupils are not on the school's roster")
	f.IntVar(&s.inFlight, "in-flight", 16, "submissions that may wait for their receipts")
	f.IntVar(&s.problems, "problems", 50, "problems to print; 0 for all")
	a.serverFlags(c)
	a.driveFlag(c)
	return c
}

// fileReport is what became of one file.
type fileReport struct {
	name    string
	summary portal.Summary
	preview *preview // nil where nothing was compared
	// unapplied are records that intake had received before and that differ from what is held.
	unapplied int
	err       error
}

func (a *app) submit(c *cobra.Command, s submission, files []string) error {
	d, err := a.drive()
	if err != nil {
		return err
	}
	from, err := sender(c, cmp.Or(s.drive, d.ID), s.school)
	if err != nil {
		return err
	}
	if s.nonce == "?" {
		var b [6]byte
		_, _ = rand.Read(b[:]) // never fails
		s.nonce = hex.EncodeToString(b[:])
		a.errorf("--new=%s\n", s.nonce)
	}
	from.New = s.nonce
	client := &portal.Client{InFlight: s.inFlight, GiveUpAfter: a.wait}
	var held holding
	if !s.dryRun {
		conn, err := a.connect()
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }() // every answer is in
		client.Intake = intakepb.NewIntakeServiceClient(conn)
		reports := reportingpb.NewReportingServiceClient(conn)
		if held, err = a.held(c.Context(), reports, from); err != nil {
			return err
		}
		if d, err = a.driveOf(c.Context(), conn, s.school); err != nil {
			return err
		}
		from.Drive = cmp.Or(s.drive, d.ID)
		s.declared = a.declaredNumber(c.Context(), reports, s.school)
	}
	if slices.Contains(files, "-") { // it is read twice
		data, err := io.ReadAll(a.in)
		if err != nil {
			return cannotOpen("-", err)
		}
		a.piped = data
	}
	reports := eachFile(files, func(r *fileReport) error {
		if !s.dryRun {
			if err := a.compare(d, from, s, held, r); err != nil {
				return err
			}
		}
		if s.preview {
			return nil
		}
		return a.submitFile(c.Context(), client, d, from, s.dryRun, r)
	})
	if a.json {
		return a.submitJSON(reports)
	}
	a.tellReports(reports, s)
	return exitWith(a.submitCode(reports))
}

// compare tells what a file would do to what is held. It refuses one that seems to be another school's or would erase something; what held
// says is then as before. Otherwise the next file is compared with this one too.
func (a *app) compare(d *drive.Drive, from portal.Sender, s submission, held holding, r *fileReport) error {
	p, err := a.previewOf(d, from, r.name, held)
	if err != nil {
		return err
	}
	r.preview, r.summary = &p, p.read
	foreign := ofAnotherSchool(s.school, r.name, s.declared, p.file, held)
	if foreign != nil && s.allowNew {
		foreign = nil
	}
	if !a.json || s.diff {
		a.tellPreview(r.name, p, s)
		if foreign == nil {
			a.tellAbsent(p, s)
		}
	}
	switch {
	case foreign != nil:
		return foreign
	case p.Erased > 0 && !s.allowErase:
		return errErase(r.name, p)
	}
	for code, pupil := range p.file {
		for part, record := range pupil.parts {
			at := partAt{code, part}
			revision := held.revision(at)
			if _, ok := p.differing[at]; ok {
				revision = math.MaxUint64 // newer than all that was received before
			}
			held.put("", revision, record)
		}
	}
	return nil
}

// submitFile hands in one file.
func (a *app) submitFile(ctx context.Context, client *portal.Client, d *drive.Drive, from portal.Sender, dryRun bool, r *fileReport) error {
	r.summary = portal.Summary{} // what the preview noted is noted once more
	source, closeIt, err := a.open(r.name, d, from)
	if err != nil {
		return err
	}
	defer closeIt()
	bar := a.bar(r.name)
	defer bar.finish()
	from = edition(r.name, from)
	batches := portal.Batches(source, from, r.summary.Note)
	if !dryRun {
		client.Report = bar.report
		batches = a.again(ctx, client.Intake, from, batches, r)
		return inFile(r.name, client.Submit(ctx, batches, &r.summary))
	}
	for b, err := range batches {
		if err != nil {
			return inFile(r.name, err)
		}
		if ctx.Err() != nil {
			return fault.Wrap(fault.Unavailable, "rasoat.submit", ctx.Err())
		}
		r.summary.Batches++
		r.summary.Accepted += len(b.Submission.GetRecords())
		bar.report(portal.Progress{Accepted: r.summary.Accepted, Done: b.Done})
	}
	return nil
}

// submitCode gives the exit code: the gravest of all files.
func (a *app) submitCode(reports []*fileReport) int {
	code := exitFine
	rank := map[int]int{exitFine: 0, exitFindings: 1, exitInput: 2, exitConflict: 3, exitUnavailable: 4, exitOutput: 5}
	worse := func(c int) {
		if rank[c] > rank[code] {
			code = c
		}
	}
	for _, r := range reports {
		if r.err != nil {
			worse(codeOf(r.err))
		}
		if r.summary.Refused+r.summary.Unreadable+r.unapplied > 0 {
			worse(exitFindings)
		}
		if r.summary.Conflicts > 0 {
			worse(exitConflict)
		}
	}
	return code
}
