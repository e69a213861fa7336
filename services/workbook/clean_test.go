package workbook

import (
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student/legacy"
)

// A name in TCVN3 comes through with its letter ư; a soft hyphen in a name in Unicode does not.
func TestNamesInTCVN3(t *testing.T) {
	for written, want := range map[string]struct{ read, means string }{
		"L\u00aa  Th\u00de Ph\u00ad\u00acng\u00a0": {"L\u00aa Th\u00de Ph\u00ad\u00acng", "Lê Thị Phương"},
		"L\u00ad\u00acng V\u00a8n \u00a7\u00b9t":   {"L\u00ad\u00acng V\u00a8n \u00a7\u00b9t", "Lương Văn Đạt"},
		"Nguyễn Văn\u00ad An":                      {"Nguyễn Văn An", "Nguyễn Văn An"},
		"Nguyễn\u200b Văn An":                      {"Nguyễn Văn An", "Nguyễn Văn An"},
	} {
		got := profilesOf(mustRead(t, mustBook(t, map[string][][]any{"DANH MUC": profileSheet(map[string]any{"Họ và tên": written})}), drive.Default(), Options{}))
		if len(got) != 1 || got[0].FullName.Reveal() != want.read {
			t.Fatalf("%q is read as %q, want %q", written, got[0].FullName.Reveal(), want.read)
		}
		if means := got[0].FullName.Reveal(); legacy.In(legacy.TCVN3, means) && legacy.Convert(legacy.TCVN3, means) != want.means {
			t.Errorf("%q means %q, want %q", written, legacy.Convert(legacy.TCVN3, means), want.means)
		}
	}
}
