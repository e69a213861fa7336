package rpc

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"buf.build/go/protovalidate"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// sayer gives the complaint and the remedy for one violation. It may tell the length of a value, never
// the value.
type sayer func(root protoreflect.MessageDescriptor, v *protovalidate.Violation) (fault.Text, fault.Text)

var constraintTexts = map[string]sayer{
	"required":           sayRequired,
	"string.min_len":     sayMinLen,
	"string.max_len":     sayMaxLen,
	"string.pattern":     sayPattern,
	"bytes.len":          sayBytes,
	"bytes.max_len":      sayMaxBytes,
	"gte":                sayRange,
	"lte":                sayRange,
	"gte_lte":            sayRange,
	"enum.defined_only":  sayEnum,
	"enum.in":            sayEnum,
	"enum.not_in":        sayEnum,
	"repeated.max_items": sayMaxItems,
	"repeated.min_items": sayMinItems,
}

var fillIn = fault.Text{Vi: "Điền mục này rồi gửi lại", En: "Fill it in and send again"}

func sayRequired(root protoreflect.MessageDescriptor, v *protovalidate.Violation) (fault.Text, fault.Text) {
	path := v.Proto.GetField().GetElements()
	if v.FieldDescriptor == nil && len(path) == 1 {
		if one := root.Oneofs().ByName(protoreflect.Name(path[0].GetFieldName())); one != nil {
			var names []string
			for i := range one.Fields().Len() {
				names = append(names, string(one.Fields().Get(i).Name()))
			}
			list := strings.Join(names, ", ")
			return fault.Text{Vi: "không có nội dung", En: "holds nothing"},
				fault.Text{Vi: "Gửi đúng một trong: " + list, En: "Send exactly one of: " + list}
		}
	}
	return fault.Text{Vi: "còn thiếu", En: "is missing"}, fillIn
}

func sayMinLen(_ protoreflect.MessageDescriptor, v *protovalidate.Violation) (fault.Text, fault.Text) {
	n := utf8.RuneCountInString(v.FieldValue.String())
	if n == 0 {
		return fault.Text{Vi: "còn trống", En: "is empty"}, fillIn
	}
	least := v.RuleValue.Uint()
	return fault.Text{
			Vi: fmt.Sprintf("có %d ký tự, ít nhất phải %d", n, least),
			En: fmt.Sprintf("has %d characters, at least %d are needed", n, least),
		},
		fault.Text{Vi: "Điền đầy đủ rồi gửi lại", En: "Write it in full and send again"}
}

func sayMaxLen(_ protoreflect.MessageDescriptor, v *protovalidate.Violation) (fault.Text, fault.Text) {
	n, most := utf8.RuneCountInString(v.FieldValue.String()), v.RuleValue.Uint()
	return fault.Text{
			Vi: fmt.Sprintf("có %d ký tự, tối đa %d", n, most),
			En: fmt.Sprintf("has %d characters, at most %d are allowed", n, most),
		},
		fault.Text{Vi: "Rút ngắn lại, hoặc kiểm tra xem có điền nhầm cột không", En: "Shorten it, or see whether it is in the wrong column"}
}

// patternTexts says in words what the patterns of the contracts mean.
var patternTexts = map[string]fault.Text{
	"^[A-Za-z0-9_.@-]{0,64}$": {
		Vi: "để trống, hoặc tối đa 64 chữ cái không dấu, chữ số, \"_\", \".\", \"@\" hoặc \"-\"",
		En: "nothing, or up to 64 unaccented letters, digits, \"_\", \".\", \"@\" or \"-\"",
	},
	"^[A-Za-z0-9_-]{0,64}$": {
		Vi: "để trống, hoặc tối đa 64 chữ cái không dấu, chữ số, \"-\" hoặc \"_\"",
		En: "nothing, or up to 64 unaccented letters, digits, \"-\" or \"_\"",
	},
	"^(now|[0-9]+-[0-9]+-[0-9]+(-[0-9a-f]+)?)?$": {
		Vi: "để trống để nhận từ đầu, \"now\" để nhận từ bây giờ, hoặc resume_token của câu trả lời cuối đã xử lý",
		En: "nothing for the beginning, \"now\" for what is new, or the resume_token of the last answer that was dealt with",
	},
	"^([0-9]{2})?$": {
		Vi: "để trống cho cả nước, hoặc mã tỉnh gồm 2 chữ số, ví dụ \"01\"",
		En: "nothing for the nation, or the province's code of 2 digits, such as \"01\"",
	},
	"^([0-9]{2}/[A-Za-z0-9_-]{1,16})?$": {
		Vi: "để trống, hoặc mã tỉnh và mã trường, ví dụ \"01/01000701\"",
		En: "nothing, or the codes of a province and a school, such as \"01/01000701\"",
	},
	"^[A-Za-z0-9_-]{1,64}$": {
		Vi: "từ 1 đến 64 chữ cái không dấu, chữ số, \"-\" hoặc \"_\"",
		En: "1 to 64 unaccented letters, digits, \"-\" or \"_\"",
	},
	"^[A-Za-z0-9_-]{1,16}$": {
		Vi: "từ 1 đến 16 chữ cái không dấu, chữ số, \"-\" hoặc \"_\"",
		En: "1 to 16 unaccented letters, digits, \"-\" or \"_\"",
	},
	"^[0-9]{12}$": {
		Vi: "12 chữ số",
		En: "12 digits",
	},
	"^[0-9]{2}$": {
		Vi: "mã tỉnh gồm 2 chữ số, ví dụ \"01\"",
		En: "the province's code of 2 digits, such as \"01\"",
	},
	"^([0-9]{2}(/[A-Za-z0-9_-]{1,16})?)?$": {
		Vi: "để trống cho cả nước, \"01\" cho một tỉnh, \"01/01000701\" cho một trường",
		En: "nothing for the nation, \"01\" for a province, \"01/01000701\" for a school",
	},
	"^[0-9]{2}(/[A-Za-z0-9_-]{1,16})?$": {
		Vi: "\"01\" cho một tỉnh, \"01/01000701\" cho một trường",
		En: "\"01\" for a province, \"01/01000701\" for a school",
	},
	"^[A-Z][A-Z0-9_]{1,63}$": {
		Vi: "mã quy tắc, ví dụ \"YEAR_MARK\"",
		En: "the code of a rule, such as \"YEAR_MARK\"",
	},
	"^[0-9]{2}/[A-Za-z0-9_-]{1,16}$": {
		Vi: "mã tỉnh và mã trường, ví dụ \"01/01000701\"",
		En: "the codes of province and school, such as \"01/01000701\"",
	},
}

func sayPattern(_ protoreflect.MessageDescriptor, v *protovalidate.Violation) (fault.Text, fault.Text) {
	pattern := v.RuleValue.String()
	shape, known := patternTexts[pattern]
	if !known {
		shape = fault.Text{Vi: "theo mẫu " + pattern, En: "in the form " + pattern}
	}
	n := utf8.RuneCountInString(v.FieldValue.String())
	if n == 0 {
		return fault.Text{Vi: "còn trống", En: "is empty"},
			fault.Text{Vi: "Điền " + shape.Vi, En: "Write " + shape.En}
	}
	return fault.Text{
			Vi: fmt.Sprintf("có %d ký tự và không đúng dạng", n),
			En: fmt.Sprintf("has %d characters and is not of the right form", n),
		},
		fault.Text{Vi: "Điền " + shape.Vi, En: "Write " + shape.En}
}

func sayBytes(_ protoreflect.MessageDescriptor, v *protovalidate.Violation) (fault.Text, fault.Text) {
	return fault.Text{
			Vi: fmt.Sprintf("có %d byte, phải đúng %d", len(v.FieldValue.Bytes()), v.RuleValue.Uint()),
			En: fmt.Sprintf("has %d bytes, must have %d", len(v.FieldValue.Bytes()), v.RuleValue.Uint()),
		},
		fault.Text{Vi: "Gửi đúng giá trị mà hệ thống đã trả về", En: "Send back the value as the system gave it"}
}

func sayMaxBytes(_ protoreflect.MessageDescriptor, v *protovalidate.Violation) (fault.Text, fault.Text) {
	return fault.Text{
			Vi: fmt.Sprintf("có %d byte, tối đa %d", len(v.FieldValue.Bytes()), v.RuleValue.Uint()),
			En: fmt.Sprintf("has %d bytes, at most %d are allowed", len(v.FieldValue.Bytes()), v.RuleValue.Uint()),
		},
		fault.Text{Vi: "Gửi đúng giá trị mà hệ thống đã trả về", En: "Send back the value as the system gave it"}
}

func sayRange(_ protoreflect.MessageDescriptor, v *protovalidate.Violation) (fault.Text, fault.Text) {
	rules, _ := proto.GetExtension(v.FieldDescriptor.Options(), validate.E_Field).(*validate.FieldRules)
	low, hasLow := limit(rules, v.RuleDescriptor, "gte")
	high, hasHigh := limit(rules, v.RuleDescriptor, "lte")
	remedy := fault.Text{Vi: "Kiểm tra lại số đã điền", En: "Check the number that was written"}
	switch {
	case hasLow && hasHigh:
		return fault.Text{
			Vi: fmt.Sprintf("phải từ %s đến %s", low, high),
			En: fmt.Sprintf("must be from %s to %s", low, high),
		}, remedy
	case hasLow:
		return fault.Text{Vi: "phải từ " + low + " trở lên", En: "must be " + low + " or more"}, remedy
	}
	return fault.Text{Vi: "phải từ " + high + " trở xuống", En: "must be " + high + " or less"}, remedy
}

// limit reads a bound of the rules that the broken rule belongs to.
func limit(rules *validate.FieldRules, broken protoreflect.FieldDescriptor, name protoreflect.Name) (string, bool) {
	if rules == nil || broken == nil {
		return "", false
	}
	typed := rules.ProtoReflect().WhichOneof(rules.ProtoReflect().Descriptor().Oneofs().ByName("type"))
	if typed == nil || typed.Message() == nil {
		return "", false
	}
	bounds := rules.ProtoReflect().Get(typed).Message()
	field := typed.Message().Fields().ByName(name)
	if field == nil || !bounds.Has(field) {
		return "", false
	}
	return bounds.Get(field).String(), true
}

func sayEnum(_ protoreflect.MessageDescriptor, v *protovalidate.Violation) (fault.Text, fault.Text) {
	list := strings.Join(allowed(v), ", ")
	remedy := fault.Text{Vi: "Chọn một trong: " + list, En: "Choose one of: " + list}
	if v.FieldDescriptor.Kind() == protoreflect.EnumKind && !v.FieldDescriptor.IsList() && v.FieldValue.Enum() == 0 {
		return fault.Text{Vi: "chưa được chọn", En: "is not chosen"}, remedy
	}
	return fault.Text{Vi: "không phải là giá trị được dùng ở đây", En: "is not a value that is used here"}, remedy
}

// allowed names the values of an enum that its rules let through.
func allowed(v *protovalidate.Violation) []string {
	rules, _ := proto.GetExtension(v.FieldDescriptor.Options(), validate.E_Field).(*validate.FieldRules)
	in, notIn := map[int32]bool{}, map[int32]bool{0: true}
	for _, n := range rules.GetEnum().GetIn() {
		in[n] = true
	}
	for _, n := range rules.GetEnum().GetNotIn() {
		notIn[n] = true
	}
	var names []string
	values := v.FieldDescriptor.Enum().Values()
	for i := range values.Len() {
		n := int32(values.Get(i).Number())
		if notIn[n] || (len(in) > 0 && !in[n]) {
			continue
		}
		names = append(names, string(values.Get(i).Name()))
	}
	return names
}

func sayMaxItems(_ protoreflect.MessageDescriptor, v *protovalidate.Violation) (fault.Text, fault.Text) {
	n, most := v.FieldValue.List().Len(), v.RuleValue.Uint()
	return fault.Text{
			Vi: fmt.Sprintf("có %d dòng, tối đa %d", n, most),
			En: fmt.Sprintf("has %d entries, at most %d are allowed", n, most),
		},
		fault.Text{Vi: "Bỏ các dòng thừa, hoặc chia thành nhiều lần gửi", En: "Take out what is too much, or send it in several parts"}
}

func sayMinItems(_ protoreflect.MessageDescriptor, v *protovalidate.Violation) (fault.Text, fault.Text) {
	n, least := v.FieldValue.List().Len(), v.RuleValue.Uint()
	return fault.Text{
		Vi: fmt.Sprintf("có %d dòng, ít nhất phải %d", n, least),
		En: fmt.Sprintf("has %d entries, at least %d are needed", n, least),
	}, fillIn
}
