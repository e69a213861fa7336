package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/commandline"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/folder"
)

// exitCodes is the part of the help that scripts rely on.
const exitCodes = `Mã thoát / exit codes:
  0  mọi việc xong, kể cả khi dừng bằng Ctrl-C / all is well, also when it was ended by Ctrl-C
  1  có việc hỏng; với demo còn là: sót lỗi, báo nhầm, hoặc số liệu không khớp
     / something failed; of the demo also: a fault was missed, a false alarm was raised, or the report does not add up
  2  sai cách dùng hoặc cấu hình / wrong usage or configuration
  3  địa chỉ hoặc thư mục dữ liệu đang được dùng / an address or the data folder is in use
  4  thứ đã có là thứ khác / what is there already is something else
  5  không ghi được: đĩa đầy / something could not be written: the disk is full`

// The addresses where the command line looks by itself.
const (
	defaultServer = "127.0.0.1:7246"
	defaultNATS   = "nats://127.0.0.1:4222"
)

// sayUp says what runs, where, and how to use it.
func sayUp(w io.Writer, data string, s *server) {
	_, _ = fmt.Fprintf(w, "rasoat đang chạy / is up: đợt / drive %s, dữ liệu trong / data in %s\n", s.drive, data)
	sayAddresses(w, s)
	_, _ = fmt.Fprintf(w, "\nLàm gì tiếp, ở cửa sổ khác / What to do next, in another terminal:\n")
	sayEnvironment(w, s)
	_, _ = fmt.Fprintf(w, `  %s
  rasoat progress

Ctrl-C dừng; dữ liệu ở lại trong / ends; the data stay in %s
`, exportToken(data, access.Ministry, "'*'", "hoa"), data)
}

// sayHeld says what a server waits for that runs no service.
func sayHeld(w io.Writer, data string, s *server) {
	_, _ = fmt.Fprintf(w, `rasoat đang chờ khôi phục / is on hold: chưa dịch vụ nào chạy, chỉ trả lời người vận hành (--hold)
  no service runs; only operators are answered, until a backup has been restored into %s
`, data)
	sayAddresses(w, s)
	_, _ = fmt.Fprintf(w, "\nLàm gì tiếp, ở cửa sổ khác / What to do next, in another terminal:\n")
	sayEnvironment(w, s)
	_, _ = fmt.Fprintf(w, `  %s
  rasoat restore FOLDER
rồi ở đây / then here: Ctrl-C, %s
`, exportToken(data, access.Operator, "'*'", "tam"), upAgain(data))
}

func sayAddresses(w io.Writer, s *server) {
	_, _ = fmt.Fprintf(w, `  gRPC                      %s
  REST                      http://%s  (/openapi.json, /metrics, /readyz)
  NATS                      %s
  CSDL dân cư / registry    %s
`, s.GRPCAddr(), s.HTTPAddr(), s.NATSURL(), s.registry)
}

// sayEnvironment prints what a shell must know that is not as the command line assumes it.
func sayEnvironment(w io.Writer, s *server) {
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), "rasoat")
		found, _ := exec.LookPath("rasoat") // "" when the shell does not know the command
		if _, err := os.Stat(beside); err == nil && found != beside {
			_, _ = fmt.Fprintf(w, "  export PATH=%s:\"$PATH\"\n", commandline.Quote(filepath.Dir(self)))
		}
	}
	if a := s.GRPCAddr(); a != defaultServer {
		_, _ = fmt.Fprintf(w, "  export RASOAT_SERVER=%s\n", a)
	}
	if u := s.NATSURL(); u != defaultNATS {
		_, _ = fmt.Fprintf(w, "  export RASOAT_NATS=%s\n", u)
	}
}

// sayStopped says what stays after the end, and what can be done with it.
func sayStopped(w io.Writer, data string) {
	_, _ = fmt.Fprintf(w, `
Đã dừng / Stopped. Dữ liệu và khoá ở lại trong / Data and keys stay in %s:
  chạy tiếp / go on with it    %s
  xoá hết / remove all of it   rm -r %s
`, data, upAgain(data), commandline.Quote(data))
}

// sayPlaying says what the demo is about to do.
func sayPlaying(w io.Writer, data string, s *server, pupils int) {
	_, _ = fmt.Fprintf(w, "rasoat demo: đợt mẫu / sample drive %s, %d học sinh tổng hợp / synthetic pupils, dữ liệu trong / data in %s\n", s.drive, pupils, data)
	sayAddresses(w, s)
	_, _ = fmt.Fprintln(w)
}

// sayRenewed says what became of the demo before.
func sayRenewed(w io.Writer, r folder.Renewed) {
	if r.Moved == "" {
		return
	}
	_, _ = fmt.Fprintf(w, "Dữ liệu demo lần trước đã chuyển vào / The last demo's data were moved to %s\n", r.Moved)
	if r.Removed {
		_, _ = fmt.Fprintf(w, "  (dữ liệu của lần trước nữa đã xoá / those of the demo before it were removed)\n")
	}
	if r.Kept != "" {
		_, _ = fmt.Fprintf(w, "  (tệp bạn tự tạo hoặc đã sửa khi đó vẫn còn trong / files that you made or changed then are kept in %s)\n", r.Kept)
	}
}

// sayNext says what can be done with a demo that is up.
func sayNext(w io.Writer, data string, s *server, r *demo.Report) {
	scope := r.Schools[0].Province + "/" + r.Schools[0].Code
	file := filepath.Join(data, folder.Workbooks, filepath.FromSlash(scope), demo.ProfilesFile)
	_, _ = fmt.Fprintf(w, "\nLàm gì tiếp, ở cửa sổ khác / What to do next, in another terminal:\n")
	sayEnvironment(w, s)
	_, _ = fmt.Fprintf(w, `  %s
  rasoat status %s --pupils      # trường phải sửa gì / what the school has to fix
  rasoat submit %s --school %s --drive %s
                                          # chưa sửa ô nào thì hệ thống nhận lại y như cũ; sửa trong Excel trước
                                          # / with no cell fixed this hands in the same again; fix one in Excel first
  rasoat watch records --once --digest    # như hệ thống đăng ký thi / as exam registration does
  curl --oauth2-bearer $RASOAT_TOKEN 'http://%s/v1/progress?scope=%s'
README.md nói tiếp cho từng người đọc / README.md goes on for each kind of reader.

Ctrl-C dừng; dữ liệu ở lại trong / ends; the data stay in %s
`, exportToken(data, access.School, scope, "minh"), scope, commandline.Quote(file), scope, s.drive, s.HTTPAddr(), scope, data)
}

// exportToken is the command that issues a token with the key of a data folder, and keeps it for the next commands.
func exportToken(data string, role access.Role, scope, account string) string {
	return fmt.Sprintf("export RASOAT_TOKEN=$(rasoat token --key %s --role %s --scope %s --subject %s --for 24h)",
		commandline.Quote(access.KeyFile(data)), role, scope, account)
}

// upAgain is the command that goes on with a data folder.
func upAgain(data string) string {
	if data == folder.Name {
		return "rasoat-standalone up"
	}
	return "rasoat-standalone up --data " + commandline.Quote(data)
}
