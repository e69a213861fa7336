package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// reviewing is what the reviews command was told.
type reviewing struct {
	scope             string
	outcomes, fields  []string
	cause             string
	values, waterfall bool
}

// Of which reviews and causes can be asked.
var (
	reviewOutcomes = []pb.Outcome{
		pb.Outcome_OUTCOME_MISMATCHED, pb.Outcome_OUTCOME_NOT_FOUND, pb.Outcome_OUTCOME_SUPERSEDED, pb.Outcome_OUTCOME_NEEDS_PERSON,
		pb.Outcome_OUTCOME_DUPLICATE, pb.Outcome_OUTCOME_SETTLED,
	}
	causeFields = []pb.Field{pb.Field_FIELD_FULL_NAME, pb.Field_FIELD_DATE_OF_BIRTH, pb.Field_FIELD_GENDER, pb.Field_FIELD_ID_NUMBER}
)

const reviewsPage = 500

func (a *app) reviewsCommand() *cobra.Command {
	var w reviewing
	c := &cobra.Command{
		Use:   "reviews [SCOPE]",
		Short: "Xem các danh tính chờ người xử lý / List the identities that wait for a person",
		Long: `SCOPE: để trống là cả nước, "01" một tỉnh, "01/01000701" một trường. Mỗi dòng là một học sinh mà danh tính chưa được xác nhận, vì sao, và ai
làm bước tiếp theo. Họ tên, ngày sinh, giới tính, số định danh, đề xuất và lý do của cán bộ chỉ được in khi có --show-values.

SCOPE: empty for the nation, "01" for a province, "01/01000701" for a school. Each row is a pupil whose identity is not confirmed, why, and
who takes the next step. Name, birth date, gender, number, proposal and the officers' reasons are printed with --show-values only.
What officers have settled is listed with --outcome settled only.

--waterfall: so sánh từng mục, tính bằng bit: trên 0 là dấu hiệu của một người, dưới 0 của hai người; dòng tổng nêu ngưỡng.
--waterfall: the comparison field by field, in bits. Above 0 speaks for one person, below 0 for two; the total says the thresholds.

` + exitCodes,
		Example: `  rasoat reviews 01/01000701
  rasoat reviews 01 --outcome mismatched --field date_of_birth --cause swapped
  rasoat reviews 01/01000701 --show-values --waterfall
  rasoat reviews --outcome settled --json`,
		Args: oneScope,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				w.scope = args[0]
			}
			return a.reviews(c, w)
		},
	}
	f := c.Flags()
	f.StringSliceVar(&w.outcomes, "outcome", nil, "only these: "+strings.Join(words(reviewOutcomes, "OUTCOME_"), ", "))
	f.StringSliceVar(&w.fields, "field", nil, "only those with a cause in one of these: "+strings.Join(words(causeFields, "FIELD_"), ", "))
	f.StringVar(&w.cause, "cause", "", "only those with a cause of this kind: swapped, unknown, exchanged, …")
	f.BoolVar(&w.values, "show-values", false, "print what was reported and proposed: names, dates, numbers, reasons")
	f.BoolVar(&w.waterfall, "waterfall", false, "print the comparison of each pupil, field by field")
	a.serverFlags(c)
	return c
}

func (a *app) reviews(c *cobra.Command, w reviewing) error {
	if !anyScope.MatchString(w.scope) {
		return usage(c, "Phạm vi phải có dạng 01 hoặc 01/01000701", "A scope is like 01 or 01/01000701")
	}
	req := &pb.ListReviewsRequest{Scope: w.scope, Cause: w.cause, PageSize: reviewsPage}
	var err error
	if req.Outcomes, err = pick(c, "outcome", "OUTCOME_", reviewOutcomes, w.outcomes); err != nil {
		return err
	}
	if req.Fields, err = pick(c, "field", "FIELD_", causeFields, w.fields); err != nil {
		return err
	}
	conn, err := a.connect()
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // every answer is in
	var listed []*pb.Review
	waiting := false
	err = a.eachPage(c.Context(), pb.NewMatchingServiceClient(conn), req, func(page []*pb.Review) error {
		for _, r := range page {
			waiting = waiting || r.GetOutcome() != pb.Outcome_OUTCOME_SETTLED
			if !a.json {
				listed = append(listed, r)
				continue
			}
			if !w.values {
				hidePersonal(r)
			}
			if err := a.printProtoLine(r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !a.json {
		a.tellReviews(listed, w)
	}
	if waiting {
		return exitWith(exitFindings)
	}
	return nil
}

// eachPage gives every page of the reviews that are asked for. An error of do ends it.
func (a *app) eachPage(ctx context.Context, client pb.MatchingServiceClient, req *pb.ListReviewsRequest, do func([]*pb.Review) error) error {
	for {
		page, err := call(ctx, a, client.ListReviews, req)
		if err != nil {
			return err
		}
		if err := do(page.GetReviews()); err != nil {
			return err
		}
		if req.PageToken = page.GetNextPageToken(); req.PageToken == "" {
			return nil
		}
	}
}

// hidePersonal leaves out of a review what is about a person in words: what was reported and proposed, and the officers' reasons.
func hidePersonal(r *pb.Review) {
	r.Personal = nil
	if p := r.GetJudgement().GetProposal(); p != nil {
		p.Personal = nil
	}
	for _, t := range r.GetSettlements() {
		t.Reason = ""
	}
}

// words are the words of the command line for some values.
func words[E fmt.Stringer](values []E, prefix string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = word(v, prefix)
	}
	return out
}

// word is the word of the command line for a value: "not_found".
func word(v fmt.Stringer, prefix string) string { return strings.ToLower(enumWord(v.String(), prefix)) }

// pick gives the values of the words of a flag.
func pick[E fmt.Stringer](c *cobra.Command, flag, prefix string, allowed []E, given []string) ([]E, error) {
	var out []E
	all := words(allowed, prefix)
	for _, g := range given {
		i := slices.Index(all, g)
		if i < 0 {
			list := strings.Join(all, ", ")
			return nil, usage(c, "--"+flag+" phải là một trong: "+list, "--"+flag+" is one of: "+list)
		}
		out = append(out, allowed[i])
	}
	return out, nil
}

// printProtoLine prints a message of the contract as one line of JSON. What is absent stays absent.
func (a *app) printProtoLine(m proto.Message) error {
	data, err := protojson.MarshalOptions{UseProtoNames: true, EmitDefaultValues: true}.Marshal(m)
	if err != nil {
		return fault.Wrap(fault.Internal, "rasoat.json", err)
	}
	return a.printJSON(json.RawMessage(data))
}
