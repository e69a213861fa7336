package generation

import "context"

// Active returns the generation that is active, read now. What is read through this DB between two calls that give the same number was read from
// that generation.
func (d *DB) Active(ctx context.Context) (uint64, error) {
	p, err := d.fresh(ctx)
	return p.Active, err
}
