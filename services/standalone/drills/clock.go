package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// wrongClock is the variable by whose duration ("10m", "-10m") the clock of a program that buildWrong built is wrong.
const wrongClock = "RASOAT_CLOCK_WRONG_BY"

// The clock of Go's standard library, as it is and as it is replaced. Everything that tells the time of day asks it; what measures
// how long something takes does not, as with a machine whose clock is set wrong.
const (
	rightNow = "func Now() Time {\n\tsec, nsec, mono := runtimeNow()\n"
	wrongNow = rightNow + "\tsec += clockWrongBy\n"
	wrongBy  = `

var clockWrongBy = func() int64 {
	text, _ := syscall.Getenv("` + wrongClock + `")
	by, _ := ParseDuration(text)
	return int64(by / Second)
}()
`
)

// buildWrong builds packages into a folder with a clock that wrongClock sets wrong.
func buildWrong(ctx context.Context, dir string, packages ...string) error {
	const op = "drills.clock"
	original, text, err := rightClock(ctx)
	if err != nil {
		return err
	}
	wrong, ok := withWrongClock(text)
	if !ok {
		return fault.Internalf(op, "%s is not the clock that is known here: look at its func Now", original)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fault.Wrap(fault.Unavailable, op, err)
	}
	replacement, overlay := filepath.Join(dir, "time.go.txt"), filepath.Join(dir, "overlay.json")
	table, err := json.Marshal(map[string]map[string]string{"Replace": {original: replacement}})
	if err != nil {
		return fault.Wrap(fault.Internal, op, err)
	}
	for path, data := range map[string][]byte{replacement: []byte(wrong), overlay: table} {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return fault.Wrap(fault.Unavailable, op, err)
		}
	}
	cmd := exec.CommandContext(ctx, "go", append([]string{"build", "-overlay", overlay, "-o", dir + string(filepath.Separator)}, packages...)...)
	if said, err := cmd.CombinedOutput(); err != nil {
		return fault.Internalf(op, "go build with a wrong clock: %w\n%s", err, said)
	}
	return nil
}

// rightClock returns the file of the standard library's clock, and its text.
func rightClock(ctx context.Context) (path, text string, err error) {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return "", "", fault.Wrap(fault.Unavailable, "drills.clock", err)
	}
	path = filepath.Join(strings.TrimSpace(string(root)), "src", "time", "time.go")
	read, err := os.ReadFile(path)
	return path, string(read), fault.Wrap(fault.Unavailable, "drills.clock", err)
}

// withWrongClock changes the text of time.go; false when it is another than is known here.
func withWrongClock(text string) (string, bool) {
	const imports = "\nimport (\n"
	if strings.Count(text, rightNow) != 1 || strings.Count(text, imports) != 1 || strings.Contains(text, `"syscall"`) {
		return "", false
	}
	text = strings.Replace(text, imports, "\nimport \"syscall\"\n"+imports, 1)
	return strings.Replace(text, rightNow, wrongNow, 1) + wrongBy, true
}

// setWrong gives a command a clock that is wrong; its program must come from buildWrong.
func setWrong(cmd *exec.Cmd, dir string, by time.Duration) {
	cmd.Path = filepath.Join(dir, filepath.Base(cmd.Path))
	cmd.Args[0] = cmd.Path
	cmd.Env = append(slices.Clip(cmd.Environ()), wrongClock+"="+by.String())
}
