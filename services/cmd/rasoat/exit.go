package main

import (
	"errors"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/spf13/cobra"
)

// exitCodes is the part of the help that scripts rely on.
const exitCodes = `Mã thoát / exit codes:
  0  mọi việc xong / all is well
  1  có bản ghi bị từ chối hoặc cần sửa, hoặc lệnh không được phép / some records were refused or must be mended, or the command was denied
  2  sai cách dùng hoặc không đọc được tệp / wrong usage, or the input cannot be read
  3  không liên lạc được với hệ thống / the service cannot be reached
  4  mã lô đã dùng cho nội dung khác / a submission id is taken by another content`

// The exit codes.
const (
	exitFine        = 0
	exitFindings    = 1
	exitInput       = 2
	exitUnavailable = 3
	exitConflict    = 4
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
	switch {
	case err == nil:
		return exitFine
	case errors.As(err, &e):
		return int(e)
	}
	switch fault.KindOf(err) {
	case fault.Invalid, fault.NotFound:
		return exitInput
	case fault.Unavailable:
		return exitUnavailable
	case fault.Conflict:
		return exitConflict
	}
	var f *fault.Error
	if !errors.As(err, &f) {
		return exitInput // of the parser of the command line: an unknown command, a missing argument
	}
	return exitFindings
}

// usage is an error in the command line.
func usage(c *cobra.Command, vi, en string) error {
	return fault.New(fault.Invalid, c.CommandPath(), vi+" (xem "+c.CommandPath()+" --help)", en+" (see "+c.CommandPath()+" --help)")
}
