package eventlog

import (
	"net/url"
	"strings"

	"github.com/nats-io/nats.go"
)

// inboxPrefix is where the broker's answers to a user come: _INBOX_<user> of the user in the URL, so that a broker can permit
// each user his own answers only (deploy/nats/accounts.conf); nats.InboxPrefix without a user there.
func inboxPrefix(urls string) string {
	first, _, _ := strings.Cut(urls, ",")
	u, err := url.Parse(strings.TrimSpace(first))
	if err != nil || Token(u.User.Username()) != nil {
		return strings.TrimSuffix(nats.InboxPrefix, ".")
	}
	return "_INBOX_" + u.User.Username()
}
