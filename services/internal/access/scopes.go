package access

import "google.golang.org/protobuf/reflect/protoreflect"

// finder gives the scopes that a request acts on: "" is the nation. What a request does not name is the nation, which the fewest may act on.
type finder func(protoreflect.Message) []string

// byScope reads the field scope.
func byScope(m protoreflect.Message) []string { return []string{text(m, "scope")} }

// bySchool reads the fields province and school.
func bySchool(m protoreflect.Message) []string {
	return []string{text(m, "province") + "/" + text(m, "school")}
}

// bySubmission reads the province and the school of the field submission.
func bySubmission(m protoreflect.Message) []string {
	f := m.Descriptor().Fields().ByName("submission")
	if f == nil {
		return nation(m)
	}
	return bySchool(m.Get(f).Message())
}

// byScopes reads the list scopes.
func byScopes(m protoreflect.Message) []string {
	f := m.Descriptor().Fields().ByName("scopes")
	if f == nil || m.Get(f).List().Len() == 0 {
		return nation(m)
	}
	list := m.Get(f).List()
	out := make([]string, 0, list.Len())
	for i := range list.Len() {
		out = append(out, list.Get(i).String())
	}
	return out
}

// nation is that of methods which act on everything, whatever the request says.
func nation(protoreflect.Message) []string { return []string{""} }

// none is that of methods which tell of no school: the role alone decides.
func none(protoreflect.Message) []string { return nil }

func text(m protoreflect.Message, field protoreflect.Name) string {
	f := m.Descriptor().Fields().ByName(field)
	if f == nil {
		return ""
	}
	return m.Get(f).String()
}
