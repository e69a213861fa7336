package main

import (
	"strconv"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/spf13/cobra"
)

func (a *app) subscribersCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "subscribers", Short: "Xem mỗi hệ thống nhận hồ sơ đã đọc đến đâu / Show how far each subscriber of the records has read",
		Long: "Mỗi dòng một hệ thống nhận hồ sơ.\nA line a subscriber of the verified records.\n\n" + exitCodes, Example: "  rasoat subscribers", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.feed(func(feed reportingpb.FeedServiceClient) error {
				resp, err := call(c.Context(), a, feed.ListSubscribers, &reportingpb.ListSubscribersRequest{})
				if err != nil {
					return err
				}
				if a.json {
					return a.printProto(resp)
				}
				var rows [][]string
				for _, s := range resp.GetSubscribers() {
					rows = append(rows, []string{s.GetName(), strconv.FormatUint(s.GetReadTo(), 10), strconv.FormatUint(s.GetPending(), 10),
						strconv.FormatInt(s.GetInHand(), 10), when(s.GetActiveAt()), when(s.GetBehindSince())})
				}
				a.table([]fault.Text{{Vi: "Tên", En: "Name"}, {Vi: "Đã đọc đến", En: "Read to"}, {Vi: "Còn chờ", En: "Pending"}, {Vi: "Đang xử lý", En: "In hand"},
					{Vi: "Hoạt động lúc", En: "Active at"}, {Vi: "Chậm từ", En: "Behind since"}}, rows)
				a.printf("%s: %d\n", a.text("Bản mới nhất", "Newest version"), resp.GetNewest())
				return nil
			})
		},
	}
	a.serverFlags(c)
	return c
}

func (a *app) holdersCommand() *cobra.Command {
	var pupil string
	c := &cobra.Command{
		Use: "holders", Short: "Xem ai còn giữ bản cũ của hồ sơ đã sửa / Show who still holds an old version of a corrected record",
		Long:    "Mỗi dòng một hệ thống và một học sinh. Mã thoát 1 khi có.\nA line a subscriber and a pupil. Exit code 1 when there are any.\n\n" + exitCodes,
		Example: "  rasoat holders\n  rasoat holders --pupil <ref> --json", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.feed(func(feed reportingpb.FeedServiceClient) error {
				var rows [][]string
				req := &reportingpb.ListHoldersRequest{Pupil: pupil, PageSize: 1000}
				for {
					resp, err := call(c.Context(), a, feed.ListHolders, req)
					if err != nil {
						return err
					}
					for _, h := range resp.GetHolders() {
						if a.json {
							if err := a.printProtoLine(h); err != nil {
								return err
							}
						}
						state := a.text("đã sửa", "corrected")
						if h.GetWithdrawn() {
							state = a.text("đã thu hồi", "withdrawn")
						}
						rows = append(rows, []string{h.GetSubscriber(), h.GetPupil(), strconv.FormatUint(h.GetHolds(), 10), strconv.FormatUint(h.GetNewest(), 10),
							when(h.GetCorrectedAt()), state})
					}
					if req.PageToken = resp.GetNextPageToken(); req.PageToken == "" {
						break
					}
				}
				if !a.json {
					a.table([]fault.Text{{Vi: "Hệ thống", En: "Subscriber"}, {Vi: "Học sinh", En: "Pupil"}, {Vi: "Đang giữ", En: "Holds"}, {Vi: "Mới nhất", En: "Newest"},
						{Vi: "Lúc", En: "At"}, {Vi: "Thay đổi", En: "Change"}}, rows)
				}
				if len(rows) > 0 {
					return exitWith(exitFindings)
				}
				return nil
			})
		},
	}
	c.Flags().StringVar(&pupil, "pupil", "", "only this pupil, by reference")
	a.serverFlags(c)
	return c
}
