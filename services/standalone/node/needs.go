package node

import (
	"context"
	"errors"

	"github.com/rasoat/rasoat/services/internal/rpc"
)

// needs is what the services of a node cannot work without.
func (n *Node) needs() []rpc.Need {
	if n.log == nil {
		return nil // no service is run here
	}
	return []rpc.Need{{On: "nats", Check: n.log.Ready}, {On: "sqlite", Check: func(ctx context.Context) error {
		var errs []error
		for _, db := range n.dbs {
			errs = append(errs, db.Ping(ctx))
		}
		return errors.Join(errs...)
	}}}
}
