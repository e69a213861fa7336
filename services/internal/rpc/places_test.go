package rpc

import (
	"slices"
	"testing"

	"github.com/rasoat/rasoat/services/internal/fault"
)

func TestPlaces(t *testing.T) {
	for addr, want := range map[string][]Place{
		"127.0.0.1:7246":                  {{"", "127.0.0.1:7246"}},
		"dns:///intake:9090?a=b":          {{"", "dns:///intake:9090?a=b"}},
		"a:1|b:1":                         {{"", "a:1"}, {"", "b:1"}},
		"intake=a:1":                      {{"intake", "a:1"}},
		"intake=a:1|[::1]:2,matching=c:3": {{"intake", "a:1"}, {"intake", "[::1]:2"}, {"matching", "c:3"}},
	} {
		got, err := Places(addr)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %v, %v, want %v", addr, got, err, want)
		}
	}
	for _, addr := range []string{"intake=", "intake=a", "=a:1", "Intake=a:1", "a:1|", "a:1|b", "intake=a:1,b:1", "b:1|c:1,intake=a:1", "a|b", "intake=a:1,",
		"", " ", ":", ":::", ":7246", "host", "host:", "host:0", "host:99999", "host:port", "http://127.0.0.1:7247", "https://a:1", "a b:1", "a:1|b:99999", "dns:"} {
		if got, err := Places(addr); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: got %v, %v, want Invalid", addr, got, err)
		}
		if _, err := Dial(addr); !fault.Is(err, fault.Invalid) {
			t.Errorf("Dial %s: got %v, want Invalid", addr, err)
		}
	}
}
