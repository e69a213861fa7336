package portal

import (
	"fmt"
	"slices"
	"strconv"

	pb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// ChangeKind is what becomes of a value.
type ChangeKind string

// The kinds.
const (
	Added   ChangeKind = "added"
	Changed ChangeKind = "changed"
	Erased  ChangeKind = "erased"
)

// Change is what a submission would do to one value that is held.
type Change struct {
	Path     string // of the contract: "profile.ethnicity", "results.subjects[TOAN].year"
	Kind     ChangeKind
	Old, New string // as people read them; personal
}

// Diff tells what a record would change of what is held of the same part, in order of path; held is nil where nothing is held. A
// submission replaces whole parts: what the new record does not have is erased.
func Diff(held, record *pb.Record) []Change {
	before, after := values(held), values(record)
	var out []Change
	for path, old := range before {
		switch now, stays := after[path]; {
		case !stays:
			out = append(out, Change{path, Erased, old, ""})
		case now != old:
			out = append(out, Change{path, Changed, old, now})
		}
	}
	for path, now := range after {
		if _, known := before[path]; !known {
			out = append(out, Change{path, Added, "", now})
		}
	}
	slices.SortFunc(out, func(a, b Change) int {
		if a.Path < b.Path {
			return -1
		}
		return 1
	})
	return out
}

// values returns every value of a record by its path. The pupil code and the school say whose record it is and are left out.
func values(r *pb.Record) map[string]string {
	out := map[string]string{}
	if r.GetContent() == nil {
		return out
	}
	flatten(out, "", r.ProtoReflect())
	return out
}

func flatten(out map[string]string, prefix string, m protoreflect.Message) {
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		path := prefix + string(f.Name())
		switch {
		case f.IsList():
			for i := range v.List().Len() {
				if s, ok := v.List().Get(i).Message().Interface().(*pb.Subject); ok {
					flatten(out, path+"["+s.GetCode()+"].", s.ProtoReflect())
				}
			}
		case f.Message() != nil:
			switch leaf := v.Message().Interface().(type) {
			case *pb.Date:
				out[path] = date(leaf)
			case *pb.Score:
				if s := score(leaf); s != "" {
					out[path] = s
				}
			default:
				flatten(out, path+".", v.Message())
			}
		case f.Name() == "code", f.Name() == "school":
		case f.Enum() != nil:
			out[path] = string(f.Enum().Values().ByNumber(v.Enum()).Name())
		default:
			out[path] = v.String()
		}
		return true
	})
}

func date(d *pb.Date) string {
	if d.GetMonth() == 0 {
		return strconv.Itoa(int(d.GetYear()))
	}
	return fmt.Sprintf("%02d/%02d/%04d", d.GetDay(), d.GetMonth(), d.GetYear())
}

func score(s *pb.Score) string {
	switch {
	case s.GetExempt():
		return "Miễn"
	case s.MarkTenths != nil:
		return fmt.Sprintf("%d,%d", s.GetMarkTenths()/10, s.GetMarkTenths()%10)
	case s.GetComment() == pb.Comment_COMMENT_PASSED:
		return "Đ"
	case s.GetComment() == pb.Comment_COMMENT_NOT_PASSED:
		return "CĐ"
	}
	return ""
}
