package e2e

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"testing"
)

// asides are the tests that mostly wait: when the whole package runs, each runs in a process of its own from the start, beside the others.
var asides = map[string]*aside{
	"TestRegistryDrill": nil, "TestTwoCopiesKeepOneBudget": nil, "TestDeadline": nil, "TestConservationUnderFire": nil, "TestKill": nil, "TestRebuildKilled": nil, "TestOperatorMends": nil,
}

// aside is a test that runs in a process of its own.
type aside struct {
	said bytes.Buffer
	done chan error
}

func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.list").Value.String() == "" {
		for name := range asides {
			asides[name] = begin(name)
		}
	}
	os.Exit(m.Run())
}

func begin(name string) *aside {
	a := &aside{done: make(chan error, 1)}
	cmd := exec.Command(os.Args[0], "-test.run=^"+name+"$", "-test.v", "-test.timeout=10m")
	cmd.Stdout, cmd.Stderr = &a.said, &a.said
	go func() { a.done <- cmd.Run() }()
	return a
}

// inProcess reports whether a test has to do its work here. One that runs aside is waited for, and its process's end is the test's.
func inProcess(t *testing.T) bool {
	t.Helper()
	a := asides[t.Name()]
	if a == nil {
		return true
	}
	t.Parallel() // after the others
	if err := <-a.done; err != nil || !bytes.Contains(a.said.Bytes(), []byte("--- PASS: "+t.Name())) {
		t.Errorf("%v\n%s", err, tail(a.said.String(), 64_000))
	}
	return false
}
