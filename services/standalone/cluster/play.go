package cluster

import (
	"context"

	"github.com/rasoat/rasoat/services/standalone/demo"
)

// System is the cluster as a demo plays against it: its public doors, the brokers as exam registration reaches them, and the log to look on.
func (c *Cluster) System(ctx context.Context) (demo.System, error) {
	log, err := c.Log(ctx)
	if err != nil {
		return demo.System{}, err
	}
	if c.exam == nil {
		if c.exam, err = c.Connect(Exam); err != nil {
			return demo.System{}, err
		}
	}
	return demo.System{Doors: c.conn, Broker: c.exam, Log: log}, nil
}

// Play plays the drive of the sample; dir takes its workbooks.
func (c *Cluster) Play(ctx context.Context, sample *demo.Sample, dir string, progress demo.Progress) (*demo.Report, error) {
	sys, err := c.System(ctx)
	if err != nil {
		return nil, err
	}
	return sample.Run(ctx, sys, dir, progress)
}
