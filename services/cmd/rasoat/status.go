package main

import (
	"encoding/json"
	"regexp"
	"strconv"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// question is what the status command was asked.
type question struct {
	scope       string
	pupils, all bool
	totals      bool
	current     bool
	files       []string
}

func (a *app) statusCommand() *cobra.Command {
	var q question
	c := &cobra.Command{
		Use:   "status [SCOPE]",
		Short: "Xem tiến độ của cả nước, tỉnh hoặc trường / Show progress of the nation, a province or a school",
		Long: `SCOPE: để trống là cả nước, "01" một tỉnh, "01/01000701" một trường. In đúng bảng của rasoat progress; mã thoát 1 khi còn việc phải sửa.
SCOPE: empty for the nation, "01" for a province, "01/01000701" for a school. Prints the table of rasoat progress; the exit code is 1
while something needs to be fixed.

Số liệu chậm hơn danh sách --pupils một, hai giây; --current tính lại ngay trường nào có tin mới.
The figures are a second or two behind the list of --pupils; --current counts the schools that have news at once.

Với --pupils và --in TỆP, mỗi lỗi được chỉ đến ô của tệp đã gửi.
With --pupils and --in FILE, each finding is told at its cell in the file that was handed in.

` + exitCodes,
		Example: `  rasoat status
  rasoat status 01 --totals
  rasoat status 01/01000701 --pupils --in hoso.xlsx --in ketqua.xlsx
  rasoat status 01/01000701 --pupils --all --json`,
		Args: oneScope,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				q.scope = args[0]
			}
			return a.status(c, q)
		},
	}
	f := c.Flags()
	f.BoolVar(&q.pupils, "pupils", false, "list the pupils of a school who need something, with every finding")
	f.BoolVar(&q.all, "all", false, "with --pupils: list every pupil")
	f.BoolVar(&q.totals, "totals", false, "print the totals only")
	f.BoolVar(&q.current, "current", false, "count the schools anew that have news")
	f.StringArrayVar(&q.files, "in", nil, "with --pupils: a file that was handed in, to tell findings by its cells; may be repeated")
	a.serverFlags(c)
	a.driveFlag(c)
	return c
}

var anyScope = regexp.MustCompile(`^([0-9]{2}(/[A-Za-z0-9_-]{1,16})?)?$`)

func (a *app) status(c *cobra.Command, q question) error {
	if !anyScope.MatchString(q.scope) {
		return usage(c, "Phạm vi phải có dạng 01 hoặc 01/01000701", "A scope is like 01 or 01/01000701")
	}
	if q.pupils && !schoolScope.MatchString(q.scope) {
		return usage(c, "--pupils cần phạm vi là một trường, như 01/01000701", "--pupils needs a school, like 01/01000701")
	}
	if len(q.files) > 0 && !q.pupils {
		return usage(c, "--in chỉ dùng cùng --pupils", "--in goes with --pupils")
	}
	if !q.pupils {
		resp, err := a.progress(c.Context(), progressing{scope: q.scope, by: byOf(q.scope), totals: q.totals, current: q.current})
		if err != nil {
			return err
		}
		return exitWith(progressCode(resp))
	}
	conn, err := a.connect()
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // every answer is in
	return a.pupils(c, reportingpb.NewReportingServiceClient(conn), conn, q)
}

// progressCode is 1 when somebody has something to fix.
func progressCode(r *reportingpb.GetProgressResponse) int {
	for _, t := range r.GetTotals() {
		if t.GetRejected()+t.GetUnexplainedWarning()+t.GetDuplicate()+t.GetMismatched()+t.GetNeedsPerson()+t.GetReturned() > 0 {
			return exitFindings
		}
	}
	return exitFine
}

func (a *app) counts(c *reportingpb.Counts, windows titles) []string {
	out := []string{a.say(windows.of(c.GetWindow()))}
	for _, n := range []int64{c.GetExpected(), c.GetVerified(), c.GetMissing(), c.GetRejected(), c.GetUnexplainedWarning(), c.GetDuplicate(),
		c.GetMismatched(), c.GetNeedsPerson(), c.GetWaiting()} {
		out = append(out, strconv.FormatInt(n, 10))
	}
	return append(out, awaiting(c), strconv.FormatInt(c.GetUnexpected(), 10))
}

// approvalHeading heads the column of awaiting: the columns beside it add up, and the returned are a part of this one.
var approvalHeading = fault.Text{Vi: "Chờ duyệt (trong đó bị trả lại)", En: "Approval (of these returned)"}

// awaiting writes how many pupils await approval and, where there are some, how many of these the province returned: "35 (2)".
func awaiting(c *reportingpb.Counts) string {
	out := strconv.FormatInt(c.GetAwaitingApproval(), 10)
	if c.GetReturned() > 0 {
		out += " (" + strconv.FormatInt(c.GetReturned(), 10) + ")"
	}
	return out
}

// printProto prints a message of the contract in its JSON form. The spaces of protojson vary from build to build; printJSON takes
// them out.
func (a *app) printProto(m proto.Message) error {
	data, err := protojson.MarshalOptions{UseProtoNames: true, EmitUnpopulated: true}.Marshal(m)
	if err != nil {
		return fault.Wrap(fault.Internal, "rasoat.json", err)
	}
	return a.printJSON(json.RawMessage(data))
}
