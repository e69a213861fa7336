package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"reflect"
	"strings"
	"testing"
	"time"

	sandboxv1 "github.com/rasoat/rasoat/proto/rasoat/sandbox/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/sandbox/registry"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"
)

func TestSettings(t *testing.T) {
	t.Setenv("RASOAT_REGISTRY_LISTEN", ":2")
	t.Setenv("RASOAT_REGISTRY_SEED", "3")
	var got settings
	set := got.declare()
	args := "--listen :1 --pupils 400 --faults -1 --away --delay 20ms --rate 5 --questions 900 --failing 7 --verify-only --malformed 8 --other-person 9 --ignore-accents"
	if err := set.Parse(strings.Fields(args), io.Discard); err != nil {
		t.Fatal(err)
	}
	b := registry.Behaviour{
		Away: true, Delay: 20 * time.Millisecond, CallsPerSecond: 5, QuestionsPerSecond: 900, FailingPerMille: 7, VerifyOnly: true,
		MalformedPerMille: 8, OtherPersonPerMille: 9,
	}
	want := settings{listen: ":1", nation: sandbox.Config{Seed: 3, Pupils: 400, Faults: -1}, cfg: registry.Config{Behaviour: b, IgnoreAccents: true}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if err := got.check(set); err != nil {
		t.Error(err)
	}
	var plain settings
	plain.declare()
	if plain.cfg.Behaviour != (registry.Behaviour{}) || plain.nation.Pupils != 2000 {
		t.Errorf("without settings: %+v", plain)
	}
}

func TestWrongSettings(t *testing.T) {
	for args, name := range map[string]string{
		"--malformed 1001": "malformed", "--other-person -1": "other-person", "--failing 2000": "failing", "--questions -1": "questions", "--rate -1": "rate",
		"--delay -1s": "delay", "--pupils 999999999": "pupils", "--quetsions 3": "Is it questions?", "--config absent.yaml": "absent.yaml",
	} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // it does not serve, whatever it takes
		err := command(ctx, append(strings.Fields(args), "--listen", "127.0.0.1:0"), io.Discard)
		said := fmt.Sprint(err)
		var f *fault.Error
		if errors.As(err, &f) && len(f.Fields) > 0 {
			said += fmt.Sprint(f.Fields)
		}
		if !fault.Is(err, fault.Invalid) || !strings.Contains(said, name) {
			t.Errorf("%s: got %v, want %v that names %s", args, said, fault.Invalid, name)
		}
	}
	var out strings.Builder
	if err := command(t.Context(), []string{"--pupils", "10", "--print-config"}, &out); !errors.Is(err, flag.ErrHelp) || !strings.Contains(out.String(), "pupils: 10 # flag --pupils") {
		t.Errorf("--print-config: got %v, %s", err, out.String())
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
