package eventlogtest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/rasoat/rasoat/services/internal/eventlog"
)

// PutBack marks a stream as put back from backups, each up to a message, the newest first. It takes nothing away.
func (s *Server) PutBack(t testing.TB, stream string, ends ...uint64) {
	t.Helper()
	js, err := jetstream.New(s.Conn(t))
	if err != nil {
		t.Fatal(err)
	}
	there, err := js.Stream(t.Context(), stream)
	if err != nil {
		t.Fatal(err)
	}
	cfg := there.CachedInfo().Config
	var all []string
	for i, end := range ends {
		all = append(all, fmt.Sprintf("%d backup-%d", end, len(ends)-i))
	}
	cfg.Metadata = map[string]string{eventlog.RestoredKey: strings.Join(all, ",")}
	if _, err := js.UpdateStream(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
}
