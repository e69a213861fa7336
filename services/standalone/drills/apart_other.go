//go:build !linux

package main

import (
	"context"

	"github.com/rasoat/rasoat/services/internal/fault"
)

func linuxOnly() error {
	return fault.New(fault.Invalid, "drills.apart", "Cần Linux: các diễn tập dùng không gian tên (namespace).", "Linux is needed: the drills use its namespaces")
}

func goApart(context.Context, string) error { return linuxOnly() }
func settleApart() error                    { return linuxOnly() }
func mountDisk(string, string) error        { return linuxOnly() }
func unmountDisk(string) error              { return linuxOnly() }
