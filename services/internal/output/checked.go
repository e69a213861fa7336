package output

import (
	"errors"
	"io"
	"sync"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// ErrLost marks the error of a program that could not write what it had to print: run.Code has an exit code for it.
var ErrLost = errors.New("the output was lost")

// Checked passes on what a program prints, and remembers whether all of it was written. So no command has to look at
// each line that it prints, and none ends well after its output was lost. Several may write at once.
type Checked struct {
	to    io.Writer
	first func() // called at the first failure

	mu  sync.Mutex
	err error
}

// Check returns a Checked for where a program prints to. lost is called once when something could not be written, so
// that a program without an end of its own ends; nil for nothing.
func Check(to io.Writer, lost func()) *Checked { return &Checked{to: to, first: lost} }

// Write implements io.Writer. After the first failure nothing is written: a part would be missing in the middle.
func (c *Checked) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.to.Write(p)
	if err == nil {
		return n, nil
	}
	c.err = &fault.Error{Kind: fault.Unavailable, Op: "output.print", Err: errors.Join(ErrLost, err), Text: fault.Text{
		Vi: "Không ghi hết được kết quả ra đầu ra: đĩa đầy hoặc nơi nhận đã đóng. Giải phóng chỗ rồi chạy lại",
		En: "The output could not be written in full: the disk is full, or the receiver is closed. Free some room and run this again",
	}}
	if c.first != nil {
		c.first()
	}
	return n, c.err
}

// Err returns the error of kind Unavailable, marked with ErrLost, of output that could not be written.
func (c *Checked) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Unwrap returns where it writes to.
func (c *Checked) Unwrap() io.Writer { return c.to }
