package main

import (
	"bytes"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
)

func TestSettleCommand(t *testing.T) {
	c, f := newMatchingCLI(t)
	f.reviews = []*pb.Review{aReview("p1"), aReview("p2")}
	settle := func(officer string, more ...string) []string {
		return append([]string{"settle", "01/01000701", "p2", "--evidence", "identity_card", "--officer", officer, "--reason", "Đã đối chiếu bản chính"}, more...)
	}
	c.want(exitFine, []string{"p2", "exchanged.", "date_of_birth/swapped", "Has decided", "lan.sgd01, ", "a second officer has to say the same"}, settle("minh.sgd01")...)
	if len(f.settled) != 1 {
		t.Fatalf("got %v", f.settled)
	}
	r := f.settled[0]
	if r.GetScope() != "01/01000701" || r.GetPupil() != "p2" || !bytes.Equal(r.GetSeen(), seen) || r.GetEvidence() != pb.Evidence_EVIDENCE_IDENTITY_CARD ||
		r.GetOfficer() != "minh.sgd01" || r.GetReason() != "Đã đối chiếu bản chính" || r.GetWithdraw() {
		t.Errorf("got %v", r)
	}
	c.want(exitFine, []string{"This identity is settled"}, settle("hoa.sgd01", "--lang", "en")...)
	c.want(exitFine, []string{"taken back", ": 1"}, settle("hoa.sgd01", "--withdraw", "--lang", "en")...)
	c.want(exitFine, []string{`"officers_missing":2`}, settle("minh.sgd01", "--withdraw", "--json")...)
	for _, secret := range private {
		if _, out, errOut := c.run(settle("hoa.sgd01")...); bytes.Contains([]byte(out+errOut), []byte(secret)) {
			t.Errorf("%q was printed", secret)
		}
	}
	f.reviews[1].Judgement.Seen = []byte("another content.")
	c.want(exitConflict, []string{"has changed"}, settle("minh.sgd01")...)
}

func TestSettleInput(t *testing.T) {
	c, f := newMatchingCLI(t)
	f.reviews = []*pb.Review{aReview("p1")}
	c.want(exitFine, []string{"The decision is stored"}, "settle", "01/01000701", "p1", "--evidence", "extract", "--reason", "Có trích lục") // the token says who
	school := []string{"settle", "01/01000701"}
	good := []string{"--evidence", "extract", "--officer", "lan.sgd01", "--reason", "Có trích lục"}
	for name, args := range map[string][]string{
		"nobody":        append(append(school, "p7"), good...),
		"no pupil":      append(school, good...),
		"no school":     append([]string{"settle", "01", "p1"}, good...),
		"no reason":     append(append(school, "p1"), good[:4]...),
		"no evidence":   append(append(school, "p1"), good[2:]...),
		"evidence":      append(append(school, "p1"), append([]string{"--evidence", "hearsay"}, good[2:]...)...),
		"short reason":  append(append(school, "p1"), append(good[:4:4], "--reason", "ok")...),
		"officer's law": append(append(school, "p1"), append(good[:2:2], "--officer", "Lan Anh", "--reason", "Có trích lục")...),
	} {
		code, out, errOut := c.run(args...)
		if code != exitInput {
			t.Errorf("%s: exit %d, want %d\n%s%s", name, code, exitInput, out, errOut)
		}
	}
	if len(f.listed) == 0 || len(f.listed[0].GetOutcomes()) != len(reviewOutcomes) {
		t.Error("what is settled was not looked at")
	}
	for _, e := range evidences {
		if evidenceNames[e].Vi == "" || evidenceNames[e].En == "" {
			t.Errorf("%v has no name", e)
		}
	}
	if len(evidences) != len(pb.Evidence_name)-1 {
		t.Errorf("%d kinds of evidence, want %d", len(evidences), len(pb.Evidence_name)-1)
	}
}
