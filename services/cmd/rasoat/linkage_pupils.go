package main

import (
	"context"
	"slices"

	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/matching/linkage"
	"github.com/rasoat/rasoat/services/student/wire"
)

// unresolvedOutcomes are those after which somebody has to find out who the pupil is.
var unresolvedOutcomes = []matchingpb.Outcome{
	matchingpb.Outcome_OUTCOME_MISMATCHED, matchingpb.Outcome_OUTCOME_NOT_FOUND, matchingpb.Outcome_OUTCOME_NEEDS_PERSON,
	matchingpb.Outcome_OUTCOME_DUPLICATE, matchingpb.Outcome_OUTCOME_SUPERSEDED,
}

// linkagePage is how many pupils are asked for at once.
const linkagePage = 1000

// unresolvedPupils asks the services for the pupils of a scope whose identity is unresolved, with their profiles.
func (a *app) unresolvedPupils(ctx context.Context, scope, catalogueDate string) ([]linkage.Person, error) {
	conn, err := a.connect()
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }() // every answer is in
	client := reportingpb.NewReportingServiceClient(conn)
	schools := []string{scope}
	if !schoolScope.MatchString(scope) {
		if schools, err = a.unfinishedSchools(ctx, client, scope); err != nil {
			return nil, err
		}
	}
	bar := a.bar("pupils")
	defer bar.finish()
	var out []linkage.Person
	for i, school := range schools {
		refs, err := a.unresolvedOf(ctx, client, school)
		if err != nil {
			return nil, err
		}
		if len(refs) > 0 {
			if out, err = a.profilesOf(ctx, client, school, refs, catalogueDate, out); err != nil {
				return nil, err
			}
		}
		bar.step(float64(i+1) / float64(len(schools)))
	}
	return out, nil
}

// unfinishedSchools lists the schools of which not every pupil is verified.
func (a *app) unfinishedSchools(ctx context.Context, client reportingpb.ReportingServiceClient, scope string) ([]string, error) {
	resp, err := call(ctx, a, client.GetProgress, &reportingpb.GetProgressRequest{Scope: scope})
	if err != nil {
		return nil, err
	}
	var out []string
	for _, s := range resp.GetSchools() {
		if slices.ContainsFunc(s.GetWindows(), func(c *reportingpb.Counts) bool { return c.GetVerified() < c.GetExpected() || c.GetUnexpected() > 0 }) {
			out = append(out, s.GetProvince()+"/"+s.GetSchool())
		}
	}
	return out, nil
}

// unresolvedOf gives the references of the pupils of a school whose identity is unresolved.
func (a *app) unresolvedOf(ctx context.Context, client reportingpb.ReportingServiceClient, school string) (map[string]bool, error) {
	refs := map[string]bool{}
	req := &reportingpb.ListPupilsRequest{Scope: school, PageSize: linkagePage}
	for {
		page, err := call(ctx, a, client.ListPupils, req)
		if err != nil {
			return nil, err
		}
		for _, p := range page.GetPupils() {
			if slices.Contains(unresolvedOutcomes, p.GetIdentity().GetOutcome()) {
				refs[p.GetPupil()] = true
			}
		}
		if req.PageToken = page.GetNextPageToken(); req.PageToken == "" {
			return refs, nil
		}
	}
}

// profilesOf appends the profiles of the pupils of a school who are among the references.
func (a *app) profilesOf(ctx context.Context, client reportingpb.ReportingServiceClient, school string, refs map[string]bool, catalogueDate string, out []linkage.Person) ([]linkage.Person, error) {
	req := &reportingpb.ListRecordsRequest{Scope: school, Parts: []studentpb.Part{studentpb.Part_PART_PROFILE}, PageSize: linkagePage}
	for {
		page, err := call(ctx, a, client.ListRecords, req)
		if err != nil {
			return nil, err
		}
		for _, p := range page.GetPupils() {
			for _, r := range p.GetRecords() {
				if rec := wire.FromRecord(r.GetPersonal()); refs[p.GetPupil()] && rec.Profile != nil {
					delete(refs, p.GetPupil())
					out = append(out, linkage.FromProfile(p.GetPupil(), *rec.Profile, catalogueDate))
				}
			}
		}
		if req.PageToken = page.GetNextPageToken(); req.PageToken == "" {
			return out, nil
		}
	}
}
