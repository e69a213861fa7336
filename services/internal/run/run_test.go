package run

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// The test binary is also the process that signals are sent to.
func TestMain(m *testing.M) {
	switch os.Getenv("RUN_TEST_CHILD") {
	case "polite":
		Main(func(ctx context.Context) error {
			fmt.Println("ready")
			<-ctx.Done()
			return ctx.Err()
		})
	case "stubborn":
		Main(func(ctx context.Context) error {
			fmt.Println("ready")
			<-ctx.Done()
			fmt.Println("stopping")
			select {}
		})
	default:
		os.Exit(m.Run())
	}
}

func TestExitCodes(t *testing.T) {
	withField := &fault.Error{Kind: fault.Invalid, Op: "drive.load", Text: fault.Text{Vi: "Đợt sai", En: "the drive is wrong"}, Fields: []fault.Field{
		{Path: "drive.yaml:3", Text: fault.Text{En: "no such window"}, Remedy: fault.Text{Vi: "Nêu một", En: "Name one"}}}}
	tests := []struct {
		name string
		err  error
		code int
		said string
	}{
		{"well", nil, 0, ""},
		{"help", flag.ErrHelp, 0, ""},
		{"invalid", fault.Wrap("", "main", withField), 2, ": Đợt sai / the drive is wrong\n  drive.yaml:3  no such window\n    → Nêu một / Name one\n"},
		{"unavailable", fault.Wrap(fault.Unavailable, "nats.connect", errors.New("refused")), 3, ": Chưa làm được; thử lại sau: refused / This cannot be done now; try again later: refused\n"},
		{"a conflict", fault.New(fault.Conflict, "x", "Đã có", "taken"), 4, ": Đã có / taken\n"},
		{"else", errors.New("broken"), 1, ": Lỗi không lường trước: broken / An unexpected error: broken\n"},
		{"a lone cancel", context.Canceled, 3, ": Đã dừng trước khi xong / It was stopped before it was done\n"},
	}
	for _, tt := range tests {
		var out bytes.Buffer
		code := guarded(context.Background(), func(context.Context) error { return tt.err }, &out)
		if code != tt.code {
			t.Errorf("%s: got %d, want %d", tt.name, code, tt.code)
		}
		if got := out.String(); !strings.HasSuffix(got, tt.said) || tt.said == "" && got != "" || strings.HasPrefix(got, ":") {
			t.Errorf("%s: got %q, want %q at its end", tt.name, got, tt.said)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if code := guarded(ctx, func(ctx context.Context) error { return fmt.Errorf("op: %w", ctx.Err()) }, io.Discard); code != 0 {
		t.Errorf("an end that was asked for: got %d", code)
	}
}

func TestSignals(t *testing.T) {
	for _, tt := range []struct {
		child  string
		signal syscall.Signal
		lines  []string // a signal is sent after each
		killed bool
	}{
		{"polite", syscall.SIGTERM, []string{"ready"}, false},
		{"polite", syscall.SIGINT, []string{"ready"}, false},
		{"stubborn", syscall.SIGTERM, []string{"ready", "stopping"}, true},
	} {
		ctx := eventually.Context(t)
		cmd := exec.CommandContext(ctx, os.Args[0])
		cmd.Env = append(os.Environ(), "RUN_TEST_CHILD="+tt.child)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for _, want := range tt.lines {
			if !lines.Scan() || lines.Text() != want {
				t.Errorf("%s: got %q, want %q", tt.child, lines.Text(), want)
			}
			// The second meaning of a signal holds from a moment after the first: send until it is heard.
			for range 100 {
				_ = cmd.Process.Signal(tt.signal)
				if !tt.killed || want == "ready" {
					break
				}
				time.Sleep(time.Millisecond)
			}
		}
		err = cmd.Wait()
		var exit *exec.ExitError
		if tt.killed {
			if !errors.As(err, &exit) || !exit.Sys().(syscall.WaitStatus).Signaled() {
				t.Errorf("%s: got %v, want death by signal", tt.child, err)
			}
		} else if err != nil {
			t.Errorf("%s %v: %v", tt.child, tt.signal, err)
		}
	}
}

func TestEnvOr(t *testing.T) {
	t.Setenv("RASOAT_TEST_EMPTY", "")
	t.Setenv("RASOAT_TEST_GIVEN", "env:1")
	if EnvOr("RASOAT_TEST_EMPTY", "d") != "d" || EnvOr("RASOAT_TEST_GIVEN", "d") != "env:1" {
		t.Error("EnvOr")
	}
}
