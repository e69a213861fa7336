package eventlog

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/trace"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// The headers of every message. Names are those of the CloudEvents attributes; the broker's headers
// are case-sensitive.
const (
	HeaderSpecVersion = "ce-specversion"
	HeaderID          = "ce-id"
	HeaderType        = "ce-type"
	HeaderSource      = "ce-source"
	HeaderTime        = "ce-time"
	HeaderSchema      = "ce-dataschema"
	HeaderContentType = "ce-datacontenttype"

	// HeaderRecords says how many records a message holds, so that a batch can be bounded by the work
	// in it. Without it a message counts as one record.
	HeaderRecords = "rasoat-records"
)

// Event is something that happened, not yet in the log.
type Event struct {
	Subject string // where it is kept; literal tokens, each one accepted by Token
	Type    string // explicit name with its version: "rasoat.submission.accepted.v1"; never a Go type's name
	Schema  string // the full name of the message in Data, "rasoat.intake.v1.SubmissionAccepted"; may be empty
	Data    []byte // the message, in protobuf
	Records int    // how many records Data holds; 0 counts as 1

	// Header holds further headers; never one of the broker's own (Nats-…).
	Header nats.Header

	// ExpectLast makes the append conditional; nil appends always.
	ExpectLast *Expect

	// Trace is the span that caused the event, when it is not the one of the context: the events of one
	// batch come from different causes (Message.SpanContext).
	Trace trace.SpanContext
}

// Expect is the only condition that the log knows: the last message whose subject matches Subject
// has this sequence. Sequence 0 means that there is none.
type Expect struct {
	Subject  string // a subject or a filter such as "submission.*.01.01000701.<id>"; empty: the event's own subject
	Sequence uint64
}

// Position is where an event stands in the log.
type Position struct {
	Stream   string
	Sequence uint64
}

// maxToken is the length of the longest token of a subject, in bytes.
const maxToken = 64

// Token checks one token of a subject: 1 to 64 letters, digits, '-' and '_' of ASCII. Everything that
// comes from outside and is to stand in a subject passes here. It fails with fault.Invalid.
func Token(s string) error {
	ok := len(s) > 0 && len(s) <= maxToken
	for i := 0; ok && i < len(s); i++ {
		c := s[i]
		ok = 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_'
	}
	if ok {
		return nil
	}
	return fault.New(fault.Invalid, "eventlog.token",
		fmt.Sprintf("Mã dùng trong chủ đề phải có từ 1 đến %d ký tự A–Z, a–z, 0–9, '-' hoặc '_' (đã nhận %d byte).", maxToken, len(s)),
		fmt.Sprintf("a token of a subject has 1 to %d characters of A-Z, a-z, 0-9, '-' and '_' (got %d bytes)", maxToken, len(s)))
}

// Subject joins tokens to a subject after checking each one. It fails with fault.Invalid.
func Subject(tokens ...string) (string, error) {
	for _, t := range tokens {
		if err := Token(t); err != nil {
			return "", err
		}
	}
	return strings.Join(tokens, "."), nil
}

// checkSubject checks a subject; a filter may also hold '*', and '>' at its end.
func checkSubject(subject string, filter bool) error {
	for rest, more := subject, true; more; {
		var token string
		token, rest, more = strings.Cut(rest, ".")
		if filter && (token == "*" || token == ">" && !more) {
			continue
		}
		if err := Token(token); err != nil {
			return err
		}
	}
	return nil
}

// encode makes the broker's message of an event. The id is made here, once: the repetitions of one
// append carry the same id, by which a lost acknowledgement is recognised.
func (l *Log) encode(ctx context.Context, ev Event) (*nats.Msg, error) {
	const op = "eventlog.append"
	if err := checkSubject(ev.Subject, false); err != nil {
		return nil, fault.Wrap("", op, err)
	}
	if !versioned(ev.Type) {
		return nil, fault.Internalf(op, "the type %q of an event does not end in a version such as .v1", ev.Type)
	}
	msg := nats.NewMsg(ev.Subject)
	msg.Data = ev.Data
	for k, v := range ev.Header {
		if strings.HasPrefix(k, "Nats-") {
			return nil, fault.Internalf(op, "the header %s of an event belongs to the broker", k)
		}
		msg.Header[k] = v
	}
	h := msg.Header
	h.Set(HeaderSpecVersion, "1.0")
	h.Set(HeaderID, l.newID())
	h.Set(HeaderType, ev.Type)
	h.Set(HeaderSource, "rasoat/"+l.service)
	h.Set(HeaderTime, l.now().UTC().Format(time.RFC3339Nano))
	h.Set(HeaderRecords, strconv.Itoa(max(ev.Records, 1)))
	h.Set(HeaderContentType, "application/protobuf")
	if ev.Schema != "" {
		h.Set(HeaderSchema, ev.Schema)
	}
	if e := ev.ExpectLast; e != nil {
		h.Set(jetstream.ExpectedLastSubjSeqHeader, strconv.FormatUint(e.Sequence, 10))
		if e.Subject != "" && e.Subject != ev.Subject {
			if err := checkSubject(e.Subject, true); err != nil {
				return nil, fault.Wrap("", op, err)
			}
			h.Set(jetstream.ExpectedLastSubjSeqSubjHeader, e.Subject)
		}
	}
	if ev.Trace.IsValid() {
		ctx = trace.ContextWithSpanContext(ctx, ev.Trace)
	}
	l.propagator().Inject(ctx, carrier(h))
	if size, limit := int64(msg.Size()), l.nc.MaxPayload(); limit > 0 && size > limit {
		return nil, tooLarge(op, limit, fmt.Errorf("%d bytes with its headers", size))
	}
	return msg, nil
}

// condition returns the filter that the condition of an event is about; "" without a condition.
func (ev Event) condition() string {
	switch {
	case ev.ExpectLast == nil:
		return ""
	case ev.ExpectLast.Subject == "":
		return ev.Subject
	}
	return ev.ExpectLast.Subject
}

// versioned reports whether a type ends in ".v<number>".
func versioned(eventType string) bool {
	i := strings.LastIndex(eventType, ".v")
	if i <= 0 {
		return false
	}
	_, err := strconv.ParseUint(eventType[i+2:], 10, 16)
	return err == nil
}

// carrier lets the trace context travel in the broker's headers.
type carrier nats.Header

func (c carrier) Get(key string) string { return nats.Header(c).Get(key) }
func (c carrier) Set(key, value string) { nats.Header(c).Set(key, value) }
func (c carrier) Keys() []string {
	keys := make([]string, 0, len(c))
	for k := range c {
		keys = append(keys, k)
	}
	return keys
}
