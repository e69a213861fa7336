package commandline_test

import (
	"os/exec"
	"testing"

	"github.com/rasoat/rasoat/services/internal/commandline"
)

// A shell takes a quoted path for one word, and for the path that it was.
func TestQuote(t *testing.T) {
	for word, want := range map[string]string{
		"rasoat-data":                   "rasoat-data",
		"/dev/shm/thư mục 'của' tôi":    "/dev/shm/thư mục 'của' tôi",
		"a;b|c&d $(id) `id` \"x\" \\ *": "a;b|c&d $(id) `id` \"x\" \\ *",
		"two\nlines":                    "two\nlines",
		"~":                             "~",
		"":                              "",
		"-rf":                           "./-rf",
	} {
		out, err := exec.Command("sh", "-c", "printf '%s|' "+commandline.Quote(word)).Output()
		if err != nil || string(out) != want+"|" {
			t.Errorf("%q: the shell takes %q, %v", word, out, err)
		}
	}
}
