package rpc

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// show shows of each need whether it is there, as readiness saw it last, until the function that it gives is called. Needs have few and fixed
// names. Without an instrument nothing is shown, and the services serve all the same.
func (r *readiness) show() (stop func()) {
	meter := otel.Meter("github.com/rasoat/rasoat/services/internal/rpc")
	met, err := meter.Int64ObservableGauge("rasoat.need.met", metric.WithDescription("1 while something outside that the services need is there, 0 while it is not"))
	if err != nil {
		otel.Handle(err)
		return func() {}
	}
	reg, err := meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		r.mu.Lock()
		defer r.mu.Unlock()
		for i, n := range r.needs {
			there := int64(0)
			if r.why[i] == "" {
				there = 1
			}
			o.ObserveInt64(met, there, metric.WithAttributes(attribute.String("need", n.On)))
		}
		return nil
	}, met)
	if err != nil {
		otel.Handle(err)
		return func() {}
	}
	return func() { _ = reg.Unregister() }
}
