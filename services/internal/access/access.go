// Package access identifies the caller, and decides whether the caller's role may call a method on
// a scope.
//
// The one rule a reader must not miss: a call without a caller is refused, and so is a method that
// the table does not name.
package access

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Role is what a caller is.
type Role string

// The roles.
const (
	Portal   Role = "portal"   // a school portal: may hold hundreds of schools
	School   Role = "school"   // an officer of a school
	Province Role = "province" // an officer of a province's department of education
	Ministry Role = "ministry" // an officer of the ministry
	Exam     Role = "exam"     // an exam-registration system
	Operator Role = "operator" // who runs the system
	Auditor  Role = "auditor"  // who may look, and change nothing
	Service  Role = "service"  // another service of rasoat
)

// Nation is the scope of a caller who may act everywhere; in requests the nation is the empty scope.
const Nation = "*"

// Caller is who makes a call.
type Caller struct {
	Subject string    // the account; it stands in decisions
	Role    Role      //
	Scopes  []string  // "*", "01", "01/01000701"
	Expires time.Time // when the token ends
}

// Roles are all of them.
var Roles = []Role{Portal, School, Province, Ministry, Exam, Operator, Auditor, Service}

var (
	subjects = regexp.MustCompile(`^[A-Za-z0-9_.@-]{1,64}$`) // as officers in decisions
	scopes   = regexp.MustCompile(`^(\*|[0-9]{2}(/[A-Za-z0-9_-]{1,16})?)$`)
)

// valid reports whether the caller is somebody: an account, a role that is one, and at least one scope.
func (c Caller) valid() bool {
	return subjects.MatchString(c.Subject) && slices.Contains(Roles, c.Role) && len(c.Scopes) > 0 &&
		!slices.ContainsFunc(c.Scopes, func(s string) bool { return !scopes.MatchString(s) })
}

// Covers reports whether the caller may act on a scope: "" the nation, "01" a province, "01/01000701" a school.
func (c Caller) Covers(scope string) bool {
	for _, own := range c.Scopes {
		if own == Nation || scope != "" && (scope == own || strings.HasPrefix(scope, own+"/")) {
			return true
		}
	}
	return false
}

type callerKey struct{}

// With puts a caller into a context.
func With(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// From returns the caller of a context.
func From(ctx context.Context) (Caller, bool) {
	c, ok := ctx.Value(callerKey{}).(Caller)
	return c, ok
}

// Officer returns the account of the caller, as decisions record it; "" without a caller.
func Officer(ctx context.Context) string {
	c, _ := From(ctx)
	return c.Subject
}
