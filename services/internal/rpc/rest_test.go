package rpc

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	intakev1 "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
	"go.opentelemetry.io/otel/sdk/trace"
)

func assertField(t *testing.T, err error, path, rule string) {
	t.Helper()
	var e *fault.Error
	if !errors.As(err, &e) || e.Kind != fault.Invalid || len(e.Fields) != 1 || e.Fields[0].Path != path || e.Fields[0].Rule != rule {
		t.Errorf("got %#v, want one field %s %s", err, path, rule)
	}
}

func (r *running) rest(t *testing.T, method, path, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(eventually.Context(t), method, "http://"+r.HTTPAddr()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

const goodBody = `{"id":"a-1","drive":"2022-2023-12","province":"01","school":"01000701","kind":"KIND_PROFILE",` +
	`"records":[{"profile":{"code":"x","full_name":"Synthetic"}}]}`

func TestRESTAnswers(t *testing.T) {
	svc := &stub{submit: func(_ context.Context, req *intakev1.SubmitRequest) (*intakev1.SubmitResponse, error) {
		switch req.GetSubmission().GetId() {
		case "conflict":
			return nil, fault.New(fault.Conflict, "a", "trùng", "taken")
		case "denied":
			return nil, fault.New(fault.Denied, "a", "quá hạn", "too late")
		case "away":
			return nil, fault.Wrap(fault.Unavailable, "a", errors.New("secret"))
		case "broken":
			return nil, errors.New("secret")
		}
		return &intakev1.SubmitResponse{Receipt: &intakev1.Receipt{SubmissionId: "a-1", Sequence: 7, Accepted: 1}}, nil
	}}
	srv := start(t, svc)
	id := func(s string) string { return strings.Replace(goodBody, "a-1", s, 1) }
	tests := []struct {
		name, method, path, body string
		status                   int
		want                     []string // in the answer
	}{
		{"good", "POST", "/v1/submissions", goodBody, 200, []string{`"submission_id":"a-1"`, `"sequence":"7"`, `"refused":0`}},
		{"conflict", "POST", "/v1/submissions", id("conflict"), 409, []string{`"code":"conflict"`, `"message":"taken"`, `"message_vi":"trùng"`, `"problems":[]`}},
		{"denied", "POST", "/v1/submissions", id("denied"), 403, []string{`"code":"denied"`}},
		{"unavailable", "POST", "/v1/submissions", id("away"), 503, []string{`"code":"unavailable"`, "gửi lại sau ít phút"}},
		{"internal", "POST", "/v1/submissions", id("broken"), 500, []string{`"code":"internal"`}},
		{"not implemented", "GET", "/v1/submissions/01/s/x", "", 501, []string{`"code":"not_found"`}},
		{"invalid", "POST", "/v1/submissions", id("a b"), 400, []string{`"code":"invalid"`, `"path":"submission.id"`, `"rule":"string.pattern"`, `"remedy_vi":"Điền`}},
		{"no body", "POST", "/v1/submissions", "", 400, []string{`"path":"submission.id"`, `"path":"submission.kind"`, `"rule":"enum.not_in"`}},
		{"unknown field", "POST", "/v1/submissions", strings.Replace(goodBody, "full_name", "ful_name", 1), 400, []string{`"rule":"request.unknown_field"`, `"path":"records[0].profile.ful_name"`, "(line 1:"}},
		{"bad value", "POST", "/v1/submissions", strings.Replace(goodBody, `"Synthetic"`, `12345`, 1), 400, []string{`"rule":"request.bad_value"`, `"path":"records[0].profile.full_name"`}},
		{"duplicate", "POST", "/v1/submissions", strings.Replace(goodBody, `"code":"x"`, `"code":"x","code":"y"`, 1), 400, []string{`"rule":"request.duplicate_field"`, `"path":"records[0].profile.code"`}},
		{"two of one", "POST", "/v1/submissions", strings.Replace(goodBody, `{"profile"`, `{"results":{},"profile"`, 1), 400, []string{`"rule":"request.duplicate_field"`, `"path":"records[0].profile"`}},
		{"not JSON", "POST", "/v1/submissions", "<xml secret>", 400, []string{`"rule":"request.bad_json"`, `"path":"line 1:1"`}},
		{"broken JSON", "POST", "/v1/submissions", "{\n  \"id\": ,\n}", 400, []string{`"rule":"request.bad_json"`, `"path":"line 2:9"`, "dòng 2:9"}},
		{"half a body", "POST", "/v1/submissions", "\n{\"id\": \"ệ", 400, []string{`"rule":"request.bad_json"`, `"path":"line 2:10"`}},
		{"second record", "POST", "/v1/submissions", "\n\n{\"records\": [{\"enrolment\": {}},\n {\"enrolmant\": {\"code\": \"secret\"}}]}", 400,
			[]string{`"path":"records[1].enrolmant"`, "records[1].enrolmant (line 4:3)"}},
		{"deep value", "POST", "/v1/submissions", `{"records": [{"results": {"subjects": [{}, {"semester1": {"markTenths": "secret"}}]}}]}`, 400,
			[]string{`"path":"records[0].results.subjects[1].semester1.mark_tenths"`}},
		{"no name of a contract", "POST", "/v1/submissions", `{"records": [{"thẻ secret": 1}]}`, 400, []string{`"path":"records[0].?"`}},
		{"wrong shape", "POST", "/v1/submissions", `{"records": "secret"}`, 400, []string{`"rule":"request.bad_json"`, `"path":"line 1:13"`}},
		{"too large", "POST", "/v1/submissions", `{"id":"` + strings.Repeat("x", maxBytes) + `"}`, 413, []string{`"rule":"request.too_large"`}},
		{"query", "GET", "/v1/progress?scope=01", "", 200, []string{`"conserved":true`}},
		{"unknown parameter", "GET", "/v1/progress?scop=01", "", 400, []string{`"rule":"request.unknown_parameter"`, `"path":"scop"`}},
		{"bad parameter", "GET", "/v1/submissions/01/s?page_size=secret", "", 400, []string{`"rule":"request.bad_value"`, `"path":"page_size"`}},
		{"no door", "GET", "/v1/nothing", "", 404, []string{`"code":"not_found"`}},
		{"wrong method", "DELETE", "/v1/progress", "", 405, []string{`"code":"not_found"`}},
		{"openapi", "GET", "/openapi.json", "", 200, []string{`"/v1/submissions"`}},
		{"alive", "GET", "/healthz", "", 200, []string{`"alive"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, body := srv.rest(t, tt.method, tt.path, tt.body)
			if code != tt.status {
				t.Errorf("got %d, want %d", code, tt.status)
			}
			for _, w := range tt.want {
				if !strings.Contains(body, w) {
					t.Errorf("no %s in %s", w, body)
				}
			}
			if strings.Contains(body, "secret") || strings.Contains(body, "12345") {
				t.Errorf("tells what it must not: %s", body)
			}
			if !json.Valid([]byte(body)) {
				t.Errorf("not JSON: %s", body)
			}
		})
	}
}

func TestMetrics(t *testing.T) {
	srv := start(t, &stub{})
	srv.rest(t, "POST", "/v1/submissions", goodBody)
	_, err := srv.intake(t).Submit(eventually.Context(t), goodRequest())
	if err != nil {
		t.Fatal(err)
	}
	var body string
	for _, want := range []string{
		`rpc_server_call_duration_seconds_count{`, `http_server_request_duration_seconds_count{`,
		`http_route="/v1/submissions"`, "go_goroutines ", "process_resident_memory_bytes ", `service_name="rpc-test"`,
	} {
		eventually.True(t, want, func() bool {
			_, body = srv.rest(t, "GET", "/metrics", "")
			return strings.Contains(body, want)
		})
	}
}

// TestOneTraceFromRESTToHandler: the caller's trace goes through REST and gRPC into the handler, span by span.
func TestOneTraceFromRESTToHandler(t *testing.T) {
	const parent = "b7ad6b7169203331"
	traceID := fmt.Sprintf("%016x%016x", rand.Uint64(), rand.Uint64())
	srv := start(t, &stub{})
	req, err := http.NewRequestWithContext(eventually.Context(t), http.MethodPost, "http://"+srv.HTTPAddr()+"/v1/submissions", bytes.NewBufferString(goodBody))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("traceparent", "00-"+traceID+"-"+parent+"-01")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()

	var chain []trace.ReadOnlySpan
	eventually.True(t, "three spans", func() bool {
		chain = nil
		for _, s := range spans.Ended() {
			if s.SpanContext().TraceID().String() == traceID {
				chain = append(chain, s)
			}
		}
		return len(chain) == 3
	})
	want := []struct{ kind, name string }{
		{"server", "POST /v1/submissions"},
		{"client", "rasoat.intake.v1.IntakeService/Submit"},
		{"server", "rasoat.intake.v1.IntakeService/Submit"},
	}
	at := parent
	for _, w := range want {
		found := false
		for _, s := range chain {
			if s.Parent().SpanID().String() == at && s.SpanKind().String() == w.kind && s.Name() == w.name {
				at, found = s.SpanContext().SpanID().String(), true
				break
			}
		}
		if !found {
			for _, s := range chain {
				t.Logf("%s %s", s.SpanKind(), s.Name())
			}
			t.Fatalf("no %s span %q below %s", w.kind, w.name, at)
		}
	}
}
