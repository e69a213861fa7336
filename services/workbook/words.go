package workbook

import (
	"errors"
	"strconv"
	"strings"
	"unicode"

	"github.com/rasoat/rasoat/services/student"
)

// guard ends a text while its look-alikes are replaced, which takes away the digits that trail a person's name: those of "HK1" count.
const guard = "|"

// key folds a header or a word of a closed list for comparison: composed or not, with or without accents,
// capitals, spaces and line breaks, with letters that look like others (Ð for Đ), only its letters and digits count.
func key(s string) string {
	s = strings.ToLower(student.Unaccent(student.Lookalikes(student.Clean(s) + guard)))
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// words is a closed list of a workbook: several ways to write each value, one of them the ministry's.
type words[T comparable] struct {
	values map[string]T
	texts  map[T]string
}

type word[T comparable] struct {
	value T
	text  string // how it is written
	other string // how it may be written, keys apart by spaces
}

func newWords[T comparable](list ...word[T]) words[T] {
	w := words[T]{map[string]T{}, map[T]string{}}
	for _, entry := range list {
		w.texts[entry.value] = entry.text
		w.values[key(entry.text)] = entry.value
		for k := range strings.FieldsSeq(entry.other) {
			w.values[k] = entry.value
		}
	}
	return w
}

func (w words[T]) read(s string) (T, bool) { v, ok := w.values[key(s)]; return v, ok }

func (w words[T]) write(v T) string { return w.texts[v] }

var (
	genders = newWords(
		word[student.Gender]{student.Male, student.Male.Text().Vi, "male trai m"},
		word[student.Gender]{student.Female, student.Female.Text().Vi, "female gai f"},
	)
	states = newWords(
		word[student.EnrolmentState]{student.Joined, student.Joined.Text().Vi, "chuyendentuhoc chuyenden nghihocxinhoclai hoclai dangtheohoc hocsinhdanghoc joined"},
		word[student.EnrolmentState]{student.Transferred, student.Transferred.Text().Vi, "chuyentruong chuyendi transferred"},
		word[student.EnrolmentState]{student.Left, student.Left.Text().Vi, "bohoc nghihoc left"},
		word[student.EnrolmentState]{student.Deferred, student.Deferred.Text().Vi, "baoluuketqua baoluuketquahoctap deferred"},
		word[student.EnrolmentState]{student.Deceased, student.Deceased.Text().Vi, "mat quadoi tuvong chet deceased"},
	)
	identityKinds = newWords(
		word[student.IdentityKind]{student.PersonalID, student.PersonalID.Text().Vi, "ddcn cccd cancuoc cancuoccongdan sodinhdanhcanhan dinhdanhcanhan"},
		word[student.IdentityKind]{student.CMND, student.CMND.Text().Vi, "chungminhnhandan"},
		word[student.IdentityKind]{student.Passport, student.Passport.Text().Vi, "hochieu passport"},
		word[student.IdentityKind]{student.NoNumber, student.NoNumber.Text().Vi, "chuaco khongco khongcoso"},
	)
	programmes = newWords(
		word[student.Programme]{student.Upper2006, student.Upper2006.Text().Vi, "2006 thpt2006 ct2006 ctgdpt2006 chuongtrinh2006"},
		word[student.Programme]{student.Upper2018, student.Upper2018.Text().Vi, "2018 thpt2018 ct2018 ctgdpt2018 chuongtrinh2018"},
		word[student.Programme]{student.Continuing, student.Continuing.Text().Vi, "giaoducthuongxuyen ctgdtx botuc"},
	)
	ratings = newWords(
		word[student.Rating]{student.Excellent, student.Excellent.Text().Vi, "g"},
		word[student.Rating]{student.Good, student.Good.Text().Vi, "k"},
		word[student.Rating]{student.Average, student.Average.Text().Vi, "tb"},
		word[student.Rating]{student.Weak, student.Weak.Text().Vi, "y"},
		word[student.Rating]{student.Poor, student.Poor.Text().Vi, ""},
		word[student.Rating]{student.VeryGood, student.VeryGood.Text().Vi, "t"},
		word[student.Rating]{student.RatingPassed, student.RatingPassed.Text().Vi, "d"},
		word[student.Rating]{student.RatingNotPassed, student.RatingNotPassed.Text().Vi, "cd"},
	)
	conducts = newWords(
		word[student.Conduct]{student.ConductGood, student.ConductGood.Text().Vi, "t"},
		word[student.Conduct]{student.ConductFair, student.ConductFair.Text().Vi, "k"},
		word[student.Conduct]{student.ConductAverage, student.ConductAverage.Text().Vi, "tb"},
		word[student.Conduct]{student.ConductWeak, student.ConductWeak.Text().Vi, "y"},
		word[student.Conduct]{student.ConductPassed, student.ConductPassed.Text().Vi, "d"},
		word[student.Conduct]{student.ConductNotPassed, student.ConductNotPassed.Text().Vi, "cd"},
	)
	languages = newWords(
		word[string]{"N1", "N1", "tienganh anh anhvan english"},
		word[string]{"N2", "N2", "tiengnga nga ngavan russian"},
		word[string]{"N3", "N3", "tiengphap phap phapvan french"},
		word[string]{"N4", "N4", "tiengtrung tiengtrungquoc trung trungvan chinese"},
		word[string]{"N5", "N5", "tiengduc duc german"},
		word[string]{"N6", "N6", "tiengnhat nhat japanese"},
		word[string]{"N7", "N7", "tienghan han korean"},
	)
	yes = newWords(word[bool]{true, "x", "co v 1 true yes"}, word[bool]{false, "", "khong 0 false no"})
	// blankMarks stand in a cell that has no value.
	blankMarks = map[string]bool{"": true, "-": true, "–": true, "—": true, "/": true}
)

func isNotRated(s string) bool { k := key(s); return k == "khongxeploai" || k == "kxl" }

// Words of a cell of a subject.
var exempt = newWords(word[bool]{true, student.Exempted.Vi, "m mg miengiam mienhoc duocmien"})
var comments = newWords(
	word[student.Comment]{student.Passed, student.Passed.Text().Vi, "dat"},
	word[student.Comment]{student.NotPassed, student.NotPassed.Text().Vi, "chuadat"},
)

// parseScore reads the cell of a subject: a mark, Đ or CĐ, "Miễn", or nothing. The error is one of
// student.ParseMark; with student.ErrMarkRange comes the mark as it was written.
func parseScore(text string) (student.Score, error) {
	if blankMarks[text] {
		return student.Score{}, nil
	}
	if text[0] < '0' || text[0] > '9' {
		if c, ok := comments.read(text); ok {
			return student.Score{Comment: c}, nil
		}
		if v, ok := exempt.read(text); ok && v {
			return student.Score{Exempt: true}, nil
		}
	}
	m, err := parseMark(text)
	if err != nil && !errors.Is(err, student.ErrMarkRange) {
		return student.Score{}, err
	}
	return student.Score{Mark: &m}, err
}

// parseMark reads a mark as a cell holds it. A workbook keeps 8.3 as 8.3000000000000007: beyond the 15
// digits that it shows there is only noise. "8.50" is 8.5: its last zero says nothing.
func parseMark(text string) (student.Mark, error) {
	if i := strings.IndexAny(text, ".,"); i >= 0 && i+2 <= len(text) {
		text = text[:i+2] + strings.TrimRight(text[i+2:], "0")
	}
	if len(text) > 14 {
		if v, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64); err == nil {
			text = strconv.FormatFloat(v, 'g', 15, 64)
			if v, err = strconv.ParseFloat(text, 64); err == nil {
				text = strconv.FormatFloat(v, 'f', -1, 64)
			}
		}
	}
	return student.ParseMark(text)
}
