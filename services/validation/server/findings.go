package server

import (
	pb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/validation"
)

// findings writes what the rules found in the contract; each carries its sentences, so that whoever shows it needs no
// table of rules of the version that made it. A dry run has no pupil and no digests.
func (s *Server) findings(pupil string, part student.Part, found []validation.Finding) []*pb.Finding {
	if len(found) == 0 {
		return nil
	}
	out := make([]*pb.Finding, len(found))
	for i, f := range found {
		text, remedy := f.Message(), f.Remedy()
		out[i] = &pb.Finding{
			Rule: f.Rule, RuleVersion: int32(f.Version), Severity: severities[f.Severity], Field: f.Field,
			Personal: &pb.FindingDetail{
				Reported: f.Reported, Expected: f.Expected,
				MessageVi: text.Vi, MessageEn: text.En, RemedyVi: remedy.Vi, RemedyEn: remedy.En,
			},
		}
		if f.Fix.Kind != "" {
			out[i].Personal.Fix = &pb.Fix{Kind: fixes[f.Fix.Kind], Value: f.Fix.Value, Certain: f.Fix.Certain}
		}
		if pupil != "" {
			out[i].Values = f.Digest(s.key, student.Ref(pupil), part)
		}
	}
	return out
}

var severities = map[validation.Severity]pb.Severity{
	validation.Error:   pb.Severity_SEVERITY_ERROR,
	validation.Warning: pb.Severity_SEVERITY_WARNING,
	validation.Info:    pb.Severity_SEVERITY_INFO,
}

var fixes = map[validation.FixKind]pb.FixKind{
	validation.FixLeadingZero: pb.FixKind_FIX_KIND_LEADING_ZERO,
	validation.FixDigits:      pb.FixKind_FIX_KIND_DIGITS,
	validation.FixClean:       pb.FixKind_FIX_KIND_CLEAN,
	validation.FixLatin:       pb.FixKind_FIX_KIND_LATIN,
	validation.FixTitleCase:   pb.FixKind_FIX_KIND_TITLE_CASE,
	validation.FixFromTCVN3:   pb.FixKind_FIX_KIND_FROM_TCVN3,
	validation.FixFromVNI:     pb.FixKind_FIX_KIND_FROM_VNI,
	validation.FixFromVIQR:    pb.FixKind_FIX_KIND_FROM_VIQR,
	validation.FixCatalogue:   pb.FixKind_FIX_KIND_CATALOGUE,
	validation.FixValue:       pb.FixKind_FIX_KIND_VALUE,
	validation.FixSwap:        pb.FixKind_FIX_KIND_SWAP_DAY_MONTH,
}
