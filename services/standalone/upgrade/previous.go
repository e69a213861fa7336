package upgrade

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// programs are what is taken from the earlier commit; the last element of each names its binary.
var programs = []string{
	"./services/cmd/intake", "./services/cmd/validation", "./services/cmd/matching", "./services/cmd/reporting", "./services/standalone",
}

// BuildPrevious builds the services and the standalone binary of a commit ("HEAD~1") into dir/bin, from its sources in dir/src, and gives the
// folder of the binaries and the commit's full name. The working folder has to be in the repository. It fails with Invalid when the history has
// no such commit, and with Internal and what the compiler says.
func BuildPrevious(ctx context.Context, commit, dir string) (bin, name string, err error) {
	const op = "upgrade.build"
	name, err = output(ctx, ".", "git", "rev-parse", "--verify", "--quiet", commit+"^{commit}")
	if err != nil {
		e := fault.New(fault.Invalid, op,
			"Lịch sử của kho mã không có "+commit+": lấy đủ lịch sử (git fetch --unshallow) rồi chạy lại.",
			"the history of the repository has no "+commit+": fetch it (git fetch --unshallow, or clone without --depth), then run this again")
		e.Err = err
		return "", "", e
	}
	root, err := output(ctx, ".", "git", "rev-parse", "--show-toplevel")
	if err != nil {
		return "", "", fault.Wrap(fault.Internal, op, err)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", "", fault.Wrap(fault.Internal, op, err)
	}
	src, bin := filepath.Join(dir, "src"), filepath.Join(dir, "bin")
	for _, folder := range []string{src, bin} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return "", "", fault.Wrap(fault.Unavailable, op, err)
		}
	}
	archive := filepath.Join(dir, "src.tar")
	if _, err := output(ctx, root, "git", "archive", "--format=tar", "--output="+archive, name); err != nil {
		return "", "", fault.Wrap(fault.Internal, op, err)
	}
	if _, err := output(ctx, src, "tar", "-xf", archive); err != nil {
		return "", "", fault.Wrap(fault.Internal, op, err)
	}
	args := append([]string{"build", "-o", bin + string(filepath.Separator)}, programs...)
	if _, err := output(ctx, src, "go", args...); err != nil {
		return "", "", fault.Wrap(fault.Internal, op, err)
	}
	return bin, name, nil
}

// output runs a command in a folder and gives what it says, without the end of the line; its error has what it says of itself.
func output(ctx context.Context, dir, program string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=") // the one of that folder
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w %s", program, args[0], err, strings.TrimSpace(said.String()))
	}
	return strings.TrimSpace(string(out)), nil
}
