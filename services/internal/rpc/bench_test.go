package rpc

import (
	"context"
	"testing"
	"time"

	intakev1 "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
)

// BenchmarkCall is one call through every interceptor, over the loopback, with a trace.
func BenchmarkCall(b *testing.B) {
	s, err := New(Config{Unguarded: true, GRPCListen: "127.0.0.1:0", Telemetry: process, Drain: time.Second}, &stub{})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	conn, err := Dial(s.GRPCAddr())
	if err != nil {
		b.Fatal(err)
	}
	client := intakev1.NewIntakeServiceClient(conn)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := client.Submit(ctx, goodRequest()); err != nil {
				b.Error(err)
				return
			}
		}
	})
	_ = conn.Close()
	cancel()
	if err := <-done; err != nil {
		b.Error(err)
	}
}
