package main

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	sandboxv1 "github.com/rasoat/rasoat/proto/rasoat/sandbox/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/sandbox/registry"
	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"
)

func TestFlags(t *testing.T) {
	t.Setenv("RASOAT_REGISTRY_LISTEN", "")
	var got settings
	c := &cobra.Command{}
	got.flags(c)
	args := "--listen :1 --seed 3 --pupils 400 --away --delay 20ms --rate 5 --questions 900 --failing 7 --verify-only --malformed 8 --other-person 9 --ignore-accents"
	if err := c.ParseFlags(strings.Fields(args)); err != nil {
		t.Fatal(err)
	}
	b := registry.Behaviour{
		Away: true, Delay: 20 * time.Millisecond, CallsPerSecond: 5, QuestionsPerSecond: 900, FailingPerMille: 7, VerifyOnly: true,
		MalformedPerMille: 8, OtherPersonPerMille: 9,
	}
	if got.listen != ":1" || got.nation.Seed != 3 || got.nation.Pupils != 400 || !got.cfg.IgnoreAccents || got.cfg.Behaviour != b {
		t.Errorf("got %+v", got)
	}
	if err := got.check(); err != nil {
		t.Error(err)
	}
	var plain settings
	plain.flags(&cobra.Command{})
	if plain.cfg.Behaviour != (registry.Behaviour{}) || plain.nation.Pupils != 2000 {
		t.Errorf("without flags: %+v", plain)
	}
}

func TestWrongFlags(t *testing.T) {
	for _, args := range []string{
		"--malformed 1001", "--other-person -1", "--failing 2000", "--questions -1", "--rate -1", "--delay -1s", "--nonsense",
	} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // it does not serve, whatever it takes
		c := command()
		c.SetArgs(append(strings.Fields(args), "--listen", "127.0.0.1:0", "--pupils", "10"))
		if err := c.ExecuteContext(ctx); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: got %v, want %v", args, err, fault.Invalid)
		}
	}
	if err := (&settings{nation: sandbox.Config{Pupils: sandbox.MaxPupils + 1}}).check(); !fault.Is(err, fault.Invalid) {
		t.Errorf("got %v, want %v", err, fault.Invalid)
	}
}

// It behaves from the start as it was told, until it is told to stop.
func TestServes(t *testing.T) {
	l := bufconn.Listen(1 << 16)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w := settings{nation: sandbox.Config{Seed: 1, Pupils: 10}, cfg: registry.Config{Behaviour: registry.Behaviour{QuestionsPerSecond: 900, MalformedPerMille: 8, OtherPersonPerMille: 9}}}
	ended := make(chan error, 1)
	go func() { ended <- w.serve(ctx, l) }()
	conn, err := grpc.NewClient("passthrough:///registry", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := sandboxv1.NewSandboxServiceClient(conn).GetBehaviour(ctx, &sandboxv1.GetBehaviourRequest{})
	if b := resp.GetBehaviour(); err != nil || b.GetQuestionsPerSecond() != 900 || b.GetMalformedPerMille() != 8 || b.GetOtherPersonPerMille() != 9 {
		t.Errorf("got %v, %v", b, err)
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
