package main

import (
	"errors"
	"net"
	"strconv"

	"github.com/rasoat/rasoat/services/standalone/folder"
)

// address is where the server will listen.
type address struct {
	flag, address string
	free          string // the value that takes any free port instead
}

func (s *settings) addresses() []address {
	return []address{
		{"grpc-listen", s.grpc, "127.0.0.1:0"},
		{"http-listen", s.http, "127.0.0.1:0"},
		{"nats-port", net.JoinHostPort(s.nats, strconv.Itoa(max(s.natsPort, 0))), "-1"},
		{"registry-listen", s.registry, "127.0.0.1:0"},
	}
}

// closing returns an error after it closed the folder, if there is one.
func closing(err error, f *folder.Folder) error {
	if f == nil {
		return err
	}
	return errors.Join(err, f.Close())
}
