package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/protobuf/proto"
)

const opAllow = "access.allow"

// AllowMethod reports whether the caller's role may call a method at all, "/package.Service/Method". It fails with Denied.
func AllowMethod(c Caller, method string) error {
	r, known := table[method]
	switch {
	case !known:
		return fault.New(fault.Denied, opAllow, "Không ai được gọi phương thức này.", "nobody may call this method")
	case !slices.Contains(r.roles, c.Role):
		return fault.New(fault.Denied, opAllow,
			fmt.Sprintf("Vai trò %s không được gọi %s; vai trò được phép: %s. Nếu cần, đề nghị quản trị hệ thống cấp mã truy cập (token) với vai trò đó.",
				c.Role, short(method), list(r.roles)),
			fmt.Sprintf("the role %s may not call %s; those who may: %s. If you need to, ask your administrator for a token of such a role",
				c.Role, short(method), list(r.roles)))
	}
	return nil
}

// AllowRequest reports whether the caller may call a method on the scopes that a request acts on. It fails with Denied, and says which scopes
// the caller has.
func AllowRequest(c Caller, method string, req proto.Message) error {
	if err := AllowMethod(c, method); err != nil {
		return err
	}
	for _, scope := range table[method].scopes(req.ProtoReflect()) {
		if !c.Covers(scope) {
			return denied(c, method, scope)
		}
	}
	return nil
}

// denied tells of a scope only whether it is the nation: what was sent is not repeated.
func denied(c Caller, method, scope string) error {
	vi, en := "phạm vi được yêu cầu", "the scope that was asked for"
	if scope == "" {
		vi, en = "phạm vi cả nước", "the nation"
	}
	own := strings.Join(c.Scopes[:min(len(c.Scopes), 5)], ", ")
	if n := len(c.Scopes); n > 5 {
		own += fmt.Sprintf(", … (%d)", n)
	}
	return fault.New(fault.Denied, opAllow,
		fmt.Sprintf("Mã truy cập (token) không gồm %s khi gọi %s; mã này có: %s. Nêu đúng phạm vi của mình, hoặc đề nghị quản trị hệ thống cấp mã khác.", vi, short(method), own),
		fmt.Sprintf("the token does not cover %s in %s; it covers: %s. Name a scope of your own, or ask your administrator for another token", en, short(method), own))
}

// short is "IntakeService/Submit".
func short(method string) string { return method[strings.LastIndexByte(method, '.')+1:] }

func list(roles []Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}
