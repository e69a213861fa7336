package main

import (
	"context"
	"slices"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/spf13/cobra"
)

// rechecking is what the recheck command was told.
type rechecking struct {
	scope      string
	pupils     []string
	numbers    string
	unresolved bool
	nation     bool
}

// recheckGroup is how many pupils or numbers go in one call.
const recheckGroup = 500

func (a *app) recheckCommand() *cobra.Command {
	var w rechecking
	c := &cobra.Command{
		Use:   "recheck [SCOPE]",
		Short: "Yêu cầu hỏi lại CSDL dân cư / Have the registry asked again",
		Long: `SCOPE: --nation là cả nước, "01" một tỉnh, "01/01000701" một trường. Câu hỏi lại xếp sau mọi câu hỏi lần đầu và tính vào hạn mức hỏi.
Với --pupil chỉ hỏi lại các học sinh được nêu; với --numbers, những học sinh khai các số trong tệp: mỗi dòng một số định danh, như thông báo biến
động của CSDL quốc gia về dân cư. Không in số nào.

SCOPE: --nation for all, "01" for a province, "01/01000701" for a school. Questions asked again come after every first question and spend
the same budget. With --pupil only the pupils that are named; with --numbers those who claim the numbers of a file: one ID number a line, as the
registry gives notice of changes. No number is printed.

` + exitCodes,
		Example: `  rasoat recheck 01/01000701 --unresolved
  rasoat recheck 01/01000701 --pupil q7Zt0c --pupil Xb41mA
  rasoat recheck --nation --unresolved
  rasoat recheck --numbers thongbao.txt
  zcat thongbao.txt.gz | rasoat recheck --numbers -`,
		Args: oneScope,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				w.scope = args[0]
			}
			return a.recheck(c, w)
		},
	}
	f := c.Flags()
	f.StringArrayVar(&w.pupils, "pupil", nil, "only this pupil: "+pupilForms+"; may be repeated")
	f.StringVar(&w.numbers, "numbers", "", `only the pupils who claim a number of this file, one a line; "-" for standard input`)
	f.BoolVar(&w.unresolved, "unresolved", false, "leave out those that the registry confirmed")
	f.BoolVar(&w.nation, "nation", false, "everybody in the nation: it may take the registry hours")
	a.serverFlags(c)
	return c
}

// rechecked is what was sent.
type rechecked struct {
	Scope     string `json:"scope"`
	Pupils    int    `json:"pupils"`
	Numbers   int    `json:"numbers"`
	Requests  int    `json:"requests"`
	Unclaimed int    `json:"unclaimed_requests"` // of them, those whose numbers nobody claims
	Sequence  uint64 `json:"sequence"`           // of the last in the log
}

func (a *app) recheck(c *cobra.Command, w rechecking) error {
	if !anyScope.MatchString(w.scope) {
		return usage(c, "Phạm vi phải có dạng 01 hoặc 01/01000701", "A scope is like 01 or 01/01000701")
	}
	named := w.scope != "" || len(w.pupils) > 0 || c.Flags().Changed("numbers")
	if named == w.nation {
		return usage(c, "Nêu phạm vi, --pupil hoặc --numbers; hoặc --nation cho cả nước", "Name a scope, --pupil or --numbers; or --nation for the nation")
	}
	var numbers []string
	if c.Flags().Changed("numbers") {
		var err error
		if numbers, err = a.readNumbers(w.numbers); err != nil {
			return err
		}
	}
	conn, err := a.connect()
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // every answer is in
	if w.pupils, err = a.resolve(c.Context(), w.scope, w.pupils...); err != nil {
		return err
	}
	requests := w.requests(numbers, c.Flags().Changed("numbers"))
	told, err := a.sendRechecks(c.Context(), pb.NewMatchingServiceClient(conn), requests)
	if err != nil {
		return err
	}
	told.Scope = w.scope
	if a.json {
		return a.printJSON(told)
	}
	a.tellRechecked(told)
	return nil
}

// sendRechecks makes the calls one after the other. When one fails it says how many are in.
func (a *app) sendRechecks(ctx context.Context, client pb.MatchingServiceClient, requests []*pb.RecheckRequest) (rechecked, error) {
	var told rechecked
	progress := a.bar("recheck")
	defer progress.finish()
	for _, req := range requests {
		resp, err := call(ctx, a, client.Recheck, req)
		if err != nil {
			if told.Requests > 0 {
				a.errorf("%s: %d/%d\n", a.text("Số lượt gửi đã ghi trước khi dừng", "Requests that are in, before it stopped"), told.Requests, len(requests))
			}
			return told, err
		}
		told.Requests++
		told.Pupils += len(req.GetPupils())
		told.Numbers += len(req.GetIdNumbers())
		if resp.GetSequence() == 0 {
			told.Unclaimed++
		}
		told.Sequence = max(told.Sequence, resp.GetSequence())
		progress.step(float64(told.Requests) / float64(len(requests)))
	}
	return told, nil
}

// requests are the calls of a command: of the pupils and of the numbers by groups, or else one of the scope. A file without
// a number asks for nothing.
func (w rechecking) requests(numbers []string, fromFile bool) []*pb.RecheckRequest {
	var out []*pb.RecheckRequest
	for group := range slices.Chunk(w.pupils, recheckGroup) {
		out = append(out, &pb.RecheckRequest{Scope: w.scope, Unresolved: w.unresolved, Pupils: group})
	}
	for group := range slices.Chunk(numbers, recheckGroup) {
		out = append(out, &pb.RecheckRequest{Scope: w.scope, Unresolved: w.unresolved, IdNumbers: group})
	}
	if len(w.pupils) == 0 && !fromFile {
		out = append(out, &pb.RecheckRequest{Scope: w.scope, Unresolved: w.unresolved})
	}
	return out
}

func (a *app) tellRechecked(t rechecked) {
	scope := t.Scope
	if scope == "" {
		scope = a.text("cả nước", "the nation")
	}
	switch {
	case t.Requests == 0:
		a.printf("%s\n", a.text("Tệp không có số nào.", "The file has no number."))
		return
	case t.Unclaimed == t.Requests:
		a.printf("%s: %d\n", a.text("Không học sinh nào khai các số này", "No pupil claims these numbers"), t.Numbers)
		return
	}
	a.printf("%s: %s", a.text("Đã ghi yêu cầu hỏi lại", "The registry will be asked again"), scope)
	if t.Pupils > 0 {
		a.printf(", %s: %d", a.text("học sinh", "pupils"), t.Pupils)
	}
	if t.Numbers > 0 {
		a.printf(", %s: %d", a.text("số trong thông báo", "numbers of the notice"), t.Numbers)
	}
	a.printf(" (%d)\n%s: rasoat queue\n", t.Sequence, a.text("Xem hàng đợi", "See the queue"))
}
