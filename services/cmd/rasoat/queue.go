package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/clock"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/spf13/cobra"
)

func (a *app) queueCommand() *cobra.Command {
	var watch bool
	var every time.Duration
	c := &cobra.Command{
		Use:   "queue",
		Short: "Xem hàng đợi hỏi CSDL dân cư / Show the queue of questions to the registry",
		Long: `Số câu hỏi đang chờ theo tỉnh, tình trạng của CSDL quốc gia về dân cư, hạn mức và phần đã dùng, tốc độ, và khi nào xong.
The questions that wait by province, how the registry is, the budget and what is spent of it, the rate, and when all will be answered.

Với --watch: theo dõi đến khi hàng đợi hết hoặc bấm Ctrl-C / with --watch: follow until the queue is empty, or Ctrl-C.

` + exitCodes,
		Example: `  rasoat queue
  rasoat queue --watch
  rasoat queue --json | jq .done_at`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if every <= 0 {
				return usage(c, "--every phải lớn hơn 0", "--every is above 0")
			}
			conn, err := a.connect()
			if err != nil {
				return err
			}
			defer func() { _ = conn.Close() }() // every answer is in
			client := pb.NewMatchingServiceClient(conn)
			if watch {
				return a.watchQueue(c.Context(), client, every)
			}
			q, err := a.queue(c.Context(), client)
			switch {
			case err != nil:
				return err
			case a.json:
				return a.printProto(q)
			}
			names, err := a.provinceNames(c.Context(), conn, q)
			if err == nil {
				a.tellQueue(q, names)
			}
			return err
		},
	}
	f := c.Flags()
	f.BoolVar(&watch, "watch", false, "follow until the queue is empty")
	f.DurationVar(&every, "every", 2*time.Second, "with --watch: how often it is looked at")
	a.serverFlags(c)
	a.driveFlag(c)
	return c
}

// queue asks how the queue stands.
func (a *app) queue(ctx context.Context, client pb.MatchingServiceClient) (*pb.GetQueueResponse, error) {
	q, err := call(ctx, a, client.GetQueue, &pb.GetQueueRequest{})
	return q, err
}

var registryStates = map[pb.RegistryState]fault.Text{
	pb.RegistryState_REGISTRY_STATE_UNSPECIFIED: {Vi: "chưa biết", En: "unknown"},
	pb.RegistryState_REGISTRY_STATE_WELL:        {Vi: "trả lời bình thường", En: "answers"},
	pb.RegistryState_REGISTRY_STATE_AWAY:        {Vi: "không trả lời", En: "is away"},
	pb.RegistryState_REGISTRY_STATE_MAINTENANCE: {Vi: "đang bảo trì", En: "is closed for maintenance"},
	pb.RegistryState_REGISTRY_STATE_SPENT:       {Vi: "đã hết hạn mức của ngày", En: "the budget of the day is spent"},
}

func (a *app) tellQueue(q *pb.GetQueueResponse, names map[string]string) {
	var rows [][]string
	for _, p := range q.GetProvinces() {
		rows = append(rows, []string{p.GetProvince(), names[p.GetProvince()], strconv.FormatInt(p.GetWaiting(), 10), strconv.FormatInt(p.GetRechecks(), 10)})
	}
	rows = append(rows, []string{a.text("Cộng", "Total"), "", strconv.FormatInt(q.GetWaiting(), 10), strconv.FormatInt(q.GetRechecks(), 10)})
	a.table([]fault.Text{{Vi: "Tỉnh", En: "Province"}, {Vi: "Tên", En: "Name"}, {Vi: "Chờ hỏi", En: "Waiting"}, {Vi: "Hỏi lại", En: "Re-checks"}}, rows)
	line := func(vi, en, value string) { a.printf("%s: %s\n", a.text(vi, en), value) }
	line("CSDL quốc gia về dân cư", "The registry", a.say(registryStates[q.GetRegistry()]))
	line("Đã hỏi hôm nay", "Spent today", fmt.Sprintf("%d/%s", q.GetSpentToday(), a.limit(q.GetBudgetADay())))
	line("Hạn mức mỗi giây", "Budget a second", a.limit(int64(q.GetBudgetASecond())))
	line("Tốc độ, câu hỏi mỗi giây", "Rate, questions a second", strconv.FormatFloat(q.GetRate(), 'f', 1, 64))
	if q.GetUnasked() > 0 {
		line("Học sinh chờ mà không còn câu hỏi (rasoat recheck --nation --unresolved)", "Pupils who wait without a question (rasoat recheck --nation --unresolved)", strconv.FormatInt(q.GetUnasked(), 10))
	}
	if q.GetResumesAt() != nil {
		line("Hỏi tiếp lúc", "Goes on at", a.moment(q.GetResumesAt().AsTime()))
	}
	switch {
	case left(q) == 0:
		a.printf("%s\n", a.text("Không còn câu hỏi nào chờ.", "No question waits."))
	case q.GetDoneAt() == nil:
		line("Xong lúc", "Done at", a.text("chưa biết", "unknown"))
	default:
		line("Xong lúc", "Done at", a.moment(q.GetDoneAt().AsTime()))
	}
}

// left is how many questions wait, of both kinds.
func left(q *pb.GetQueueResponse) int64 { return q.GetWaiting() + q.GetRechecks() }

// limit writes a budget; 0 is none.
func (a *app) limit(n int64) string {
	if n == 0 {
		return a.text("không giới hạn", "no limit")
	}
	return strconv.FormatInt(n, 10)
}

// moment writes when something is, here and from now.
func (a *app) moment(t time.Time) string {
	return clock.Time(t) + " (" + a.say(fromNow(time.Until(t))) + ")"
}

// fromNow writes how long something takes, to the second below a minute and to the minute above.
func fromNow(d time.Duration) fault.Text {
	switch d = max(d, 0).Round(time.Second); {
	case d < time.Minute:
		return fault.Text{Vi: fmt.Sprintf("còn %d giây", d/time.Second), En: fmt.Sprintf("in %d s", d/time.Second)}
	case d < time.Hour:
		return fault.Text{Vi: fmt.Sprintf("còn %d phút", d/time.Minute), En: fmt.Sprintf("in %d min", d/time.Minute)}
	case d < 24*time.Hour:
		h, m := d/time.Hour, d%time.Hour/time.Minute
		return fault.Text{Vi: fmt.Sprintf("còn %d giờ %d phút", h, m), En: fmt.Sprintf("in %d h %d min", h, m)}
	}
	days, h := d/(24*time.Hour), d%(24*time.Hour)/time.Hour
	return fault.Text{Vi: fmt.Sprintf("còn %d ngày %d giờ", days, h), En: fmt.Sprintf("in %d d %d h", days, h)}
}
