package rpc

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"buf.build/go/protovalidate"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"
)

// contracts is the prefix of the packages whose messages are compiled beforehand.
const contracts = "rasoat."

// contractValidator is made once a process: it compiles the constraints of every linked contract, and
// fails when one of them makes no sense.
var contractValidator = sync.OnceValues(func() (protovalidate.Validator, error) {
	messages := contractMessages()
	v, err := protovalidate.New(protovalidate.WithMessageDescriptors(messages...))
	if err != nil {
		return nil, fault.Internalf("rpc.contracts", "make the validator: %w", err)
	}
	for _, d := range messages {
		err := v.Validate(dynamicpb.NewMessage(d))
		var violated *protovalidate.ValidationError
		if err != nil && !errors.As(err, &violated) {
			return nil, fault.Internalf("rpc.contracts", "constraints of %s: %w", d.FullName(), err)
		}
	}
	return v, nil
})

func contractMessages() []protoreflect.MessageDescriptor {
	var found []protoreflect.MessageDescriptor
	protoregistry.GlobalFiles.RangeFiles(func(f protoreflect.FileDescriptor) bool {
		if strings.HasPrefix(string(f.Package()), contracts) {
			for i := range f.Messages().Len() {
				found = append(found, f.Messages().Get(i))
			}
		}
		return true
	})
	return found
}

// Validate checks one message against the constraints of its contract and gives a field for each
// complaint, nil when there is none. Paths start with path: with "records[3]", the class of a profile is
// "records[3].profile.class". No text holds a value that was sent. Safe for concurrent use.
func Validate(m proto.Message, path string) []fault.Field {
	v, err := contractValidator()
	if err == nil {
		err = v.Validate(m)
	}
	if err == nil {
		return nil
	}
	var violated *protovalidate.ValidationError
	if !errors.As(err, &violated) {
		return []fault.Field{uncheckable(path)}
	}
	fields := make([]fault.Field, 0, len(violated.Violations))
	for _, v := range violated.Violations {
		f := describe(m.ProtoReflect().Descriptor(), v)
		f.Path = join(path, protovalidate.FieldPathString(v.Proto.GetField()))
		fields = append(fields, f)
	}
	return fields
}

func join(prefix, path string) string {
	if prefix == "" || path == "" {
		return prefix + path
	}
	return prefix + "." + path
}

// uncheckable refuses what cannot be checked. The server does not start with such a contract.
func uncheckable(path string) fault.Field {
	return fault.Field{
		Path: path,
		Rule: "contract",
		Text: fault.Text{Vi: "không kiểm tra được theo hợp đồng dữ liệu", En: "cannot be checked against the contract"},
		Remedy: fault.Text{
			Vi: "Báo cho đơn vị vận hành hệ thống",
			En: "Tell those who operate the system",
		},
	}
}

// describe says in both languages what is wrong with one place, and what to do.
func describe(root protoreflect.MessageDescriptor, v *protovalidate.Violation) fault.Field {
	f := fault.Field{Rule: v.Proto.GetRuleId()}
	say, known := constraintTexts[kindOfRule(f.Rule)]
	if !known || (v.FieldDescriptor == nil && f.Rule != "required") {
		f.Text = fault.Text{
			Vi: fmt.Sprintf("không đúng quy tắc %s của hợp đồng dữ liệu", f.Rule),
			En: fmt.Sprintf("does not keep the rule %s of the contract", f.Rule),
		}
		f.Remedy = fault.Text{Vi: "Sửa theo hợp đồng dữ liệu rồi gửi lại", En: "Mend it by the contract and send again"}
		return f
	}
	f.Text, f.Remedy = say(root, v)
	return f
}

// kindOfRule strips the type from the rules that all numbers have: "int32.gte_lte" is "gte_lte".
func kindOfRule(rule string) string {
	head, tail, found := strings.Cut(rule, ".")
	if found && (strings.HasPrefix(head, "int") || strings.HasPrefix(head, "uint")) {
		return tail
	}
	return rule
}
