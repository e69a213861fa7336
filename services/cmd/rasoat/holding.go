package main

import (
	"cmp"
	"context"
	"maps"
	"slices"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/portal"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
)

// holding is what is held of a school, or what a file says of it, by pupil code.
type holding map[student.Code]*holdingPupil

type holdingPupil struct {
	ref   string // "" of what a file says
	parts map[student.Part]*studentpb.Record
	// revisions are those of the parts; what a file says has none.
	revisions map[student.Part]uint64
}

// put notes a record of a revision; ref is "" where it is not known.
func (h holding) put(ref string, revision uint64, r *studentpb.Record) {
	rec := wire.FromRecord(r)
	p := h[rec.Code()]
	if p == nil {
		p = &holdingPupil{ref: ref, parts: map[student.Part]*studentpb.Record{}, revisions: map[student.Part]uint64{}}
		h[rec.Code()] = p
	}
	p.parts[rec.Part], p.revisions[rec.Part] = r, revision
}

// partAt is one part of one pupil.
type partAt struct {
	code student.Code
	part student.Part
}

func partOf(r student.Record) partAt { return partAt{r.Code(), r.Part} }

// revision returns the revision of a part of a pupil; 0 where nothing is held.
func (h holding) revision(at partAt) uint64 {
	if p := h[at.code]; p != nil {
		return p.revisions[at.part]
	}
	return 0
}

// part returns a part of a pupil; nil where nothing is held.
func (h holding) part(code student.Code, part student.Part) *studentpb.Record {
	if p := h[code]; p != nil {
		return p.parts[part]
	}
	return nil
}

// joined returns the class of a pupil who is on the roster; "" for another.
func (p *holdingPupil) joined() string {
	if p == nil {
		return ""
	}
	entry := p.parts[student.Enrolment].GetEnrolment()
	if entry.GetState() != studentpb.EnrolmentState_ENROLMENT_STATE_JOINED {
		return ""
	}
	return entry.GetClass()
}

// roster counts the pupils on the roster by class.
func (h holding) roster() map[string]int {
	out := map[string]int{}
	for _, p := range h {
		if class := p.joined(); class != "" {
			out[class]++
		}
	}
	return out
}

// classes lists the classes on the roster, in order.
func (h holding) classes() []string { return slices.Sorted(maps.Keys(h.roster())) }

// absent is a pupil on the roster whom a file does not name.
type absent struct {
	Class string `json:"class"`
	Pupil string `json:"pupil"`

	code student.Code
	name string
}

// absentFrom lists who is on the roster, in a class of the file, and not in the file, by class. A
// file without a roster names nobody. A file of several classes is taken for one of the whole
// school.
func (h holding) absentFrom(file holding) []absent {
	classes := file.roster()
	out := []absent{}
	for code, p := range h {
		class := p.joined()
		elsewhere := len(classes) == 0 || len(classes) == 1 && classes[class] == 0
		if class == "" || elsewhere || file.part(code, student.Enrolment) != nil {
			continue
		}
		out = append(out, absent{class, p.ref, code, p.parts[student.ProfilePart].GetProfile().GetFullName()})
	}
	slices.SortFunc(out, func(x, y absent) int { return cmp.Or(cmp.Compare(x.Class, y.Class), cmp.Compare(x.code, y.code)) })
	return out
}

// declaredNumber asks how many pupils the directory says that a school has; 0 where that is not known.
func (a *app) declaredNumber(ctx context.Context, client reportingpb.ReportingServiceClient, school string) int {
	resp, err := call(ctx, a, client.GetProgress, &reportingpb.GetProgressRequest{Scope: school})
	if err != nil || len(resp.GetSchools()) != 1 {
		return 0
	}
	return int(resp.GetSchools()[0].GetDeclared())
}

// held asks what is held of a school.
func (a *app) held(ctx context.Context, client reportingpb.ReportingServiceClient, s portal.Sender) (holding, error) {
	out := holding{}
	req := &reportingpb.ListRecordsRequest{Scope: s.Province + "/" + s.School, PageSize: 500}
	for {
		page, err := call(ctx, a, client.ListRecords, req)
		if fault.Is(err, fault.NotFound) {
			return out, nil // intake says what is wrong with the school
		}
		if fault.Is(err, fault.Unavailable) {
			return nil, &fault.Error{Kind: fault.Unavailable, Op: "rasoat.submit", Err: err, Text: fault.Text{
				Vi: "Không liên lạc được với hệ thống, chưa gửi gì. Chạy lại lệnh này sau.",
				En: "The service cannot be reached; nothing was sent. Run the command again later.",
			}}
		}
		if err != nil {
			return nil, err
		}
		for _, p := range page.GetPupils() {
			for _, r := range p.GetRecords() {
				out.put(p.GetPupil(), r.GetRevision(), r.GetPersonal())
			}
		}
		if req.PageToken = page.GetNextPageToken(); req.PageToken == "" {
			return out, nil
		}
	}
}
