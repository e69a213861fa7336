package main

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/helm-unittest/helm-unittest/pkg/unittest"
	"github.com/helm-unittest/helm-unittest/pkg/unittest/printer"
)

// unitTests runs the chart's own tests, and gives what they say when one fails.
func unitTests(chart string) (string, error) {
	const pattern = "tests/*_test.yaml"
	files, err := filepath.Glob(filepath.Join(chart, pattern))
	if err != nil {
		return "", err
	}
	if len(files) == 0 {
		return "", errors.New("there are none")
	}
	start, colour := time.Now(), false
	var said bytes.Buffer
	tests := unittest.TestRunner{Printer: printer.NewPrinter(&said, &colour), Strict: true, TestFiles: []string{pattern}}
	if !tests.RunV3([]string{chart}) {
		return "", errors.New(said.String())
	}
	return fmt.Sprintf("%d files pass in %.1f s", len(files), time.Since(start).Seconds()), nil
}
