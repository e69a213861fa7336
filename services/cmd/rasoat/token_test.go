package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/internal/access"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/test/bufconn"
)

// issued runs the token command.
func issued(t *testing.T, args ...string) (int, string, string) {
	t.Helper()
	var out, errOut bytes.Buffer
	code := command(t.Context(), append([]string{"token"}, args...), streams{strings.NewReader(""), &out, &errOut})
	return code, strings.TrimSpace(out.String()), errOut.String()
}

func TestTokenCommand(t *testing.T) {
	dir := t.TempDir()
	_, verifier, err := access.Make(dir)
	if err != nil {
		t.Fatal(err)
	}
	key := access.KeyFile(dir)
	code, token, errOut := issued(t, "--key", key, "--role", "province", "--scope", "01", "--scope", "79/79000101", "--subject", "lan", "--for", "24h")
	c, err := verifier.Verify(t.Context(), token)
	if code != exitFine || err != nil || c.Subject != "lan" || c.Role != access.Province || strings.Join(c.Scopes, " ") != "01 79/79000101" || time.Until(c.Expires) < 23*time.Hour {
		t.Errorf("exit %d, got %+v, %v\n%s", code, c, err, errOut)
	}
	code, text, _ := issued(t, "--key", key, "--role", "auditor", "--scope", "*", "--subject", "kiem", "--json")
	var told struct {
		Token   string
		Expires time.Time
	}
	if err := json.Unmarshal([]byte(text), &told); code != exitFine || err != nil || time.Until(told.Expires) < 11*time.Hour {
		t.Errorf("exit %d, got %+v, %v", code, told.Expires, err)
	}
	if _, err := verifier.Verify(t.Context(), told.Token); err != nil {
		t.Error(err)
	}
	for name, args := range map[string][]string{
		"no role":     {"--key", key, "--scope", "01", "--subject", "lan"},
		"a strange":   {"--key", key, "--scope", "01", "--subject", "lan", "--role", "root"},
		"no scope":    {"--key", key, "--subject", "lan", "--role", "school"},
		"no key":      {"--scope", "01", "--subject", "lan", "--role", "school"},
		"public key":  {"--key", filepath.Join(dir, "access.pub"), "--scope", "01", "--subject", "lan", "--role", "school"},
		"for no time": {"--key", key, "--scope", "01", "--subject", "lan", "--role", "school", "--for", "-1h"},
	} {
		if code, out, _ := issued(t, args...); code != exitInput || out != "" {
			t.Errorf("%s: exit %d, printed %d bytes", name, code, len(out))
		}
	}
}

// TestCallsCarryTheToken: that of the flag, else of the environment, else of the file; and the help shows none.
func TestCallsCarryTheToken(t *testing.T) {
	var sent []string
	l := bufconn.Listen(1 << 20)
	s := grpc.NewServer(grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error {
		sent = metadata.ValueFromIncomingContext(stream.Context(), "authorization")
		return nil
	}))
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }() // ends when the server is stopped
	t.Cleanup(func() { s.Stop(); <-done })
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("of-the-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) string {
		var out bytes.Buffer
		sent = nil
		command(t.Context(), args, streams{strings.NewReader(""), &out, &out}, grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) }))
		return out.String()
	}
	queue := []string{"queue", "--server", "passthrough:///fake"}
	for _, tt := range []struct {
		env, file string
		args      []string
		want      string
	}{
		{"", "", nil, ""},
		{"", file, nil, "Bearer of-the-file"},
		{"of-env", file, nil, "Bearer of-env"},
		{"of-env", file, []string{"--token", "of-flag"}, "Bearer of-flag"},
	} {
		t.Setenv("RASOAT_TOKEN", tt.env)
		t.Setenv("RASOAT_TOKEN_FILE", tt.file)
		run(append(queue, tt.args...)...)
		if got := strings.Join(sent, "|"); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	// What copying adds around a token is no part of it.
	t.Setenv("RASOAT_TOKEN", " of-env\r\n")
	if run(queue...); strings.Join(sent, "|") != "Bearer of-env" {
		t.Errorf("got %q of a token with a line break after it", sent)
	}
	if help := run("queue", "--help"); strings.Contains(help, "of-env") {
		t.Error("the help shows the token")
	}
}

// TestTokenThatCannotBe: what no call can carry is said to be no token, and a file that cannot be read is named, at once.
func TestTokenThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	empty, torn := filepath.Join(dir, "empty"), filepath.Join(dir, "torn")
	for file, text := range map[string]string{empty: "\n", torn: "two\nlines"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, tt := range map[string]struct {
		env, file string
		args      []string
		code      int
		says      []string
	}{
		"a line break":         {"two\nlines", "", nil, exitFindings, []string{"không hợp lệ", "is not valid", "rasoat token"}},
		"a line break, a flag": {"", "", []string{"--token", "two\nlines"}, exitFindings, []string{"is not valid"}},
		"a letter":             {"mã", "", nil, exitFindings, []string{"is not valid"}},
		"no file":              {"", filepath.Join(dir, "absent"), nil, exitInput, []string{"RASOAT_TOKEN_FILE", "Không có " + dir, "There is no " + filepath.Join(dir, "absent")}},
		"a folder":             {"", dir, nil, exitInput, []string{"RASOAT_TOKEN_FILE", dir + " is a folder"}},
		"an empty file":        {"", empty, nil, exitInput, []string{"RASOAT_TOKEN_FILE", empty, "is empty"}},
		"a torn file":          {"", torn, nil, exitInput, []string{"is not valid"}},
	} {
		t.Setenv("RASOAT_TOKEN", tt.env)
		t.Setenv("RASOAT_TOKEN_FILE", tt.file)
		args := append([]string{"queue", "--server", "127.0.0.1:1"}, tt.args...)
		code, errOut := offline(t, args...)
		if code != tt.code || strings.Contains(errOut, "lines") {
			t.Errorf("%s: exit %d, %s", name, code, errOut)
		}
		for _, text := range tt.says {
			if !strings.Contains(errOut, text) {
				t.Errorf("%s: nothing says %q: %s", name, text, errOut)
			}
		}
	}
}
