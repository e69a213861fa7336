package upgrade

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// services are what is exchanged, in the order of an upgrade: readers first, intake last. Brokers, database and registry stay.
var services = []string{"reporting", "matching", "validation", "intake"}

// Versions says of each process of a cluster which version it is when it is started next. Each version is given the flags that it knows.
type Versions struct {
	earlier, now version
	more         []string // flags that the earlier version may need besides the cluster's, as pairs of flag and value

	mu    sync.Mutex
	which map[string]bool // by process: it is the earlier one
}

// version are the binaries of one version.
type version struct {
	bin   string
	flags map[string]map[string]bool // by service
}

// NewVersions asks the binaries in two folders which flags they know; more are flags, in pairs with their values, that the earlier ones are given
// when they know them and the cluster gives none. It fails with Internal.
func NewVersions(earlier, now string, more ...string) (*Versions, error) {
	v := &Versions{more: more, which: map[string]bool{}}
	for bin, to := range map[string]*version{earlier: &v.earlier, now: &v.now} {
		*to = version{bin, map[string]map[string]bool{}}
		for _, s := range services {
			help, err := exec.Command(filepath.Join(bin, s), "--help").CombinedOutput()
			if err != nil {
				return nil, fault.Wrap(fault.Internal, "upgrade.flags", err)
			}
			if to.flags[s] = flagsIn(string(help)); len(to.flags[s]) == 0 {
				return nil, fault.Internalf("upgrade.flags", "%s tells no flags", filepath.Join(bin, s))
			}
		}
	}
	return v, nil
}

// Set has a process be the earlier version, or this one, from its next start on.
func (v *Versions) Set(process string, earlier bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.which[process] = earlier
}

// Wrap makes the command of a process that of its version, for cluster.Config. Of several copies of another service the earlier version is given the
// first, in case it knows only one address.
func (v *Versions) Wrap(process string, c *exec.Cmd) {
	service := strings.TrimRight(process, "-0123456789")
	if !slices.Contains(services, service) {
		return
	}
	v.mu.Lock()
	earlier := v.which[process]
	v.mu.Unlock()
	args, of := c.Args[1:], v.now
	if earlier {
		args, of = completed(args, v.more), v.earlier
		for i := range args {
			args[i], _, _ = strings.Cut(args[i], "|")
		}
	}
	c.Path = filepath.Join(of.bin, service)
	c.Args = append([]string{c.Path}, known(of.flags[service], args)...)
}

// aFlag is the line of a flag in what --help prints, in any of the usual ways: "  -replicas int" or "      --replicas int".
var aFlag = regexp.MustCompile(`(?m)^\s+(?:-\w, )?--?([a-z][a-z0-9-]+)\b`)

func flagsIn(help string) map[string]bool {
	out := map[string]bool{}
	for _, match := range aFlag.FindAllStringSubmatch(help, -1) {
		out[match[1]] = true
	}
	return out
}

// completed adds to a command line, pairs of "--flag" and value, those that it lacks.
func completed(args, more []string) []string {
	out := slices.Clone(args)
	for pair := range slices.Chunk(more, 2) {
		if !slices.Contains(args, pair[0]) {
			out = append(out, pair...)
		}
	}
	return out
}

// known keeps of a command line what a binary knows.
func known(flags map[string]bool, args []string) []string {
	var out []string
	for pair := range slices.Chunk(args, 2) {
		if flags[strings.TrimPrefix(pair[0], "--")] {
			out = append(out, pair...)
		}
	}
	return out
}
