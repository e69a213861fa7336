package matching

import (
	"testing"

	"github.com/rasoat/rasoat/services/student"
)

func TestUnaccentByTable(t *testing.T) {
	for _, s := range []string{"", "nguyễn thị thuý", "đặng", "h' hen niê", "y moan ênuôl", "ﬁ", "tô\u0323", "a\u0301\u0302", "\xff", "日本", "ǆ ß ñ ŀ"} {
		if folded := student.FoldName(s); unaccent(folded) != student.Unaccent(folded) {
			t.Errorf("%q: got %q, want %q", s, unaccent(folded), student.Unaccent(folded))
		}
	}
}
