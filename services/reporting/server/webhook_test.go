package server

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/encoding/protojson"
)

var hookSecret = bytes.Repeat([]byte("k"), 32)

// receiver keeps what came to it, and answers as it is told.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	calls  []*http.Request
	bodies []string
}

func receive(t *testing.T, answer func(n int, w http.ResponseWriter)) *receiver {
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		r.calls, r.bodies = append(r.calls, req), append(r.bodies, string(body))
		n := len(r.calls)
		r.mu.Unlock()
		answer(n, w)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.calls)
}

func (s *service) sendReminder(t *testing.T, school string) {
	t.Helper()
	s.put(t, "reminder."+strings.ReplaceAll(school, "/", "."), wire.TypeReminder, &pb.ReminderSent{
		Drive: s.on.ID, Province: school[:2], School: school[3:], Counts: &pb.Counts{Window: "first", Missing: 3}, State: []byte("state"),
	})
}

// TestWebhooks: one receiver never answers, one refuses twice and sends elsewhere once, one is well. Each gets its own and waits for no other.
func TestWebhooks(t *testing.T) {
	s := serve(t)
	hang := make(chan struct{})
	hanging := receive(t, func(int, http.ResponseWriter) { <-hang })
	t.Cleanup(func() { close(hang) }) // before the server is closed, which waits
	elsewhere := receive(t, func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusOK) })
	failing := receive(t, func(n int, w http.ResponseWriter) {
		switch n {
		case 1:
			w.WriteHeader(http.StatusInternalServerError)
		case 2:
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(http.StatusTemporaryRedirect)
		case 3:
			panic(http.ErrAbortHandler)
		}
	})
	well := receive(t, func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusAccepted) })
	patient := &http.Client{Timeout: 50 * time.Millisecond}
	var stops []func()
	for _, h := range []Webhook{
		{Name: "hanging", URL: hanging.URL, Secret: hookSecret, client: patient}, {Name: "failing", URL: failing.URL, Scope: "01", Secret: hookSecret},
		{Name: "well", URL: well.URL, Scope: "01/01000702", Secret: hookSecret},
	} {
		stops = append(stops, eventlogtest.Run(t, s.log, h.consumer(slog.New(slog.DiscardHandler))))
	}
	for _, school := range []string{"79/79000701", "01/01000701", "01/01000702"} {
		s.sendReminder(t, school)
	}
	eventlogtest.Settled(t, s.log, "PROGRESS", "webhook-failing", "webhook-well")
	eventually.True(t, "what hangs is tried again", func() bool { return hanging.count() > 1 })
	if n := well.count(); n != 1 {
		t.Errorf("one school: got %d calls, want 1", n)
	}
	if n := failing.count(); n != 5 {
		t.Fatalf("two reminders, the first at the fourth attempt: got %d calls, want 5", n)
	}
	if n := elsewhere.count(); n != 0 {
		t.Errorf("a redirect was followed %d times", n)
	}
	for i := range 4 {
		if failing.calls[i].Header.Get("webhook-id") != failing.calls[0].Header.Get("webhook-id") || failing.bodies[i] != failing.bodies[0] {
			t.Errorf("attempt %d has another id or body", i+1)
		}
	}
	if failing.calls[4].Header.Get("webhook-id") == failing.calls[0].Header.Get("webhook-id") {
		t.Error("two reminders have one id")
	}
	for _, stop := range stops {
		stop()
	}
	checkCloudEvent(t, well.calls[0], well.bodies[0])
}

// checkCloudEvent holds a call against CloudEvents 1.0 in binary mode and against Standard Webhooks.
func checkCloudEvent(t *testing.T, req *http.Request, body string) {
	t.Helper()
	h := req.Header
	for name, want := range map[string]string{"Content-Type": "application/json", "ce-specversion": "1.0", "ce-type": wire.TypeReminder, "ce-source": "rasoat/reporting",
		"ce-subject": "01/01000702", "ce-id": h.Get("webhook-id")} {
		if got := h.Get(name); got != want || got == "" {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if _, err := time.Parse(time.RFC3339Nano, h.Get("ce-time")); err != nil {
		t.Error(err)
	}
	mac := hmac.New(sha256.New, hookSecret)
	mac.Write([]byte(h.Get("webhook-id") + "." + h.Get("webhook-timestamp") + "." + body))
	if got, want := h.Get("webhook-signature"), "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)); got != want {
		t.Errorf("signature: got %q, want %q", got, want)
	}
	ev := new(pb.ReminderSent)
	if err := protojson.Unmarshal([]byte(body), ev); err != nil || ev.GetCounts().GetMissing() != 3 || strings.Contains(body, " ") {
		t.Errorf("body %s: %v", body, err)
	}
}

// TestNoReminder: what is no reminder is not sent, and can be set aside.
func TestNoReminder(t *testing.T) {
	s := serve(t)
	s.put(t, "reminder.01.01000701", wire.TypeReminder, &pb.ReminderSent{})
	m, err := s.log.Last(context.Background(), "reminder.01.01000701")
	if err != nil {
		t.Fatal(err)
	}
	m.Data = []byte{0xff}
	if err := (Webhook{URL: "http://127.0.0.1:1"}).deliver(context.Background(), m); !fault.Is(err, fault.Invalid) {
		t.Errorf("got %v, want invalid", err)
	}
}

func TestLoadWebhooks(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	write("good", "whsec_"+base64.StdEncoding.EncodeToString(hookSecret)+"\n")
	write("short", base64.StdEncoding.EncodeToString(hookSecret[:10]))
	write("none", "not base64!")
	file := write("hooks.yaml", `webhooks:
  - {name: so-01, url: "https://so.example/hook", scope: "01", secret_file: good}
  - {name: bo, url: "http://bo.example", secret_file: `+filepath.Join(dir, "good")+`}
`)
	got, err := LoadWebhooks(file)
	if err != nil || len(got) != 2 || got[0].Name != "so-01" || got[0].Scope != "01" || got[1].Scope != "" || !bytes.Equal(got[0].Secret, hookSecret) {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := LoadWebhooks(""); err != nil || got != nil {
		t.Errorf("no file: got %v, %v", got, err)
	}
	if got, err := LoadWebhooks(write("empty.yaml", "")); err != nil || got != nil {
		t.Errorf("an empty file: got %v, %v", got, err)
	}
	const well = `{name: a, url: "https://a.example", secret_file: good}`
	for name, text := range map[string]string{
		"an unknown key":          "webhooks: [{name: a, url: 'https://a.example', secret: x}]",
		"a name twice":            "webhooks: [" + well + ", " + well + "]",
		"a name that is no token": "webhooks: [{name: a b, url: 'https://a.example', secret_file: good}]",
		"a name that is too long": "webhooks: [{name: " + strings.Repeat("a", 57) + ", url: 'https://a.example', secret_file: good}]",
		"no address":              "webhooks: [{name: a, url: a.example, secret_file: good}]",
		"another scheme":          "webhooks: [{name: a, url: 'ftp://a.example', secret_file: good}]",
		"a scope that is none":    "webhooks: [{name: a, url: 'https://a.example', scope: Hanoi, secret_file: good}]",
		"no secret":               "webhooks: [{name: a, url: 'https://a.example'}]",
		"a short secret":          "webhooks: [{name: a, url: 'https://a.example', secret_file: short}]",
		"a secret not in base64":  "webhooks: [{name: a, url: 'https://a.example', secret_file: none}]",
		"a secret that is away":   "webhooks: [{name: a, url: 'https://a.example', secret_file: away}]",
		"no YAML":                 "webhooks: {",
	} {
		if _, err := LoadWebhooks(write("bad.yaml", text)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: got %v, want invalid", name, err)
		}
	}
	if _, err := LoadWebhooks(filepath.Join(dir, "away.yaml")); !fault.Is(err, fault.Invalid) {
		t.Errorf("no such file: got %v, want invalid", err)
	}
}
