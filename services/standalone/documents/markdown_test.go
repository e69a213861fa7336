package documents

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// block is what stands between two fences.
type block struct {
	line  int // of the opening fence, from 1
	lang  string
	words []string // behind the language
	text  string
	shows []string // of the block "text" right below: lines that have to be printed
}

func (b block) isRun() bool { return b.lang == "sh" }

// is reports whether the block is marked with a word.
func (b block) is(word string) bool { return len(b.words) > 0 && b.words[0] == word }

// exits is the code with which the last command has to end.
func (b block) exits() int {
	if !b.is("exits") {
		return 0
	}
	n, _ := strconv.Atoi(b.words[1]) // parse has looked
	return n
}

// needs are the programs that the block needs and the tests do not have.
func (b block) needs() []string {
	if !b.is("needs") {
		return nil
	}
	return b.words[1:]
}

// document is a file of Markdown.
type document struct {
	name   string // path below the root
	lines  []string
	blocks []block
	prose  []string // lines, with those of the blocks empty
}

// languages are the words that may stand behind a fence, and how many words may follow.
var languages = map[string]func(words []string) bool{
	"sh": func(w []string) bool {
		if len(w) == 0 {
			return true
		}
		switch w[0] {
		case "server", "long", "soon":
			return len(w) == 1
		case "exits":
			return len(w) == 2 && isNumber(w[1])
		case "needs":
			return len(w) > 1 && !slices.ContainsFunc(w[1:], func(s string) bool { return standIns[s] == nil })
		}
		return false
	},
	"text": none,
	"go":   none,
	"json": none,
	"yaml": func(w []string) bool { return len(w) <= 1 },
}

func none(w []string) bool { return len(w) == 0 }

func isNumber(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

// parse reads a document. It fails where a fence is not closed, or is not marked as the package comment says.
func parse(name, text string) (document, error) {
	d := document{name: name, lines: strings.Split(strings.TrimSuffix(text, "\n"), "\n")}
	open := -1 // line of the open fence
	var below bool
	for i, l := range d.lines {
		fence := strings.HasPrefix(strings.TrimSpace(l), "```")
		switch {
		case fence && open < 0:
			open = i
		case fence:
			b, err := newBlock(open+1, d.lines[open], d.lines[open+1:i])
			if err != nil {
				return d, fmt.Errorf("%s:%d: %w", name, open+1, err)
			}
			d.add(b, below)
			open, below = -1, true
		case open < 0 && strings.TrimSpace(l) != "":
			below = false
		}
		if fence || open >= 0 {
			l = ""
		}
		d.prose = append(d.prose, l)
	}
	if open >= 0 {
		return d, fmt.Errorf("%s:%d: the fence is not closed", name, open+1)
	}
	for _, b := range d.blocks {
		if b.is("server") && len(b.shows) == 0 {
			return d, fmt.Errorf("%s:%d: no block \"text\" below shows when the server is ready", name, b.line)
		}
		if b.is("exits") && len(b.shows) == 0 {
			return d, fmt.Errorf("%s:%d: no block \"text\" below shows why the command fails: it could fail otherwise", name, b.line)
		}
	}
	return d, nil
}

func newBlock(line int, fence string, lines []string) (block, error) {
	words := strings.Fields(strings.TrimPrefix(strings.TrimSpace(fence), "```"))
	if len(words) == 0 {
		return block{}, fmt.Errorf("the fence says no language; \"text\" for what is none")
	}
	b := block{line: line, lang: words[0], words: words[1:], text: strings.Join(lines, "\n") + "\n"}
	if fits := languages[b.lang]; fits == nil || !fits(b.words) {
		return b, fmt.Errorf("%q is no fence that services/standalone/documents knows", fence)
	}
	return b, nil
}

// add takes a block. What stands right below commands is what they print.
func (d *document) add(b block, below bool) {
	if last := len(d.blocks) - 1; b.lang == "text" && below && last >= 0 && d.blocks[last].isRun() {
		d.blocks[last].shows = strings.Split(strings.TrimSpace(b.text), "\n")
		return
	}
	d.blocks = append(d.blocks, b)
}

// missing returns the first of the lines that is not printed, in the order in which they are shown; "" when all are.
func missing(printed string, shown []string) string {
	for _, want := range shown {
		found := false
		for !found {
			line, rest, more := strings.Cut(printed, "\n")
			var behind string
			if behind, found = holds(line, want); found {
				printed = behind + "\n" + rest
			} else if printed = rest; !more {
				return want
			}
		}
	}
	return ""
}

// holds reports whether a line holds the parts of another between its signs of omission, in their order, and returns what is
// behind them. Spaces count once.
func holds(line, want string) (behind string, ok bool) {
	line = strings.Join(strings.Fields(line), " ")
	for part := range strings.SplitSeq(want, "…") {
		part = strings.Join(strings.Fields(part), " ")
		if _, line, ok = strings.Cut(line, part); !ok {
			return "", false
		}
	}
	return line, true
}

var (
	linkPattern    = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	codePattern    = regexp.MustCompile("`([^`]+)`")
	headingPattern = regexp.MustCompile(`^#{1,6} +(.*?)\s*#*$`)
)

// paragraphs are the lines of prose that stand together, by the line with which they begin.
func (d document) paragraphs() map[int]string {
	found := map[int]string{}
	first := 0
	for i, l := range d.prose {
		if strings.TrimSpace(l) == "" {
			first = i + 1
			continue
		}
		found[first+1] += l + "\n"
	}
	return found
}

// links are the targets of the links in the prose, by the line of their paragraph.
func (d document) links() map[string]int {
	found := map[string]int{}
	for line, text := range d.paragraphs() {
		for _, m := range linkPattern.FindAllStringSubmatch(codePattern.ReplaceAllString(text, "code"), -1) {
			found[m[1]] = line
		}
	}
	return found
}

// spans are the pieces of code in the prose, by the line of their paragraph.
func (d document) spans() map[string]int {
	found := map[string]int{}
	for line, text := range d.paragraphs() {
		for _, m := range codePattern.FindAllStringSubmatch(text, -1) {
			found[m[1]] = line
		}
	}
	return found
}

// anchors are the names by which links reach the headings, made as GitHub makes them.
func (d document) anchors() map[string]bool {
	found := map[string]bool{}
	for _, l := range d.prose {
		m := headingPattern.FindStringSubmatch(l)
		if m == nil {
			continue
		}
		name := anchor(m[1])
		for n := 1; found[name]; n++ {
			name = fmt.Sprintf("%s-%d", anchor(m[1]), n)
		}
		found[name] = true
	}
	return found
}

func anchor(heading string) string {
	if m := regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`); m.MatchString(heading) {
		heading = m.ReplaceAllString(heading, "$1")
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}
