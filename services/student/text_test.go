package student

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestClean(t *testing.T) {
	for _, tc := range []struct{ what, in, want string }{
		{"nothing to do", "Nguyễn Văn An", "Nguyễn Văn An"},
		{"empty", "", ""},
		{"blanks only", " \t\u00a0\u200b", ""},
		{"trim and collapse", "  Nguyễn \t Văn\n An ", "Nguyễn Văn An"},
		{"no-break space", "Nguyễn\u00a0Văn\u202fAn", "Nguyễn Văn An"},
		{"zero width", "\ufeffNguyễn\u200b Văn An\u200b", "Nguyễn Văn An"},
		{"decomposed", norm.NFD.String("Nguyễn Đức Hoà"), "Nguyễn Đức Hoà"},
		{"accent after a zero width", "e\u200b\u0301", "é"},
		{"apostrophe kept", "H’ Hen Niê", "H’ Hen Niê"},
	} {
		if got := Clean(tc.in); got != tc.want {
			t.Errorf("%s: Clean(%q) = %q, want %q", tc.what, tc.in, got, tc.want)
		}
	}
}

func TestNameLevel(t *testing.T) {
	for _, tc := range []struct {
		a, b Name
		want Level
	}{
		{"Nguyễn Văn An", "Nguyễn Văn An", LevelRaw},
		{"Nguyễn Văn An", "Nguyễn  Văn\u00a0An ", LevelSpacing},
		{"Nguyễn Văn An", Name(norm.NFD.String("Nguyễn Văn An")), LevelSpacing},
		{"Đỗ Thị Đào", "Ðỗ Thị Ɖào", LevelLookalike},
		{"Lê Minh Tuấn", "Lê Міnh Tuấn", LevelLookalike}, // Cyrillic М, і
		{"Trần Hà", "Trần Hа\u0300", LevelLookalike},     // Cyrillic а with a combining grave
		{"Trần Hà", "Trần Ηὰ", LevelLookalike},           // Greek
		{"Nguyễn Văn An", "Nguyễn Văn An 2", LevelLookalike},
		{"Nguyễn Văn An", "Nguyễn Văn An.", LevelLookalike},
		{"H' Hen Niê", "H’Hen Niê", LevelLookalike},
		{"Y Ka`Sơ", "Y KaʼSơ", LevelLookalike},
		{"NGUYỄN VĂN AN", "Nguyễn Văn An", LevelCase},
		{"Lê Thị Hoà", "Lê Thị Hòa", LevelTone},
		{"Lê Văn Khoẻ", "LÊ VĂN KHỎE", LevelTone},
		{"Phạm Thanh Thuý", "Phạm Thanh Thúy", LevelTone},
		{"Uý Hoà", "Úy Hòa", LevelTone},
		{"Lê Quý", "Lê Qúy", LevelTone},
		{"Trần Quà", "Trần Qùa", LevelTone},
		{"Lý Văn Sỹ", "Lí Văn Sĩ", LevelSoftIY},
		{"Kỳ Mỹ", "Kì Mĩ", LevelSoftIY},
		{"Lê Quý", "Lê Quí", LevelSoftIY},
		{"Nguyễn Thị Vy", "Nguyễn Thị Vi", LevelDifferent},
		{"Nguyễn Bảo Thy", "Nguyễn Bảo Thi", LevelDifferent},
		{"Nguyễn Thị My", "Nguyễn Thị Mi", LevelDifferent},
		{"Hoàn", "Hòan", LevelNoDiacritics}, // a closed syllable has one placement
		{"Huỳnh", "Hùynh", LevelNoDiacritics},
		{"Lý Văn Đức", "Ly Van Duc", LevelNoDiacritics},
		{"Lý Văn Đức", "Li Van Duc", LevelNoDiacritics},
		{"Nguyễn Văn An", "Nguyễn Văn Anh", LevelDifferent},
		{"Hoàng Lan", "Huỳnh Lan", LevelDifferent},
		{"Vũ An", "Võ An", LevelDifferent},
	} {
		for _, pair := range [][2]Name{{tc.a, tc.b}, {tc.b, tc.a}} {
			if got := NameLevel(pair[0], pair[1]); got != tc.want {
				t.Errorf("NameLevel(%q, %q) = %v, want %v", pair[0].Reveal(), pair[1].Reveal(), got, tc.want)
			}
		}
		same := FoldName(tc.a.Reveal()) == FoldName(tc.b.Reveal())
		if same != tc.want.Same() {
			t.Errorf("FoldName says %q and %q are the same: %v, level %v", tc.a.Reveal(), tc.b.Reveal(), same, tc.want)
		}
	}
}

// Words that have one placement of their tone keep it.
func TestFoldNameKeeps(t *testing.T) {
	for _, s := range []string{"hoàn", "suýt", "huỳnh", "quý", "quà", "uyên", "khuỷu", "toàn", "thuở", "hoài", "già", "nghĩa", "của", "thùy dương"} {
		want := s
		if s == "thùy dương" {
			want = "thuỳ dương"
		}
		if got := FoldName(s); got != want {
			t.Errorf("FoldName(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestUnaccent(t *testing.T) {
	for in, want := range map[string]string{
		"Nguyễn Đức Hoà": "Nguyen Duc Hoa", "đường": "duong", "An": "An", "": "", "Ơ Đu": "O Du",
	} {
		if got := Unaccent(in); got != want {
			t.Errorf("Unaccent(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestHasLookalike(t *testing.T) {
	for in, want := range map[string]bool{
		"Đỗ Thị Đào": false, "H’ Hen": false, "Bùi–Lê": false, "Ðỗ": true, "Lê Міnh": true, "Ηὰ": true, "Ａn": true, "李": false,
	} {
		if got := HasLookalike(Clean(in)); got != want {
			t.Errorf("HasLookalike(%q) = %v, want %v", in, got, want)
		}
	}
}

func TestLevelString(t *testing.T) {
	if LevelRaw.String() != "raw" || LevelDifferent.String() != "different" || Level(99).String() != "unknown" {
		t.Errorf("got %v, %v, %v", LevelRaw, LevelDifferent, Level(99))
	}
}

func seeds(f *testing.F) {
	for _, s := range []string{
		"", "Nguyễn Văn An", " Lê\u00a0Thị  Hoà. 1", "Ðặng Qúy", "H’ Hen Niê", "Мỹ ' '", "\xff\xfe", "İ\u0301J\u030c", "ὰΆά",
		"a\u200b\u0301 ' b", "Ａ．１", strings.Repeat("a\u0301\u0323", 40), "ſ ẞ K Å", "₫`\u1fef´\u1ffd",
	} {
		f.Add(s)
	}
}

// Normalising twice is normalising once, step by step and as a whole.
func FuzzNormalise(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		for name, step := range map[string]func(string) string{
			"Clean": Clean, "FoldName": FoldName, "Unaccent": Unaccent,
			"Lookalikes": func(s string) string { return Lookalikes(Clean(s)) },
		} {
			once := step(s)
			if twice := step(once); twice != once {
				t.Errorf("%s(%q) = %q, again %q", name, s, once, twice)
			}
		}
		if got := NameLevel(Name(s), Name(s)); got != LevelRaw {
			t.Errorf("a name is not itself: %q at %v", s, got)
		}
		if got := NameLevel(Name(s), Name(Clean(s))); got > LevelSpacing {
			t.Errorf("%q and its clean form agree at %v", s, got)
		}
	})
}

// A level is the same seen from both sides.
func FuzzNameLevel(f *testing.F) {
	f.Add("Lý Hoà", "Lí Hòa")
	f.Add("Qúy", "Quý")
	f.Fuzz(func(t *testing.T, a, b string) {
		there, back := NameLevel(Name(a), Name(b)), NameLevel(Name(b), Name(a))
		if there != back {
			t.Errorf("NameLevel(%q, %q) = %v, reversed %v", a, b, there, back)
		}
		if same := FoldName(a) == FoldName(b); same != there.Same() {
			t.Errorf("%q, %q: level %v, FoldName equal %v", a, b, there, same)
		}
	})
}
