// Command rasoat is the command line of the drive, for school portals and officers: it hands in workbooks and
// NDJSON, shows where every pupil stands, follows the verified records, and makes synthetic nations to try all of it
// with.
//
// It is a client only: it talks to the services and embeds none. The one rule a reader must not miss: it prints nothing
// personal. A problem is told by its cell or line, a pupil by the reference that intake gave.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/commandline"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/output"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/internal/run"
	"github.com/rasoat/rasoat/services/portal"
	"github.com/spf13/cobra"
	"google.golang.org/grpc"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal kills
	code := run.Ending(ctx, endsWithin, func() int {
		return command(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
	})
	stop()
	os.Exit(code)
}

// endsWithin is how long a command may take to end after a signal.
const endsWithin = 2 * time.Second

// streams are the three of a process.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// app is what the commands share.
type app struct {
	streams
	server   string
	language string
	driveDir string
	json     bool
	piped    []byte // what came on the standard input, where it is read more than once
	wait     time.Duration
	tls      tlsFiles
	token    string            // "" for that of the environment
	dial     []grpc.DialOption // of tests
	waiting  waiting
	lost     func() error     // reports that something could not be printed
	known    *drive.Catalogue // of drive, once it was read for its words
}

// command runs one command line and gives its exit code.
func command(ctx context.Context, args []string, s streams, dial ...grpc.DialOption) int {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	printed := output.Check(s.out, cancel)
	s.out = printed
	a := &app{streams: s, dial: dial, lost: printed.Err}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	err := commandline.Text(args)
	if err == nil {
		err = root.ExecuteContext(ctx)
	}
	a.waiting.ended.Wait()
	if lost := printed.Err(); lost != nil {
		err = lost // whatever else failed may have failed of this
	}
	// A command that gave up at once may have ended before anybody saw its connection fail.
	if called := a.waiting.called; codeOf(err) == exitUnavailable && called != "" {
		a.waitsForServices(called, err)
	}
	a.complain(err)
	return codeOf(err)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "rasoat",
		Short: "Rà soát dữ liệu học sinh lớp 12 / The data drive of grade 12, for schools and officers",
		Long: `Rà soát, cập nhật dữ liệu học sinh lớp 12: gửi bảng tính, xem tiến độ, nhận hồ sơ đã xác thực.
The data drive of grade 12: hand in workbooks, watch progress, receive verified records.

` + exitCodes,
		Example: `  rasoat submit hoso.xlsx ketqua.xlsx --school 01/01000701
  rasoat status 01/01000701 --pupils --in hoso.xlsx --in ketqua.xlsx
  rasoat watch records --nats nats://127.0.0.1:4222 --once --digest`,
		PersistentPreRunE: func(*cobra.Command, []string) error { return a.checkLanguage() },
	}
	f := root.PersistentFlags()
	f.StringVar(&a.language, "lang", run.EnvOr("RASOAT_LANG", "both"), "language of messages: vi, en or both (RASOAT_LANG)")
	f.BoolVar(&a.json, "json", false, "print JSON, a document a line; a list is a line for each element, and nothing when it is empty")
	f.DurationVar(&a.wait, "wait", time.Minute, "how long the service may be away before giving up; 0 for ever")
	root.AddCommand(a.submitCommand(), a.takeBackCommand(), a.checkCommand(), a.rulesCommand(), a.sourceCommand(), a.acknowledgeCommand(), a.templateCommand(), a.statusCommand(), a.watchCommand(), a.generateCommand(), a.evaluateCommand(), a.reconcileCommand())
	root.AddCommand(a.reviewsCommand(), a.settleCommand(), a.recheckCommand(), a.queueCommand())
	root.AddCommand(a.explainCommand(), a.outcomesCommand(), a.exportCommand())
	root.AddCommand(a.tokenCommand())
	root.AddCommand(a.unlockCommand(), a.extendCommand(), a.driveCommand())
	root.AddCommand(a.progressCommand(), a.historyCommand(), a.forecastCommand(), a.urgentCommand(), a.remindCommand())
	root.AddCommand(a.declareCommand(), a.approveCommand(), a.returnCommand(), a.claimCommand(), a.sampleCommand(), a.accuracyCommand())
	root.AddCommand(a.cutoffCommand(), a.subscribersCommand(), a.holdersCommand())
	root.AddCommand(a.rebuildCommand())
	root.AddCommand(a.backupCommand(), a.restoreCommand())
	root.AddCommand(a.streamsCommand(), a.deadCommand(), a.doctorCommand())
	commandline.Dress(root)
	return root
}

// serverFlags are those of the commands that call a service.
func (a *app) serverFlags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&a.server, "server", run.EnvOr("RASOAT_SERVER", "127.0.0.1:7246"), "address of the services, or of each and its copies: intake=a:7246|b:7246,reporting=c:7246 (RASOAT_SERVER)")
	f.StringVar(&a.token, "token", "", "token that says who calls (RASOAT_TOKEN, or the file RASOAT_TOKEN_FILE); \"rasoat token\" issues one")
	f.BoolVar(&a.tls.on, "tls", false, "use TLS with the system's certificate authorities")
	f.StringVar(&a.tls.ca, "ca", "", "use TLS with the certificate authorities of this PEM file")
	f.StringVar(&a.tls.cert, "cert", "", "PEM file of this client's certificate")
	f.StringVar(&a.tls.key, "key", "", "PEM file of this client's key")
}

// connect makes a connection to the services; the caller closes it.
func (a *app) connect() (*grpc.ClientConn, error) {
	opts, err := a.tls.options()
	if err != nil {
		return nil, err
	}
	credential, err := a.credential()
	if err != nil {
		return nil, err
	}
	conn, err := portal.Dial(a.server, slices.Concat(opts, credential, a.dial)...)
	if err == nil {
		a.watchConnection(conn, a.server)
	}
	return conn, err
}

// retry calls f until it does not fail for the service's absence, or the service was away for too long.
func (a *app) retry(ctx context.Context, f func(ctx context.Context) error) error {
	return rpc.Again(ctx, a.wait, func(ctx context.Context) error {
		call, cancel := context.WithTimeout(ctx, 30*time.Second)
		defer cancel()
		err := f(call)
		if errors.Is(err, rpc.ErrNotGRPC) { // it does not become one while this waits
			said := fault.Worded(err).Text
			return fault.New(fault.Invalid, "rasoat.call", said.Vi, said.En)
		}
		if rpc.MayRepeat(err) {
			a.waitsForServices(a.server, err)
		}
		return err
	})
}

// watching reads a stream that has no end of its own, and begins anew when the service was away, until the command is stopped or nothing was
// heard for too long. read notes when it heard something.
func (a *app) watching(ctx context.Context, read func(heard *time.Time) error) error {
	var pauses rpc.Pauses
	for heard := time.Now(); ; {
		before := heard
		err := read(&heard)
		if heard.After(before) {
			pauses.Reset()
		}
		if ctx.Err() != nil {
			return nil // it was stopped
		}
		if fault.Is(err, fault.Unavailable) {
			a.waitsForServices(a.server, err)
		}
		if !fault.Is(err, fault.Unavailable) || a.wait > 0 && time.Since(heard) >= a.wait {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pauses.Next()):
		}
	}
}

// call makes a call of a service, again while the service is away.
func call[Request, Response any](
	ctx context.Context, a *app, method func(context.Context, Request, ...grpc.CallOption) (Response, error), req Request,
) (Response, error) {
	var resp Response
	err := a.retry(ctx, func(ctx context.Context) error {
		var err error
		resp, err = method(ctx, req)
		return rpc.FromStatus(err)
	})
	return resp, err
}

// oneScope takes a scope, or none for the nation.
func oneScope(c *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usage(c, "Chỉ nêu một phạm vi", "One scope at most")
	}
	return nil
}

func (a *app) printf(format string, args ...any) { _, _ = fmt.Fprintf(a.out, format, args...) }

// errorf may be called by several at once.
func (a *app) errorf(format string, args ...any) {
	a.waiting.says.Lock()
	defer a.waiting.says.Unlock()
	_, _ = fmt.Fprintf(a.err, format, args...)
}
