package main

import (
	"bytes"
	"fmt"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/student/wire"
)

var outcomeNames = map[pb.Outcome]fault.Text{
	pb.Outcome_OUTCOME_WAITING:        {Vi: "đang chờ", En: "waiting"},
	pb.Outcome_OUTCOME_CONFIRMED:      {Vi: "khớp", En: "confirmed"},
	pb.Outcome_OUTCOME_MISMATCHED:     {Vi: "sai thông tin", En: "mismatched"},
	pb.Outcome_OUTCOME_NOT_FOUND:      {Vi: "không có số này", En: "not found"},
	pb.Outcome_OUTCOME_NOT_APPLICABLE: {Vi: "không đối chiếu", En: "not applicable"},
	pb.Outcome_OUTCOME_NEEDS_PERSON:   {Vi: "cần người xử lý", En: "needs a person"},
	pb.Outcome_OUTCOME_DUPLICATE:      {Vi: "trùng số", En: "duplicate"},
	pb.Outcome_OUTCOME_SUPERSEDED:     {Vi: "số đã huỷ", En: "superseded"},
	pb.Outcome_OUTCOME_SETTLED:        {Vi: "cán bộ đã quyết định", En: "settled"},
}

var actorNames = map[pb.Actor]fault.Text{
	pb.Actor_ACTOR_NOBODY:   {Vi: "không ai", En: "nobody"},
	pb.Actor_ACTOR_SCHOOL:   {Vi: "nhà trường", En: "the school"},
	pb.Actor_ACTOR_FAMILY:   {Vi: "gia đình", En: "the family"},
	pb.Actor_ACTOR_POLICE:   {Vi: "công an", En: "the police"},
	pb.Actor_ACTOR_PROVINCE: {Vi: "sở", En: "the province"},
}

// tellReviews prints the reviews as a table, with what else is asked for below each row.
func (a *app) tellReviews(reviews []*pb.Review, w reviewing) {
	headings := []fault.Text{{Vi: "Trường", En: "School"}, {Vi: "Lớp", En: "Class"}, {Vi: "Học sinh", En: "Pupil"}, {Vi: "Kết quả", En: "Outcome"},
		{Vi: "Nguyên nhân", En: "Causes"}, {Vi: "Ai xử lý", En: "Who acts"}, {Vi: "Cán bộ", En: "Officers"}}
	if w.values {
		headings = append(headings, fault.Text{Vi: "Họ tên", En: "Name"}, fault.Text{Vi: "Ngày sinh", En: "Birth date"}, fault.Text{Vi: "Giới tính", En: "Gender"},
			fault.Text{Vi: "Số", En: "Number"}, fault.Text{Vi: "Đề xuất", En: "Proposal"})
	}
	headings = append(headings, fault.Text{Vi: "Giải thích", En: "Explanation"})
	rows := make([][]string, len(reviews))
	for i, r := range reviews {
		rows[i] = a.reviewRow(r, w.values)
	}
	var b bytes.Buffer
	(&app{streams: streams{out: &b}, language: a.language}).table(headings, rows)
	lines := strings.SplitAfter(b.String(), "\n")
	head := len(lines) - 1 - len(rows) // the last is empty
	a.printf("%s", strings.Join(lines[:head], ""))
	for i, r := range reviews {
		a.printf("%s", lines[head+i])
		if w.values {
			a.tellSettlements(r)
		}
		if w.waterfall {
			a.tellWaterfall(r.GetJudgement().GetSteps())
		}
	}
	a.printf("%s: %d\n", a.text("Số danh tính", "Identities"), len(reviews))
}

func (a *app) reviewRow(r *pb.Review, values bool) []string {
	j, p := r.GetJudgement(), r.GetPersonal().GetProfile()
	row := []string{
		j.GetProvince() + "/" + j.GetSchool(), p.GetClass(), j.GetPupil(), a.say(outcomeNames[r.GetOutcome()]), causesOf(j), a.say(actorNames[j.GetActor()]),
		fmt.Sprintf("%d/%d", len(r.GetSettlements()), r.GetOfficersNeeded()),
	}
	if values {
		row = append(row, p.GetFullName(), wire.FromDate(p.GetDateOfBirth()).Reveal(), word(p.GetGender(), "GENDER_"), p.GetIdentity().GetNumber(), proposalOf(j.GetProposal()))
	}
	text := fault.Text{Vi: j.GetMessageVi(), En: j.GetMessageEn()}
	if others := strings.Join(r.GetSharedWith(), ", "); others != "" {
		text.Vi = strings.TrimSpace("Cùng số với học sinh " + others + ". " + text.Vi)
		text.En = strings.TrimSpace("The same number as pupil " + others + ". " + text.En)
	}
	row = append(row, a.say(text))
	for i, cell := range row {
		row[i] = strings.Join(strings.Fields(cell), " ") // a line break or a tab would break the table
	}
	return row
}

// causesOf gives the causes in the words of --field and --cause.
func causesOf(j *pb.Judgement) string {
	out := make([]string, len(j.GetCauses()))
	for i, c := range j.GetCauses() {
		out[i] = word(c.GetField(), "FIELD_") + "/" + c.GetKind()
	}
	return strings.Join(out, ", ")
}

// proposalOf gives what was reported and what the registry would confirm.
func proposalOf(p *pb.Proposal) string {
	if p == nil {
		return ""
	}
	return fmt.Sprintf("%s → %s (%s)", p.GetPersonal().GetReported(), p.GetPersonal().GetProposed(), p.GetKind())
}

func (a *app) tellSettlements(r *pb.Review) {
	for _, t := range r.GetSettlements() {
		a.printf("    %s  %s  %s\n", t.GetOfficer(), a.say(evidenceNames[t.GetEvidence()]), strings.Join(strings.Fields(t.GetReason()), " "))
	}
}

// tellWaterfall prints the steps of a comparison in words, which add up to its last line, and from how many bits on there is one person.
func (a *app) tellWaterfall(steps []*pb.Step) {
	if len(steps) == 0 {
		a.printf("    %s\n", a.text("không có gì để so sánh", "there was nothing to compare"))
		return
	}
	total := int32(0)
	for _, s := range steps {
		total += s.GetWeight()
		a.printf("    %s  %s\n", bits(s.GetWeight()), a.say(agreement(matching.Field(word(s.GetField(), "FIELD_")), s.GetLevel())))
	}
	w := matching.DefaultWeights()
	verdict := w.Verdict(float64(total) / 100)
	a.printf("    %s  %s\n", bits(total), a.say(fault.Text{
		Vi: fmt.Sprintf("tổng: %s (từ %+.0f bit là một người, dưới %+.0f bit là hai người)", verdict.Vi, w.Link, w.Review),
		En: fmt.Sprintf("total: %s (one person from %+.0f bits, two persons below %+.0f bits)", verdict.En, w.Link, w.Review),
	}))
}

// agreement says of a field how its values agree.
func agreement(f matching.Field, level string) fault.Text {
	name, words := f.Words(), matching.LevelWords(f, level)
	return fault.Text{Vi: name.Vi + ": " + words.Vi, En: name.En + ": " + words.En}
}

// bits writes hundredths of a bit: "+12.34 bit".
func bits(hundredths int32) string {
	sign := '+'
	if hundredths < 0 {
		sign, hundredths = '-', -hundredths
	}
	return fmt.Sprintf("%7s bit", fmt.Sprintf("%c%d.%02d", sign, hundredths/100, hundredths%100))
}
