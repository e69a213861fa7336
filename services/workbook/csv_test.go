package workbook

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
)

func TestTextFiles(t *testing.T) {
	const table = "STT,Mã lớp,Mã định danh\n1,12A1,0123456789\n"
	inUTF16 := func(order binary.AppendByteOrder) []byte {
		var out []byte
		for _, u := range utf16.Encode([]rune(table)) {
			out = order.AppendUint16(out, u)
		}
		return out
	}
	long := strings.Repeat("Nguyễn Thị Ánh,", 400)
	tests := []struct {
		name, encoding, origin string
		data                   []byte
	}{
		{"UTF-8", "UTF-8", "65001", []byte(table)},
		{"UTF-8 with a mark", "UTF-8", "65001", []byte("\ufeff" + table)},
		{"UTF-8 cut in a character", "UTF-8", "65001", []byte(long)},
		{"UTF-8 cut after another", "UTF-8", "65001", []byte("x" + long)},
		{"UTF-8 cut after a third", "UTF-8", "65001", []byte("xx" + long)},
		{"ASCII", "UTF-8", "65001", []byte("STT;Ma lop\n1;12A1\n")},
		{"UTF-16 LE", "UTF-16", "1200", append([]byte{0xff, 0xfe}, inUTF16(binary.LittleEndian)...)},
		{"UTF-16 BE", "UTF-16", "1200", append([]byte{0xfe, 0xff}, inUTF16(binary.BigEndian)...)},
		{"UTF-16 LE without a mark", "UTF-16", "1200", inUTF16(binary.LittleEndian)},
		{"UTF-16 BE without a mark", "UTF-16", "1200", inUTF16(binary.BigEndian)},
		{"Windows-1258", "Windows-1258", "1258", []byte("STT,M\xe3 l\xf3\xecp\n1,12A1\n")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := New(bytes.NewReader(tt.data), int64(len(tt.data)), drive.Default(), Options{})
			var e *fault.Error
			if !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Rule != RuleOldFormat {
				t.Fatalf("got %v, want %s", err, RuleOldFormat)
			}
			f := e.Fields[0]
			for _, text := range []string{f.Text.Vi, f.Text.En} {
				if !strings.Contains(text, tt.encoding) {
					t.Errorf("%q does not name %s", text, tt.encoding)
				}
			}
			for _, text := range []string{f.Remedy.Vi, f.Remedy.En} {
				for _, part := range []string{"Data > From Text/CSV", tt.origin, "Text", ".xlsx"} {
					if !strings.Contains(text, part) {
						t.Errorf("%q does not say %q", text, part)
					}
				}
			}
		})
	}
}
