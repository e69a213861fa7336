package expression

import (
	"fmt"
	"regexp"
	"strings"

	"cel.dev/cel-go/common"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Issue is what is wrong with an expression, at a line and a column of its own text, both from 1.
type Issue struct {
	Line, Column int
	Text         fault.Text
}

// Error tells the place and what is wrong, in English.
func (i *Issue) Error() string { return fmt.Sprintf("%d:%d: %s", i.Line, i.Column, i.Text.En) }

// firstColumn is an issue of the expression as a whole.
func firstColumn(vi, en string) *Issue {
	return &Issue{Line: 1, Column: 1, Text: fault.Text{Vi: vi, En: en}}
}

// issueOf returns what the compiler found; what concerns the whole text has no place of its own.
func issueOf(e *common.Error) *Issue {
	message := strings.Join(strings.Fields(e.Message), " ")
	message = strings.TrimSuffix(message, " (in container '')")
	return &Issue{
		Line: max(e.Location.Line(), 1), Column: max(e.Location.Column()+1, 1),
		Text: fault.Text{Vi: vietnamese(message), En: message},
	}
}

// sentences are the compiler's messages that a drive's author is likely to meet. What is not here stays English: it is the
// compiler's own term.
var sentences = []struct {
	en *regexp.Regexp
	vi string
}{
	{regexp.MustCompile(`^undefined field '(.*)'$`), "không có trường '$1'"},
	{regexp.MustCompile(`^undeclared reference to '(.*)'$`), "không có tên '$1'"},
	{regexp.MustCompile(`^found no matching overload for '(.*)' applied to '(.*)'$`), "'$1' không dùng được với kiểu $2"},
	{regexp.MustCompile(`^expected type '(.*)' but found '(.*)'$`), "cần kiểu '$1', gặp kiểu '$2'"},
	{regexp.MustCompile(`^type '(.*)' does not support field selection$`), "kiểu '$1' không có trường"},
	{regexp.MustCompile(`^invalid (.*) argument$`), "đối số của $1 sai"},
	{regexp.MustCompile(`^expression code point size exceeds limit: size: (\d+), limit (\d+)$`), "biểu thức dài $1 ký tự, tối đa $2"},
	{regexp.MustCompile(`^Syntax error: (.*)$`), "sai cú pháp: $1"},
	{regexp.MustCompile(`^` + withheldMessage("(.*)", "(.*)").En + `$`), withheldMessage("$1", "$2").Vi},
}

func vietnamese(message string) string {
	for _, s := range sentences {
		if s.en.MatchString(message) {
			return s.en.ReplaceAllString(message, s.vi)
		}
	}
	return message
}
