package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"

	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// tlsFiles say how the connection is secured; nothing means plain text.
type tlsFiles struct {
	on            bool
	ca, cert, key string
}

func (t tlsFiles) options() ([]grpc.DialOption, error) {
	const op = "rasoat.tls"
	if !t.on && t.ca == "" && t.cert == "" && t.key == "" {
		return nil, nil
	}
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if t.ca != "" {
		pem, err := os.ReadFile(t.ca)
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, op, err)
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fault.Wrap(fault.Invalid, op, errors.New("no certificate in "+t.ca))
		}
	}
	if t.cert != "" || t.key != "" {
		pair, err := tls.LoadX509KeyPair(t.cert, t.key)
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, op, err)
		}
		cfg.Certificates = []tls.Certificate{pair}
	}
	return []grpc.DialOption{grpc.WithTransportCredentials(credentials.NewTLS(cfg))}, nil
}
