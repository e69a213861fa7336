package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/input"
	"github.com/rasoat/rasoat/services/student"
)

// readNumbers reads a file of ID numbers, one a line; empty lines and repetitions are passed over. It fails with Invalid at the
// first line that is no number, and says only which.
func (a *app) readNumbers(path string) ([]string, error) {
	if path == "-" {
		return numbersIn(a.in, path)
	}
	f, err := input.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // read only
	return numbersIn(f, path)
}

func numbersIn(r io.Reader, path string) ([]string, error) {
	var out []string
	known := map[string]bool{}
	text, err := asText(path, r)
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	at := 0
	for lines.Scan() {
		at++
		text := lines.Text()
		if at == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		n := student.IDNumber(text).Normal()
		switch student.ShapeOf(n).Form {
		case student.FormEmpty:
		case student.FormPersonal, student.FormCMND:
			if !known[n.Reveal()] {
				known[n.Reveal()] = true
				out = append(out, n.Reveal())
			}
		default:
			return nil, noNumber(path, at)
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, noNumber(path, at+1)
	case err != nil:
		return nil, cannotOpen(path, err)
	}
	return out, nil
}

func noNumber(path string, line int) error {
	where := fmt.Sprintf("%s:%d", path, line)
	return fault.New(fault.Invalid, "rasoat.recheck", where+": không phải số định danh 12 chữ số hoặc số CMND 9 chữ số; chưa gửi gì.",
		where+": is not an ID number of 12 digits or an old one of 9; nothing was sent")
}
