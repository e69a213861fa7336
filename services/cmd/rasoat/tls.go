package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/input"
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
		pem, err := input.ReadFile(t.ca)
		if err != nil {
			return nil, err
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fault.New(fault.Invalid, op, "Tệp "+t.ca+" của --ca không có chứng thư nào; nêu tệp PEM của nơi cấp chứng thư",
				"The file "+t.ca+" of --ca holds no certificate: name the PEM file of the certificate authorities")
		}
	}
	if t.cert != "" || t.key != "" {
		pair, err := tls.LoadX509KeyPair(t.cert, t.key)
		if errors.As(err, new(*fs.PathError)) {
			return nil, err
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, op, "Tệp của --cert và --key không phải chứng thư PEM và khoá riêng của nó; nêu hai tệp thuộc về nhau",
				"The files of --cert and --key are no certificate in PEM and its key: name two that belong together")
		}
		cfg.Certificates = []tls.Certificate{pair}
	}
	return []grpc.DialOption{grpc.WithTransportCredentials(credentials.NewTLS(cfg))}, nil
}
