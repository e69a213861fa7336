package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
)

func TestReviewsCommand(t *testing.T) {
	c, f := newMatchingCLI(t)
	c.want(exitFine, []string{": 0"}, "reviews")
	shared := aReview("p2")
	shared.Outcome, shared.SharedWith = pb.Outcome_OUTCOME_DUPLICATE, []string{"p9"}
	f.reviews = []*pb.Review{aReview("p1"), shared}
	common := []string{"01/01000701", "12A1", "p1", "p2", "1/2", "date_of_birth/swapped"}
	c.want(exitFindings, append(common, "mismatched", "nhà trường / the school", "exchanged.", "sai thông tin", ": 2", "Cùng số với học sinh p9"), "reviews", "01")
	c.want(exitFindings, append(common, "The same number as pupil p9. Day and month"), "reviews", "01", "--lang", "en")
	c.want(exitFindings, append(slices.Clone(private), "male", "2005-03-04 → 2005-04-03 (day_month_swapped)", "birth certificate"), "reviews", "01", "--show-values")
	c.want(exitFindings, []string{"full name: the same", "+15.25 bit", "ngày sinh: đảo ngày và tháng", "+2.07 bit", "-5.05 bit", "+12.27 bit",
		"total: one person (one person from +5 bits, two persons below -3 bits)", "từ +5 bit là một người"}, "reviews", "--waterfall")
	for _, args := range [][]string{{"reviews"}, {"reviews", "--waterfall"}, {"reviews", "--json"}} {
		if _, out, errOut := c.run(args...); slices.ContainsFunc(private, func(s string) bool { return strings.Contains(out+errOut, s) }) {
			t.Errorf("%v printed something personal:\n%s", args, out)
		}
	}
	f.reviews[0].Judgement.Steps = nil
	c.want(exitFindings, []string{"nothing to compare"}, "reviews", "--waterfall")
	f.reviews = []*pb.Review{aReview("p1")}
	f.reviews[0].Outcome = pb.Outcome_OUTCOME_SETTLED
	c.want(exitFine, []string{"settled"}, "reviews", "--outcome", "settled")
}

// Each row of the table stands on its line, with what is below it, whatever the cells hold.
func TestReviewsTable(t *testing.T) {
	c, f := newMatchingCLI(t)
	f.reviews = []*pb.Review{aReview("p1"), aReview("p2")}
	f.reviews[0].Personal.Profile.Class = "12\tA\n1"
	_, out, _ := c.run("reviews", "--waterfall", "--lang", "en")
	lines := strings.Split(out, "\n")
	if len(lines) != 1+2*5+2 {
		t.Fatalf("got %d lines:\n%s", len(lines), out)
	}
	for at, text := range map[int]string{0: "School", 1: "p1", 5: "total", 6: "p2", 10: "total", 11: "Identities: 2"} {
		if !strings.Contains(lines[at], text) {
			t.Errorf("line %d does not say %q:\n%s", at, text, out)
		}
	}
	if !strings.Contains(lines[1], "12 A 1") || strings.Index(lines[1], "p1") != strings.Index(lines[6], "p2") {
		t.Errorf("the columns are not straight:\n%s", out)
	}
}

func TestReviewsJSON(t *testing.T) {
	c, f := newMatchingCLI(t)
	type line struct {
		Outcome   string
		Personal  json.RawMessage
		Judgement struct {
			Pupil    string
			Proposal struct{ Personal json.RawMessage }
		}
	}
	for _, shown := range []bool{false, true} {
		f.reviews = []*pb.Review{aReview("p1"), aReview("p2")}
		args := []string{"reviews", "--json"}
		if shown {
			args = append(args, "--show-values")
		}
		_, out, _ := c.run(args...)
		lines := strings.Split(strings.TrimSpace(out), "\n")
		if len(lines) != 2 {
			t.Fatalf("got %d lines:\n%s", len(lines), out)
		}
		var got line
		if err := json.Unmarshal([]byte(lines[1]), &got); err != nil || got.Outcome != "OUTCOME_MISMATCHED" || got.Judgement.Pupil != "p2" {
			t.Errorf("got %+v, %v", got, err)
		}
		if (got.Personal != nil) != shown || (got.Judgement.Proposal.Personal != nil) != shown {
			t.Errorf("--show-values %v: %s", shown, lines[1])
		}
	}
}

func TestReviewsFilters(t *testing.T) {
	c, f := newMatchingCLI(t)
	c.want(exitFine, nil, "reviews", "01/01000701", "--outcome", "mismatched,not_found", "--outcome", "settled", "--field", "id_number,gender", "--cause", "swapped")
	want := &pb.ListReviewsRequest{
		Scope: "01/01000701", Cause: "swapped", PageSize: reviewsPage,
		Outcomes: []pb.Outcome{pb.Outcome_OUTCOME_MISMATCHED, pb.Outcome_OUTCOME_NOT_FOUND, pb.Outcome_OUTCOME_SETTLED},
		Fields:   []pb.Field{pb.Field_FIELD_ID_NUMBER, pb.Field_FIELD_GENDER},
	}
	if len(f.listed) != 1 || f.listed[0].String() != want.String() {
		t.Errorf("got %v, want %v", f.listed, want)
	}
	c.want(exitInput, []string{"--outcome", "not_found"}, "reviews", "--outcome", "confirmed")
	c.want(exitInput, []string{"--field", "full_name"}, "reviews", "--field", "school")
	c.want(exitInput, nil, "reviews", "Hà Nội")
	c.want(exitInput, nil, "reviews", "01", "02")
	for _, o := range reviewOutcomes {
		if outcomeNames[o].Vi == "" || outcomeNames[o].En == "" {
			t.Errorf("%v has no name", o)
		}
	}
	for a := range pb.Actor_name {
		if a != 0 && actorNames[pb.Actor(a)].Vi == "" {
			t.Errorf("%v has no name", pb.Actor(a))
		}
	}
}
