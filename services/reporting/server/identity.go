package server

import (
	"bytes"
	"slices"

	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
)

// identityState tells how the identity of the present profile stands.
func (p *pupil) identityState() reporting.IdentityState {
	profile, ok := p.parts[student.ProfilePart]
	if p.identity == nil || !ok || !bytes.Equal(p.identity.GetIdentityHash(), profile.IdentityHash) {
		return reporting.IdentityWaiting
	}
	switch p.outcome() {
	case matchingpb.Outcome_OUTCOME_CONFIRMED, matchingpb.Outcome_OUTCOME_NOT_APPLICABLE, matchingpb.Outcome_OUTCOME_SETTLED:
		return reporting.IdentityGood
	case matchingpb.Outcome_OUTCOME_MISMATCHED, matchingpb.Outcome_OUTCOME_NOT_FOUND, matchingpb.Outcome_OUTCOME_SUPERSEDED:
		return reporting.IdentityDiffers
	case matchingpb.Outcome_OUTCOME_NEEDS_PERSON:
		return reporting.IdentityUnsettled
	}
	return reporting.IdentityWaiting
}

// unsettled tells why the identity needs a person.
func (p *pupil) unsettled() reporting.Unsettled {
	for _, c := range p.identity.GetCauses() {
		switch {
		case c.GetField() == matchingpb.Field_FIELD_FULL_NAME:
			return reporting.NameAlike
		case c.GetField() != matchingpb.Field_FIELD_ID_NUMBER:
		case c.GetKind() == "none":
			return reporting.NoNumber
		default:
			return reporting.NumberMangled
		}
	}
	return reporting.OtherUnsettled
}

// outcome is the registry's, or SETTLED where officers decided in its place and the facts are still those that they saw.
func (p *pupil) outcome() matchingpb.Outcome {
	switch o := p.identity.GetOutcome(); o {
	case matchingpb.Outcome_OUTCOME_CONFIRMED, matchingpb.Outcome_OUTCOME_NOT_APPLICABLE, matchingpb.Outcome_OUTCOME_WAITING:
		return o
	default:
		if p.isSettled(p.identity.GetSeen()) || len(p.sharedWith) > 0 && p.isSettled(p.seenShared()) {
			return matchingpb.Outcome_OUTCOME_SETTLED
		}
		return o
	}
}

// isSettled reports whether officers decided about the facts of this digest.
func (p *pupil) isSettled(seen []byte) bool {
	return len(seen) > 0 && slices.ContainsFunc(p.settled.GetSeen(), func(s []byte) bool { return bytes.Equal(s, seen) })
}

// seenShared is the digest of the identity's facts with who else claims the number; nil while the identity is not judged.
func (p *pupil) seenShared() []byte {
	profile := p.parts[student.ProfilePart]
	if len(p.identity.GetSeen()) == 0 || !bytes.Equal(p.identity.GetIdentityHash(), profile.IdentityHash) {
		return nil
	}
	return wire.SeenShared(p.identity.GetSeen(), p.sharedWith)
}
