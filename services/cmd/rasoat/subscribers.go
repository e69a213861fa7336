package main

import (
	"fmt"
	"strconv"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/spf13/cobra"
)

func (a *app) subscribersCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "subscribers",
		Short: "Xem mỗi hệ thống nhận hồ sơ đã đọc đến đâu / Show how far each subscriber of the records has read",
		Long: `Mỗi dòng một hệ thống nhận hồ sơ, như hệ thống đăng ký thi: có đang nhận không, đã đọc đến bản nào, bao nhiêu bản còn chờ. Hệ thống không dùng
nữa thì xoá bằng subscribers remove.
Each line is a subscriber of the verified records, such as exam registration: whether it reads, up to which version it has read, how many
versions wait for it. One that is no longer used is removed by subscribers remove.

` + exitCodes,
		Example: `  rasoat subscribers
  rasoat subscribers remove thi-thu --reason "hệ thống thi thử đã dừng"`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.feed(func(feed reportingpb.FeedServiceClient) error {
				resp, err := call(c.Context(), a, feed.ListSubscribers, &reportingpb.ListSubscribersRequest{})
				if err != nil {
					return err
				}
				return a.tellSubscribers(resp)
			})
		},
	}
	a.serverFlags(c)
	c.AddCommand(a.removeSubscriber())
	return c
}

func (a *app) tellSubscribers(resp *reportingpb.ListSubscribersResponse) error {
	if a.json {
		return a.printProto(resp)
	}
	if len(resp.GetSubscribers()) == 0 {
		a.printf("%s\n", a.text("Chưa có hệ thống nào nhận hồ sơ.", "Nobody has subscribed to the records yet."))
		return nil
	}
	var rows [][]string
	for _, s := range resp.GetSubscribers() {
		rows = append(rows, []string{s.GetName(), a.subscriberState(s), strconv.FormatUint(s.GetReadTo(), 10),
			strconv.FormatUint(s.GetPending(), 10), strconv.FormatInt(s.GetInHand(), 10), when(s.GetActiveAt()), when(s.GetBehindSince())})
	}
	a.table([]fault.Text{{Vi: "Tên", En: "Name"}, {Vi: "Tình trạng", En: "State"}, {Vi: "Đã đọc đến bản", En: "Read to version"},
		{Vi: "Số bản còn chờ", En: "Versions waiting"}, {Vi: "Số bản đang xử lý", En: "Versions in hand"},
		{Vi: "Trả lời lần cuối", En: "Last answer"}, {Vi: "Chậm từ", En: "Behind since"}}, rows)
	a.printf("%s: %d\n", a.text("Bản mới nhất", "Newest version"), resp.GetNewest())
	return nil
}

var subscriberStates = map[reportingpb.SubscriberState]fault.Text{
	reportingpb.SubscriberState_SUBSCRIBER_STATE_READING:  {Vi: "đang nhận", En: "reads"},
	reportingpb.SubscriberState_SUBSCRIBER_STATE_FINISHED: {Vi: "đã nhận đủ và tự kết thúc", En: "had everything and ended"},
	reportingpb.SubscriberState_SUBSCRIBER_STATE_STOPPED:  {Vi: "được dừng", En: "was stopped"},
	reportingpb.SubscriberState_SUBSCRIBER_STATE_ABSENT:   {Vi: "không ai đọc", En: "nobody reads"},
}

func (a *app) subscriberState(s *reportingpb.Subscriber) string {
	out := a.say(subscriberStates[s.GetState()])
	if s.GetLeftAt() != nil {
		out += ", " + when(s.GetLeftAt())
	}
	return out
}

func (a *app) removeSubscriber() *cobra.Command {
	req := &reportingpb.RemoveSubscriberRequest{}
	c := &cobra.Command{
		Use:   "remove NAME --reason TEXT",
		Short: "Xoá một hệ thống nhận hồ sơ không dùng nữa / Remove a subscriber that is no longer used",
		Long: `Quên rằng hệ thống này đã đọc đến đâu; lý do được ghi vào nhật ký. Vai trò ministry hoặc operator, trên cả nước. Hệ thống đang nhận thì không xoá được:
hãy dừng nó trước. Bảng của nó vẫn còn nguyên; nếu nó trở lại với tên cũ thì nhận lại từ đầu.
Forgets how far the subscriber has read; the reason is kept in the log. For the role ministry or operator, on the nation. A subscriber that
reads at the moment is not removed: stop it first. Its table stays as it is; when it comes again under the name, it receives everything from
the start.

` + exitCodes,
		Example: `  rasoat subscribers remove thi-thu --reason "hệ thống thi thử đã dừng"`,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 || req.GetReason() == "" {
				return usage(c, "Nêu tên một hệ thống nhận hồ sơ và --reason", "Name one subscriber, and give --reason")
			}
			req.Name = args[0]
			return a.feed(func(feed reportingpb.FeedServiceClient) error {
				resp, err := call(c.Context(), a, feed.RemoveSubscriber, req)
				if err != nil {
					return err
				}
				if a.json {
					return a.printProto(resp)
				}
				a.printf("%s\n", a.text(
					fmt.Sprintf("Đã xoá %s, hệ thống đã đọc đến bản %d (quyết định số %d, %s).", req.GetName(), resp.GetReadTo(), resp.GetSequence(), exactly(resp.GetStoredAt())),
					fmt.Sprintf("Removed %s, which had read to version %d (decision %d, %s).", req.GetName(), resp.GetReadTo(), resp.GetSequence(), exactly(resp.GetStoredAt()))))
				return nil
			})
		},
	}
	c.Flags().StringVar(&req.Reason, "reason", "", "why it will not come back, in words (required)")
	a.serverFlags(c)
	return c
}

func (a *app) holdersCommand() *cobra.Command {
	var pupil, school string
	c := &cobra.Command{
		Use: "holders", Short: "Xem ai còn giữ bản cũ của hồ sơ đã sửa / Show who still holds an old version of a corrected record",
		Long:    "Mỗi dòng một hệ thống và một học sinh. Mã thoát 1 khi có.\nA line a subscriber and a pupil. Exit code 1 when there are any.\n\n" + exitCodes,
		Example: "  rasoat holders\n  rasoat holders --pupil <ref> --json", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			var err error
			if pupil, err = a.resolveOne(c.Context(), school, pupil); err != nil {
				return err
			}
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
	c.Flags().StringVar(&pupil, "pupil", "", "only this pupil: "+pupilForms)
	c.Flags().StringVar(&school, "school", "", "with --pupil: the school of a pupil who is not named by reference, as 01/01000701")
	a.serverFlags(c)
	return c
}
