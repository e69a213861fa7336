// Command mongostandin stands in for MongoDB where there is none: FerretDB over SQLite, behind a gate that lets one command through at a time, since
// FerretDB loses updates of one document that overlap. It speaks the wire protocol and no more: it proves that the services are wired to MongoDB's
// protocol, and nothing about MongoDB, its replica sets, its durability or its speed.
//
// It may be killed at any moment and started again on its folder. A power cut is another matter: nothing is synced.
package main

import (
	"context"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/run"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

func main() { run.Main(command().ExecuteContext) }

func command() *cobra.Command {
	var listen, data string
	c := &cobra.Command{
		Use: "mongostandin", Short: "A stand-in for MongoDB, to try the wiring with", Args: cobra.NoArgs,
		Example:      `  mongostandin --listen 127.0.0.1:27017 --data ./mongodb`,
		SilenceUsage: true, SilenceErrors: true,
		RunE: func(c *cobra.Command, _ []string) error {
			l, err := net.Listen("tcp", listen)
			if err != nil {
				return fault.Wrap(fault.Unavailable, "mongostandin.listen", err)
			}
			return serve(c.Context(), l, data)
		},
	}
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:27017", "address of MongoDB's wire protocol")
	c.Flags().StringVar(&data, "data", "mongodb", "folder of the documents; made when it is not there")
	return c
}

// warning is what it says at its start, so that nobody takes it for more.
const warning = "THIS IS NOT MONGODB. It proves that the services speak MongoDB's wire protocol; one command at a time, nothing synced to the disk."

// serve serves on a listener, which it closes, until ctx ends.
func serve(ctx context.Context, l net.Listener, data string) error {
	const op = "mongostandin.serve"
	defer func() { _ = l.Close() }()
	dir, err := filepath.Abs(data)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return fault.Wrap(fault.Unavailable, op, err)
	}
	f, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Logger:    slog.New(slog.DiscardHandler),
		Handler:   "sqlite",
		SQLiteURL: "file:" + dir + "/?_pragma=synchronous(off)",
	})
	if err != nil {
		return fault.Wrap(fault.Unavailable, op, err)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return f.Run(ctx) })
	uri, err := url.Parse(f.MongoDBURI())
	if err != nil {
		return fault.Wrap(fault.Internal, op, err)
	}
	slog.WarnContext(ctx, warning, slog.String("address", l.Addr().String()))
	g.Go(func() error {
		<-ctx.Done()
		return l.Close()
	})
	g.Go(func() error { return (&gate{upstream: uri.Host}).serve(ctx, l) })
	err = g.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return fault.Wrap(fault.Internal, op, err)
}

// dialWithin is how long the database behind the gate may take to answer a connection.
const dialWithin = 10 * time.Second
