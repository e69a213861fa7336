package server

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/encoding/protojson"
)

// Webhook is an address that reminders are sent to, as CloudEvents 1.0 over HTTP in binary mode, signed by the scheme of Standard Webhooks.
type Webhook struct {
	Name   string // a token: the place in the log is kept under it, so another name begins anew
	URL    string // https://…, or http://…
	Scope  string // "" every school, "01" those of a province, "01/01000701" one
	Secret []byte // 24 to 64 bytes

	client *http.Client // nil for hookClient
}

// answerWithin is how long a receiver may take.
const answerWithin = 10 * time.Second

// hookClient follows no redirect: where reminders go is the operator's word alone.
var hookClient = &http.Client{
	Timeout:       answerWithin,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// consumer reads the reminders of the hook, one at a time. What is not answered with 2xx is sent again for as long as it takes, with the same
// id; no other hook waits for that, since each has a durable of its own.
func (h Webhook) consumer(logger *slog.Logger) eventlog.Consumer {
	filter := "reminder.*.*"
	if province, school, _ := strings.Cut(h.Scope, "/"); school != "" {
		filter = "reminder." + province + "." + school
	} else if province != "" {
		filter = "reminder." + province + ".*"
	}
	return eventlog.Consumer{
		Stream: eventlog.Progress, Durable: "webhook-" + h.Name, Filter: []string{filter}, Types: []string{wire.TypeReminder}, MaxMessages: 1,
		Handle: func(ctx context.Context, batch []eventlog.Message) error {
			for _, m := range batch {
				if err := h.deliver(ctx, m); err != nil {
					logger.WarnContext(ctx, "a webhook was not delivered", slog.String("webhook", h.Name), slog.Any("error", err))
					return err
				}
			}
			return nil
		},
	}
}

// deliver sends one reminder. It fails with Unavailable unless the receiver answered 2xx, and with Invalid for what is no reminder.
func (h Webhook) deliver(ctx context.Context, m eventlog.Message) error {
	const op = "reporting.webhook"
	req, err := h.request(ctx, m, time.Now())
	if err != nil {
		return err
	}
	client := hookClient
	if h.client != nil {
		client = h.client
	}
	resp, err := client.Do(req)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) {
			err = failed.Err // without the address, which may hold what nobody is to read in a log
		}
		return fault.Wrap(fault.Unavailable, op, err)
	}
	defer func() { _ = resp.Body.Close() }()       // nothing more is read
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10) // so that the connection can be used again
	if resp.StatusCode/100 != 2 {
		return fault.Wrap(fault.Unavailable, op, fmt.Errorf("the receiver answered %d", resp.StatusCode))
	}
	return nil
}

// request makes the request: the same id and body at each attempt, the time and the signature of this one.
func (h Webhook) request(ctx context.Context, m eventlog.Message, now time.Time) (*http.Request, error) {
	const op = "reporting.webhook"
	ev, err := decode(m, new(pb.ReminderSent))
	if err != nil {
		return nil, err
	}
	loose, err := protojson.Marshal(ev)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, op, err)
	}
	var body bytes.Buffer // protojson varies its spaces from build to build
	if err := json.Compact(&body, loose); err != nil {
		return nil, fault.Wrap(fault.Internal, op, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body.Bytes()))
	if err != nil {
		return nil, fault.Wrap(fault.Internal, op, err)
	}
	at := strconv.FormatInt(now.Unix(), 10)
	for name, value := range map[string]string{
		"Content-Type": "application/json", "User-Agent": "rasoat",
		"ce-specversion": "1.0", "ce-id": m.ID(), "ce-type": m.Type, "ce-source": "rasoat/reporting", "ce-subject": ev.GetProvince() + "/" + ev.GetSchool(),
		"ce-time": m.Stored.UTC().Format(time.RFC3339Nano), "ce-dataschema": "rasoat.reporting.v1.ReminderSent",
		"webhook-id": m.ID(), "webhook-timestamp": at, "webhook-signature": h.sign(m.ID(), at, body.Bytes()),
	} {
		req.Header.Set(name, value)
	}
	return req, nil
}

// sign signs what is sent: "v1,<base64>" of the HMAC-SHA256 over id, time and body, with points between them.
func (h Webhook) sign(id, at string, body []byte) string {
	mac := hmac.New(sha256.New, h.Secret)
	mac.Write([]byte(id + "." + at + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
