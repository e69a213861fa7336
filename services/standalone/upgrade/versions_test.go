package upgrade

import (
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/internal/fault"
)

func TestFlagsIn(t *testing.T) {
	for _, test := range []struct{ name, help, want string }{
		{"flag", "Usage of intake:\n  -drive string\n    \tfolder of --what it says\n  -grpc-listen string\n    \taddress (default \":7246\")\n", "drive grpc-listen"},
		{"pflag", "Flags:\n      --config string        file\n  -h, --help                 help\n", "config help"},
		{"nothing", "no flags - at all\n", ""},
	} {
		if got := strings.Join(slices.Sorted(maps.Keys(flagsIn(test.help))), " "); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// TestWrap: the earlier version is started with what it knows, and this one as it was.
func TestWrap(t *testing.T) {
	flags := func(names ...string) map[string]map[string]bool {
		of := map[string]bool{}
		for _, name := range names {
			of[name] = true
		}
		return map[string]map[string]bool{"intake": of}
	}
	v := &Versions{
		earlier: version{"/old", flags("drive", "reporting", "key-file")}, now: version{"/new", flags("drive", "drain", "reporting")},
		more: []string{"--key-file", "k", "--drive", "another"}, which: map[string]bool{},
	}
	given := []string{"/new/intake", "--drive", "d", "--drain", "5s", "--reporting", "a:1|b:2"}
	for _, test := range []struct {
		earlier bool
		path    string
		want    string
	}{
		{false, "/new/intake", "/new/intake --drive d --drain 5s --reporting a:1|b:2"},
		{true, "/old/intake", "/old/intake --drive d --reporting a:1 --key-file k"},
	} {
		v.Set("intake-2", test.earlier)
		c := exec.Command(given[0], given[1:]...)
		v.Wrap("intake-2", c)
		if got := strings.Join(c.Args, " "); got != test.want || c.Path != test.path {
			t.Errorf("earlier %v: got %s, %s, want %s, %s", test.earlier, c.Path, got, test.path, test.want)
		}
	}
}

// TestNoHistory: a repository without the commit is told how to get it.
func TestNoHistory(t *testing.T) {
	_, _, err := BuildPrevious(t.Context(), "no-such-commit", t.TempDir())
	if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "git fetch --unshallow") {
		t.Errorf("got %v, want Invalid and the way out", err)
	}
}
