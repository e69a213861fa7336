package main

import (
	"context"
	"fmt"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/spf13/cobra"
)

// settlingExits are the exit codes of the commands that settle letters.
const settlingExits = `Mã thoát / exit codes: 0 mọi thư đã được giải quyết / every letter is settled; 1 có thư vẫn còn / one is open still; 2 sai cách dùng, hoặc không có thư đó /
wrong usage, or no such letter; 3 không tới được dịch vụ / the service cannot be reached.`

func (a *app) deadReplay() *cobra.Command {
	var all bool
	var reason string
	c := &cobra.Command{
		Use:   "replay LETTER… | --all",
		Short: "Xử lý lại / Have the service process the message once more",
		Long: deadLong + `Đọc lại thông điệp gốc và giao cho chính bộ xử lý của dịch vụ. Thành công thì thư được giải quyết; thất bại thì thư còn nguyên và lý do được in ra.
Xử lý lại hai lần không đổi gì thêm. --server phải gồm tiến trình có bộ đọc đó.
The message is read from its stream and given to the service's own handler. Success settles the letter; a failure leaves it open and is told. To replay
twice changes nothing. --server has to name the process that has the reader.

` + settlingExits,
		Example: `  rasoat dead replay 3 4
  rasoat dead replay --all --reason "sửa lỗi ở bản 1.4.2 / mended in 1.4.2" --server "validation=v1:7246|v2:7246,matching=m1:7246"`,
		RunE: func(c *cobra.Command, args []string) error {
			if all == (len(args) > 0) {
				return usage(c, "Nêu số của các thư, hoặc --all", "Give the numbers of letters, or --all")
			}
			numbers, err := letterNumbers(c, args)
			if err != nil {
				return err
			}
			return a.withCopies(c.Context(), func(copies []copyAt) error {
				if all {
					open, err := a.letters(c.Context(), copies, false)
					if err != nil {
						return err
					}
					for _, l := range open {
						numbers = append(numbers, l.GetSequence())
					}
				}
				return a.settleEach(numbers, func(n uint64) (string, *pb.Letter, error) { return a.replayLetter(c.Context(), copies, n, reason) })
			})
		},
	}
	c.Flags().BoolVar(&all, "all", false, "every open letter, in the order in which they were set aside")
	c.Flags().StringVar(&reason, "reason", "", "why; it stays in the log: nothing personal")
	a.serverFlags(c)
	return c
}

func (a *app) deadDrop() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use:   "drop LETTER… --reason TEXT",
		Short: "Bỏ, có lý do / Settle letters without processing them, with a reason",
		Long:  deadLong + settlingExits,
		Example: `  rasoat dead drop 4 --reason "lô gửi thử / a trial batch"
  rasoat dead drop 5 6 --reason "trường đã gửi lại / the school sent it again"`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 || reason == "" {
				return usage(c, "Nêu số của các thư và --reason", "Give the numbers of letters, and --reason")
			}
			numbers, err := letterNumbers(c, args)
			if err != nil {
				return err
			}
			return a.withCopies(c.Context(), func(copies []copyAt) error {
				return a.settleEach(numbers, func(n uint64) (string, *pb.Letter, error) {
					var r *pb.DropResponse
					err := a.anyCopy(c.Context(), copies, func(ctx context.Context, client pb.DeadLetterServiceClient) error {
						var err error
						r, err = client.Drop(ctx, &pb.DropRequest{Sequence: n, Reason: reason})
						return err
					})
					return r.GetOutcome(), r.GetLetter(), err
				})
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why (required); it stays in the log: nothing personal")
	a.serverFlags(c)
	return c
}

func letterNumbers(c *cobra.Command, args []string) ([]uint64, error) {
	var out []uint64
	for _, arg := range args {
		n, err := letterNumber(c, arg)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

// settled is one line of JSON of what came of a letter.
type settled struct {
	Letter  uint64 `json:"letter"`
	Outcome string `json:"outcome"` // replayed, dropped, already, failed, elsewhere, error
	Message string `json:"message,omitempty"`
}

// settleEach settles one letter after the other and tells of each. What fails does not keep the others back.
func (a *app) settleEach(numbers []uint64, settle func(uint64) (string, *pb.Letter, error)) error {
	if len(numbers) == 0 && !a.json {
		a.printf("%s\n", a.text("Không có thư chết nào.", "There is no dead letter."))
	}
	code := exitFine
	for _, n := range numbers {
		outcome, letter, err := settle(n)
		s := settled{Letter: n, Outcome: outcome}
		mark := "✓"
		switch {
		case err != nil:
			mark, s.Message, code = "✗", a.sayError(err), max(code, codeOf(err))
			if outcome == "" {
				s.Outcome = "error"
			}
		case outcome == "already":
			s.Message = a.text("đã giải quyết từ trước, không làm gì", "was settled before, nothing was done") + ": " + a.settlement(letter.GetSettlement())
		default:
			s.Message = a.settlement(letter.GetSettlement())
		}
		if !a.json {
			a.printf("%s %d  %s\n", mark, n, s.Message)
		} else if err := a.printJSON(s); err != nil {
			return err
		}
	}
	return exitWith(code)
}

// replayWithin bounds one replay, of a message that may hold hundreds of records.
const replayWithin = 2 * time.Minute

// replayLetter asks one copy after the other to replay a letter, until one has its reader.
func (a *app) replayLetter(ctx context.Context, copies []copyAt, n uint64, reason string) (string, *pb.Letter, error) {
	const op = "rasoat.dead.replay"
	var letter *pb.Letter
	var away error
	for _, c := range copies {
		call, cancel := context.WithTimeout(ctx, replayWithin)
		r, err := pb.NewDeadLetterServiceClient(c).Replay(call, &pb.ReplayRequest{Sequence: n, Reason: reason})
		cancel()
		switch err = rpc.FromStatus(err); {
		case fault.Is(err, fault.Unavailable):
			away = err
			continue
		case err != nil:
			return "", nil, err
		}
		letter = r.GetLetter()
		switch r.GetOutcome() {
		case "elsewhere":
			continue
		case "failed":
			return "failed", letter, &fault.Error{Kind: fault.Denied, Op: op, Text: fault.Text{
				Vi: "Vẫn không xử lý được, thư còn nguyên: " + r.GetMessageVi(), En: "It failed again and stays open: " + r.GetMessageEn()}}
		}
		return r.GetOutcome(), letter, nil
	}
	if away != nil {
		return "", letter, away
	}
	return "elsewhere", letter, fault.New(fault.Denied, op,
		fmt.Sprintf("Không tiến trình nào ở --server có bộ đọc %s (dịch vụ %s). Nêu thêm địa chỉ của dịch vụ; nếu bộ đọc đã được thay (bản quy tắc cũ) thì thông điệp đã được đọc lại, dùng drop.",
			letter.GetDurable(), letter.GetService()),
		fmt.Sprintf("no process at --server has the reader %s (service %s): name the service's addresses; if another reader took its place (an older book of rules), the message was read again: drop the letter",
			letter.GetDurable(), letter.GetService()))
}
