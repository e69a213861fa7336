package fault_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Every error has a sentence in both languages, and none begins with the name of an operation of ours.
func TestWorded(t *testing.T) {
	dir := t.TempDir()
	_, missing := os.ReadFile(filepath.Join(dir, "absent.key"))
	_, folder := os.ReadFile(dir)
	full := &os.PathError{Op: "write", Path: "out.xlsx", Err: syscall.ENOSPC}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, taken := net.Listen("tcp", listener.Addr().String())
	said := fault.New(fault.Denied, "x.y", "Không.", "No.")
	for name, tt := range map[string]struct {
		err  error
		kind fault.Kind
		en   string
	}{
		"a file that is missing":     {fault.Wrap(fault.Invalid, "access.issuer", missing), fault.Invalid, "absent.key: check the path"},
		"a folder in place of one":   {fault.Wrap(fault.Invalid, "access.issuer", folder), fault.Invalid, "is a folder: name a file"},
		"a bare one":                 {missing, fault.Invalid, "absent.key: check the path"},
		"a full disk":                {fault.Wrap(fault.Unavailable, "a.b", full), fault.Unavailable, "The disk is full, out.xlsx"},
		"a disk that is odd":         {&os.PathError{Op: "write", Path: "o%s", Err: errors.New("odd")}, fault.Invalid, "o%s cannot be read or written: odd"},
		"an address that is taken":   {fault.Wrap(fault.Unavailable, "rpc.listen", taken), fault.Unavailable, "Another program uses the address " + listener.Addr().String()},
		"what was said already":      {fault.Wrap("", "outer.op", said), fault.Denied, "No."},
		"a cancelled one":            {fault.Wrap("", "a.b", context.Canceled), fault.Unavailable, "It was stopped"},
		"of nobody":                  {fmt.Errorf("odd: %w", errors.New("thing")), fault.Internal, "An unexpected error: odd: thing"},
		"wrapped twice without text": {fault.Wrap(fault.Invalid, "a.b", fault.Wrap(fault.Invalid, "c.d", errors.New("odd"))), fault.Invalid, "not valid: odd"},
	} {
		got := fault.Worded(tt.err)
		if got.Kind != tt.kind || !strings.Contains(got.Text.En, tt.en) || got.Text.Vi == "" || got.Text.Vi == got.Text.En {
			t.Errorf("%s: got %s %+v", name, got.Kind, got.Text)
		}
		for _, op := range []string{"access.", "rpc.", "a.b", "outer"} {
			if strings.Contains(got.Text.En+got.Text.Vi, op) {
				t.Errorf("%s: %q names an operation", name, got.Text.En)
			}
		}
	}
	if fault.OfFile("x", "p", nil) != nil {
		t.Error("no error became one")
	}
	if e := fault.OfFile("x", "named.xlsx", errors.New("odd")); !strings.Contains(fault.Worded(e).Text.Vi, "named.xlsx: odd") {
		t.Errorf("got %v", e)
	}
}

// A number agrees with its noun, and a decimal has a comma in Vietnamese.
func TestNumber(t *testing.T) {
	for n, want := range map[int64]string{0: "0 pupils have", 1: "1 pupil has", 2: "2 pupils have"} {
		if got := fault.Number(n, "pupil has", "pupils have"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := fault.Decimal("95.6"); got.Vi != "95,6" || got.En != "95.6" {
		t.Errorf("got %v", got)
	}
}
