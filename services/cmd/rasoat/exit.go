package main

import (
	"errors"

	"github.com/rasoat/rasoat/services/internal/commandline"
	"github.com/rasoat/rasoat/services/internal/run"
	"github.com/spf13/cobra"
)

// exitCodes is the part of the help that scripts rely on.
const exitCodes = `Mã thoát / exit codes:
  0  mọi việc xong / all is well
  1  có bản ghi bị từ chối hoặc cần sửa, hoặc lệnh không được phép / some records were refused or must be mended, or the command was denied
  2  sai cách dùng hoặc không đọc được tệp / wrong usage, or the input cannot be read
  3  không liên lạc được với hệ thống / the service cannot be reached
  4  mã lô đã dùng cho nội dung khác / a submission id is taken by another content
  5  không ghi được kết quả: đĩa đầy / the output could not be written: the disk is full`

// The exit codes.
const (
	exitFine        = run.ExitFine
	exitFindings    = run.ExitFailed
	exitInput       = run.ExitInvalid
	exitUnavailable = run.ExitUnavailable
	exitConflict    = run.ExitConflict
	exitOutput      = run.ExitOutput
)

// exit ends a command with a code when everything has been said already.
type exit int

func (exit) Error() string { return "see above" }

// exitWith gives the error that ends a command with a code; nil for 0.
func exitWith(code int) error {
	if code == exitFine {
		return nil
	}
	return exit(code)
}

func codeOf(err error) int {
	var e exit
	if errors.As(err, &e) {
		return int(e)
	}
	return run.Code(err)
}

// usage is an error in the command line.
func usage(c *cobra.Command, vi, en string) error { return commandline.Usage(c, vi, en) }
