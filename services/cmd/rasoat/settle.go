package main

import (
	"context"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/spf13/cobra"
)

// settling is what the settle command was told.
type settling struct {
	school, pupil, evidence, officer, reason string
	withdraw                                 bool
}

// evidences are what a settlement can rest on.
var evidences = []pb.Evidence{
	pb.Evidence_EVIDENCE_BIRTH_CERTIFICATE, pb.Evidence_EVIDENCE_IDENTITY_CARD, pb.Evidence_EVIDENCE_POLICE_CONFIRMATION, pb.Evidence_EVIDENCE_EXTRACT,
	pb.Evidence_EVIDENCE_NO_NUMBER,
}

var evidenceNames = map[pb.Evidence]fault.Text{
	pb.Evidence_EVIDENCE_BIRTH_CERTIFICATE:   {Vi: "giấy khai sinh", En: "birth certificate"},
	pb.Evidence_EVIDENCE_IDENTITY_CARD:       {Vi: "thẻ căn cước", En: "identity card"},
	pb.Evidence_EVIDENCE_POLICE_CONFIRMATION: {Vi: "công an xác nhận", En: "confirmation of the police"},
	pb.Evidence_EVIDENCE_EXTRACT:             {Vi: "trích lục CSDL quốc gia về dân cư", En: "extract of the population database"},
	pb.Evidence_EVIDENCE_NO_NUMBER:           {Vi: "không thể có số", En: "no number can be had"},
}

func (a *app) settleCommand() *cobra.Command {
	var w settling
	c := &cobra.Command{
		Use:   "settle SCHOOL PUPIL",
		Short: "Quyết định về một danh tính mà CSDL dân cư không xác nhận / Decide an identity that the registry does not confirm",
		Long: `Quyết định thay cho CSDL quốc gia về dân cư, dựa trên giấy tờ. Lệnh đọc hồ sơ chờ xử lý, in điều được quyết định, rồi gửi quyết định gắn với đúng
điều đó: hồ sơ hoặc câu trả lời của CSDL đổi thì quyết định tự hết hiệu lực, và đổi ngay lúc gửi thì mã thoát là 4. Nơi CSDL đã trả lời không thì
cần hai cán bộ khác nhau cùng quyết định, mỗi người với mã truy cập (token) của mình. PUPIL là mã của Bộ, mã tham chiếu, hoặc ô như hoso.xlsx!A5.

Decides in the place of the registry, on papers. It reads the review, prints what is decided about, and binds the decision to just that: it
lapses when the profile or the registry's answer changes, and when they change meanwhile the exit code is 4. Where the registry said no, two
different officers have to say the same, each with a token of their own. PUPIL is ` + pupilForms + `.

--evidence: birth_certificate (giấy khai sinh), identity_card (thẻ căn cước), police_confirmation (công an xác nhận), extract (trích lục CSDL),
no_number (không thể có số: không quốc tịch, mới về nước, chưa được cấp / stateless, a year abroad, not yet issued).

` + exitCodes,
		Example: `  rasoat settle 01/01000701 q7Zt0c --evidence birth_certificate --reason "Đã đối chiếu bản chính giấy khai sinh"
  rasoat settle 01/01000701 q7Zt0c --evidence birth_certificate --reason "Nhầm học sinh" --withdraw`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage(c, "Nêu trường và học sinh", "Name the school and the pupil")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			w.school, w.pupil = args[0], args[1]
			return a.settle(c, w)
		},
	}
	f := c.Flags()
	f.StringVar(&w.evidence, "evidence", "", "what the decision rests on (required)")
	f.StringVar(&w.officer, "officer", "", "account of the officer who decides, when a script is to be sure of it: it must be that of the token")
	f.StringVar(&w.reason, "reason", "", "why, in words; with --withdraw, why it is taken back (required)")
	f.BoolVar(&w.withdraw, "withdraw", false, "take this officer's decision back")
	a.serverFlags(c)
	return c
}

func (a *app) settle(c *cobra.Command, w settling) error {
	if _, err := sender(c, "", w.school); err != nil {
		return err
	}
	if w.evidence == "" || w.reason == "" {
		return usage(c, "Thiếu --evidence hoặc --reason", "--evidence or --reason is missing")
	}
	evidence, err := pick(c, "evidence", "EVIDENCE_", evidences, []string{w.evidence})
	if err != nil {
		return err
	}
	conn, err := a.connect()
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // the answer is in
	if w.pupil, err = a.resolveOne(c.Context(), w.school, w.pupil); err != nil {
		return err
	}
	client := pb.NewMatchingServiceClient(conn)
	r, err := a.reviewOf(c.Context(), client, w)
	if err != nil {
		return err
	}
	if !a.json {
		a.tellDecided(r)
	}
	req := &pb.SettleRequest{
		Scope: w.school, Pupil: w.pupil, Seen: r.GetJudgement().GetSeen(), Evidence: evidence[0], Officer: w.officer, Reason: w.reason, Withdraw: w.withdraw,
	}
	resp, err := call(c.Context(), a, client.Settle, req)
	if err != nil {
		return err
	}
	if a.json {
		return a.printProtoLine(resp)
	}
	a.tellMissing(resp, w.withdraw)
	return nil
}

// reviewOf finds what there is to decide about a pupil. It fails with NotFound where there is nothing.
func (a *app) reviewOf(ctx context.Context, client pb.MatchingServiceClient, w settling) (*pb.Review, error) {
	var found *pb.Review
	req := &pb.ListReviewsRequest{Scope: w.school, Outcomes: reviewOutcomes, PageSize: reviewsPage}
	err := a.eachPage(ctx, client, req, func(page []*pb.Review) error {
		for _, r := range page {
			if r.GetJudgement().GetPupil() == w.pupil {
				found = r
			}
		}
		return nil
	})
	if err == nil && found == nil {
		err = fault.New(fault.NotFound, "rasoat.settle", "Trường này không có học sinh nào với mã tham chiếu đó mà danh tính chờ người xử lý.",
			"no pupil of this school with that reference has an identity that waits for a person")
	}
	return found, err
}

// tellDecided prints what the decision is about, and who has decided the same.
func (a *app) tellDecided(r *pb.Review) {
	row := a.reviewRow(r, false)
	a.printf("%s  %s  %s: %s\n", row[0], row[2], row[3], row[len(row)-1])
	if causes := causesOf(r.GetJudgement()); causes != "" {
		a.printf("  %s: %s\n", a.text("Nguyên nhân", "Causes"), causes)
	}
	for _, t := range r.GetSettlements() {
		a.printf("  %s: %s, %s, %s\n", a.text("Đã quyết định", "Has decided"), t.GetOfficer(), a.say(evidenceNames[t.GetEvidence()]),
			when(t.GetStoredAt()))
	}
}

// tellMissing says that the decision is stored, and what is still missing.
func (a *app) tellMissing(resp *pb.SettleResponse, withdrawn bool) {
	stored := fault.Text{Vi: "Đã ghi quyết định", En: "The decision is stored"}
	if withdrawn {
		stored = fault.Text{Vi: "Đã rút lại quyết định", En: "The decision is taken back"}
	}
	a.printf("%s (%d, %s)\n", a.say(stored), resp.GetSequence(), when(resp.GetStoredAt()))
	switch n := resp.GetOfficersMissing(); {
	case n == 0:
		a.printf("%s\n", a.text("Danh tính này đã được giải quyết.", "This identity is settled."))
	case n == 1 && !withdrawn:
		a.printf("%s\n", a.text("Còn thiếu: một cán bộ thứ hai phải cùng quyết định.", "Still missing: a second officer has to say the same."))
	default:
		a.printf("%s: %d\n", a.text("Số cán bộ còn phải quyết định", "Officers who still have to decide"), n)
	}
}
