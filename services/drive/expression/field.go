package expression

import (
	"reflect"
	"strings"

	"github.com/rasoat/rasoat/services/student"
)

// HasField reports whether records of a kind have a field, by the path with which findings point to it: "residence.commune",
// "year.rating", "subjects[TOAN].year".
func HasField(kind student.Kind, path string) bool {
	t := reflect.TypeFor[Profile]()
	switch kind {
	case student.KindProfile:
	case student.KindResults:
		t = reflect.TypeFor[Results]()
	default:
		return false
	}
	for name, rest, more := path, "", true; more; name = rest {
		name, rest, more = strings.Cut(name, ".")
		name, index, indexed := strings.Cut(name, "[")
		if t = fieldType(t, name); t == nil {
			return false
		}
		if isList := t.Kind() == reflect.Slice; isList {
			t = t.Elem()
			if more && !indexed {
				return false // of which line?
			}
		} else if indexed {
			return false
		}
		if indexed && (len(index) < 2 || !strings.HasSuffix(index, "]")) {
			return false
		}
	}
	return true
}

// fieldType returns the type of a field by its name in the contract; nil for none.
func fieldType(t reflect.Type, name string) reflect.Type {
	if t.Kind() != reflect.Struct {
		return nil
	}
	for f := range t.Fields() {
		if f.Tag.Get("cel") == name {
			return f.Type
		}
	}
	return nil
}
