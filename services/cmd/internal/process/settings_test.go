package process

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/internal/run"
)

// quiet keeps the settings of whoever runs the tests away.
func quiet(t *testing.T) {
	t.Helper()
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "RASOAT_") {
			t.Setenv(name, "")
		}
	}
}

// files makes what a service needs of files, and gives the settings that name them.
func files(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	if _, _, err := access.Make(dir); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(dir, "reference.key")
	for path, text := range map[string]string{key: "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n", filepath.Join(dir, "token"): "a token"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return map[string]string{
		"drive": "../../../../deploy/drives/2022-2023-12", "key-file": key, "access-keys": filepath.Join(dir, "access.pub"), "token-file": filepath.Join(dir, "token"),
		"grpc-listen": "127.0.0.1:0", "http-listen": "127.0.0.1:0",
	}
}

// line writes settings as a command line.
func line(settings map[string]string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		out = append(out, "--"+name+"="+settings[name])
	}
	return out
}

// Each service has the settings that it has a use for, and no other.
func TestOwnSettings(t *testing.T) {
	own := map[string]string{
		"intake": "key-file reporting token-file", "validation": "key-file", "matching": "key-file registry", "reporting": "intake validation matching webhooks",
	}
	common := map[string]int{}
	for service, want := range own {
		var got []string
		for _, r := range newSettings(service).Rows() {
			common[r.Name]++
			if slices.Contains(strings.Fields(strings.Join(slices.Collect(maps.Values(own)), " ")), r.Name) {
				got = append(got, r.Name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", service, got, want)
		}
	}
	for _, name := range strings.Fields("grpc-listen http-listen nats-url replicas mongodb-uri drive access-keys access-jwks access-issuer rebuild drain nats-creds nats-ca nats-cert nats-key") {
		if common[name] != len(own) {
			t.Errorf("%s: %d services have it, want all", name, common[name])
		}
	}
}

// The table of README.md is that of the settings.
func TestTable(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []run.Row
	of := map[string][]string{}
	services := []string{"intake", "validation", "matching", "reporting"}
	for _, service := range services {
		for _, r := range newSettings(service).Rows() {
			if of[r.Name] == nil {
				rows = append(rows, r)
			}
			of[r.Name] = append(of[r.Name], service)
		}
	}
	var want strings.Builder
	for _, r := range rows {
		who, fallback := strings.Join(of[r.Name], ", "), r.Default
		if len(of[r.Name]) == len(services) {
			who = "all"
		}
		if fallback != "" {
			fallback = "`" + fallback + "`"
		}
		_, _ = fmt.Fprintf(&want, "| `%s` | `%s` | %s | %s | %s |\n", r.Name, r.Env, fallback, who, strings.ReplaceAll(r.Help, "|", "\\|"))
	}
	if !strings.Contains(string(text), "| --- | --- | --- | --- | --- |\n"+want.String()+"\n") {
		t.Errorf("README.md has another table than the settings; they are\n%s", want.String())
	}
}

// Each wrong setting is named, with where it came from.
func TestWrongSettings(t *testing.T) {
	quiet(t)
	for _, tt := range []struct {
		service     string
		name, wrong string // a setting, and its wrong value; "-" leaves it out
		want        string // what is said, besides
	}{
		{"validation", "drive", "-", "missing"},
		{"validation", "drive", "absent", ""},
		{"validation", "key-file", "-", "openssl rand"},
		{"validation", "key-file", "absent", ""},
		{"validation", "access-keys", "-", "access-jwks"},
		{"validation", "access-keys", "absent", ""},
		{"validation", "access-issuer", "", "who issues"},
		{"validation", "grpc-listen", "7246", "host:port"},
		{"validation", "grpc-listen", "", "needed"},
		{"validation", "http-listen", "7247", "host:port"},
		{"validation", "replicas", "-1", "from 0 to 5"},
		{"validation", "drain", "0s", "a second"},
		{"validation", "log-level", "loud", "debug"},
		{"validation", "log-format", "xml", "json"},
		{"validation", "nats-url", "nats://rasoat:geheim/x@host", "malformed"},
		{"validation", "nats-creds", "absent", ""},
		{"validation", "nats-ca", "absent", ""},
		{"validation", "nats-cert", "absent", "nats-key"},
		{"validation", "nats-key", "absent", "nats-cert"},
		{"validation", "mongodb-uri", "postgres://rasoat:geheim@host", "mongodb://"},
		{"intake", "token-file", "-", "role service"},
		{"intake", "token-file", "absent", ""},
		{"intake", "reporting", "a|b", "host:port"},
	} {
		settings := files(t)
		if tt.service != "intake" {
			delete(settings, "token-file")
		}
		settings[tt.name] = tt.wrong
		if tt.wrong == "-" {
			delete(settings, tt.name)
		}
		build := func(p *Parts) (rpc.Service, error) {
			_, err := p.Dial("reporting", nil)
			return nil, err
		}
		err := program{name: tt.service, build: build, out: io.Discard, log: io.Discard}.serve(t.Context(), line(settings))
		from := " (flag --" + tt.name + ")"
		if tt.wrong == "-" {
			from = " (default)"
		}
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), tt.name+from) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s %q: got %v, want %s%s and %q", tt.name, tt.wrong, err, tt.name, from, tt.want)
		}
	}
}

// What is printed says nothing secret, and is a file for --config.
func TestPrintConfig(t *testing.T) {
	quiet(t)
	t.Setenv("RASOAT_MONGODB_URI", "mongodb://rasoat:geheim@db/?replicaSet=rs0")
	print := func(args ...string) string {
		var out strings.Builder
		if err := (program{name: "matching", out: &out}).serve(t.Context(), append(args, "--print-config")); !errors.Is(err, flag.ErrHelp) {
			t.Fatalf("%v: got %v", args, err)
		}
		return out.String()
	}
	first := print("--registry", "registry:443", "--nats-url", "nats://matching:geheim@a:4222,nats://matching:geheim@b:4222")
	for _, want := range []string{
		"registry: registry:443 # flag --registry\n", "mongodb-uri: mongodb://rasoat:REDACTED@db/?replicaSet=rs0 # environment RASOAT_MONGODB_URI\n",
		"nats-url: nats://matching:REDACTED@a:4222,nats://matching:REDACTED@b:4222 # flag --nats-url\n", "drain: 25s # default\n",
	} {
		if !strings.Contains(first, want) {
			t.Errorf("no %q in\n%s", want, first)
		}
	}
	if strings.Contains(first, "geheim") {
		t.Errorf("a password is printed:\n%s", first)
	}
	path := filepath.Join(t.TempDir(), "matching.yaml")
	if err := os.WriteFile(path, []byte(first), 0o600); err != nil {
		t.Fatal(err)
	}
	if second := print("--config", path, "--nats-url", "nats://c"); !strings.Contains(second, "registry: registry:443 # file "+path) || !strings.Contains(second, "nats-url: nats://c # flag") {
		t.Errorf("got\n%s", second)
	}
}

// The files of the connection to the broker become its options.
func TestNATSFiles(t *testing.T) {
	quiet(t)
	dir := t.TempDir()
	ca, cert, key := certificates(t, dir)
	v := newSettings("validation")
	if err := v.Parse([]string{"--nats-creds", cert, "--nats-ca", ca, "--nats-cert", cert, "--nats-key", key}, io.Discard); err != nil {
		t.Fatal(err)
	}
	options, err := v.nats()
	if err != nil {
		t.Fatal(err)
	}
	var got nats.Options
	for _, o := range options {
		if err := o(&got); err != nil {
			t.Error(err)
		}
	}
	if got.UserJWT == nil || got.RootCAsCB == nil || got.TLSCertCB == nil || !got.Secure {
		t.Errorf("got %+v", got)
	}
}
