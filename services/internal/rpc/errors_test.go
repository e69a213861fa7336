package rpc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"reflect"
	"strings"
	"testing"

	intakev1 "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

var someFields = []fault.Field{
	{
		Path: "records[3].profile.class", Rule: "string.max_len",
		Text:   fault.Text{Vi: "có 40 ký tự, tối đa 32", En: "has 40 characters, at most 32 are allowed"},
		Remedy: fault.Text{Vi: "Rút ngắn lại", En: "Shorten it"},
	},
	{Path: "records[4]", Rule: "closed", Text: fault.Text{Vi: "đã đóng", En: "is closed"}},
}

func TestErrorsCrossTheWire(t *testing.T) {
	cause := errors.New("secret cause")
	tests := []struct {
		name string
		err  error
		want *fault.Error
		code codes.Code
	}{
		{"invalid", &fault.Error{Kind: fault.Invalid, Op: "intake.submit", Text: fault.Text{Vi: "sai", En: "wrong"}, Fields: someFields, Err: cause},
			&fault.Error{Kind: fault.Invalid, Op: "intake.submit", Text: fault.Text{Vi: "sai", En: "wrong"}, Fields: someFields}, codes.InvalidArgument},
		{"not found", fault.New(fault.NotFound, "a.b", "không có", "none"), fault.New(fault.NotFound, "a.b", "không có", "none"), codes.NotFound},
		{"conflict", fault.New(fault.Conflict, "a.b", "trùng", "taken"), fault.New(fault.Conflict, "a.b", "trùng", "taken"), codes.AlreadyExists},
		{"denied", fault.New(fault.Denied, "a.b", "quá hạn", "too late"), fault.New(fault.Denied, "a.b", "quá hạn", "too late"), codes.PermissionDenied},
		{"unavailable without a sentence", fault.Wrap(fault.Unavailable, "store.get", cause),
			&fault.Error{Kind: fault.Unavailable, Op: "store.get", Text: sentences[fault.Unavailable]}, codes.Unavailable},
		{"wrapped twice", fmt.Errorf("outer: %w", fault.Wrap("", "intake.x", fault.New(fault.Denied, "y", "thôi", "no"))),
			fault.New(fault.Denied, "intake.x", "thôi", "no"), codes.PermissionDenied},
		{"internal", fault.Internalf("a.b", "secret %d", 7), &fault.Error{Kind: fault.Internal, Text: sentences[fault.Internal]}, codes.Internal},
		{"unknown", cause, &fault.Error{Kind: fault.Internal, Text: sentences[fault.Internal]}, codes.Internal},
		{"an internal status", status.Error(codes.Unknown, "secret"), &fault.Error{Kind: fault.Internal, Text: sentences[fault.Internal]}, codes.Internal},
	}
	svc := &stub{}
	current := make(chan error, 1)
	svc.submit = func(context.Context, *intakev1.SubmitRequest) (*intakev1.SubmitResponse, error) {
		return nil, <-current
	}
	client := start(t, svc).intake(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			current <- tt.err
			_, err := client.Submit(eventually.Context(t), goodRequest())
			var got *fault.Error
			if !errors.As(err, &got) {
				t.Fatalf("got %T %v, want a fault", err, err)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %#v\nwant %#v", got, tt.want)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the cause crossed the wire: %v", err)
			}
			if c := status.Code(ToStatus(tt.err)); c != tt.code {
				t.Errorf("code %v, want %v", c, tt.code)
			}
		})
	}
	if !strings.Contains(logs.String(), "secret 7") {
		t.Error("the log does not tell the cause")
	}
}

func TestForeignStatuses(t *testing.T) {
	tests := []struct {
		err  error
		want fault.Kind
	}{
		{status.Error(codes.ResourceExhausted, "quota"), fault.Unavailable},
		{status.Error(codes.ResourceExhausted, "grpc: received message larger than max (9 vs. 8)"), fault.Invalid},
		{status.Error(codes.FailedPrecondition, "no"), fault.Denied},
		{status.Error(codes.Unimplemented, "what"), fault.NotFound},
		{status.Error(codes.DataLoss, "oh"), fault.Internal},
	}
	for _, tt := range tests {
		got := FromStatus(tt.err)
		if fault.KindOf(got) != tt.want {
			t.Errorf("%v: got %v, want %v", tt.err, fault.KindOf(got), tt.want)
		}
		if status.Code(got) != status.Code(tt.err) {
			t.Errorf("%v: the code was lost", tt.err)
		}
	}
	if err := FromStatus(status.FromContextError(context.Canceled).Err()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if FromStatus(nil) != nil || ToStatus(nil) != nil {
		t.Error("nil must stay nil")
	}
}

func TestNobodyThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	conn, err := Dial(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, err = intakev1.NewIntakeServiceClient(conn).Submit(eventually.Context(t), goodRequest())
	if !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v, want unavailable", err)
	}
}

// TestManyFields: our clients get every field; a client of another make gets what its headers hold.
func TestManyFields(t *testing.T) {
	var fields []fault.Field
	for i := range 1000 {
		f := someFields[0]
		f.Path = fmt.Sprintf("records[%d].profile.class", i)
		fields = append(fields, f)
	}
	svc := &stub{submit: func(context.Context, *intakev1.SubmitRequest) (*intakev1.SubmitResponse, error) {
		return nil, &fault.Error{Kind: fault.Invalid, Text: fault.Text{Vi: "sai", En: "wrong"}, Fields: fields}
	}}
	srv := start(t, svc)
	_, err := srv.intake(t).Submit(eventually.Context(t), goodRequest())
	var got *fault.Error
	if !errors.As(err, &got) || !reflect.DeepEqual(got.Fields, fields) {
		t.Errorf("got %d fields of %v", len(got.Fields), err)
	}

	conn, err := grpc.NewClient(srv.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithMaxHeaderListSize(8<<10))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, err = intakev1.NewIntakeServiceClient(conn).Submit(eventually.Context(t), goodRequest())
	st := status.Convert(err)
	if st.Code() != codes.InvalidArgument || proto.Size(st.Proto()) > 5<<10 {
		t.Fatalf("got %v with %d bytes", st.Code(), proto.Size(st.Proto()))
	}
	if !errors.As(FromStatus(err), &got) || len(got.Fields) < 10 || got.Fields[len(got.Fields)-1].Rule != RuleMoreProblems {
		t.Errorf("got fields %+v", got.Fields)
	}
}

func TestPanicIsInternal(t *testing.T) {
	type holder struct{ name string }
	for _, value := range []any{"secret of the code", holder{"Nguyen Van A"}} {
		svc := &stub{submit: func(context.Context, *intakev1.SubmitRequest) (*intakev1.SubmitResponse, error) { panic(value) }}
		_, err := start(t, svc).intake(t).Submit(eventually.Context(t), goodRequest())
		if !fault.Is(err, fault.Internal) || strings.Contains(err.Error(), "secret") {
			t.Errorf("got %v", err)
		}
	}
	text := logs.String()
	if !strings.Contains(text, "secret of the code") || !strings.Contains(text, "errors_test.go") {
		t.Error("the log does not tell the panic and its place")
	}
	if strings.Contains(text, "Nguyen") {
		t.Error("the log tells the value of a panic")
	}
}

func TestStreamOutlivesABadMessage(t *testing.T) {
	stream, err := start(t, &stub{}).intake(t).SubmitStream(eventually.Context(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"bad id!", "good"} {
		req := &intakev1.SubmitStreamRequest{Submission: goodRequest().GetSubmission()}
		req.Submission.Id = id
		if err := stream.Send(req); err != nil {
			t.Fatal(err)
		}
		resp, err := stream.Recv()
		if err != nil || resp.GetSubmissionId() != id || (resp.GetRefusal() != nil) != (id == "bad id!") {
			t.Errorf("%s: got %v, %v", id, resp, err)
		}
	}
	if err := stream.Send(&intakev1.SubmitStreamRequest{Submission: &intakev1.Submission{Id: "last"}}); err != nil {
		t.Fatal(err)
	}
	if _, err = stream.Recv(); !fault.Is(err, fault.Denied) {
		t.Errorf("got %v, want denied", err)
	}
}

// A caller who goes away in the middle of a stream is no defect of ours.
func TestCallerGone(t *testing.T) {
	before := len(logs.String())
	ctx, leave := context.WithCancel(t.Context())
	stream, err := start(t, &stub{}).intake(t).SubmitStream(ctx)
	if err == nil {
		err = stream.Send(&intakev1.SubmitStreamRequest{})
	}
	if err == nil {
		_, err = stream.Recv() // the handler reads on
	}
	if err != nil {
		t.Fatal(err)
	}
	leave()
	eventually.True(t, "the log knows the end", func() bool { return strings.Contains(logs.String()[before:], `msg="call failed"`) })
	if said := logs.String()[before:]; !strings.Contains(said, "kind=unavailable") || strings.Contains(said, "level=ERROR") {
		t.Errorf("got %s", said)
	}
}
