package eventlog

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/rasoat/rasoat/services/internal/fault"
)

func TestToken(t *testing.T) {
	for token, ok := range map[string]bool{
		"a": true, "Z9": true, "01000701": true, "a-b_c": true, strings.Repeat("x", 64): true,
		"": false, strings.Repeat("x", 65): false, "a.b": false, "*": false, ">": false, "a b": false,
		"Đà": false, "a\n": false, "$JS": false, "a/b": false, "a\x00": false,
	} {
		err := Token(token)
		if (err == nil) != ok {
			t.Errorf("Token(%q) = %v, want ok %v", token, err, ok)
		}
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("Token(%q): kind %s, want invalid", token, fault.KindOf(err))
		}
	}
	if _, err := Subject("submission", "profile", "01", "0100.0701"); !fault.Is(err, fault.Invalid) {
		t.Errorf("Subject with a dot in a token: got %v, want invalid", err)
	}
	if got, err := Subject("record", "Ab-9"); got != "record.Ab-9" || err != nil {
		t.Errorf("Subject = %q, %v", got, err)
	}
}

func FuzzToken(f *testing.F) {
	f.Add("01000701")
	f.Add("a.b")
	f.Fuzz(func(t *testing.T, s string) {
		if Token(s) == nil && strings.ContainsAny(s, ".*> \t\r\n$") {
			t.Errorf("Token accepts %q", s)
		}
		if (Token(s) == nil) != (checkSubject(s, false) == nil) && !strings.Contains(s, ".") {
			t.Errorf("Token and checkSubject differ on %q", s)
		}
	})
}

func TestCheckSubject(t *testing.T) {
	for _, c := range []struct {
		subject string
		filter  bool
		ok      bool
	}{
		{"record.a", false, true}, {"record.*", false, false}, {"record.*", true, true},
		{"decision.>", true, true}, {"decision.>.a", true, false}, {"a..b", false, false},
		{"", false, false}, {"a.", true, false}, {">", true, true},
	} {
		if err := checkSubject(c.subject, c.filter); (err == nil) != c.ok {
			t.Errorf("checkSubject(%q, filter %v) = %v, want ok %v", c.subject, c.filter, err, c.ok)
		}
	}
}

func TestStreamFor(t *testing.T) {
	for filter, want := range map[string]string{
		"portal.submit.01.01000701":            Portal,
		"portal.receipt.01.*":                  Receipts,
		"submission.*.01.01000701.id":          Submissions,
		"submission.profile.01.01000701.id":    Submissions,
		"decision.drive.2022-2023":             Decisions,
		"decision.approve.01.01000701":         Decisions,
		"decision.>":                           Decisions,
		"record.abc":                           Records,
		"dead.matching.SUBMISSIONS":            DeadLetters,
		"submission.profile.01.01000701":       "",
		"submission.profile.01.01000701.id.id": "",
		"submission.>":                         "", // may match more than the stream holds
		"portal.*.01.01000701":                 "", // two streams
		"decision":                             "",
		"nothing.at.all":                       "",
	} {
		got, err := StreamFor(filter)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("StreamFor(%q) = %q, %v, want %q", filter, got, err, want)
		}
	}
}

func TestStreamsDoNotOverlap(t *testing.T) {
	seen := map[string]string{}
	for _, s := range Streams {
		for _, subject := range s.Subjects {
			for other, name := range seen {
				if covers(other, subject) || covers(subject, other) {
					t.Errorf("%s of %s overlaps with %s of %s", subject, s.Name, other, name)
				}
			}
			seen[subject] = s.Name
		}
	}
}

func TestVersioned(t *testing.T) {
	for name, want := range map[string]bool{
		"rasoat.submission.accepted.v1": true, "rasoat.x.v12": true,
		"": false, ".v1": false, "rasoat.x": false, "rasoat.x.v": false, "rasoat.x.vone": false, "rasoat.v1.x": false,
	} {
		if got := versioned(name); got != want {
			t.Errorf("versioned(%q) = %v, want %v", name, got, want)
		}
	}
}

// A batch takes as many messages as its bounds allow, and one that is above them alone.
func TestNextBatch(t *testing.T) {
	w := &worker{c: Consumer{MaxMessages: 7, MaxRecords: 1000}}
	for _, records := range []int{200, 200, 200, 200, 200, 200, 5000, 1000, 1, 1, 1, 1, 1, 1, 1, 1, 1} {
		h := &held{Message: Message{Header: nats.Header{}}}
		h.Header.Set(HeaderRecords, fmt.Sprint(records))
		w.hand = append(w.hand, h)
	}
	var got []int
	for len(w.hand) > 0 {
		got = append(got, len(w.next()))
	}
	if want := []int{5, 1, 1, 1, 7, 2}; !slices.Equal(got, want) {
		t.Errorf("batches of %v messages, want %v", got, want)
	}
}
