package run

import (
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// sample has a setting of each kind.
type sample struct {
	url, listen string
	copies      int
	seed        uint64
	drain       time.Duration
	rebuild     bool
}

func (v *sample) settings() *Settings {
	s := &Settings{Program: "sample", About: fault.Text{Vi: "Mẫu.", En: "A sample."}, Prefix: "RASOAT_TEST", Examples: []string{"sample --drain 3s"}, Notes: []string{"A note."}}
	s.Group("Places")
	s.String(&v.url, "nats-url", "URLS", "nats://127.0.0.1:4222", "where the broker is")
	s.String(&v.listen, "grpc-listen", "ADDRESS", "", "where it listens")
	s.Group("Work")
	s.Int(&v.copies, "copies", 2, "copies")
	s.Uint64(&v.seed, "seed", 1, "seed")
	s.Duration(&v.drain, "drain", time.Second, "how long it drains")
	s.Bool(&v.rebuild, "rebuild", "begin anew")
	return s
}

// file writes a file of settings.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPrecedence(t *testing.T) {
	path := file(t, "# settings\nnats-url: nats://file:1\ngrpc-listen: \":1\"\ncopies: 7\nseed: 8\ndrain: 4s\nrebuild: true\n")
	t.Setenv("RASOAT_TEST_GRPC_LISTEN", ":2")
	t.Setenv("RASOAT_TEST_COPIES", "9")
	t.Setenv("RASOAT_TEST_SEED", "") // counts as absent
	t.Setenv("RASOAT_TEST_FOREIGN", "of another program")
	var v sample
	s := v.settings()
	if err := s.Parse([]string{"--config", path, "-copies", "10", "--rebuild=false"}, io.Discard); err != nil {
		t.Fatal(err)
	}
	if want := (sample{"nats://file:1", ":2", 10, 8, 4 * time.Second, false}); v != want {
		t.Errorf("got %+v, want %+v", v, want)
	}
	for name, want := range map[string]string{"nats-url": "file " + path + ":2", "grpc-listen": "environment RASOAT_TEST_GRPC_LISTEN", "copies": "flag --copies", "rebuild": "flag --rebuild"} {
		if err := s.Wrong(name, errors.New("it is wrong")); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), name+" ("+want+"): it is wrong") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	t.Setenv("RASOAT_TEST_CONFIG", path)
	v = sample{}
	if err := v.settings().Parse(nil, io.Discard); err != nil || v.drain != 4*time.Second {
		t.Errorf("the file by the environment: got %+v, %v", v, err)
	}
	v = sample{}
	if err := v.settings().Parse([]string{"--config", file(t, "---\n# nothing\n")}, io.Discard); err != nil || v.drain != time.Second {
		t.Errorf("an empty file: got %+v, %v", v, err)
	}
}

func TestWrongSettings(t *testing.T) {
	for _, tt := range []struct {
		file, variable string
		args           []string
		want           []string // of the line
	}{
		{file: "seed: 1\nnats-uri: nats://a:b@c\n", want: []string{"1 place", "s.yaml:2 sample has no setting \"nats-uri\" → Is it nats-url?"}},
		{file: "NATS_URL: nats://x\nzzzzzzzzzzzz: 1\n", want: []string{"2 places", "s.yaml:1", "Is it nats-url?", "s.yaml:2", "--help lists them"}},
		{file: "config: x\n", want: []string{"s.yaml:1 sample has no setting \"config\""}},
		{file: "drain: soon\n", want: []string{"drain (file ", "s.yaml:1) its value has to be a duration such as 25s"}},
		{file: "copies: many\nseed: -1\nrebuild: perhaps\n", want: []string{"copies (", "seed (", "rebuild (", "true or false"}},
		{file: "seed: 1\nseed: 2\n", want: []string{"s.yaml:2 seed stands in line 1 already"}},
		{file: "nats-url: [a, b]\n", want: []string{"s.yaml:1 nats-url has to have one value"}},
		{file: "nats-url:\n", want: []string{"s.yaml:1 nats-url has to have one value"}},
		{file: "- nats-url\n", want: []string{"s.yaml:1 the file has to consist of lines"}},
		{file: "seed: 1\n---\nseed: 2\n", want: []string{"more than one document"}},
		{file: "seed: {\n", want: []string{"s.yaml yaml: "}},
		{file: "copies: many\n", args: []string{"--copies", "3"}, want: []string{"copies (file "}},
		{variable: "soon", want: []string{"drain (environment RASOAT_TEST_DRAIN)"}},
		{args: []string{"--drain", "soon"}, want: []string{"drain (flag --drain)"}},
		{args: []string{"--drian", "3s"}, want: []string{"flag --drian sample has no setting \"drian\" → Is it drain?"}},
		{args: []string{"--drain"}, want: []string{"needs an argument: -drain"}},
		{args: []string{"--rebuild", "true"}, want: []string{"1 words stand behind"}},
		{args: []string{"--config", "absent/s.yaml"}, want: []string{"the file of --config cannot be read", "absent/s.yaml"}},
		{file: "nats-url: nats://rasoat:REDACTED@host\n", want: []string{"nats-url (file ", "RASOAT_TEST_NATS_URL"}},
	} {
		args := tt.args
		if tt.file != "" {
			args = append([]string{"--config", file(t, tt.file)}, args...)
		}
		t.Setenv("RASOAT_TEST_DRAIN", tt.variable)
		var v sample
		err := v.settings().Parse(args, io.Discard)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%q %v: got %v, want %v", tt.file, tt.args, err, fault.Invalid)
			continue
		}
		var out strings.Builder
		Complain(&out, "test", "en", err)
		said := strings.Join(strings.Fields(out.String()), " ")
		for _, want := range tt.want {
			if !strings.Contains(said, want) {
				t.Errorf("%q %v: got %q, want %q", tt.file, tt.args, said, want)
			}
		}
		for _, value := range []string{"soon", "many", "perhaps", "a:b"} {
			if strings.Contains(said, value) {
				t.Errorf("%q: it shows the value: %q", tt.file, said)
			}
		}
	}
}

// What --print-config prints, given back as --config, prints the same but for where it is from.
func TestPrintConfig(t *testing.T) {
	t.Setenv("RASOAT_TEST_NATS_URL", "nats://one:4222,nats://two:4222")
	printed := func(args ...string) string {
		var v sample
		var out strings.Builder
		if err := v.settings().Parse(append(args, "--print-config"), &out); !errors.Is(err, flag.ErrHelp) {
			t.Fatalf("%v: got %v", args, err)
		}
		return out.String()
	}
	first := printed("--grpc-listen", ":7246", "--copies", "3", "--drain", "90s", "--rebuild")
	want := `# Places
nats-url: nats://one:4222,nats://two:4222 # environment RASOAT_TEST_NATS_URL
grpc-listen: :7246 # flag --grpc-listen
# Work
copies: 3 # flag --copies
seed: 1 # default
drain: 1m30s # flag --drain
rebuild: true # flag --rebuild
`
	if strings.ReplaceAll(first, "\n\n", "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", first, want)
	}
	t.Setenv("RASOAT_TEST_NATS_URL", "")
	values := func(text string) string {
		var out []string
		for l := range strings.Lines(text) {
			l, _, _ = strings.Cut(strings.TrimSpace(l), " #")
			out = append(out, l)
		}
		return strings.Join(out, "\n")
	}
	if second := printed("--config", file(t, first)); values(second) != values(first) || !strings.Contains(second, "s.yaml:") {
		t.Errorf("got\n%s\nwant the values of\n%s", second, first)
	}
	t.Setenv("RASOAT_TEST_NATS_URL", "nats://rasoat:geheim@one")
	with := printed()
	if strings.Contains(with, "geheim") {
		t.Errorf("a password is printed: %s", with)
	}
	var v sample
	if err := v.settings().Parse([]string{"--config", file(t, with)}, io.Discard); err != nil || v.url != "nats://rasoat:geheim@one" {
		t.Errorf("the file without the password, and the password beside: got %v", err)
	}
}

func TestRedact(t *testing.T) {
	for value, want := range map[string]string{
		"":                                   "",
		"a@b":                                "a@b",
		"nats://127.0.0.1:4222":              "nats://127.0.0.1:4222",
		"nats://u:p@a:4222":                  "nats://u:REDACTED@a:4222",
		"nats://token@a:4222":                "nats://REDACTED@a:4222",
		"nats://u:p@a, tls://v:q@b,nats://c": "nats://u:REDACTED@a, tls://v:REDACTED@b,nats://c",
		"mongodb://u:p/@,@a:1,b:2/db?w=1":    "mongodb://u:REDACTED@a:1,b:2/db?w=1",
		"mongodb://a/?tls=true&tlsCertificateKeyFilePassword=p&w=1": "mongodb://a/?tls=true&tlsCertificateKeyFilePassword=REDACTED&w=1",
		"mongodb://a/?authMechanismProperties=AWS_SESSION_TOKEN:p":  "mongodb://a/?authMechanismProperties=AWS_SESSION_TOKEN:REDACTED",
	} {
		if got := redact(value); got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
}

func TestHelp(t *testing.T) {
	var v sample
	var out strings.Builder
	if err := v.settings().Parse([]string{"--help"}, &out); !errors.Is(err, flag.ErrHelp) {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Mẫu.\nA sample.\n", "--nats-url VALUE", "RASOAT_TEST_NATS_URL=VALUE", "\nPlaces\n  --nats-url URLS     where the broker is (RASOAT_TEST_NATS_URL; default \"nats://127.0.0.1:4222\")\n",
		"  --grpc-listen ADDRESS  where", "  --rebuild  ", "--config FILE", "A note.", "Examples:\n  sample --drain 3s\n", "Exit codes: 0",
	} {
		if !strings.Contains(strings.Join(strings.Fields(out.String()), " "), strings.Join(strings.Fields(want), " ")) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	for _, r := range v.settings().Rows() {
		if strings.Count(out.String(), "\n  --"+r.Name+" ") != 1 || !strings.Contains(out.String(), r.Env) {
			t.Errorf("%s is not a line of the list", r.Name)
		}
	}
}
