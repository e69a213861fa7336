// Command kube-check asks a Kubernetes API server whether it would take the manifests on its standard input, as
// kubectl apply --server-side --dry-run=server --validate=strict does:
//
//	helm template rasoat charts/rasoat -f VALUES.yaml | kube-check
//
// The API server and its etcd are real, run in this process on free ports of this machine, and are gone when it ends.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	stderr := os.Stderr
	// The server's log has hundreds of lines: what it refuses, and why it ended, it says to its caller.
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = null
	}
	if err := run(ctx); err != nil {
		_, _ = fmt.Fprintln(stderr, "kube-check:", err)
		os.Exit(1)
	}
}

// run leaves etcd and the API server to end with the process: they keep nothing.
func run(ctx context.Context) error {
	objects, err := read(os.Stdin)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "kube-check")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()

	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	began := time.Now()
	etcd, err := startEtcd(ctx, dir)
	if err != nil {
		return err
	}
	server, err := startServer(ctx, dir, etcd.Clients[0].Addr().String())
	if err != nil {
		return err
	}
	if err := server.wait(ctx); err != nil {
		return err
	}
	fmt.Printf("Kubernetes %s answers after %.1f s\n", version(), time.Since(began).Seconds())

	var refused []error
	for _, o := range objects {
		if err := server.dryRun(ctx, o); err != nil {
			refused = append(refused, fmt.Errorf("%s/%s: %w", o.GetKind(), o.GetName(), err))
		}
	}
	if len(refused) > 0 {
		return errors.Join(refused...)
	}
	fmt.Printf("it takes all %d manifests\n", len(objects))
	return nil
}

// version is the one of the module that the API server is built from.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == "k8s.io/kubernetes" {
				return m.Version
			}
		}
	}
	return "of an unknown version"
}
