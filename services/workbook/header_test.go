package workbook

import (
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"golang.org/x/text/unicode/norm"
)

// No header may stand for two fields.
func TestTitlesAreTheirOwn(t *testing.T) {
	fields := map[string]field{}
	for _, list := range [][]title{titles, summaries} {
		for _, c := range list {
			for text := range strings.SplitSeq(c.text+"|"+c.others, "|") {
				if text == "" {
					continue
				}
				if f, ok := fields[key(text)]; ok && f != c.field {
					t.Errorf("%q stands for two fields", text)
				}
				fields[key(text)] = c.field
			}
		}
	}
}

func FuzzHeader(f *testing.F) {
	h := newHeaders(drive.Default().Catalogue)
	for _, s := range []string{"Mã định danh Bộ GD&ĐT", "Ngày sinh\n(dd/mm/yyyy)", "Toán|HK1", "Nơi thường trú|Tỉnh", "HK1|CN", "Toán HK1", "Mã môn XYZ", "(", "()", "|", "Số CMND/CCCD (ĐDCN)/hộ chiếu"} {
		f.Add(s)
		f.Add(norm.NFD.String(s))
	}
	f.Fuzz(func(t *testing.T, s string) {
		if key(key(s)) != key(s) {
			t.Fatalf("folding %q twice is not folding it once", s)
		}
		if strings.ToValidUTF8(s, "") == s && key(norm.NFD.String(s)) != key(norm.NFC.String(s)) {
			t.Fatalf("the forms of %q are two headers", s)
		}
		texts := clean(strings.Split(s, "|"))
		want := h.heading(texts)
		for i, text := range texts {
			texts[i] = norm.NFD.String("  " + text + "\r\n")
		}
		if got := h.heading(clean(texts)); got.field != want.field || got.term != want.term {
			t.Fatalf("%q decomposed and with line breaks is %v, was %v", s, got, want)
		}
		rows := [][]string{strings.Split(s, "|"), {"Mã định danh", "Họ và tên", "Lớp"}, strings.Split(s, "|")}
		h.find(rows) // must not panic
		scopeOf(s, strings.Split(s, "|"))
	})
}
