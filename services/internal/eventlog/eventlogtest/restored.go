package eventlogtest

import (
	"fmt"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/rasoat/rasoat/services/internal/eventlog"
)

// PutBack marks a stream as put back from a backup up to a message. It takes nothing away.
func (s *Server) PutBack(t testing.TB, stream string, last uint64) {
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
	cfg.Metadata = map[string]string{eventlog.RestoredKey: fmt.Sprint(last, " some-backup")}
	if _, err := js.UpdateStream(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
}
