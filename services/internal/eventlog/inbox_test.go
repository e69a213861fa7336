package eventlog

import "testing"

func TestInboxPrefix(t *testing.T) {
	for urls, want := range map[string]string{
		"nats://127.0.0.1:4222":                               "_INBOX",
		"nats://exam:secret@a:4222,nats://exam:secret@b:4222": "_INBOX_exam",
		"tls://portal-01-01000701:x@a":                        "_INBOX_portal-01-01000701",
		"nats://a.b:x@a":                                      "_INBOX", // no token of a subject
		"":                                                    "_INBOX",
		"nats://%zz":                                          "_INBOX",
	} {
		if got := inboxPrefix(urls); got != want {
			t.Errorf("%q: got %s, want %s", urls, got, want)
		}
	}
}
