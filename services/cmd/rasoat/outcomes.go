package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"regexp"
	"strings"
	"time"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/commandline"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/input"
	"github.com/rasoat/rasoat/services/internal/output"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/spf13/cobra"
)

// following is what the outcomes command was told.
type following struct {
	scopes       []string
	since, state string
}

func (a *app) outcomesCommand() *cobra.Command {
	var w following
	c := &cobra.Command{
		Use:   "outcomes SCOPE…",
		Short: "Theo dõi kết quả xét, đối chiếu và trả lại của các trường / Follow the findings, identities and returns of schools",
		Long: `Nhận mọi kết quả của các trường hoặc tỉnh, rồi tiếp tục nhận khi có kết quả mới; mỗi kết quả mang một mã vị trí để nối lại mà không sót.
Receives every outcome of schools or provinces, then new ones as they come; each carries a token at which to go on without missing any.

--since: mã vị trí, "now" là từ bây giờ, để trống là từ đầu / a token, "now" for what is new, nothing for the beginning.
--state: tệp giữ mã vị trí cuối cùng đã in; lần chạy sau nối tiếp / a file that keeps the last token printed; the next run goes on there.

` + exitCodes,
		Example: `  rasoat outcomes 01/01000701 01/01000702 --state outcomes.token
  rasoat outcomes 01 --since now
  rasoat outcomes 01/01000701 --json | jq -c 'select(.found.findings | length > 0)'`,
		Args: func(c *cobra.Command, args []string) error {
			for _, scope := range args {
				if scope == "" || !anyScope.MatchString(scope) {
					return usage(c, "Phạm vi phải có dạng 01 hoặc 01/01000701", "A scope is like 01 or 01/01000701")
				}
			}
			if len(args) == 0 {
				return usage(c, "Nêu trường hoặc tỉnh", "Name schools or provinces")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if w.since != "" && w.state != "" {
				return usage(c, "Dùng --since hoặc --state, không dùng cả hai", "Use --since or --state, not both")
			}
			w.scopes = args
			return a.outcomes(c.Context(), w)
		},
	}
	f := c.Flags()
	f.StringVar(&w.since, "since", "", "where to begin: a token, \"now\", or nothing for the beginning")
	commandline.KeptFile(c, &w.state, "state", "file that keeps the place")
	a.serverFlags(c)
	return c
}

// resumeToken is the form of a place: what is not of it was not written by this command.
var resumeToken = regexp.MustCompile(`^[A-Za-z0-9_-]{0,200}$`)

func (a *app) outcomes(ctx context.Context, w following) error {
	token := w.since
	if w.state != "" {
		b, err := input.ReadFile(w.state)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if token = strings.TrimSpace(string(b)); !resumeToken.MatchString(token) {
			return fault.New(fault.Invalid, "rasoat.outcomes", "Tệp "+w.state+" không phải là tệp của --state; chọn tên khác",
				"The file "+w.state+" is not one of --state: choose another name")
		}
	}
	conn, err := a.connect()
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // what was received was told
	client := reportingpb.NewProgressServiceClient(conn)
	windows := a.titles(ctx, "")
	return a.watching(ctx, func(heard *time.Time) error {
		return a.outcomesFrom(ctx, client, w, &token, windows, heard)
	})
}

// outcomesFrom follows until the stream ends, and keeps the place of what was told.
func (a *app) outcomesFrom(ctx context.Context, client reportingpb.ProgressServiceClient, w following, token *string,
	windows titles, heard *time.Time,
) error {
	stream, err := client.WatchOutcomes(ctx, &reportingpb.WatchOutcomesRequest{Scopes: w.scopes, ResumeToken: *token})
	if err != nil {
		return rpc.FromStatus(err)
	}
	for {
		m, err := stream.Recv()
		if err != nil {
			return rpc.FromStatus(err)
		}
		*heard = time.Now()
		if a.json {
			if err := a.printProtoLine(m); err != nil {
				return err
			}
		} else {
			a.tellOutcome(m, windows)
		}
		if err := a.lost(); err != nil {
			return err // the place stays before what nobody saw
		}
		*token = m.GetResumeToken()
		if err := keep(w.state, *token); err != nil {
			return err
		}
	}
}

// keep writes the place into the file, whole or not at all; "" keeps nothing.
func keep(file, token string) error {
	if file == "" {
		return nil
	}
	return output.Write(file, true, func(w io.Writer) error {
		_, err := io.WriteString(w, token+"\n")
		return err
	})
}

// tellOutcome tells one piece of news, nothing personal but what an officer wrote.
func (a *app) tellOutcome(m *reportingpb.WatchOutcomesResponse, windows titles) {
	lead := exactly(m.GetStoredAt()) + "  " + m.GetProvince() + "/" + m.GetSchool() + "  "
	switch f, j, r := m.GetFound(), m.GetIdentity(), m.GetReturned(); {
	case f != nil:
		what := a.part(f.GetPart())
		if f.GetPair() != "" {
			what += " (" + f.GetPair() + ")"
		}
		if len(f.GetFindings()) == 0 {
			a.printf("%s%s  %s  %s\n", lead, f.GetPupil(), what, a.text("đạt", "nothing to mend"))
		}
		for _, x := range f.GetFindings() {
			a.printf("%s%s  %s  %s: %s  [%s]\n", lead, f.GetPupil(), what, a.field(x.GetField()), a.text(x.GetPersonal().GetMessageVi(), x.GetPersonal().GetMessageEn()), x.GetRule())
		}
	case j != nil:
		a.printf("%s%s  %s  %s\n", lead, j.GetPupil(), enumWord(j.GetOutcome().String(), "OUTCOME_"), a.text(j.GetMessageVi(), j.GetMessageEn()))
	case r != nil:
		a.printf("%s%s  %s, %s: %s\n", lead, r.GetPupil(), a.text("tỉnh trả lại", "given back by the province"), a.say(windows.of(r.GetWindow())), r.GetReason())
	}
}
