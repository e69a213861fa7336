package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/util/keyutil"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

// startEtcd starts a store in a folder, on a free port.
func startEtcd(ctx context.Context, dir string) (*embed.Etcd, error) {
	free := []url.URL{{Scheme: "http", Host: "127.0.0.1:0"}}
	cfg := embed.NewConfig()
	cfg.Dir = filepath.Join(dir, "etcd")
	cfg.LogLevel = "fatal"
	cfg.UnsafeNoFsync = true
	cfg.ListenClientUrls, cfg.AdvertiseClientUrls = free, free
	cfg.ListenPeerUrls, cfg.AdvertisePeerUrls = free, free
	cfg.InitialCluster = cfg.InitialClusterFromName(cfg.Name)
	etcd, err := embed.StartEtcd(cfg)
	if err != nil {
		return nil, fmt.Errorf("etcd: %w", err)
	}
	select {
	case <-etcd.Server.ReadyNotify():
		return etcd, nil
	case err = <-etcd.Err():
	case <-ctx.Done():
		err = ctx.Err()
	}
	etcd.Close()
	return nil, fmt.Errorf("etcd: %w", err)
}

// server is an API server that runs in this process.
type server struct {
	config *rest.Config
	ended  chan error
	dryRuns
}

// startServer starts an API server that keeps what it has in etcd. It ends with ctx.
func startServer(ctx context.Context, dir, etcd string) (*server, error) {
	accounts := filepath.Join(dir, "accounts.key")
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	pem, err := keyutil.MarshalPrivateKeyToPEM(key)
	if err != nil {
		return nil, err
	}
	token := rand.Text()
	tokens := filepath.Join(dir, "tokens.csv")
	for file, text := range map[string][]byte{accounts: pem, tokens: []byte(token + ",admin,admin,system:masters\n")} {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			return nil, err
		}
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	command := app.NewAPIServerCommand()
	command.SetArgs([]string{
		"--etcd-servers=http://" + etcd,
		"--bind-address=127.0.0.1", fmt.Sprint("--secure-port=", port), "--cert-dir=" + filepath.Join(dir, "certificates"),
		"--service-cluster-ip-range=10.96.0.0/16", "--authorization-mode=RBAC", "--token-auth-file=" + tokens,
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + accounts, "--service-account-signing-key-file=" + accounts,
	})
	command.SilenceErrors = true // they are given back
	s := &server{ended: make(chan error, 1), config: &rest.Config{
		Host: fmt.Sprint("https://127.0.0.1:", port), BearerToken: token, TLSClientConfig: rest.TLSClientConfig{Insecure: true}, QPS: 1000, Burst: 1000,
	}}
	go func() { s.ended <- command.ExecuteContext(ctx) }()
	return s, nil
}

// freePort gives a port that nobody listens on. Somebody else may take it before it is used: then the server says so.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// wait waits until the server answers and has its first namespace.
func (s *server) wait(ctx context.Context) error {
	client, err := kubernetes.NewForConfig(s.config)
	if err != nil {
		return err
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err = client.CoreV1().Namespaces().Get(ctx, namespace, metav1.GetOptions{}); err == nil {
			break
		}
		select {
		case ended := <-s.ended:
			return fmt.Errorf("the API server ended: %w", ended)
		case <-ctx.Done():
			return fmt.Errorf("the API server does not answer: %w", err)
		case <-tick.C:
		}
	}
	objects, err := dynamic.NewForConfig(s.config)
	if err != nil {
		return err
	}
	s.dryRuns, err = newDryRuns(objects, client)
	return err
}
