package rpc

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/grpc-ecosystem/grpc-gateway/v2/utilities"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// refusal is a REST request that could not be read. The gateway hands errors on as text only, so the text
// is the rule and the name it is about, and restError makes a fault of it. The library's own texts quote
// what was sent, personal values too, and go no further than here.
type refusal struct {
	rule string
	name string // of a field or a parameter, or a position
	at   string // of a field of a body: its position
}

const refusalMark = "request refused: "

func (r *refusal) Error() string { return refusalMark + r.rule + ": " + r.name + ": " + r.at }

// refusalTexts are completed with the name.
var refusalTexts = map[string]fault.Field{
	"request.unknown_field": {
		Text:   fault.Text{Vi: "không có trường %s trong hợp đồng dữ liệu", En: "the contract has no field %s"},
		Remedy: fault.Text{Vi: "Sửa tên trường hoặc bỏ đi; xem /openapi.json", En: "Correct its name or take it out; see /openapi.json"},
	},
	"request.unknown_parameter": {
		Text:   fault.Text{Vi: "không có tham số %s ở địa chỉ này", En: "this door has no parameter %s"},
		Remedy: fault.Text{Vi: "Sửa tên tham số; xem /openapi.json", En: "Correct its name; see /openapi.json"},
	},
	"request.bad_value": {
		Text:   fault.Text{Vi: "giá trị của %s không đúng kiểu dữ liệu", En: "the value of %s is not of its type"},
		Remedy: fault.Text{Vi: "Sửa giá trị theo /openapi.json", En: "Correct the value; see /openapi.json"},
	},
	"request.duplicate_field": {
		Text:   fault.Text{Vi: "%s có hai lần, hoặc có hai nội dung loại trừ nhau", En: "%s is there twice, or beside another that excludes it"},
		Remedy: fault.Text{Vi: "Giữ lại một", En: "Keep one"},
	},
	"request.bad_json": {
		Text:   fault.Text{Vi: "nội dung không phải là JSON đọc được (%s)", En: "the body is not JSON that can be read (%s)"},
		Remedy: fault.Text{Vi: "Gửi JSON, mã hóa UTF-8", En: "Send JSON in UTF-8"},
	},
}

// readRefusal makes a fault of the text of a refusal, or of any other complaint of the gateway about a
// body that was too large; nil when text is neither.
func readRefusal(text string) *fault.Error {
	rest, found := strings.CutPrefix(text, refusalMark)
	if !found {
		return nil
	}
	rule, rest, _ := strings.Cut(rest, ": ")
	name, at, _ := strings.Cut(rest, ": ")
	if rule == RuleTooLarge {
		return tooLarge()
	}
	f, known := refusalTexts[rule]
	if !known {
		return nil
	}
	f.Rule, f.Path = rule, name
	said := name
	if at != "" {
		said += " (" + at + ")"
	}
	f.Text = fault.Text{Vi: fmt.Sprintf(f.Text.Vi, strings.Replace(said, "line ", "dòng ", 1)), En: fmt.Sprintf(f.Text.En, said)}
	return &fault.Error{Kind: fault.Invalid, Op: "rpc.rest", Text: f.Text, Fields: []fault.Field{f}}
}

// jsonBody writes the names of the contracts (stored_at, not storedAt), reads both, and refuses what the
// contract does not know. As in all JSON of protobuf, 64-bit integers are strings and bytes are base64.
type jsonBody struct{ *runtime.JSONPb }

func newJSON() jsonBody {
	return jsonBody{&runtime.JSONPb{
		MarshalOptions: protojson.MarshalOptions{UseProtoNames: true, EmitUnpopulated: true},
	}}
}

// NewDecoder reads bodies; what it complains of is a refusal that names its place in the body.
func (j jsonBody) NewDecoder(r io.Reader) runtime.Decoder {
	text := newJSONText(r)
	values := json.NewDecoder(text)
	return runtime.DecoderFunc(func(v any) error {
		var value json.RawMessage
		switch err := values.Decode(&value); {
		case errors.Is(err, io.EOF):
			return j.JSONPb.Unmarshal(nil, v) // an empty message takes its place, and the contract says what it lacks
		case err != nil:
			return refuseSyntax(err, text)
		}
		begins := values.InputOffset() - int64(len(value))
		if err := j.JSONPb.Unmarshal(value, v); err != nil {
			return refuseValue(err, value, text, begins)
		}
		text.forget(values.InputOffset())
		return nil
	})
}

// Unmarshal reads bytes; what it complains of is a refusal.
func (j jsonBody) Unmarshal(data []byte, v any) error {
	return j.NewDecoder(bytes.NewReader(data)).Decode(v)
}

// refuseSyntax refuses what is no JSON at all.
func refuseSyntax(err error, text *jsonText) error {
	var tooBig *http.MaxBytesError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &tooBig):
		return &refusal{rule: RuleTooLarge}
	case errors.As(err, &syntax):
		return &refusal{rule: "request.bad_json", name: text.at(syntax.Offset - 1)}
	}
	return &refusal{rule: "request.bad_json", name: text.at(text.base + int64(len(text.kept)))} // it ends in the middle
}

// refuseValue refuses JSON that is no message of the contract.
func refuseValue(err error, value []byte, text *jsonText, begins int64) error {
	c := complaintOf(err, value)
	at := ""
	if c.at >= 0 {
		at = text.at(begins + int64(c.at))
	}
	if c.rule == "request.bad_json" {
		return &refusal{rule: c.rule, name: cmp.Or(at, "JSON")}
	}
	return &refusal{rule: c.rule, name: c.path, at: at}
}

// parameterParser refuses parameters that a request does not have, where the library ignores them: a
// misspelt scope must not mean the whole nation.
type parameterParser struct{ runtime.DefaultQueryParser }

var (
	plainName  = regexp.MustCompile(`^[A-Za-z0-9_.]{1,64}$`)
	namedField = regexp.MustCompile(`field "([A-Za-z0-9_.]{1,64})"`)
)

// Parse puts the parameters of the address into the request.
func (p parameterParser) Parse(m proto.Message, values url.Values, filter *utilities.DoubleArray) error {
	fields := m.ProtoReflect().Descriptor().Fields()
	for key := range values {
		if !plainName.MatchString(key) {
			return &refusal{rule: "request.unknown_parameter", name: "?"}
		}
		if first, _, _ := strings.Cut(key, "."); fieldNamed(fields, first) == nil {
			return &refusal{rule: "request.unknown_parameter", name: key}
		}
	}
	err := p.DefaultQueryParser.Parse(m, values, filter)
	if err == nil {
		return nil
	}
	name := "?"
	if found := namedField.FindStringSubmatch(err.Error()); found != nil {
		name = found[1]
	}
	return &refusal{rule: "request.bad_value", name: name}
}

func fieldNamed(fields protoreflect.FieldDescriptors, name string) protoreflect.FieldDescriptor {
	if f := fields.ByName(protoreflect.Name(name)); f != nil {
		return f
	}
	return fields.ByJSONName(name)
}
