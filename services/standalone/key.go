package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
)

// ownKey reads the reference key of a data folder, or makes one. When it is lost, so is every reference of the drive.
func ownKey(file string) (student.Key, error) {
	const op = "up.key"
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		key := make([]byte, 32)
		_, _ = rand.Read(key) // never fails
		text = []byte(base64.StdEncoding.EncodeToString(key))
		return key, fault.Wrap(fault.Unavailable, op, os.WriteFile(file, text, 0o600))
	}
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, op, err)
	}
	key, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil || len(key) < 32 {
		return nil, fault.New(fault.Invalid, op,
			fmt.Sprintf("Tệp khoá %s bị hỏng: khôi phục nó từ bản sao lưu, vì mọi mã học sinh dựa vào nó.", file),
			fmt.Sprintf("the key file %s is damaged: restore it from a backup, since every reference depends on it", file))
	}
	return key, nil
}
