package main

import (
	"context"
	"errors"
	"io"
	"strconv"
	"time"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/spf13/cobra"
)

func (a *app) cutoffCommand() *cobra.Command {
	parent := &cobra.Command{
		Use:   "cutoff",
		Short: "Chốt hồ sơ tại một thời điểm, và đối chiếu / Fix the records as of a moment, and reconcile with it",
		Example: `  rasoat cutoff take dang-ky-thi --reason "Chốt danh sách dự thi"
  rasoat cutoff compare dang-ky-thi --into sqlite --file exam.sqlite`,
	}
	parent.AddCommand(a.cutoffTake(), a.cutoffList(), a.cutoffRead(), a.cutoffCompare())
	return parent
}

// oneID takes the id of a cut-off.
func oneID(c *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage(c, "Nêu một mã chốt", "Name one cut-off")
	}
	return nil
}

// feed calls the service of the feed.
func (a *app) feed(f func(reportingpb.FeedServiceClient) error) error {
	conn, err := a.connect()
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // every answer is in
	return f(reportingpb.NewFeedServiceClient(conn))
}

func (a *app) cutoffTake() *cobra.Command {
	var sequence uint64
	var at, reason string
	c := &cobra.Command{
		Use:   "take ID",
		Short: "Chốt hồ sơ / Fix the records",
		Long: `Chốt hồ sơ tại một vị trí, tại một giờ đã qua, hoặc bây giờ. Bản chốt không bao giờ thay đổi.
Fixes the records as of a sequence, of an hour that has passed, or now. What is fixed never changes.

` + exitCodes,
		Example: `  rasoat cutoff take dang-ky-thi --reason "Chốt danh sách dự thi"
  rasoat cutoff take dot1 --at "2023-05-13 17:00" --reason "Hết hạn đợt 1"`,
		Args: oneID,
		RunE: func(c *cobra.Command, args []string) error {
			req := &reportingpb.TakeCutOffRequest{Id: args[0], Reason: reason}
			switch {
			case at != "":
				t, err := instant(c, "at", at)
				if err != nil {
					return err
				}
				req.Moment = &reportingpb.TakeCutOffRequest_At{At: t}
			case sequence > 0:
				req.Moment = &reportingpb.TakeCutOffRequest_Sequence{Sequence: sequence}
			}
			return a.feed(func(feed reportingpb.FeedServiceClient) error {
				resp, err := longCall(c.Context(), a, func(ctx context.Context) (*reportingpb.TakeCutOffResponse, error) { return feed.TakeCutOff(ctx, req) })
				if err != nil {
					return err
				}
				if a.json {
					return a.printProto(resp)
				}
				return a.tellCutOffs([]*reportingpb.CutOff{resp.GetCutOff()})
			})
		},
	}
	f := c.Flags()
	f.Uint64Var(&sequence, "sequence", 0, "as of this sequence of RECORDS")
	f.StringVar(&at, "at", "", `as of this time, which has passed, in the time of Vietnam: "2023-05-13 17:00"`)
	f.StringVar(&reason, "reason", "", "why, in words")
	a.serverFlags(c)
	return c
}

// longCall makes a call that reads the whole nation: it may take minutes. While the service is away it is made again.
func longCall[Response any](ctx context.Context, a *app, f func(context.Context) (Response, error)) (Response, error) {
	var resp Response
	err := a.retry(ctx, func(context.Context) error { // its own bound is too short
		ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
		defer cancel()
		var err error
		resp, err = f(ctx)
		return rpc.FromStatus(err)
	})
	return resp, err
}

func (a *app) cutoffList() *cobra.Command {
	c := &cobra.Command{
		Use: "list", Short: "Xem các lần chốt / List the cut-offs", Long: "Các lần chốt, theo thời gian.\nThe cut-offs, in order of time.\n\n" + exitCodes,
		Example: "  rasoat cutoff list --json", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.feed(func(feed reportingpb.FeedServiceClient) error {
				resp, err := call(c.Context(), a, feed.ListCutOffs, &reportingpb.ListCutOffsRequest{})
				if err != nil {
					return err
				}
				return a.tellCutOffs(resp.GetCutOffs())
			})
		},
	}
	a.serverFlags(c)
	return c
}

func (a *app) cutoffRead() *cobra.Command {
	var scope string
	c := &cobra.Command{
		Use: "read ID", Short: "Đọc hồ sơ của một lần chốt / Read the records of a cut-off",
		Long: `In mỗi hồ sơ một dòng JSON, có đủ thông tin cá nhân: chỉ ghi vào nơi được bảo vệ.
Prints a line of JSON a record, with everything personal: write it to a protected place only.

` + exitCodes,
		Example: "  rasoat cutoff read dang-ky-thi --scope 01/01000701 > records.ndjson", Args: oneID,
		RunE: func(c *cobra.Command, args []string) error {
			return a.feed(func(feed reportingpb.FeedServiceClient) error {
				stream, err := feed.ReadCutOff(c.Context(), &reportingpb.ReadCutOffRequest{Id: args[0], Scope: scope})
				for err == nil {
					var resp *reportingpb.ReadCutOffResponse
					if resp, err = stream.Recv(); err == nil {
						for _, r := range resp.GetRecords() {
							if err := a.printProtoLine(r); err != nil {
								return err
							}
						}
					}
				}
				if errors.Is(err, io.EOF) {
					return nil
				}
				return rpc.FromStatus(err)
			})
		},
	}
	c.Flags().StringVar(&scope, "scope", "", `"01" a province, "01/01000701" a school; the nation when empty`)
	a.serverFlags(c)
	return c
}

// tellCutOffs prints manifests.
func (a *app) tellCutOffs(cuts []*reportingpb.CutOff) error {
	var rows [][]string
	for _, c := range cuts {
		if a.json {
			if err := a.printProto(c); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{c.GetId(), strconv.FormatUint(c.GetSequence(), 10), exactly(c.GetAt()),
			strconv.FormatInt(c.GetVerified(), 10), strconv.FormatInt(c.GetWithdrawn(), 10), hexOf(c.GetDigest()), c.GetOfficer()})
	}
	if a.json {
		return nil
	}
	a.table([]fault.Text{{Vi: "Mã", En: "Id"}, {Vi: "Vị trí", En: "Sequence"}, {Vi: "Thời điểm", En: "As of"}, recordfeed.InForceHeading,
		{Vi: "Đã thu hồi", En: "Withdrawn"}, {Vi: "Digest", En: "Digest"}, {Vi: "Người chốt", En: "Officer"}}, rows)
	if len(cuts) == 1 {
		a.printf("%s\n", a.say(recordfeed.InForce(cuts[0].GetVerified())))
	}
	return nil
}
