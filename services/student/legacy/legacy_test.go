package legacy

import (
	"encoding/csv"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// encode writes Unicode in an encoding, as an old keyboard did.
func encode(e Encoding, s string) string {
	inverse := map[string]string{}
	for legacy, letter := range pairs()[e] {
		if old, ok := inverse[letter]; !ok || len(legacy) < len(old) {
			inverse[letter] = legacy
		}
	}
	var b strings.Builder
	for _, r := range s {
		if legacy, ok := inverse[string(r)]; ok {
			b.WriteString(legacy)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func TestConvert(t *testing.T) {
	for _, tc := range []struct {
		e        Encoding
		old, new string
	}{
		{TCVN3, "NguyÔn V¨n Hïng", "Nguyễn Văn Hùng"},
		{TCVN3, "TrÇn ThÞ §µo", "Trần Thị Đào"},
		{VNI, "Nguyeãn Vaên Huøng", "Nguyễn Văn Hùng"},
		{VNI, "TRAÀN THÒ LAN", "TRẦN THỊ LAN"},
		{VIQR, "Nguye^~n Va(n Hu`ng", "Nguyễn Văn Hùng"},
		{VIQR, "Ddo^~ Thi. Hu+o+ng", "Đỗ Thị Hương"},
		{TCVN3, "Nam", "Nam"},
	} {
		if got := Convert(tc.e, tc.old); got != tc.new {
			t.Errorf("%s: %q gives %q, want %q", tc.e, tc.old, got, tc.new)
		}
	}
}

// names draws full names from the name tables of the synthetic nation.
func names(t *testing.T, n int) []string {
	t.Helper()
	f, err := os.Open("../../sandbox/tables/names.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	lists := map[string][]string{}
	for _, row := range rows[1:] {
		kind, _, _ := strings.Cut(row[0], "_")
		lists[kind] = append(lists[kind], row[1])
	}
	r := rand.New(rand.NewPCG(5712, 1993))
	pick := func(kind string) string { return lists[kind][r.IntN(len(lists[kind]))] }
	out := make([]string, n)
	for i := range out {
		out[i] = pick("surname") + " " + pick("middle") + " " + pick("given")
	}
	return out
}

func TestColumns(t *testing.T) {
	all := names(t, 4000)
	for i := 0; i < len(all); i += 40 {
		class := all[i : i+40]
		if e, ok := Of(class); ok {
			t.Fatalf("names in Unicode are said to be in %s: %q", e, class)
		}
		for _, want := range Encodings {
			var old []string
			for _, name := range class {
				old = append(old, encode(want, name))
				if got := Convert(want, encode(want, name)); got != name {
					t.Errorf("%s: %q comes back as %q", want, name, got)
				}
			}
			if got, ok := Of(old); !ok || got != want {
				t.Errorf("a class in %s is said to be in %q, %v", want, got, ok)
			}
		}
	}
}

// No name of the tables, whole or composed of parts, and in whatever capitals and Unicode form, makes more sense in an old encoding.
func TestNamesInUnicode(t *testing.T) {
	for _, name := range names(t, 20000) {
		for _, form := range []string{name, strings.ToUpper(name), norm.NFD.String(name)} {
			for _, e := range Encodings {
				if In(e, form) {
					t.Fatalf("%q is said to be in %s", form, e)
				}
			}
		}
	}
}

// In every encoding each letter comes back from what is written for it.
func TestEveryLetter(t *testing.T) {
	for _, e := range Encodings {
		for legacy, letter := range pairs()[e] {
			if got := Convert(e, legacy); got != letter {
				t.Errorf("%s: %q gives %q, want %q", e, legacy, got, letter)
			}
			if got := Convert(e, encode(e, letter)); got != letter {
				t.Errorf("%s: %q comes back as %q", e, letter, got)
			}
		}
	}
}

func TestLittleToGoBy(t *testing.T) {
	for _, column := range [][]string{
		nil,
		{"NguyÔn V¨n Hïng"},
		{"NguyÔn V¨n Hïng", "TrÇn ThÞ §µo", "Lê Văn An", "Phạm Thị Bình"},
		{"Y Moan Êñuôl", "H' Hen Niê", "Rơ Châm H’Ƀlŭt", "K'Brể", "Kpă Ŏi"},
		{"John Ström", "Müller", "Åsén"},
	} {
		if e, ok := Of(column); ok {
			t.Errorf("%q is said to be in %s", column, e)
		}
	}
}

// Whatever is converted, nothing panics, and what is Unicode already is known by its syllables.
func FuzzConvert(f *testing.F) {
	for _, s := range []string{"NguyÔn V¨n Hïng", "Nguyeãn Vaên Huøng", "Nguye^~n", "\xff", "Đặng Thị Thuỷ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, e := range Encodings {
			Convert(e, s)
			In(e, s)
		}
		Of([]string{s, s, s})
	})
}
