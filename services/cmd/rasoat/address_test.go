package main

import (
	"net"
	"strings"
	"testing"
)

// serving returns the address of a server that treats each connection so.
func serving(t *testing.T, each func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return // the listener is closed
			}
			each(c)
			_ = c.Close() // its end is all that it says
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return l.Addr().String()
}

// An address that can be none is wrong usage, at once; so is that of a server of something else.
func TestAddressThatCannotBe(t *testing.T) {
	for _, address := range []string{"", ":::", "http://127.0.0.1:7247", "127.0.0.1:99999", "127.0.0.1", "127.0.0.1:"} {
		args := []string{"status", "--wait", "0", "--server", address}
		code, errOut := offline(t, args...)
		wantRefusal(t, code, errOut, []string{"Địa chỉ dịch vụ chưa đúng", "host:port"}, args...)
	}
	for _, greeting := range []string{
		"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request",
		`INFO {"server_id":"NDT","version":"2.12","proto":1,"host":"127.0.0.1","port":4222,"headers":true,"max_payload":1048576}` + "\r\n",
	} {
		address := serving(t, func(c net.Conn) {
			_, _ = c.Write([]byte(greeting))
			_, _ = c.Read(make([]byte, 1<<10)) // what the client begins with
		})
		args := []string{"status", "--wait", "0", "--server", address}
		code, errOut := offline(t, args...)
		if code != exitInput {
			t.Errorf("%q: exit %d: %s", greeting, code, errOut)
		}
		for _, text := range []string{"không nói gRPC", "does not speak gRPC", "--server"} {
			if !strings.Contains(errOut, text) {
				t.Errorf("nothing says %q: %s", text, errOut)
			}
		}
	}
}
