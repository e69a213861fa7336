package commandline

import (
	"regexp"
	"strings"
)

// plain is what a shell takes as it stands.
var plain = regexp.MustCompile(`^[A-Za-z0-9_./:=@%+,-]+$`)

// Quote returns a word of a command as a shell has to be given it. Every path in a command that is printed goes through
// it: a folder called "thư mục của tôi" is one word, and not four.
func Quote(word string) string {
	if strings.HasPrefix(word, "-") {
		word = "./" + word // a path, and not a flag
	}
	if plain.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
