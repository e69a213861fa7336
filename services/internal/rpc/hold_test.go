package rpc

import (
	"strings"
	"testing"

	intakev1 "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// On hold, every door says so in both languages; operators and probes are answered.
func TestHold(t *testing.T) {
	srv := startWith(t, &stub{}, Config{Unguarded: true, OnHold: true})
	eventually.True(t, "it answers that it is on hold", func() bool {
		code, body := srv.rest(t, "GET", "/readyz", "")
		return code == 200 && strings.Contains(body, `"status":"on hold"`)
	})
	if code, body := srv.rest(t, "POST", "/v1/submissions", goodBody); code != 503 || !strings.Contains(body, "on hold") || !strings.Contains(body, "khôi phục") {
		t.Errorf("REST: got %d %s", code, body)
	}
	for _, method := range []string{intakev1.IntakeService_Submit_FullMethodName, "/rasoat.reporting.v1.ProgressService/GetProgress"} {
		err := srv.dial(t).Invoke(eventually.Context(t), method, goodRequest(), &intakev1.SubmitResponse{})
		if err = FromStatus(err); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "on hold") {
			t.Errorf("%s: got %v, want the state of the server", method, err)
		}
	}
	if err := srv.ready.admit("/rasoat.operator.v1.BackupService/Restore"); err != nil {
		t.Errorf("the operator: got %v", err)
	}
}
