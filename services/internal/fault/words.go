package fault

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// Worded returns err as an error that can be shown to a person: one whose sentences are never empty and name no
// package or operation of ours. What the operating system says of a file or an address is put into words here and
// nowhere else.
func Worded(err error) *Error {
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Kind: KindOf(err), Err: err}
	}
	out := *e
	if out.Text != (Text{}) {
		return &out
	}
	if kind, text := ofSystem("", err); text != (Text{}) {
		out.Text = text
		if out.Kind == "" || out.Kind == Internal {
			out.Kind = kind
		}
		return &out
	}
	out.Text = unworded[out.Kind]
	if out.Text == (Text{}) {
		out.Text = unworded[Internal]
	}
	out.Text = because(out.Text, err)
	return &out
}

// unworded stands before a cause that nobody has put into words.
var unworded = map[Kind]Text{
	Invalid:         {Vi: "Lệnh hoặc tệp không hợp lệ", En: "The command or a file is not valid"},
	NotFound:        {Vi: "Không tìm thấy", En: "There is no such thing"},
	Conflict:        {Vi: "Đã có với nội dung khác", En: "It is there already with another content"},
	Unauthenticated: {Vi: "Chưa biết ai đang gọi", En: "Nobody knows who calls"},
	Denied:          {Vi: "Không được phép", En: "This is not allowed"},
	Unavailable:     {Vi: "Chưa làm được; thử lại sau", En: "This cannot be done now; try again later"},
	Internal:        {Vi: "Lỗi không lường trước", En: "An unexpected error"},
}

// Cause returns the innermost error that is not one of ours, or nil.
func Cause(err error) error {
	for err != nil {
		var e *Error
		if !errors.As(err, &e) {
			return err
		}
		err = e.Err
	}
	return nil
}

// OfFile words what the operating system says of a file or folder that a person named. The kind is Invalid where
// another name or another right helps, and Unavailable where the disk is full or broken. A nil error stays nil.
func OfFile(op, path string, err error) error {
	if err == nil {
		return nil
	}
	kind, text := ofSystem(path, err)
	if text == (Text{}) {
		kind = Invalid
		text = because(both("Không đọc hoặc ghi được %s", "%s cannot be read or written", path), err)
	}
	return &Error{Kind: kind, Op: op, Text: text, Err: err}
}

// ofSystem words an error of the operating system. The path may be empty when the error itself has one. The text is
// empty for every other error.
func ofSystem(path string, err error) (Kind, Text) {
	var at *net.OpError
	if errors.As(err, &at) {
		return ofAddress(at)
	}
	var in *fs.PathError
	var link *os.LinkError
	switch {
	case path != "":
	case errors.As(err, &in):
		path = in.Path
	case errors.As(err, &link):
		path = link.New
	}
	for _, w := range systemWords {
		if path != "" && errors.Is(err, w.is) {
			return w.kind, both(w.vi, w.en, path)
		}
	}
	switch {
	case path != "" && (in != nil || link != nil):
		text := both("Không đọc hoặc ghi được %s", "%s cannot be read or written", path)
		return Invalid, because(text, err)
	case errors.Is(err, context.Canceled):
		return Unavailable, Text{Vi: "Đã dừng trước khi xong", En: "It was stopped before it was done"}
	case errors.Is(err, context.DeadlineExceeded):
		return Unavailable, Text{Vi: "Quá lâu không có trả lời; thử lại sau", En: "No answer came in time; try again later"}
	}
	return "", Text{}
}

// ErrNotRegular is what stands in the place of an error of the operating system for a path that is a pipe, a socket or a
// device: to open one may wait for ever.
var ErrNotRegular = errors.New("not a regular file")

// systemWords are the errors of files, each with the next step. The first that fits is taken.
var systemWords = []struct {
	is     error
	kind   Kind
	vi, en string
}{
	{syscall.EISDIR, Invalid, "%s là thư mục; hãy nêu một tệp", "%s is a folder: name a file"},
	{ErrNotRegular, Invalid, "%s không phải tệp thường mà là ống dẫn hoặc thiết bị; hãy nêu một tệp", "%s is no regular file but a pipe or a device: name a file"},
	{syscall.ENOTDIR, Invalid, "Một phần của đường dẫn %s không phải thư mục; kiểm tra lại đường dẫn", "A part of the path %s is not a folder: check the path"},
	{fs.ErrNotExist, Invalid, "Không có %s; kiểm tra lại đường dẫn", "There is no %s: check the path"},
	{fs.ErrPermission, Invalid, "Không có quyền mở %s; kiểm tra quyền của tệp và của thư mục chứa nó", "%s may not be opened: check the rights of the file and of its folder"},
	{fs.ErrExist, Invalid, "%s đã có; chọn tên khác", "%s is there already: choose another name"},
	{syscall.EROFS, Invalid, "Không ghi được %s: đĩa chỉ đọc; chọn nơi khác", "%s cannot be written, the disk is read-only: choose another place"},
	{syscall.ENAMETOOLONG, Invalid, "Tên %s quá dài; chọn tên ngắn hơn", "The name %s is too long: choose a shorter one"},
	{syscall.ENOSPC, Unavailable, "Đĩa đã đầy khi ghi %s; giải phóng chỗ rồi chạy lại", "The disk is full, %s was not written: free some room and run this again"},
	{syscall.EDQUOT, Unavailable, "Hết hạn mức đĩa khi ghi %s; giải phóng chỗ rồi chạy lại", "The disk quota is used up, %s was not written: free some room and run this again"},
	{syscall.EIO, Unavailable, "Đĩa báo lỗi ở %s; kiểm tra đĩa rồi chạy lại", "The disk reports an error at %s: check the disk and run this again"},
}

// ofAddress words why a program cannot listen at an address or reach one.
func ofAddress(e *net.OpError) (Kind, Text) {
	addr := ""
	if e.Addr != nil {
		addr = e.Addr.String()
	}
	switch {
	case errors.Is(e, syscall.EADDRINUSE):
		return Unavailable, both("Địa chỉ %s đang có chương trình khác dùng; dừng chương trình đó hoặc chọn địa chỉ khác",
			"Another program uses the address %s: stop it, or choose another address", addr)
	case errors.Is(e, fs.ErrPermission):
		return Invalid, both("Không có quyền dùng địa chỉ %s; chọn cổng từ 1024 trở lên", "The address %s may not be used: choose a port from 1024 on", addr)
	case e.Op == "dial":
		return Unavailable, both("Không liên lạc được với %s; kiểm tra địa chỉ và mạng", "%s cannot be reached: check the address and the network", addr)
	case e.Op == "listen":
		return Invalid, both("Không dùng được địa chỉ %s; kiểm tra lại địa chỉ", "The address %s cannot be used: check it", addr)
	}
	return "", Text{}
}

// because adds the innermost cause of an error, without the path that the sentence has already.
func because(t Text, err error) Text {
	cause := Cause(err)
	var in *fs.PathError
	if errors.As(cause, &in) {
		cause = in.Err
	}
	if cause == nil {
		return t
	}
	return Text{Vi: t.Vi + ": " + cause.Error(), En: t.En + ": " + cause.Error()}
}

func both(vi, en, value string) Text {
	return Text{Vi: strings.ReplaceAll(vi, "%s", value), En: strings.ReplaceAll(en, "%s", value)}
}

// Number writes a number with its noun in English: "1 pupil", "2 pupils". Vietnamese has one form.
func Number[N int | int32 | int64 | uint64](n N, one, many string) string {
	if n == 1 {
		many = one
	}
	return strconv.FormatInt(int64(n), 10) + " " + many
}

// Decimal writes a number that has a point in English, as Vietnamese does, too: "95,6" and "95.6".
func Decimal(english string) Text {
	return Text{Vi: strings.Replace(english, ".", ",", 1), En: english}
}

// NotText is the fault of a file that is no text in UTF-8, which is how Excel writes a CSV file unless it is told.
func NotText(op, path string) *Error {
	return New(Invalid, op, path+" không phải UTF-8. Trong Excel: Lưu thành (Save As), chọn CSV UTF-8, rồi chạy lại",
		path+" is not UTF-8. In Excel: Save As, choose CSV UTF-8, then run this again")
}
