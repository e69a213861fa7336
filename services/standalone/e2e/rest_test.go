package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/access"
	"google.golang.org/protobuf/encoding/protojson"
)

func get(ctx context.Context, t *testing.T, url string) string {
	t.Helper()
	_, body := do(ctx, t, http.MethodGet, url, nil)
	return body
}

func do(ctx context.Context, t *testing.T, method, url string, body []byte) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	token, err := everybody().Issuer.Issue(access.Caller{Subject: "portal", Role: access.Portal, Scopes: []string{access.Nation}}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// TestREST submits over REST and finds the same receipt through gRPC, reads the progress, and is told what is wrong with a
// bad batch as JSON.
func TestREST(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := start(t, options{seed: 10})
	school := s.nation.Schools()[0]
	for _, sub := range s.classSubmissions(school, s.nation.Classes(0)[0], "") {
		body, err := protojson.Marshal(sub)
		if err != nil {
			t.Fatal(err)
		}
		code, text := do(ctx, t, http.MethodPost, "http://"+s.HTTPAddr()+"/v1/submissions", body)
		if code != http.StatusOK {
			t.Fatalf("POST: %d %s", code, text)
		}
		if again := s.send(ctx, t, sub); !strings.Contains(text, again.GetSubmissionId()) {
			t.Errorf("the receipt over REST is not the one over gRPC: %s", text)
		}
	}
	s.settle(ctx, t)
	var progress struct {
		Conserved bool `json:"conserved"`
		Totals    []struct {
			Verified string `json:"verified"`
		} `json:"totals"`
	}
	if err := json.Unmarshal([]byte(get(ctx, t, "http://"+s.HTTPAddr()+"/v1/progress?current=true&scope="+school.Province)), &progress); err != nil || !progress.Conserved || progress.Totals[0].Verified == "0" {
		t.Errorf("progress over REST: %+v, %v", progress, err)
	}
	code, text := do(ctx, t, http.MethodPost, "http://"+s.HTTPAddr()+"/v1/submissions", []byte(`{"id":"x","drive":"`+s.drive.ID+`","province":"01","school":"nowhere","kind":"KIND_ROSTER"}`))
	if code != http.StatusBadRequest || !strings.Contains(text, "SCHOOL_UNKNOWN") || !strings.Contains(text, "BATCH_EMPTY") {
		t.Errorf("a bad batch over REST: %d %s", code, text)
	}
	if text := get(ctx, t, "http://"+s.HTTPAddr()+"/openapi.json"); !strings.Contains(text, "/v1/submissions") {
		t.Error("the OpenAPI document is not served")
	}
	if text := get(ctx, t, "http://"+s.HTTPAddr()+"/metrics"); !strings.Contains(text, "rasoat_") {
		t.Error("the metrics have nothing of ours")
	}
	if _, err := s.reporting.ListPupils(ctx, &reportingpb.ListPupilsRequest{Scope: "01/nowhere"}); err == nil {
		t.Error("a school that does not exist was listed")
	}
}
