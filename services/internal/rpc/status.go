package rpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"
)

// domain marks the statuses that ToStatus made.
const domain = "rasoat"

// Details travel in a header. Most gRPC libraries refuse headers beyond 8 KB in all, so a caller gets only
// as many problems as surely fit, and the number of the others, unless it says that it takes more (Dial
// and the REST door do).
const (
	detailBytesKey     = "rasoat-detail-bytes"
	defaultDetailBytes = 4 << 10
	maxDetailBytes     = 1 << 20
)

// RuleMoreProblems is the rule of the last field of a fault whose fields did not all fit.
const RuleMoreProblems = "more_problems"

// ToStatus makes a gRPC status error of an error: INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, UNAUTHENTICATED,
// PERMISSION_DENIED (also for too late: sending it again is no help), UNAVAILABLE or INTERNAL. The status
// carries ErrorInfo (reason: the kind; domain: rasoat), LocalizedMessage in vi and en, and BadRequest with
// a violation per field: description is the English sentence, a line break, the remedy; localized_message
// is the same in Vietnamese; reason is the rule. The server's interceptor calls it; a handler need not.
func ToStatus(err error) error { return toStatus(err, defaultDetailBytes) }

func toStatus(err error, room int) error {
	if err == nil {
		return nil
	}
	kind, text, op, fields := parts(err)
	if kind == "" {
		return err // somebody else's status, fit to be seen
	}
	details := []protoadapt.MessageV1{
		&errdetails.ErrorInfo{Reason: strings.ToUpper(string(kind)), Domain: domain, Metadata: opMetadata(op)},
		&errdetails.LocalizedMessage{Locale: "vi", Message: text.Vi},
		&errdetails.LocalizedMessage{Locale: "en", Message: text.En},
	}
	if len(fields) > 0 {
		details = append(details, badRequest(fields, room))
	}
	st := status.New(codeOf[kind], text.En)
	full, failed := st.WithDetails(details...)
	if failed != nil {
		return st.Err()
	}
	return full.Err()
}

// parts returns what a caller may know of err; no kind means that err is a status to be passed on as it is.
func parts(err error) (fault.Kind, fault.Text, string, []fault.Field) {
	kind := fault.KindOf(err)
	var e *fault.Error
	if !errors.As(err, &e) {
		e = &fault.Error{}
		if st, ok := status.FromError(err); ok {
			switch st.Code() {
			case codes.Internal, codes.Unknown, codes.DataLoss:
				kind = fault.Internal
			default:
				return "", fault.Text{}, "", nil
			}
		}
	}
	if _, known := codeOf[kind]; !known || kind == fault.Internal {
		return fault.Internal, sentences[fault.Internal], "", nil
	}
	text := e.Text
	if text.En == "" {
		text.En = sentences[kind].En
	}
	if text.Vi == "" {
		text.Vi = sentences[kind].Vi
	}
	return kind, text, e.Op, e.Fields
}

func opMetadata(op string) map[string]string {
	if op == "" {
		return nil
	}
	return map[string]string{"op": op}
}

func badRequest(fields []fault.Field, room int) *errdetails.BadRequest {
	out := &errdetails.BadRequest{}
	for i, f := range fields {
		v := violation(f)
		room -= proto.Size(v) + 4
		if room < 0 && i > 0 {
			left := len(fields) - i
			out.FieldViolations = append(out.FieldViolations, violation(fault.Field{
				Rule: RuleMoreProblems,
				Text: fault.Text{
					Vi: fmt.Sprintf("Còn %d lỗi nữa không hiện ở đây", left),
					En: fmt.Sprintf("%d more problems are not shown here", left),
				},
				Remedy: fault.Text{
					Vi: "Sửa các lỗi trên rồi gửi lại, hoặc gửi qua REST để thấy tất cả",
					En: "Mend those above and send again, or send through REST to see all",
				},
			}))
			break
		}
		out.FieldViolations = append(out.FieldViolations, v)
	}
	return out
}

func violation(f fault.Field) *errdetails.BadRequest_FieldViolation {
	return &errdetails.BadRequest_FieldViolation{
		Field:            f.Path,
		Reason:           f.Rule,
		Description:      twoLines(f.Text.En, f.Remedy.En),
		LocalizedMessage: &errdetails.LocalizedMessage{Locale: "vi", Message: twoLines(f.Text.Vi, f.Remedy.Vi)},
	}
}

func twoLines(text, remedy string) string {
	text = strings.ReplaceAll(text, "\n", " ")
	if remedy == "" {
		return text
	}
	return text + "\n" + remedy
}

// FromStatus makes a *fault.Error of what a gRPC call returned; nil and io.EOF stay what they are. The
// fields come back as they were. A status that ToStatus did not make gets the kind that fits its code and
// stays in the chain as the cause, so status.Code still tells it; a call that the caller gave up has
// context.Canceled or context.DeadlineExceeded as its cause.
func FromStatus(err error) error {
	var already *fault.Error
	if err == nil || errors.Is(err, io.EOF) || errors.As(err, &already) {
		return err
	}
	st, ok := status.FromError(err)
	if !ok {
		return fault.Wrap("", "rpc", err)
	}
	if e := ours(st); e != nil {
		return e
	}
	switch st.Code() {
	case codes.Canceled:
		err = context.Canceled
	case codes.DeadlineExceeded:
		err = context.DeadlineExceeded
	}
	if strings.Contains(st.Message(), "larger than max") {
		e := tooLarge()
		e.Err = err
		return e
	}
	kind := kindOf(st.Code())
	text := sentences[kind]
	// What is no server of HTTP/2 begins with something else than a frame of it.
	if kind == fault.Unavailable && strings.Contains(st.Message(), "server preface: http2:") {
		return &fault.Error{Kind: kind, Op: "rpc", Text: notGRPC, Err: errors.Join(ErrNotGRPC, err)}
	}
	if st.Code() == codes.Unimplemented {
		return &fault.Error{Kind: kind, Op: "rpc", Text: notOffered, Err: err}
	}
	if kind != fault.Internal && kind != fault.Unavailable && st.Message() != "" {
		text.En = st.Message()
	}
	return &fault.Error{Kind: kind, Op: "rpc", Text: text, Err: err}
}

// ours reads a status that ToStatus made, or gives nil.
func ours(st *status.Status) *fault.Error {
	var known bool
	e := &fault.Error{Text: fault.Text{En: st.Message()}}
	for _, d := range st.Details() {
		switch d := d.(type) {
		case *errdetails.ErrorInfo:
			known = known || d.GetDomain() == domain
			e.Kind = fault.Kind(strings.ToLower(d.GetReason()))
			e.Op = d.GetMetadata()["op"]
		case *errdetails.LocalizedMessage:
			if d.GetLocale() == "vi" {
				e.Text.Vi = d.GetMessage()
			}
		case *errdetails.BadRequest:
			for _, v := range d.GetFieldViolations() {
				e.Fields = append(e.Fields, fieldOf(v))
			}
		}
	}
	if _, sane := codeOf[e.Kind]; !known || !sane {
		return nil
	}
	return e
}

func fieldOf(v *errdetails.BadRequest_FieldViolation) fault.Field {
	f := fault.Field{Path: v.GetField(), Rule: v.GetReason()}
	f.Text.En, f.Remedy.En, _ = strings.Cut(v.GetDescription(), "\n")
	f.Text.Vi, f.Remedy.Vi, _ = strings.Cut(v.GetLocalizedMessage().GetMessage(), "\n")
	return f
}
