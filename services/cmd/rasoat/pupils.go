package main

import (
	"strings"

	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/spf13/cobra"
	"google.golang.org/grpc"
)

// toMend are the statuses in which somebody at the school has something to do.
var toMend = []reportingpb.Status{
	reportingpb.Status_STATUS_MISSING, reportingpb.Status_STATUS_REJECTED, reportingpb.Status_STATUS_UNEXPLAINED_WARNING,
	reportingpb.Status_STATUS_DUPLICATE, reportingpb.Status_STATUS_MISMATCHED, reportingpb.Status_STATUS_NEEDS_PERSON,
}

func (a *app) pupils(c *cobra.Command, client reportingpb.ReportingServiceClient, conn grpc.ClientConnInterface, q question) error {
	ctx := c.Context()
	places, err := a.places(c, client, conn, q)
	if err != nil {
		return err
	}
	req := &reportingpb.ListPupilsRequest{Scope: q.scope}
	if !q.all {
		req.Statuses, req.Returned = toMend, true
	}
	shown, windows := a.showing(ctx, q.scope), a.titles(ctx, q.scope)
	found, listed := false, 0
	for {
		page, err := call(ctx, a, client.ListPupils, req)
		if err != nil {
			return err
		}
		for _, p := range page.GetPupils() {
			if a.json {
				if err := a.printProto(p); err != nil {
					return err
				}
			}
			listed++
			found = a.tellPupil(p, places, shown, windows) || found
		}
		if req.PageToken = page.GetNextPageToken(); req.PageToken == "" {
			break
		}
	}
	if !a.json {
		a.printf("%s: %d\n", a.text("Số học sinh", "Pupils"), listed)
	}
	if found || !q.all && listed > 0 {
		return exitWith(exitFindings)
	}
	return nil
}

// tellPupil prints a pupil and every finding, and reports whether there is one to act on.
func (a *app) tellPupil(p *reportingpb.Pupil, places map[place]whereabouts, shown func(string) string,
	windows titles,
) (found bool) {
	lines := []string{}
	add := func(mark, where string, text, remedy fault.Text, rule string) {
		line := "  " + mark + " " + where + "  " + a.say(text)
		if rule != "" {
			line += "  [" + rule + "]"
		}
		lines = append(lines, line)
		if remedy != (fault.Text{}) {
			lines = append(lines, "      → "+a.say(remedy))
		}
	}
	for _, part := range p.GetParts() {
		if part.GetRevision() == 0 {
			add("·", a.part(part.GetPart()), fault.Text{Vi: "chưa gửi", En: "has not come"}, fault.Text{}, "")
		}
		for _, f := range part.GetFindings() {
			mark := "i"
			switch f.GetSeverity() {
			case validationpb.Severity_SEVERITY_ERROR:
				mark, found = "✗", true
			case validationpb.Severity_SEVERITY_WARNING:
				mark, found = "!", true
			}
			add(mark, a.where(places, p.GetPupil(), part.GetPart(), f.GetField()), fault.Text{Vi: f.GetPersonal().GetMessageVi(), En: f.GetPersonal().GetMessageEn()},
				fault.Text{Vi: f.GetPersonal().GetRemedyVi(), En: f.GetPersonal().GetRemedyEn()}, f.GetRule())
		}
	}
	for _, r := range p.GetReturned() {
		found = true
		add("✗", a.parts(r.GetParts()), returnText(r, windows), returnRemedy, "RETURNED")
	}
	id := p.GetIdentity()
	text := fault.Text{Vi: id.GetMessageVi(), En: id.GetMessageEn()}
	switch id.GetOutcome() {
	case matchingpb.Outcome_OUTCOME_MISMATCHED, matchingpb.Outcome_OUTCOME_NOT_FOUND, matchingpb.Outcome_OUTCOME_NEEDS_PERSON:
		found = true
		if len(id.GetFields()) == 0 {
			add("✗", a.where(places, p.GetPupil(), studentpb.Part_PART_PROFILE, "identity.number"), text, fault.Text{}, enumWord(id.GetOutcome().String(), "OUTCOME_"))
		}
		for _, f := range id.GetFields() {
			add("✗", a.where(places, p.GetPupil(), studentpb.Part_PART_PROFILE, identityPath(f)), text, fault.Text{}, enumWord(f.String(), "FIELD_"))
		}
	case matchingpb.Outcome_OUTCOME_WAITING:
		add("…", a.part(studentpb.Part_PART_PROFILE), text, fault.Text{}, "")
	}
	for _, other := range id.GetSharedWith() {
		found = true
		add("✗", a.where(places, p.GetPupil(), studentpb.Part_PART_PROFILE, "identity.number"),
			fault.Text{Vi: "cùng số với học sinh " + shown(other), En: "the same number as pupil " + shown(other)}, fault.Text{}, "")
	}
	for _, other := range id.GetAlsoEnrolledAt() {
		found = true
		add("✗", a.where(places, p.GetPupil(), studentpb.Part_PART_ENROLMENT, ""),
			fault.Text{Vi: "cũng có trong danh sách của trường " + other, En: "also on the roster of school " + other}, fault.Text{}, "")
	}
	if a.json {
		return found
	}
	head := []string{shown(p.GetPupil()), p.GetClass()}
	for _, w := range p.GetWindows() {
		head = append(head, a.say(windows.of(w.GetWindow()))+": "+a.say(standingText(w)))
	}
	if p.GetUnexpected() {
		head = append(head, a.text("ngoài danh sách", "unexpected"))
	}
	a.printf("%s\n", strings.Join(head, "  "))
	for _, line := range lines {
		a.printf("%s\n", line)
	}
	return found
}

var statusNames = map[reportingpb.Status]fault.Text{
	reportingpb.Status_STATUS_MISSING:             {Vi: "thiếu", En: "missing"},
	reportingpb.Status_STATUS_REJECTED:            {Vi: "có lỗi", En: "rejected"},
	reportingpb.Status_STATUS_UNEXPLAINED_WARNING: {Vi: "cảnh báo chưa giải trình", En: "unexplained warning"},
	reportingpb.Status_STATUS_DUPLICATE:           {Vi: "trùng", En: "duplicate"},
	reportingpb.Status_STATUS_MISMATCHED:          {Vi: "sai thông tin", En: "mismatched"},
	reportingpb.Status_STATUS_NEEDS_PERSON:        {Vi: "cần người xử lý", En: "needs a person"},
	reportingpb.Status_STATUS_WAITING:             {Vi: "đang chờ", En: "waiting"},
	reportingpb.Status_STATUS_AWAITING_APPROVAL:   {Vi: "chờ duyệt", En: "awaiting approval"},
	reportingpb.Status_STATUS_VERIFIED:            {Vi: "đã xác thực", En: "verified"},
}

// standingText names where a pupil stands in a window. Whom the province returned awaits nobody's approval: the school has
// to act.
func standingText(w *reportingpb.WindowStatus) fault.Text {
	if w.GetReturned() {
		return fault.Text{Vi: "bị trả lại", En: "returned by the province"}
	}
	return statusNames[w.GetStatus()]
}

// returnText says in which window the province returned a pupil, and why.
func returnText(r *reportingpb.Return, windows titles) fault.Text {
	in := windows.of(r.GetWindow())
	return fault.Text{
		Vi: "Sở trả lại ở " + lower(in.Vi) + ": " + r.GetReason(),
		En: "the province returned the pupil in " + lower(in.En) + ": " + r.GetReason(),
	}
}

var returnRemedy = fault.Text{
	Vi: "Sửa rồi gửi lại; nếu dữ liệu đúng thì đề nghị Sở rút việc trả lại (rasoat return … --withdraw).",
	En: "Correct it and submit again; if the data are right, ask the province to take the return back (rasoat return … --withdraw).",
}

// identityPath is the field of the profile that a comparison is about.
func identityPath(f matchingpb.Field) string {
	switch f {
	case matchingpb.Field_FIELD_FULL_NAME:
		return "full_name"
	case matchingpb.Field_FIELD_DATE_OF_BIRTH:
		return "date_of_birth"
	case matchingpb.Field_FIELD_GENDER:
		return "gender"
	}
	return "identity.number"
}

func enumWord(s, prefix string) string { return strings.TrimPrefix(s, prefix) }
