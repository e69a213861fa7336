package sandbox

import (
	"strings"
	"unicode"

	"github.com/rasoat/rasoat/services/student"
	"golang.org/x/text/unicode/norm"
)

// misname returns a name with a fault in it, always the same one for a pupil; false where the name cannot have the fault.
func (n *Nation) misname(f *Fault, b birth, name student.Name) (student.Name, bool) {
	d := n.dice(streamMend, f.Pupil)
	words := strings.Fields(name.Reveal())
	joined := strings.Contains(name.Reveal(), "'") // H' Hen is one word
	wrong, want := name.Reveal(), student.LevelDifferent
	switch f.Kind {
	case NameDiacritic:
		if want = student.LevelNoDiacritics; len(words) > 1 {
			wrong = loseDiacritic(words, &d)
		}
	case NameMiddleDropped:
		if len(words) > 2 && !joined {
			wrong = words[0] + " " + strings.Join(words[2:], " ")
		}
	case NameMiddleAdded:
		if n.names.groups[n.ethnicity(f.Pupil, n.schools[n.classOf(f.Pupil).school].place)] == nil {
			wrong = addMiddle(words, sexIndex(b.gender))
		}
	case NameConfused:
		if !joined {
			wrong = confuse(words, &d)
		}
	case NameTypo:
		wrong = mistype(words, &d)
	case NameSoftIY:
		wrong, want = softIY.Replace(wrong+" "), student.LevelSoftIY
		wrong = strings.TrimSuffix(wrong, " ")
	case NameLookalike:
		wrong, want = strings.ReplaceAll(wrong, "Đ", "Ð"), student.LevelLookalike
	}
	return student.Name(wrong), student.NameLevel(student.Name(wrong), name) == want
}

// softIY writes i for y where both are in use; each word has its space behind it.
var softIY = strings.NewReplacer("Lý ", "Lí ", "Mỹ ", "Mĩ ", "Kỳ ", "Kì ", "Sỹ ", "Sĩ ", "Quý ", "Quí ")

var (
	asHoi = strings.NewReplacer("\u0303", "\u0309")
	asNga = strings.NewReplacer("\u0309", "\u0303")
)

// loseDiacritic takes the marks off one word, or writes ngã for hỏi and the reverse.
func loseDiacritic(words []string, d *dice) string {
	start := d.below(len(words))
	confuse := d.in(1, 2)
	for k := range words {
		at := (start + k) % len(words)
		wrong := student.Unaccent(words[at])
		if apart := norm.NFD.String(words[at]); confuse {
			if hoi := norm.NFC.String(asHoi.Replace(apart)); hoi != words[at] {
				wrong = hoi
			} else if nga := norm.NFC.String(asNga.Replace(apart)); nga != words[at] {
				wrong = nga
			}
		}
		if wrong != words[at] {
			words[at] = wrong
			break
		}
	}
	return strings.Join(words, " ")
}

// addMiddle puts Văn or Thị behind the surname of a name that has no such word.
func addMiddle(words []string, sex int) string {
	word := [...]string{men: "Văn", women: "Thị"}[sex]
	for _, w := range words {
		if w == word {
			return strings.Join(words, " ")
		}
	}
	return words[0] + " " + word + " " + strings.Join(words[1:], " ")
}

// sounds are the beginnings that are taken for each other, the longer ones first.
var sounds = [...]struct {
	begins string
	taken  []string
}{
	{"Gi", []string{"D", "R"}}, {"Ch", []string{"Tr"}}, {"Tr", []string{"Ch"}}, {"D", []string{"R", "Gi"}}, {"R", []string{"D", "Gi"}},
	{"S", []string{"X"}}, {"X", []string{"S"}}, {"N", []string{"L"}}, {"L", []string{"N"}},
}

// confuse begins one word with what sounds alike in a part of the country.
func confuse(words []string, d *dice) string {
	start := d.below(len(words))
	for k := range words {
		at := (start + k) % len(words)
		for _, s := range sounds {
			rest, ok := strings.CutPrefix(words[at], s.begins)
			if !ok || !beginsWithVowel(rest) || softIY.Replace(words[at]+" ") != words[at]+" " { // Ný of Lý is two faults
				continue
			}
			taken := s.taken[d.below(len(s.taken))]
			if taken == "Gi" && strings.HasPrefix(student.Unaccent(rest), "i") {
				taken = s.taken[0]
			}
			words[at] = taken + rest
			return strings.Join(words, " ")
		}
	}
	return strings.Join(words, " ")
}

func beginsWithVowel(s string) bool {
	plain := student.Unaccent(s)
	return plain != "" && strings.IndexByte("aeiouy", plain[0]) >= 0
}

// beside is the key beside each that a Vietnamese name may well have.
var beside = map[rune]rune{
	'a': 's', 'b': 'v', 'c': 'v', 'd': 's', 'e': 'r', 'g': 'h', 'h': 'g', 'i': 'u', 'k': 'l', 'l': 'k', 'm': 'n', 'n': 'm',
	'o': 'p', 'p': 'o', 'q': 'a', 'r': 't', 's': 'd', 't': 'r', 'u': 'i', 'v': 'b', 'x': 'c', 'y': 'u',
}

// leastTyped is the length of a word from which a wrong letter leaves it recognisable.
const leastTyped = 4

// mistype leaves out, doubles or replaces one letter without marks, not the first, of a word of four letters at least.
func mistype(words []string, d *dice) string {
	start := d.below(len(words))
	for k := range words {
		at := (start + k) % len(words)
		letters := []rune(words[at])
		var places []int
		for i, r := range letters {
			if _, plain := beside[r]; plain && i > 0 {
				places = append(places, i)
			}
			if !unicode.IsLetter(r) {
				places = nil
				break
			}
		}
		if len(letters) < leastTyped || len(places) == 0 {
			continue
		}
		i := places[d.below(len(places))]
		begin, end := string(letters[:i]), string(letters[i+1:])
		switch r := letters[i]; d.below(3) {
		case 0:
			words[at] = begin + end
		case 1:
			words[at] = begin + string(r) + string(r) + end
		default:
			words[at] = begin + string(beside[r]) + end
		}
		break
	}
	return strings.Join(words, " ")
}
