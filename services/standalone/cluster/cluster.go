package cluster

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/standalone/actors"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"google.golang.org/grpc"
)

// Config says what to run and where. Dir, Bin and Sample are needed.
type Config struct {
	Dir    string       // folder of everything that the processes keep and say
	Bin    string       // folder of the binaries, as Build leaves it
	Sample *demo.Sample // the nation, the drive and the reference key
	Copies int          // of each service; 0 means 2
	// CopiesOf overrides Copies for a service.
	CopiesOf map[string]int
	// MongoURI is a MongoDB that has no databases of rasoat yet; "" for the stand-in.
	MongoURI string
	// Wrap may change the command of a process before each start: another binary, another environment, another network.
	Wrap func(process string, c *exec.Cmd)
	// Broker places a broker, for networks and disks of its own.
	Broker func(name string) BrokerPlace
	// Args are added to the command line of a process.
	Args func(process string) []string
	// Host is where everything but the brokers listens; "127.0.0.1" when empty.
	Host string
}

const (
	localhost  = "127.0.0.1"
	stopWithin = 20 * time.Second // of one kind of processes
)

// services in the order of the flow. They may start in any.
var services = []string{"reporting", "matching", "validation", "intake"}

// Cluster is a running system.
type Cluster struct {
	cfg       Config
	who       *actors.Actors
	conn      *grpc.ClientConn
	nc, exam  *nats.Conn
	processes []*Process
	taken     map[int]bool      // ports
	brokers   []string          // their addresses
	passwords map[string]string // by user of the brokers
	mongoURI  string
	registry  string
	places    map[string][]string // by service, the addresses of its copies

	mu     sync.Mutex
	failed error         // the first death that nobody asked for
	dead   chan struct{} // closed then
}

// Start starts every process, in any order but that the brokers know each other first, and does not wait until the services are ready: Ready does.
// It fails with Invalid (the configuration) or Unavailable. Stop must follow.
func Start(ctx context.Context, cfg Config) (*Cluster, error) {
	if cfg.Copies == 0 {
		cfg.Copies = 2
	}
	if cfg.Host == "" {
		cfg.Host = localhost
	}
	var err error
	for _, dir := range []*string{&cfg.Dir, &cfg.Bin} {
		if *dir, err = filepath.Abs(*dir); err != nil {
			return nil, fault.Wrap(fault.Invalid, "cluster.start", err)
		}
	}
	c := &Cluster{cfg: cfg, taken: map[int]bool{}, places: map[string][]string{}, dead: make(chan struct{})}
	if err := c.start(ctx); err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	return c, nil
}

func (c *Cluster) start(ctx context.Context) error {
	if err := os.MkdirAll(filepath.Join(c.cfg.Dir, "logs"), 0o700); err != nil {
		return fault.Wrap(fault.Unavailable, "cluster.start", err)
	}
	var err error
	if c.who, err = actors.In(c.cfg.Dir); err != nil {
		return err
	}
	for _, add := range []func() error{c.addBrokers, c.addMongo, c.addRegistry, c.addServices} {
		if err := add(); err != nil {
			return err
		}
	}
	for _, p := range c.processes {
		if err := p.Start(ctx); err != nil {
			return err
		}
	}
	if c.nc, err = c.Connect(Services); err != nil {
		return err
	}
	if c.Doors() == "" {
		return nil
	}
	c.conn, err = c.who.Dial(c.Doors())
	return err
}

// add makes a process known; it is not started.
func (c *Cluster) add(name, binary string, args ...string) *Process {
	p := &Process{
		name: name, binary: filepath.Join(c.cfg.Bin, binary), args: args, env: environment(), logFile: filepath.Join(c.cfg.Dir, "logs", name+".log"),
		wrap: c.cfg.Wrap, died: c.died,
	}
	if c.cfg.Args != nil {
		p.args = append(p.args, c.cfg.Args(name)...)
	}
	c.processes = append(c.processes, p)
	return p
}

// environment is that of this process without the settings of rasoat, which are the cluster's to make.
func environment() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "RASOAT_") || strings.HasPrefix(v, "NATS_") || strings.HasPrefix(v, "MONGODB_")
	})
}

func (c *Cluster) died(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failed == nil {
		c.failed = err
		close(c.dead)
	}
}

// Dead is closed when a process died unasked; Err says which.
func (c *Cluster) Dead() <-chan struct{} { return c.dead }

// Err is the first death that nobody asked for, with the end of the process' log; nil while there is none.
func (c *Cluster) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failed
}

// Processes lists every process: brokers, database, registry, services.
func (c *Cluster) Processes() []*Process { return slices.Clone(c.processes) }

// Process returns a process by its name: "nats-1" … "nats-3", "mongodb" (the stand-in only), "registry", "intake-1" …; nil when there is none.
func (c *Cluster) Process(name string) *Process {
	i := slices.IndexFunc(c.processes, func(p *Process) bool { return p.name == name })
	if i < 0 {
		return nil
	}
	return c.processes[i]
}

// Actors play the people and systems of the drive.
func (c *Cluster) Actors() *actors.Actors { return c.who }

// Conn reaches every service, over its copies, and makes each call as the first role that may make it.
func (c *Cluster) Conn() *grpc.ClientConn { return c.conn }

// Doors is the address of all services that have copies, as --server of the command line takes it.
func (c *Cluster) Doors() string {
	var out []string
	for _, s := range services {
		if len(c.places[s]) > 0 {
			out = append(out, s+"="+strings.Join(c.places[s], "|"))
		}
	}
	return strings.Join(out, ",")
}

// Stop ends every process in the order in which they are needed least, and waits for them. It returns the first death that nobody asked for, or says
// who had to be killed.
func (c *Cluster) Stop() error {
	if c.conn != nil {
		_ = c.conn.Close() // its only error is that it is closed already
	}
	for _, nc := range []*nats.Conn{c.nc, c.exam} {
		if nc != nil {
			nc.Close()
		}
	}
	errs := []error{c.Err()}
	var outer, inner []*Process
	for _, p := range c.processes {
		if slices.Contains(services, strings.TrimRight(p.name, "-0123456789")) {
			outer = append(outer, p)
		} else {
			inner = append(inner, p)
		}
	}
	return errors.Join(append(errs, stop(outer), stop(inner))...)
}

// stop ends processes together.
func stop(all []*Process) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	var errs []error
	for _, p := range all {
		errs = append(errs, p.Signal(syscall.SIGCONT), p.Signal(syscall.SIGTERM))
	}
	for _, p := range all {
		if p.Wait(ctx) != nil {
			errs = append(errs, p.Kill(), fault.Internalf("cluster.stop", "%s did not stop within %v and was killed", p.name, stopWithin))
		}
	}
	return errors.Join(errs...)
}
