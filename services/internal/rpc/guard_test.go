package rpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	intakev1 "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
)

// guarded is a server that checks tokens, and who issues them.
func guarded(t *testing.T, svc *stub) (*running, *access.Issuer) {
	t.Helper()
	issuer, verifier, err := access.Make(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return startWith(t, svc, Config{Access: verifier}), issuer
}

func (r *running) dial(t *testing.T, opts ...grpc.DialOption) *grpc.ClientConn {
	t.Helper()
	conn, err := Dial(r.GRPCAddr(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

var minh = access.Caller{Subject: "minh", Role: access.School, Scopes: []string{"01/01000701"}}

// TestNothingRunsUnguarded: a server that cannot tell who calls does not start.
func TestNothingRunsUnguarded(t *testing.T) {
	if _, err := New(Config{GRPCListen: "127.0.0.1:0"}, &stub{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("got %v, want invalid", err)
	}
}

// TestGuard: who calls is known to the handler; without one good token nobody gets so far, and a foreign school is refused before the request is judged.
func TestGuard(t *testing.T) {
	var officer string
	srv, issuer := guarded(t, &stub{submit: func(ctx context.Context, _ *intakev1.SubmitRequest) (*intakev1.SubmitResponse, error) {
		officer = access.Officer(ctx)
		return &intakev1.SubmitResponse{}, nil
	}})
	token, err := issuer.Issue(minh, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	client := intakev1.NewIntakeServiceClient(srv.dial(t))
	foreign := goodRequest()
	foreign.Submission.School, foreign.Submission.Id = "01000702", "not valid!"
	for _, tt := range []struct {
		name string
		sent []string
		req  *intakev1.SubmitRequest
		want fault.Kind
	}{
		{"no token", nil, goodRequest(), fault.Unauthenticated},
		{"empty", []string{"Bearer "}, goodRequest(), fault.Unauthenticated},
		{"another scheme", []string{"Basic " + token}, goodRequest(), fault.Unauthenticated},
		{"two", []string{"Bearer " + token, "Bearer " + token}, goodRequest(), fault.Unauthenticated},
		{"garbage", []string{"Bearer garbage"}, goodRequest(), fault.Unauthenticated},
		{"a foreign school", []string{"Bearer " + token}, foreign, fault.Denied},
		{"good", []string{"bearer " + token}, goodRequest(), ""},
	} {
		ctx := eventually.Context(t)
		for _, v := range tt.sent {
			ctx = metadata.AppendToOutgoingContext(ctx, "authorization", v)
		}
		_, err := client.Submit(ctx, tt.req)
		if (err != nil) != (tt.want != "") || err != nil && fault.KindOf(err) != tt.want {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
		var f *fault.Error
		if errors.As(err, &f) && (f.Text.Vi == "" || f.Text.En == "") {
			t.Errorf("%s: says %+v", tt.name, f.Text)
		}
		if tt.name == "a foreign school" && !strings.Contains(fmt.Sprint(err), "01/01000701") {
			t.Errorf("does not say what the token covers: %v", err)
		}
	}
	if officer != "minh" {
		t.Errorf("the handler was told of %q", officer)
	}
	if _, err := grpc_health_v1.NewHealthClient(srv.dial(t)).Check(eventually.Context(t), &grpc_health_v1.HealthCheckRequest{}); err != nil {
		t.Errorf("a probe: %v", err)
	}
	if told := logs.String() + fmt.Sprint(spans.Ended()); strings.Contains(told, token[len(token)-40:]) {
		t.Error("the token was told to the log or a trace")
	}
}

// TestGuardREST: the door passes the header on, and says what is missing.
func TestGuardREST(t *testing.T) {
	srv, issuer := guarded(t, &stub{})
	token, err := issuer.Issue(minh, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		header, path string
		status       int
		want         string
	}{
		{"", "/v1/progress?scope=01/01000701", 401, `"code":"unauthenticated"`},
		{"Bearer " + token, "/v1/progress?scope=01/01000701", 200, `"conserved":true`},
		{"Bearer " + token, "/v1/progress", 403, `"code":"denied"`},
		{"", "/openapi.json", 200, `"/v1/submissions"`},
		{"", "/readyz", 200, `"ready"`},
	} {
		req, err := http.NewRequestWithContext(eventually.Context(t), http.MethodGet, "http://"+srv.HTTPAddr()+tt.path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if tt.header != "" {
			req.Header.Set("Authorization", tt.header)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != tt.status || !strings.Contains(string(body), tt.want) {
			t.Errorf("%s: got %d %.300s, %v", tt.path, resp.StatusCode, body, err)
		}
		if challenge := resp.Header.Get("WWW-Authenticate"); (challenge != "") != (tt.status == 401) {
			t.Errorf("%s: WWW-Authenticate is %q", tt.path, challenge)
		}
	}
}

// TestGuardStream: own batches are answered, a foreign school ends the stream, and so does the end of the token.
func TestGuardStream(t *testing.T) {
	srv, issuer := guarded(t, &stub{})
	open := func(c access.Caller, good time.Duration) (grpc.BidiStreamingClient[intakev1.SubmitStreamRequest, intakev1.SubmitStreamResponse], error) {
		token, err := issuer.Issue(c, good)
		if err != nil {
			t.Fatal(err)
		}
		return intakev1.NewIntakeServiceClient(srv.dial(t, WithToken(access.Fixed(token)))).SubmitStream(eventually.Context(t))
	}
	own := &intakev1.SubmitStreamRequest{Submission: goodRequest().Submission}
	foreign := &intakev1.SubmitStreamRequest{Submission: goodRequest().Submission}
	foreign.Submission.School = "01000702"

	stream, err := open(minh, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(own); err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); err != nil {
		t.Errorf("an own batch: %v", err)
	}
	_ = stream.Send(foreign)
	if _, err := stream.Recv(); !fault.Is(err, fault.Denied) {
		t.Errorf("a foreign batch: got %v", err)
	}

	auditor := minh
	auditor.Role = access.Auditor
	if stream, err = open(auditor, time.Hour); err == nil {
		_, err = stream.Recv()
	}
	if !fault.Is(err, fault.Denied) {
		t.Errorf("an auditor: got %v", err)
	}

	if stream, err = open(minh, 2*time.Second); err != nil {
		t.Fatal(err)
	}
	eventually.True(t, "the token to end", func() bool {
		if err = stream.Send(own); err == nil || errors.Is(err, io.EOF) {
			_, err = stream.Recv()
		}
		return err != nil
	})
	if !fault.Is(err, fault.Unauthenticated) || !strings.Contains(err.Error(), "expired") {
		t.Errorf("after the end of the token: got %v", err)
	}
}

// TestWithToken: a call in the name of another keeps that one's token, and a token that cannot be had fails the call.
func TestWithToken(t *testing.T) {
	var officer string
	srv, issuer := guarded(t, &stub{submit: func(ctx context.Context, _ *intakev1.SubmitRequest) (*intakev1.SubmitResponse, error) {
		officer = access.Officer(ctx)
		return &intakev1.SubmitResponse{}, nil
	}})
	other := minh
	other.Subject = "another"
	token, err := issuer.Issue(other, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	client := intakev1.NewIntakeServiceClient(srv.dial(t, WithToken(issuer.Source(minh))))
	for _, want := range []string{"minh", "another"} {
		ctx := eventually.Context(t)
		if want == "another" {
			ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
		}
		if _, err := client.Submit(ctx, goodRequest()); err != nil || officer != want {
			t.Errorf("got %q, %v, want %q", officer, err, want)
		}
	}
	nothing := intakev1.NewIntakeServiceClient(srv.dial(t, WithToken(access.File("testdata/absent"))))
	if _, err := nothing.Submit(eventually.Context(t), goodRequest()); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("without the file: got %v", err)
	}
}
