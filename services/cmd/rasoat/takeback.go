package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"
	"strconv"
	"unicode/utf8"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/portal"
	"github.com/rasoat/rasoat/services/student"
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"
)

// takingBack is what the take-back command was told.
type takingBack struct {
	submission
	reason string
	all    bool
}

func (a *app) takeBackCommand() *cobra.Command {
	var t takingBack
	c := &cobra.Command{
		Use:   "take-back FILE... --school SCHOOL --reason REASON",
		Short: "Rút lại tệp đã gửi nhầm trường / Undo files that were submitted for the wrong school",
		Long: `Đưa ra khỏi danh sách của SCHOOL những học sinh mà tệp đã ghi vào đó: ghi danh còn đúng như trong
tệp, và một trường khác cũng ghi danh học sinh này. Học sinh chỉ có ở SCHOOL thì giữ nguyên, trừ khi
có --all. Hồ sơ và kết quả trong tệp vẫn là bản mới nhất của học sinh, và danh tính vẫn đứng ở
SCHOOL trong rasoat reviews, cho đến khi trường của các em gửi lại tệp của mình bằng rasoat submit
--new. Xem trước bằng --dry-run.

Takes off the roster of SCHOOL the pupils whom the file put on it: the entry is still as in the
file, and another school enrols the pupil too. A pupil of SCHOOL alone stays, unless --all is given.
The profiles and results of the file remain the newest of the pupils, and rasoat reviews lists their
identities at SCHOOL, until their own school submits its file again with rasoat submit --new.
--dry-run shows what would be done.

` + exitCodes,
		Example: `  rasoat take-back hoso.xlsx --school 01/01000702 --reason "Gửi nhầm trường" --dry-run
  rasoat take-back hoso.xlsx --school 01/01000702 --reason "Gửi nhầm trường"`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(c, "Chưa nêu tệp nào", "No file was named")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return a.takeBack(c, t, args) },
	}
	f := c.Flags()
	f.StringVar(&t.school, "school", "", "the school for which the files were submitted by mistake, as 01/01000702 (required)")
	f.StringVar(&t.drive, "drive", "", driveUsage)
	f.StringVar(&t.reason, "reason", "", "why, in words (required)")
	f.BoolVar(&t.dryRun, "dry-run", false, "only tell who would be taken off the roster")
	f.BoolVar(&t.all, "all", false, "also the pupils whom no other school enrols")
	t.inFlight, t.problems = 16, 50
	a.serverFlags(c)
	a.driveFlag(c)
	return c
}

func (a *app) takeBack(c *cobra.Command, t takingBack, files []string) error {
	switch n := utf8.RuneCountInString(mistaken + t.reason); {
	case t.reason == "":
		return usage(c, "Thiếu --reason", "--reason is missing")
	case n > mostReason:
		return usage(c, "--reason dài quá, bớt đi vài chữ", "--reason is too long, leave some words out")
	}
	from, err := sender(c, "", t.school)
	if err != nil {
		return err
	}
	conn, err := a.connect()
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // every answer is in
	reports := reportingpb.NewReportingServiceClient(conn)
	held, err := a.held(c.Context(), reports, from)
	if err != nil {
		return err
	}
	d, err := a.driveOf(c.Context(), conn, t.school)
	if err != nil {
		return err
	}
	from.Drive = cmp.Or(t.drive, d.ID)
	elsewhere, err := a.elsewhere(c.Context(), reports, t.school)
	if err != nil {
		return err
	}
	client := &portal.Client{InFlight: t.inFlight, GiveUpAfter: a.wait, Intake: intakepb.NewIntakeServiceClient(conn)}
	from.New = rand.Text() // who is off the roster already is not taken off again
	told := eachFile(files, func(r *fileReport) error {
		return a.takeBackFile(c.Context(), client, d, from, t, held, elsewhere, r)
	})
	if a.json {
		return a.submitJSON(told)
	}
	a.tellTakenBack(told, t)
	return exitWith(a.submitCode(told))
}

// elsewhere tells of which pupils of a school another school enrols them too, by reference.
func (a *app) elsewhere(ctx context.Context, client reportingpb.ReportingServiceClient, school string,
) (map[string]bool, error) {
	out := map[string]bool{}
	req := &reportingpb.ListPupilsRequest{Scope: school, PageSize: 500}
	for {
		page, err := call(ctx, a, client.ListPupils, req)
		if err != nil {
			return nil, err
		}
		for _, p := range page.GetPupils() {
			out[p.GetPupil()] = len(p.GetIdentity().GetAlsoEnrolledAt()) > 0
		}
		if req.PageToken = page.GetNextPageToken(); req.PageToken == "" {
			return out, nil
		}
	}
}

// takeBackFile closes the entries that a file opened.
func (a *app) takeBackFile(ctx context.Context, client *portal.Client, d *drive.Drive, from portal.Sender, t takingBack,
	held holding, elsewhere map[string]bool, r *fileReport,
) error {
	p, err := a.previewOf(d, from, r.name, holding{})
	if err != nil {
		return err
	}
	var closing []*studentpb.Record
	changed, alone := 0, 0
	for code, in := range p.file {
		entry, said := held.part(code, student.Enrolment), in.parts[student.Enrolment]
		switch {
		case held[code].joined() == "" || in.joined() == "": // nothing to take back
		case len(portal.Diff(entry, said)) > 0:
			changed++
		case !t.all && !elsewhere[held[code].ref]:
			alone++
		default:
			closing = append(closing, closed(entry, t.reason))
		}
	}
	a.errorf("%s: %s %d, %s %d, %s %d\n", r.name, a.text("sẽ rút khỏi danh sách", "to be taken off the roster"), len(closing),
		a.text("chỉ có ở trường này (--all)", "of this school alone (--all)"), alone,
		a.text("ghi danh đã khác tệp", "no longer as in the file"), changed)
	if t.dryRun || len(closing) == 0 {
		r.summary.Accepted = len(closing)
		return nil
	}
	slices.SortFunc(closing, func(x, y *studentpb.Record) int {
		p, q := x.GetEnrolment(), y.GetEnrolment()
		return cmp.Or(cmp.Compare(p.GetClass(), q.GetClass()), cmp.Compare(p.GetCode(), q.GetCode()))
	})
	entries := func(yield func(portal.Entry, error) bool) {
		for i, record := range closing {
			at := portal.Place(r.name + " " + strconv.Itoa(i+1))
			entry := portal.Entry{Records: []*studentpb.Record{record}, Origin: at, Done: float64(i+1) / float64(len(closing))}
			if !yield(entry, nil) {
				return
			}
		}
	}
	return inFile(r.name, client.Submit(ctx, portal.Batches(entries, edition(r.name, from), r.summary.Note), &r.summary))
}

// mistaken begins the reason of an entry that was a mistake; the contract limits the whole to mostReason characters.
const (
	mistaken   = "Ghi danh nhầm: "
	mostReason = 200
)

// closed is an entry of the roster that was made by mistake, ended on the day on which it began.
func closed(entry *studentpb.Record, reason string) *studentpb.Record {
	out := proto.CloneOf(entry)
	e := out.GetEnrolment()
	e.State, e.Reason = studentpb.EnrolmentState_ENROLMENT_STATE_LEFT, mistaken+reason
	return out
}

// tellTakenBack prints what became of each file and the next step.
func (a *app) tellTakenBack(reports []*fileReport, t takingBack) {
	taken, failed := 0, false
	for _, r := range reports {
		a.tellProblems(r, len(reports) > 1, t.problems)
		a.complain(r.err)
		taken += r.summary.Accepted
		failed = failed || r.err != nil || r.summary.Refused > 0
	}
	switch {
	case failed:
		a.printf("%s\n", a.text("Việc tiếp theo: xử lý các điều trên rồi chạy lại lệnh này.",
			"Next: settle the above and run this command again."))
	case t.dryRun:
		a.printf("%s\n", a.text("Việc tiếp theo: bỏ --dry-run để rút.", "Next: leave out --dry-run to take them off."))
	case taken == 0:
		a.printf("%s\n", a.text("Không có gì để rút: xem trường bằng --school.",
			"There is nothing to take back: look at --school."))
	default:
		a.printf("%s: %d. %s\n", a.text("Đã rút khỏi danh sách của "+t.school, "Taken off the roster of "+t.school), taken, a.text(
			"Việc tiếp theo: trường của các em gửi lại tệp của mình bằng rasoat submit FILE --school SCHOOL --new; "+
				"đến lúc đó hồ sơ của tệp này còn là bản mới nhất.",
			"Next: their own school submits its file again with rasoat submit FILE --school SCHOOL --new; "+
				"until then the profiles of this file are the newest."))
	}
}
