package workbook

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
	"golang.org/x/net/html/charset"
)

// sniff recognises by its first bytes what people send for a workbook.
func sniff(op string, r io.ReaderAt, size int64) error {
	head := make([]byte, 4096)
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return fault.Wrap(fault.Invalid, op, err)
	}
	head = head[:n]
	coding, plain := encodingOf(head)
	text := bytes.ToLower(bytes.TrimSpace(plain))
	switch {
	case size == 0:
		return refuse(op, RuleEmpty, "Tệp rỗng.", "The file is empty.",
			"Xuất lại tệp từ phần mềm của trường.", "Export the file again.", nil)
	case bytes.HasPrefix(head, []byte("PK")):
		return nil
	case bytes.HasPrefix(head, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return refuse(op, RuleOldFormat, "Đây là tệp .xls kiểu cũ hoặc tệp có mật khẩu.", "This is an old .xls file or a file with a password.",
			"Mở bằng Excel, bỏ mật khẩu, lưu thành .xlsx (Excel Workbook) rồi gửi lại.",
			"Open it in Excel, remove the password, save it as .xlsx (Excel Workbook) and send again.", nil)
	case bytes.HasPrefix(text, []byte("<")):
		return refuse(op, RuleOldFormat, "Đây là trang web hoặc XML mang tên tệp Excel.", "This is a web page or XML under the name of a workbook.",
			"Mở bằng Excel, lưu thành .xlsx (Excel Workbook) rồi gửi lại.", "Open it in Excel, save it as .xlsx (Excel Workbook) and send again.", nil)
	case looksLikeText(plain):
		return textFile(op, coding)
	}
	return notWorkbook(op, nil)
}

// measure adds up what the archive says it unpacks to. The reader of the archive holds every part to the size
// that is declared here, so that a liar fails as well.
func measure(op string, archive *zip.Reader, limit int64) error {
	var all, other uint64
	for _, part := range archive.File {
		if part.UncompressedSize64 > uint64(limit) {
			return tooLarge(op)
		}
		all += part.UncompressedSize64
		if !streamed(part.Name) {
			other += part.UncompressedSize64
		}
	}
	if all > uint64(limit) || other > maxOtherParts || len(archive.File) > maxParts {
		return tooLarge(op)
	}
	return nil
}

func streamed(name string) bool {
	return isSheet(name) || strings.EqualFold(name, "xl/sharedStrings.xml")
}

func isSheet(name string) bool {
	return strings.HasPrefix(strings.ToLower(name), "xl/worksheets/") && strings.HasSuffix(strings.ToLower(name), ".xml")
}

// verify reads the sheets and texts once through and counts rows. The library stops at a broken place of a
// sheet without a word, and the pupils behind it would be lost; so a broken file is refused here.
func verify(op string, archive *zip.Reader) (verified, error) {
	workbook := false
	out := verified{merges: map[string][]rowSpan{}}
	var wide reach
	for _, part := range archive.File {
		workbook = workbook || strings.EqualFold(part.Name, "xl/workbook.xml")
		if !streamed(part.Name) {
			continue
		}
		rows, merges, err := verifyPart(part, &wide)
		switch {
		case errors.Is(err, errReach):
			return out, tooWide(op)
		case errors.Is(err, zip.ErrFormat), errors.Is(err, errMerges):
			return out, tooLarge(op)
		case err != nil:
			return out, refuse(op, RuleDamaged, fmt.Sprintf("Tệp bị hỏng ở phần %s.", part.Name), fmt.Sprintf("The file is damaged in its part %s.", part.Name),
				"Mở bằng Excel, lưu lại thành .xlsx rồi gửi lại.", "Open it in Excel, save it again as .xlsx and send it.", err)
		}
		out.rows += rows
		if len(merges) > 0 {
			out.merges[strings.ToLower(part.Name)] = merges
		}
	}
	if !workbook {
		return out, notWorkbook(op, nil)
	}
	return out, nil
}

// verified is what the first pass over the sheets found: how many rows they have, and by the name of the part in
// small letters the cells that are merged over several rows.
type verified struct {
	rows   int
	merges map[string][]rowSpan
}

func verifyPart(part *zip.File, wide *reach) (rows int, merges []rowSpan, err error) {
	r, err := part.Open()
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = r.Close() }() // read to its end, or failed already
	dec := xml.NewDecoder(r)
	dec.CharsetReader = charset.NewReaderLabel
	var open []xml.Name
	for {
		token, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			if len(open) != 0 {
				return rows, nil, io.ErrUnexpectedEOF
			}
			return rows, merges, nil
		}
		if err != nil {
			return rows, nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(open) == maxDepth {
				return rows, nil, errDepth
			}
			open = append(open, t.Name)
			switch t.Name.Local {
			case "row":
				rows++
				wide.row()
			case "c":
				if err := wide.cell(t); err != nil {
					return rows, nil, err
				}
			case "mergeCell":
				if len(merges) == maxMerges {
					return rows, nil, errMerges
				}
				if m, ok := spanOf(t); ok {
					merges = append(merges, m)
				}
			}
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1] != t.Name {
				return rows, nil, errors.New("elements are not nested")
			}
			open = open[:len(open)-1]
		}
	}
}

// refuse makes the error of a whole file.
func refuse(op, rule, vi, en, remedyVi, remedyEn string, cause error) error {
	e := fault.New(fault.Invalid, op, vi, en)
	e.Err = cause
	e.Fields = []fault.Field{{Rule: rule, Text: e.Text, Remedy: fault.Text{Vi: remedyVi, En: remedyEn}}}
	return e
}

func tooLarge(op string) error {
	return refuse(op, RuleTooLarge, "Tệp quá lớn, hoặc bung ra quá lớn, so với bảng tính của một trường.",
		"The file is too large, or unpacks to too much, for the workbook of a school.",
		"Xóa ảnh và các trang không liên quan, hoặc chia thành nhiều tệp.", "Delete pictures and sheets that do not belong, or split the file.", nil)
}

func notWorkbook(op string, cause error) error {
	return refuse(op, RuleNotWorkbook, "Tệp không phải là bảng tính .xlsx.", "The file is not an .xlsx workbook.",
		"Mở bằng Excel, lưu thành .xlsx (Excel Workbook) rồi gửi lại.", "Open it in Excel, save it as .xlsx (Excel Workbook) and send again.", cause)
}
