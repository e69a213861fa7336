package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	"github.com/rasoat/rasoat/services/internal/commandline"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/spf13/cobra"
)

func (a *app) deadCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "dead",
		Short: "Xem và giải quyết thư chết / Look at the dead letters and settle them",
		Example: `  rasoat dead list
  rasoat dead show 3
  rasoat dead replay 3
  rasoat dead drop 4 --reason "lô gửi thử / a trial batch"`,
	}
	c.AddCommand(a.deadList(), a.deadShow(), a.deadReplay(), a.deadDrop())
	return c
}

const deadLong = `Thư chết là thông điệp mà dịch vụ không xử lý được, được để riêng để những thông điệp khác đi tiếp. Thư không bao giờ bị xoá: replay và drop ghi thêm cách
giải quyết, ai, vì sao và lúc nào.
A dead letter is a message that a service could not process; it was set aside so that the others go on. It is never deleted: replay and drop add how it was
settled, by whom, why and when.

`

func (a *app) deadList() *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use:   "list",
		Short: "Liệt kê thư chưa giải quyết / List the letters that are open",
		Long:  deadLong + exitCodes,
		Example: `  rasoat dead list
  rasoat dead list --all --json | jq -r 'select(.settlement.outcome == "dropped") | .settlement.by'`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withCopies(c.Context(), func(copies []copyAt) error {
				letters, err := a.letters(c.Context(), copies, all)
				if err != nil {
					return err
				}
				return a.tellLetters(letters, all)
			})
		},
	}
	c.Flags().BoolVar(&all, "all", false, "the settled ones, too")
	a.serverFlags(c)
	return c
}

// withCopies calls f with a connection to each copy of the services.
func (a *app) withCopies(ctx context.Context, f func([]copyAt) error) error {
	copies, end, err := a.copies(ctx)
	defer end()
	if err != nil {
		return err
	}
	return f(copies)
}

// anyCopy calls f with one copy after the other until one is there, which any of them does for.
func (a *app) anyCopy(ctx context.Context, copies []copyAt, f func(context.Context, pb.DeadLetterServiceClient) error) error {
	return a.retry(ctx, func(ctx context.Context) error {
		var err error
		for _, c := range copies {
			if err = rpc.FromStatus(f(ctx, pb.NewDeadLetterServiceClient(c))); !fault.Is(err, fault.Unavailable) {
				return err
			}
		}
		return err
	})
}

// letters reads the letters from any copy.
func (a *app) letters(ctx context.Context, copies []copyAt, all bool) ([]*pb.Letter, error) {
	var out []*pb.Letter
	err := a.anyCopy(ctx, copies, func(ctx context.Context, client pb.DeadLetterServiceClient) error {
		out = nil
		stream, err := client.ListLetters(ctx, &pb.ListLettersRequest{All: all})
		for err == nil {
			var part *pb.ListLettersResponse
			if part, err = stream.Recv(); err == nil {
				out = append(out, part.GetLetters()...)
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		return err
	})
	return out, err
}

func (a *app) tellLetters(letters []*pb.Letter, all bool) error {
	if a.json {
		for _, l := range letters {
			if err := a.printProtoLine(l); err != nil {
				return err
			}
		}
		return nil
	}
	if len(letters) == 0 {
		a.printf("%s\n", a.text("Không có thư chết nào.", "There is no dead letter."))
		return nil
	}
	headings := []fault.Text{{Vi: "Thư", En: "Letter"}, {Vi: "Dịch vụ", En: "Service"}, {Vi: "Luồng", En: "Stream"}, {Vi: "Số thứ tự", En: "Sequence"},
		{Vi: "Chủ đề", En: "Subject"}, {Vi: "Loại", En: "Type"}, {Vi: "Tuổi", En: "Age"}, {Vi: "Lần giao", En: "Given"}, {Vi: "Lý do", En: "Reason"}}
	if all {
		headings = append(headings, fault.Text{Vi: "Giải quyết", En: "Settlement"})
	}
	var rows [][]string
	for _, l := range letters {
		row := []string{strconv.FormatUint(l.GetSequence(), 10), l.GetService(), l.GetStream(), strconv.FormatUint(l.GetOrigin(), 10), l.GetSubject(), l.GetType(),
			span(time.Since(l.GetSetAsideAt().AsTime())), strconv.FormatUint(l.GetDeliveries(), 10), l.GetReason()}
		if all {
			row = append(row, a.settlement(l.GetSettlement()))
		}
		rows = append(rows, row)
	}
	a.table(headings, rows)
	return nil
}

// settlement tells how a letter ended.
func (a *app) settlement(s *pb.Settlement) string {
	if s == nil {
		return a.text("chưa", "open")
	}
	out := a.say(map[string]fault.Text{"replayed": {Vi: "đã xử lý lại", En: "replayed"}, "dropped": {Vi: "đã bỏ", En: "dropped"}}[s.GetOutcome()])
	out += fmt.Sprintf(", %s, %s", s.GetBy(), when(s.GetAt()))
	if s.GetReason() != "" {
		out += ": " + s.GetReason()
	}
	return out
}

func (a *app) deadShow() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "show LETTER",
		Short: "Xem mọi điều về một thư, trừ nội dung / Show everything about a letter but its payload",
		Long: deadLong + `--payload ghi nội dung gốc vào một tệp chỉ mình chủ tệp đọc được, để lập trình viên xem; trong đó có thông tin cá nhân, việc lấy ra được ghi nhật ký.
--payload writes the payload to a file that only its owner can read, for developers; it holds everything personal, and that it was handed out is logged.

` + exitCodes,
		Example: `  rasoat dead show 3
  rasoat dead show 3 --payload thu-3.bin`,
		Args: oneLetter,
		RunE: func(c *cobra.Command, args []string) error {
			sequence, err := letterNumber(c, args[0])
			if err != nil {
				return err
			}
			return a.withCopies(c.Context(), func(copies []copyAt) error {
				if err := a.showLetter(c.Context(), copies, sequence); err != nil || file == "" {
					return err
				}
				return a.savePayload(c, copies, sequence, file)
			})
		},
	}
	commandline.OutputFile(c, &file, "payload", "new file for the payload")
	a.serverFlags(c)
	return c
}

func oneLetter(c *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage(c, "Nêu số của một thư", "Give the number of one letter")
	}
	return nil
}

func letterNumber(c *cobra.Command, arg string) (uint64, error) {
	n, err := strconv.ParseUint(arg, 10, 64)
	if err != nil || n == 0 {
		return 0, usage(c, "Thư được gọi bằng số trong cột đầu của dead list", "A letter is named by its number in the first column of dead list")
	}
	return n, nil
}

func (a *app) showLetter(ctx context.Context, copies []copyAt, sequence uint64) error {
	var r *pb.GetLetterResponse
	err := a.anyCopy(ctx, copies, func(ctx context.Context, client pb.DeadLetterServiceClient) error {
		var err error
		r, err = client.GetLetter(ctx, &pb.GetLetterRequest{Sequence: sequence})
		return err
	})
	if err != nil {
		return err
	}
	if a.json {
		return a.printProto(r)
	}
	l := r.GetLetter()
	line := func(vi, en, value string) {
		if value != "" {
			a.printf("%s: %s\n", a.text(vi, en), value)
		}
	}
	line("Thư", "Letter", strconv.FormatUint(l.GetSequence(), 10))
	line("Dịch vụ, bộ đọc", "Service, reader", l.GetService()+", "+l.GetDurable())
	line("Thông điệp", "Message", fmt.Sprintf("%s %d", l.GetStream(), l.GetOrigin()))
	line("Chủ đề", "Subject", l.GetSubject())
	line("Loại", "Type", l.GetType())
	line("Mã", "Id", r.GetId())
	line("Giao ước", "Contract", r.GetSchema())
	line("Lý do", "Reason", l.GetReason())
	line("Số lần giao", "Given", strconv.FormatUint(l.GetDeliveries(), 10))
	line("Để riêng lúc", "Set aside at", when(l.GetSetAsideAt()))
	if r.GetStoredAt() == nil {
		a.printf("%s\n", a.text("Luồng không còn thông điệp này: không xử lý lại được.", "The stream no longer has the message: it cannot be replayed."))
	} else {
		line("Ghi vào nhật ký lúc", "Stored at", exactly(r.GetStoredAt()))
		line("Dung lượng", "Size", fmt.Sprintf("%d byte, %d %s", r.GetSize(), r.GetRecords(), a.text("bản ghi", "records")))
		line("SHA-256", "SHA-256", hex.EncodeToString(r.GetDigest()))
	}
	line("Giải quyết", "Settlement", a.settlement(l.GetSettlement()))
	return nil
}

// savePayload writes the payload to a file that was not there before.
func (a *app) savePayload(c *cobra.Command, copies []copyAt, sequence uint64, file string) error {
	var payload []byte
	err := a.anyCopy(c.Context(), copies, func(ctx context.Context, client pb.DeadLetterServiceClient) error {
		r, err := client.GetPayload(ctx, &pb.GetPayloadRequest{Sequence: sequence})
		payload = r.GetPayload()
		return err
	})
	if err != nil {
		return err
	}
	err = commandline.WriteFile(c, file, func(w io.Writer) error {
		_, err := w.Write(payload)
		return err
	})
	if err != nil {
		return err
	}
	a.errorf("%s\n", a.text("Đã ghi nội dung vào "+file+"; trong đó có thông tin cá nhân, xem xong thì xoá.",
		"The payload is in "+file+"; it is personal: delete it when you are done."))
	return nil
}
