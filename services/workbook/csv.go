package workbook

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// encoding is how a text file is written, and what the list "File Origin" of Excel's import calls it.
type encoding struct{ vi, en, origin string }

var (
	encodingUTF8  = encoding{"UTF-8", "UTF-8", "65001: Unicode (UTF-8)"}
	encodingUTF16 = encoding{"UTF-16", "UTF-16", "1200: Unicode"}
	encodingOther = encoding{"Windows-1258 hoặc bảng mã khác (TCVN3, VNI)", "Windows-1258 or another encoding (TCVN3, VNI)", "1258: Vietnamese (Windows)"}
)

// encodingOf tells the encoding of a file by its first bytes, and gives them in UTF-8 without the mark of the byte
// order; of an encoding that is not Unicode as they are.
func encodingOf(head []byte) (encoding, []byte) {
	if plain, ok := bytes.CutPrefix(head, []byte("\ufeff")); ok {
		return encodingUTF8, plain
	}
	for mark, order := range map[string]binary.ByteOrder{"\xff\xfe": binary.LittleEndian, "\xfe\xff": binary.BigEndian} {
		if plain, ok := bytes.CutPrefix(head, []byte(mark)); ok {
			return encodingUTF16, fromUTF16(plain, order)
		}
	}
	if len(head) >= 4 && head[0] != 0 && head[1] == 0 && head[2] != 0 && head[3] == 0 {
		return encodingUTF16, fromUTF16(head, binary.LittleEndian)
	}
	if len(head) >= 4 && head[0] == 0 && head[1] != 0 && head[2] == 0 && head[3] != 0 {
		return encodingUTF16, fromUTF16(head, binary.BigEndian)
	}
	whole := head
	for range utf8.UTFMax - 1 { // the last character may be cut
		if len(whole) == 0 || utf8.Valid(whole) {
			break
		}
		whole = whole[:len(whole)-1]
	}
	if utf8.Valid(whole) {
		return encodingUTF8, head
	}
	return encodingOther, head
}

func fromUTF16(b []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = order.Uint16(b[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

func looksLikeText(plain []byte) bool {
	return len(plain) > 0 && bytes.ContainsAny(plain, ",;\t\n") && !bytes.ContainsFunc(plain, func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\n' && r != '\r'
	})
}

// textFile refuses a text file and tells how Excel imports it without a loss: opened by a double click, codes and
// ID numbers become numbers, and the accents of a file without a mark are lost.
func textFile(op string, e encoding) error {
	return refuse(op, RuleOldFormat, fmt.Sprintf("Đây là tệp văn bản hoặc .csv, bảng mã %s.", e.vi), fmt.Sprintf("This is a text or .csv file in %s.", e.en),
		fmt.Sprintf("Trong Excel mở một bảng tính trống, chọn Data > From Text/CSV, chọn tệp, File Origin \"%s\", bấm Transform Data, đặt kiểu Text cho các cột mã lớp, mã định danh, số ĐDCN và ngày sinh, bấm Close & Load, lưu thành .xlsx rồi gửi lại.", e.origin),
		fmt.Sprintf("In Excel open a blank workbook, choose Data > From Text/CSV, the file, File Origin \"%s\", Transform Data, set the type Text for the columns of class, pupil code, ID number and birth date, Close & Load, save as .xlsx and send again.", e.origin), nil)
}
