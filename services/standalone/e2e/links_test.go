package e2e

import (
	"os/exec"
	"strings"
	"testing"
)

// deps lists what a package links, tests apart.
func deps(t *testing.T, dir string, packages ...string) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-deps", "-f", "{{.ImportPath}}"}, packages...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	return map[string][]string{strings.Join(packages, " "): strings.Fields(string(out))}
}

// TestProductionLinksNoEmbeddedServer: the binaries that production runs have no NATS server, no SQLite and no FerretDB in
// them.
func TestProductionLinksNoEmbeddedServer(t *testing.T) {
	t.Parallel()
	for what, all := range deps(t, "../..", "./cmd/...") {
		for _, p := range all {
			for _, server := range []string{"github.com/nats-io/nats-server", "modernc.org/sqlite", "github.com/FerretDB"} {
				if strings.HasPrefix(p, server) {
					t.Errorf("%s links %s", what, p)
				}
			}
		}
	}
}

// language is the expression language in which a drive writes rules of its own. It computes and nothing else; what it is made of (its
// values are protobuf's) comes with it, and what the domain imports itself is the linter's to say.
const language = "cel.dev/cel-go"

// TestDomainImportsNoTechnology: the vocabulary, the drive, the regulation and the logic of every service know neither
// broker nor database nor wire.
func TestDomainImportsNoTechnology(t *testing.T) {
	t.Parallel()
	expressions := map[string]bool{}
	for _, d := range deps(t, "../..", language+"/cel", language+"/ext")[language+"/cel "+language+"/ext"] {
		expressions[d] = true
	}
	for _, bad := range []string{"net", "net/http", "os/exec", "database/sql", "google.golang.org/grpc"} {
		if expressions[bad] {
			t.Errorf("the language links %s", bad)
		}
	}
	for _, p := range []string{"./student", "./drive", "./regulation", "./intake", "./validation", "./matching", "./reporting"} {
		for _, d := range deps(t, "../..", p)[p] {
			for _, tech := range []string{
				"github.com/nats-io", "go.mongodb.org", "google.golang.org", "github.com/grpc-ecosystem", "modernc.org", "database/sql",
				"github.com/rasoat/rasoat/proto", "go.opentelemetry.io", "net/http", "github.com/xuri",
			} {
				if strings.HasPrefix(d, tech) && !expressions[d] {
					t.Errorf("%s links %s", p, d)
				}
			}
		}
	}
}
